"""Getting data in and out: one engine for commands, admin and pages, without a word of the domain.

`reader` turns a file into rows of text, `resource` turns a row into values and calls the doors of the app, `runner`
takes a file through a resource and keeps the batch, `writer` and `report` write files. What can be imported is said by
each app's `resources` module through `registry.register`.
"""
