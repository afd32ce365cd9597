"""Printed matter: one description of a document (`parts`), written as a tagged PDF (`printing`) or for a word processor (`word`).

What is printed each app says in its own `documents`; here is no word of the field.
"""

from core.documents.answers import file_answer
from core.documents.parts import (
    Cards,
    Document,
    Entry,
    Facts,
    Heading,
    Note,
    Signatures,
    Table,
    TooLong,
    Words,
)

__all__ = ["Cards", "Document", "Entry", "Facts", "Heading", "Note", "Signatures", "Table", "TooLong", "Words", "file_answer"]
