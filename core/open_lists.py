"""Lists as data: pages of JSON of what anybody may read, narrowed down as the lists are, described by OpenAPI.

A list is an `OpenList`: the same rows and filters as the page of the list, and a table of `Field`s, from which both the records
and their description are made. It is read as an anonymous visitor reads, whoever asks, so an answer can be kept by anyone.
What cannot be understood is refused with a sentence (400), where a page would leave it out: a program that asks for a state
that there is not must not take all records for the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import override

from core.listing import ChoiceFilter, Filter, Narrowed

Schema = dict[str, Any]
Link = Callable[[Any], str]
#: Records of one page.
SIZE = 50
LONGEST_MARK = 2000

TEXT: Schema = {"type": "string"}
TEXT_OR_NONE: Schema = {"type": ["string", "null"]}
NUMBER_OR_NONE: Schema = {"type": ["integer", "null"]}
YES_OR_NO: Schema = {"type": "boolean"}
DAY_OR_NONE: Schema = {"type": ["string", "null"], "format": "date"}
MOMENT_OR_NONE: Schema = {"type": ["string", "null"], "format": "date-time"}
ADDRESS: Schema = {"type": "string", "format": "uri"}
#: A text in each language that it exists in.
TEXTS: Schema = {"type": "object", "properties": {"es": TEXT, "en": TEXT}, "additionalProperties": False}


def list_of(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def one_of(codes: Iterable[str], *, none: bool = False) -> Schema:
    """One of these codes, or null."""
    found: list[str | None] = [code for code in codes if code]
    return {"enum": [*found, None]} if none else {"type": "string", "enum": found}


@dataclass(frozen=True)
class Field:
    """A key of each record. `read(record, link)` gives what `schema` describes; `link` makes an absolute address."""

    name: str
    schema: Schema
    read: Callable[[Any, Link], Any]


def column(name: str, schema: Schema) -> Field:
    """A column as it is; an empty text is null where the schema says that it may be."""
    if "null" in schema.get("type", ()):
        return Field(name, schema, lambda record, _link: getattr(record, name) or None)
    return Field(name, schema, lambda record, _link: getattr(record, name))


@dataclass(frozen=True)
class OpenList:
    """A list under `/api/v1/NAME/`. `about` says what its records are, in English.

    `asked(request, user)` gives the arguments of `core.listing.Narrowed`, as for the page. `prepare` adds what the rows need;
    `complete(records)` reads for all of them at once what lies in other tables.
    """

    name: str
    about: str
    asked: Callable[[HttpRequest, Any], dict[str, Any]]
    fields: Sequence[Field]
    prepare: Callable[[QuerySet[Any]], QuerySet[Any]]
    complete: Callable[[list[Any]], None] = lambda _records: None

    def record(self, record: Any, link: Link) -> dict[str, Any]:
        return {field.name: field.read(record, link) for field in self.fields}

    def answer(self, request: HttpRequest) -> JsonResponse:
        """A page of the list, or what is wrong with the question."""
        # One answer for everybody: order and addresses are those of the Spanish side, which leads to the other.
        with override(settings.LANGUAGE_CODE):
            asked = self.asked(request, None)
        known = [*(question.name for question in asked["filters"]), "order", "after"]
        wrong = [
            _("“%(name)s” is no parameter of this list. It takes: %(known)s.") % {"name": name[:80], "known": ", ".join(known)}
            for name in request.GET
            if name not in known
        ]
        wrong += [
            _("“%(name)s” stands in the address more than once.") % {"name": name}
            for name in known
            if len(request.GET.getlist(name)) > 1
        ]
        # Without selects and pills: nothing is read but what is asked for.
        narrowed = Narrowed(**{**asked, "folded": True, "facet": "", "strict": True})
        after = request.GET.get("after", "")
        wrong += narrowed.ignored
        if len(after) > LONGEST_MARK:
            wrong.append(broken_mark())
        if wrong:
            return refusal(wrong)
        page = narrowed.rows.page(narrowed.columns, after, SIZE, self.prepare)
        if page.broken:
            return refusal([broken_mark()])
        count, exact = (len(page), True) if page.first and not page.after else narrowed.rows.count()
        self.complete(page.records)

        def link(to: Any) -> str:
            return str(request.build_absolute_uri(to if isinstance(to, str) else to.get_absolute_url()))

        with override(settings.LANGUAGE_CODE):
            records = [self.record(record, link) for record in page]
        onward = link(request.path + narrowed.address_with(after=page.after)) if page.after else None
        return data_answer({"list": self.name, "count": count, "count_is_exact": exact, "next": onward, "records": records})


def broken_mark() -> str:
    return _("The mark in “after” could not be read: follow “next” as it stands in the page before.")


def data_answer(data: dict[str, Any], status: int = 200) -> JsonResponse:
    """JSON that programs of any site may read: it holds nothing of a session."""
    response = JsonResponse(data, status=status, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})
    response["Access-Control-Allow-Origin"] = "*"
    return response


def refusal(sentences: list[str], status: int = 400) -> JsonResponse:
    return data_answer({"errors": [{"message": sentence} for sentence in sentences]}, status)


# --- what is described ------------------------------------------------------------------------------------------------

ERRORS = {"type": "object", "required": ["errors"], "properties": {"errors": list_of({"$ref": "#/components/schemas/Error"})}}
ERROR = {"type": "object", "required": ["message"], "properties": {"message": TEXT}}


def described(lists: Sequence[OpenList], request: HttpRequest, version: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of these lists, made from the same tables as their records."""
    schemas: dict[str, Schema] = {"Error": ERROR, "Errors": ERRORS}
    paths = {}
    for each in lists:
        schemas[each.name] = {
            "type": "object",
            "required": [field.name for field in each.fields],
            "properties": {field.name: field.schema for field in each.fields},
            "additionalProperties": False,
        }
        paths[f"/{each.name}/"] = {"get": operation(each, request)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Acuerda", "version": version, "description": ABOUT},
        "servers": [{"url": request.build_absolute_uri("/api/v1")}],
        "paths": paths,
        "components": {"schemas": schemas},
    }


ABOUT = (
    "What the public pages say, as data: read-only, without an account or a key. Lists come in pages of 50: follow `next`. "
    "An answer carries an ETag; ask with If-None-Match and nothing is sent again until something has changed. "
    "`count` stops at 1,000, and `count_is_exact` says whether there are more. A page may hold fewer than 50 records, or none, and "
    "still have a `next`: the list is looked through part by part. Each record's `url` with `.json` in place of its "
    "last slash gives all of it."
)


def operation(each: OpenList, request: HttpRequest) -> dict[str, Any]:
    asked = each.asked(request, None)
    orders = asked.get("orders")
    order = [parameter("order", "How the list is ordered; the first is the default.", one_of(orders))] if orders else []
    after = parameter("after", "The mark of a page, as it stands in `next`.", {**TEXT, "maxLength": LONGEST_MARK})
    return {
        "operationId": each.name,
        "summary": each.about,
        "parameters": [*map(parameter_of, asked["filters"]), *order, after],
        "responses": {
            "200": {
                "description": "A page of the list.",
                "headers": {"ETag": {"schema": TEXT}},
                "content": {"application/json": {"schema": page_schema(each.name)}},
            },
            "304": {"description": "Nothing has changed since the answer whose ETag stands in If-None-Match."},
            "400": {
                "description": "What of the question could not be understood, in sentences.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Errors"}}},
            },
        },
    }


def page_schema(name: str) -> Schema:
    properties = {
        "list": {"const": name},
        "count": {"type": "integer", "minimum": 0},
        "count_is_exact": YES_OR_NO,
        "next": {"type": ["string", "null"], "format": "uri"},
        "records": {**list_of({"$ref": f"#/components/schemas/{name}"}), "maxItems": SIZE},
    }
    return {"type": "object", "required": [*properties], "properties": properties}


def parameter_of(question: Filter) -> dict[str, Any]:
    """A filter as a parameter; the values of one with a short list that never changes are named."""
    fixed = isinstance(question, ChoiceFilter) and question.is_fixed
    return parameter(question.name, str(question.label), one_of(value for value, _words in question.options()) if fixed else TEXT)


def parameter(name: str, about: str, schema: Schema) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": about, "schema": schema}
