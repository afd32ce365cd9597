"""The one outbox: every mail that the application owes because of what happened.

An app says in its `notices.py` who is told of which event (`Notice`) and registers the table in `apps.py ready()`.
`core.events.record_event` asks these tables, and writes one `Message` for each addressee in the transaction of the event:
what is rolled back is never mailed, what is committed is owed. After the commit a worker takes what is due (`sending`),
writes the mail (`letters`) and sends it once; nothing of this happens in a request.

    notices        the tables, and which notices an event calls for
    writing        messages from events; `quiet()` for what must not be mailed
    letters        the words, in the reader's language, with what the reader may see now
    sending        claim, send, retry, give up
    postman        a thread in the web process for installations without a worker
    reminders      due soon, due, late, and the nudge of an organizer
    subscriptions  following a public record by mail
"""
