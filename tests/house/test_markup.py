"""Every public page is valid HTML, and whole without JavaScript."""

from __future__ import annotations

import itertools

import pytest
from django.test import SimpleTestCase, TestCase
from django.urls import reverse, translate_url

from tests.house.audience import public_cases
from tests.house.test_addresses import AddressWorld
from tests.markup import faults, misplaced, needs_script, parse

pytestmark = pytest.mark.once

#: Public names that answer with something else than a page.
OTHERS = {
    *(
        "healthz",
        "readyz",
        "feed_agreements",
        "feed_proposals",
        "feed_progress",
        "calendar",
        "sitemap",
        "sitemap_part",
        "robots",
        "security_txt",
    ),
    *("ledger", "matrix_file", "attachment", "evidence", "paper", "agreement_ics", "agreement_card", "meeting_ics"),
    *("my_calendar", "api", "openapi", "api_list", "edition_ics"),
}
#: Names of a page as data end like this.
DATA = ("_json", "_csv", "_pdf", "_docx")
#: Ways to ask a page that give it another form: name → query.
ASKED = (
    *(("proposals", query) for query in ("filters=open", "q=nothing+of+the+kind", "order=nope&after=x", "status=reviewed&q=a")),
    *(("agreements", query) for query in ("filters=open", "light=late", "q=%22%3Cb%3E")),
    *(("organizations", "filters=open"), ("agencies", "q=x"), ("meetings", "filters=open"), ("antecedents", "q=x")),
    *(("search", query) for query in ("q=acuerdo", "q=%22", "q=xyzxyz")),
    *(("progress", "light=late"), ("matrix", "print=1"), ("meetings_calendar", "month=2026-02")),
)


class PublicPageTests(AddressWorld, TestCase):
    def setUp(self) -> None:
        """Without the personas of the other tests: only a stranger reads here."""

    def pages(self) -> dict[str, set[str]]:
        """Name → its addresses in English, of everything that anybody reads."""
        found: dict[str, set[str]] = {}
        cases = [(name, arguments, "") for name, arguments, who in public_cases(self) if "anonymous" in who]
        for name, arguments, query in (*cases, *((name, [], query) for name, query in ASKED)):
            if not name.endswith(DATA) and name not in OTHERS:
                address = translate_url(reverse(name, args=arguments), "en")
                found.setdefault(name, set()).add(f"{address}?{query}" if query else address)
        return found

    def test_every_public_page_is_valid_and_whole_without_a_script(self) -> None:
        wrong = {}
        languages = itertools.cycle(("es", "en", "en", "es"))
        for name, addresses in self.pages().items():
            for address in sorted(addresses):
                # Parsing is slow; in both languages: tests/config, tests/proposals and tests/agreements.
                here = translate_url(address, next(languages))
                response = self.client.get(here)
                self.assertEqual((response.status_code, response["Content-Type"]), (200, "text/html; charset=utf-8"), here)
                text = response.content.decode()
                if found := faults(text) + needs_script(text):
                    wrong[f"{name} {here}"] = found
        self.assertEqual(wrong, {})

    def test_what_is_left_out_is_no_page(self) -> None:
        cases = {name: arguments for name, arguments, who in public_cases(self) if "anonymous" in who}
        self.assertLessEqual(OTHERS, set(cases))
        for name in OTHERS:
            response = self.client.get(reverse(name, args=cases[name]))
            self.assertNotIn("text/html", response["Content-Type"], name)
            if response.streaming:
                b"".join(response.streaming_content)


class RulesTests(SimpleTestCase):
    PAGE = (
        '<!doctype html><html lang="es"><head><title>t</title></head><body><main><h1>h</h1>{}<p>words enough to be read</p>'
        "</main></body></html>"
    )

    def test_the_rules_see_what_they_forbid(self) -> None:
        for text in (
            *("<ul><p>a</p></ul>", "<ul>words<li>a</li></ul>", "<dl><p>a</p></dl>", "<span><div>a</div></span>", "<h2></h2>"),
            *("<button type=submit><p>a</p></button>", "<center>a</center>", "<table><caption></caption></table>"),
        ):
            with self.subTest(text):
                self.assertNotEqual(faults(self.PAGE.format(text)), [])
        for text in (
            *("<script>go()</script>", '<script src="/x.js"></script>', "<template>a</template>", "<noscript>a</noscript>"),
            *("<button type=button>a</button>", "<p hidden>a</p>", '<p onclick="go()">a</p>', '<p hx-get="/x">a</p>'),
        ):
            with self.subTest(text):
                self.assertNotEqual(needs_script(self.PAGE.format(text)), [])
        empty = '<!doctype html><html lang="es"><head><title>t</title></head><body><main></main></body></html>'
        self.assertEqual(needs_script(empty), ["hardly a word in main"])

    def test_the_rules_let_pass_what_is_good(self) -> None:
        good = self.PAGE.format(
            "<ul><li><p>a</p></li></ul><dl><div><dt>a</dt><dd><p>b</p></dd></div></dl><details><summary><h2>a</h2></summary></details>"
            '<form><button type="submit">a</button></form><script type="application/ld+json">{}</script>'
        )
        self.assertEqual((faults(good), needs_script(good)), ([], []))
        self.assertEqual(misplaced(parse(good), None), [])
