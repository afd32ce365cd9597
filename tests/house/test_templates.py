"""Rules that every template keeps, so that the content security policy needs no exception and no text goes out unescaped."""

import re

from django.test import SimpleTestCase

from tests.house.tree import templates

# Template → why it may pass text on unescaped.
UNESCAPED: dict[str, str] = {}

RULES = {
    "an inline style": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    # A block of JSON-LD is data: no browser runs it. Only this one form of it passes, written through the tag that escapes.
    "an inline script": re.compile(
        r"""<script\b(?![^>]*\ssrc\s*=)(?! type="application/ld\+json">{% ld_json \w+ %}</script>)""", re.IGNORECASE
    ),
    "a javascript: address": re.compile(r"""=\s*["']?\s*javascript:""", re.IGNORECASE),
    "something from another host": re.compile(
        r"""<(?:script|link|img|source|iframe|video|audio|use)\b[^>]*\s(?:src|href|srcset)\s*=\s*["']?(?:https?:)?//""",
        re.IGNORECASE,
    ),
}
# Programs that read mail know no style sheets.
NOT_IN_MAIL = {"an inline style", "a style element"}
RAW = re.compile(r"\|\s*safe(?:seq)?\b|{%\s*autoescape\s+off")


def broken_rules(name: str, text: str) -> set[str]:
    """The names of the rules that a template breaks."""
    found = {rule for rule, pattern in RULES.items() if pattern.search(text)}
    if "/email/" in name:
        found -= NOT_IN_MAIL
    if RAW.search(text) and name not in UNESCAPED:
        found.add("unescaped text")
    return found


class TemplateTests(SimpleTestCase):
    def test_every_template_keeps_the_rules(self):
        self.assertEqual({name: found for name, text in templates() if (found := broken_rules(name, text))}, {})

    def test_exceptions_are_still_needed(self):
        self.assertEqual(set(UNESCAPED), {name for name, text in templates() if RAW.search(text)})

    def test_the_rules_see_what_they_forbid(self):
        for text, rule in (
            ('<p class="a" style="color:red">', "an inline style"),
            ("<STYLE>", "a style element"),
            ('<a\nonclick="go()">', "an inline handler"),
            ("<script>go()</script>", "an inline script"),
            ('<script type="application/ld+json">{{ data }}</script>', "an inline script"),
            ('<script type="application/ld+json" async>{% ld_json data %}</script>', "an inline script"),
            ('<script type="text/javascript">{% ld_json data %}</script>', "an inline script"),
            ('<a href="javascript:go()">', "a javascript: address"),
            ('<script defer src="https://cdn.example/x.js"></script>', "something from another host"),
            ('<link rel="x" href="//cdn.example/x.css">', "something from another host"),
            ("{{ text|safe }}", "unescaped text"),
            ("{{ text | safeseq }}", "unescaped text"),
            ("{% autoescape off %}", "unescaped text"),
        ):
            with self.subTest(text):
                self.assertEqual(broken_rules("templates/x.html", text), {rule})

    def test_the_rules_let_pass_what_is_good(self):
        for text in (
            "<script src=\"{% static 'js/app.js' %}\" defer></script>",
            '<a href="https://example.org/">elsewhere</a>',
            '{{ text|default:"" }} <p data-style="x" class="on">once = 1</p>',
            '{{ rows|json_script:"rows" }}',
            '<script type="application/ld+json">{% ld_json data %}</script>',
        ):
            with self.subTest(text):
                self.assertEqual(broken_rules("templates/x.html", text), set())
        self.assertEqual(broken_rules("templates/email/x.html", '<p style="x">'), set())
