"""Runs alone, as a process: reads an order as JSON, writes the PDF. It imports nothing of the project.

The order: `layout` (typst source of ours), `data` (JSON that the layout reads), `fonts` (folders), `timestamp` (seconds),
`megabytes` (address space). It reads no file but the fonts and opens no connection: the layout imports nothing, and no
text of a person is part of it.
"""

import json
import resource
import sys
from pathlib import Path

import typst

STANDARDS = ["a-2a", "ua-1"]


def main() -> None:
    order = json.load(sys.stdin.buffer)
    most = order["megabytes"] * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=order["fonts"])
    made = typst.compile(
        order["layout"].encode(),
        root=Path(__file__).parent,
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"data": order["data"]},
        pdf_standards=STANDARDS,
        timestamp=order["timestamp"],
    )
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
