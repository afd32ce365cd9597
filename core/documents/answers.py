"""A document as the answer to a request."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.utils.cache import patch_cache_control

from core.documents.parts import Document, TooLong
from core.documents.printing import NotPrinted, pdf
from core.documents.word import docx
from core.downloads import safe_name

#: Ending of the address → media type and writer.
FORMS: dict[str, tuple[str, Callable[[Document], bytes]]] = {
    "pdf": ("application/pdf", pdf),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", docx),
}


def file_answer(document: Document, form: str, name: str, *, private: bool = False) -> HttpResponse:
    """The file, named `NAME.FORM` (a folio, never a person); a sentence where it is too long (413) or cannot be made now (503).

    A public one is kept by revision as pages are (`core.pagecache`); `private` for what only some may read.
    """
    kind, write = FORMS[form]
    try:
        response = HttpResponse(write(document), content_type=kind)
        where = "inline" if form == "pdf" else "attachment"
        response["Content-Disposition"] = f'{where}; filename="{safe_name(f"{name}.{form}", f"document.{form}")}"'
    except TooLong as error:
        response = plain(" ".join(error.messages), 413)
    except NotPrinted as error:
        response = plain(str(error), 503)
        response["Retry-After"] = "60"
    if private:
        patch_cache_control(response, private=True, no_store=True)
    return response


def plain(sentence: str, status: int) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
