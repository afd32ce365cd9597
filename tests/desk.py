"""What tests of the workspace share: asking a page as everybody, and reading the answer."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils import translation

from tests.personas import PERSONAS, blank_pages

#: Whoever has no session is sent to sign in, whatever the page.
STRANGERS = {"anonymous", "closed_account"}
ALL = set(PERSONAS) - STRANGERS


def at(name: str, *args: Any, **query: str) -> str:
    """The English address of a page of the workspace."""
    with translation.override("en"):
        url = reverse(f"workspace:{name}", args=args)
    return url + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")


class DeskMixin:
    """For a `TestCase` with `PersonaWorld`."""

    def statuses(self, url: str, method: str = "get", data: dict[str, Any] | None = None) -> dict[str, set[str]]:
        """Status → the personas who got it; `login` for those who were sent to sign in."""
        found: dict[str, set[str]] = {}
        for name, response in self.answers(url, method, data).items():
            status = str(response.status_code)
            if status == "302" and "/login/" in response.headers["Location"]:
                status = "login"
            found.setdefault(status, set()).add(name)
        return found

    def assert_page(self, url: str, allowed: set[str], others: str = "403", data: dict[str, Any] | None = None) -> None:
        """Exactly these personas read the page, strangers are sent to sign in, all others get `others`; a nonsense POST is
        turned down with 422 for those who may and refused alike for the rest. A page without a form takes no POST."""
        rest = ALL - allowed
        refused = {others: rest} if rest else {}
        self.assertEqual(self.statuses(url), {"200": allowed, "login": STRANGERS, **refused}, url)
        answers = self.statuses(url, "post", data or {"revision": "nonsense"})
        if answers != {"405": set(PERSONAS)}:
            self.assertEqual(answers, {"422": allowed, "login": STRANGERS, **refused}, url)

    def assert_only_post(self, url: str, allowed: set[str], others: str = "403", data: dict[str, Any] | None = None) -> None:
        """An address that takes POST only: others are refused, nobody reads it."""
        self.assertEqual(self.statuses(url), {"405": set(PERSONAS)}, url)
        answers = self.statuses(url, "post", data or {})
        self.assertEqual(answers.pop("login"), STRANGERS, url)
        self.assertEqual(answers.pop(others, set()), ALL - allowed, url)
        self.assertEqual({name for names in answers.values() for name in names}, allowed, url)


def fields_of(response: Any, form: str = "form") -> dict[str, Any]:
    """What a browser would send back of the form of a page as it is shown: names and values of its filled fields."""
    shown = response.context[form]
    sent: dict[str, Any] = {}
    for name in shown.fields:
        bound = shown[name]
        value = bound.value()
        if value in (None, "", False, []):
            continue
        value = bound.field.prepare_value(value) if hasattr(bound.field, "prepare_value") else value
        sent[bound.html_name] = "on" if value is True else value
    return sent


#: What no form expects, for every field at once.
NONSENSE: tuple[Any, ...] = (
    "",
    "\x00",
    "-1",
    "999999999999999999999999",
    "1e400",
    "NaN",
    "2026-99-99",
    "99999-01-01",
    "<script>alert(1)</script>{{ 7|add:7 }}{% url 'x' %}",
    "ñ" * 30_000,
    ["1", "2", "x", ""],
    "\ud7ff\U0010ffff\u202e",
)


#: Pages that come back with these are written out; those with the others show them alike, as they came.
SHOWN: tuple[Any, ...] = ("", "<script>alert(1)</script>{{ 7|add:7 }}{% url 'x' %}", ["1", "2", "x", ""])
#: What SQLite has limits of its own for: numbers of more than 64 bits, long patterns. All the rest it takes as it comes.
BEYOND_SQLITE: tuple[Any, ...] = ("999999999999999999999999", "ñ" * 30_000)


def nonsense_posts(names: Any) -> Any:
    """A POST of each kind of nonsense in all of the named fields: on PostgreSQL, which is the stricter; on SQLite of what fails there."""
    for value in NONSENSE if connection.vendor == "postgresql" else BEYOND_SQLITE:
        yield value, dict.fromkeys(names, value)


def page_with(value: Any) -> AbstractContextManager[Any]:
    """Whether the page that comes back with a nonsense value is written out, which is most of what it costs."""
    return nullcontext() if value in SHOWN or connection.vendor == "sqlite" else blank_pages()


def fields_of_look(page: Any) -> dict[str, Any]:
    """What a browser sends back of the page of a file before its import, with the cells of the rows that it shows."""
    context = page.context
    sent = {
        "token": context["token"],
        "headers": context["mark"],
        "shown": context["page"].show,
        "show": context["page"].show,
    }
    for column in context["columns"]:
        sent[f"column-{column['place']}"] = column["name"]
        for number, each in enumerate(column["strange"]):
            sent |= {f"value-{column['place']}-{number}": each["folded"], f"word-{column['place']}-{number}": each["chosen"]}
    for number, constant in enumerate(context["constants"]):
        sent |= {f"constant-{number}": constant["name"], f"text-{number}": constant["text"]}
    for row in context["page"].rows:
        sent |= {f"cell-{row.number}-{cell.place}": cell.text for cell in row.cells}
        sent |= {f"decide-{row.number}": row.decision} if row.decision else {}
    return sent
