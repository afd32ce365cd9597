"""Runs alone, as a process: reads a PDF on its standard input, writes its text, page after page. It imports nothing of the project.

Somebody's file may be made to keep a reader busy, or to fill its memory: whoever starts this process stops it after some
seconds and takes the pages that came until then. Arguments: how many pages at most, and the address space in megabytes.
"""

import io
import logging
import resource
import sys

from pypdf import PdfReader


def main() -> None:
    pages, megabytes = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1024 * 1024,) * 2)
    # It tells of every fault of a file in its own words.
    logging.disable(logging.CRITICAL)
    reader = PdfReader(io.BytesIO(sys.stdin.buffer.read()), strict=False)
    if reader.is_encrypted:
        reader.decrypt("")
    for _number, page in zip(range(pages), reader.pages, strict=False):
        sys.stdout.buffer.write(page.extract_text().encode("utf-8", "replace") + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
