"""Templates put together beforehand mean what they meant: the same text as Django's own loader gives, in each language."""

import datetime as dt
import functools
from decimal import Decimal
from unittest import mock

from django.template import Context, Engine
from django.test import SimpleTestCase
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy, override

from core.folding import Fixed, Loader, squeezed
from core.quick import QuickInclude, QuickTranslation, QuickVariable, QuickVariableNode

LIBRARIES = {
    "i18n": "django.templatetags.i18n",
    "static": "django.templatetags.static",
    "acuerda": "config.templatetags.acuerda",
}
LOAD = "{% load i18n static acuerda %}"


class Thing:
    """Everything that a template may meet in a record."""

    name = "A & B"
    nothing = None
    many = 12345
    few = -7
    rows = (1, 2)
    none: tuple = ()

    def method(self):
        return "<called>"

    def wants(self, argument):
        return "never"

    def changes(self):
        raise AssertionError("a template must not call what alters data")

    changes.alters_data = True

    @property
    def other(self):
        return self

    def __str__(self):
        return "thing <1>"


def values():
    return {
        "thing": Thing(),
        "map": {"a": "<a>", "items": "own", "thing": Thing(), "f": lambda: "<f>"},
        "list": ["<x>", "y"],
        "safe": mark_safe("<b>bold</b>"),
        "lazy": SimpleLazyObject(Thing),
        "word": gettext_lazy("Proposals"),
        "pairs": {"<k>": "<v>"},
        "part_of_it": "part.txt",
        "n": 3,
        "one": 1,
        "big": 1234567,
        "amount": Decimal("1234.50"),
        "yes": True,
        "day": dt.date(2026, 3, 1),
        "Class": Thing,
    }


def made(text, loader="core.folding.Loader", **others):
    """The template `text` as Django makes it, or as we do; `others` are templates that it may include."""
    kept = (
        "django.template.loaders.locmem.Loader",
        {"x.txt": LOAD + text, **{f"{name}.txt": LOAD + each for name, each in others.items()}},
    )
    engine = Engine(loaders=[(loader, [kept])], libraries=LIBRARIES, string_if_invalid="(no %s)")
    return engine.get_template("x.txt")


def drawn(text, loader="core.folding.Loader", **others):
    return made(text, loader, **others).render(Context(values()))


SNIPPETS = (
    "{{ thing }}{{ thing.name }}{{ thing.other.other.name }}{{ thing.method }}{{ thing.wants }}{{ thing.changes }}",
    "{{ thing.nothing }}{{ thing.missing }}{{ missing }}{{ missing.more }}{{ thing.missing.more }}{{ thing.many }}{{ thing.few }}",
    "{{ map.a }}{{ map.items }}{{ map.thing.name }}{{ map.f }}{{ map.missing }}{{ list.0 }}{{ list.9 }}{{ list.x }}",
    "{{ safe }}{{ lazy }}{{ lazy.name }}{{ word }}{{ n }}{{ big }}{{ amount }}{{ yes }}{{ day }}{{ Class }}{{ Class.name }}",
    "{{ thing.name|upper }}{{ map.a|default:thing.name }}{{ missing|default:thing.other.name }}{{ thing.rows|length }}",
    "{% for each in list %}{{ each }}{{ forloop.counter }}{% if not forloop.last %}, {% endif %}{% empty %}none{% endfor %}",
    "{% for key, value in pairs.items %}{{ key }}{{ value }}{% endfor %}{% for each in thing.none %}x{% empty %}none{% endfor %}",
    "{% if thing.name and not thing.nothing %}a{% elif n > 2 %}b{% else %}c{% endif %}{% if missing == n %}d{% endif %}",
    "{% with a=thing.name b=n|add:2 %}{{ a }}{{ b }}{{ n }}{% endwith %}{{ a }}",
    "{% autoescape off %}{{ thing.name }}{% include 'part.txt' %}{% endautoescape %}",
    "{% blocktranslate with a=thing.name b=n %}{{ a }} of {{ b }} %{% endblocktranslate %}",
    "{% blocktranslate count n=one %}{{ n }} report{% plural %}{{ n }} reports{% endblocktranslate %}",
    "{% blocktranslate count n=big %}{{ n }} report{% plural %}{{ n }} reports of {{ missing }}{% endblocktranslate %}",
    "{% blocktranslate trimmed with answered=n asked=big %}\n {{ answered }} of\n {{ asked }} bodies answered\n{% endblocktranslate %}",
    "{% blocktranslate asvar kept %}{{ n }} x{% endblocktranslate %}{{ kept }}{{ kept }}",
    '{% translate "Proposals" %}{% translate "Agreements" context "navigation" %}{% translate word %}{% translate "Data" as d %}{{ d }}',
    '{% icon "check" %}{% icon thing.name %}{% mark "late" thing.name %}',
    "{% include 'part.txt' %}{% include 'part.txt' with thing=map %}{% include 'part.txt' with n=5 only %}{{ n }}",
    "{% include part_of_it %}{% include part_of_it|default:'part.txt' %}{% for n in list %}{% include 'part.txt' with a=forloop.counter %}{% endfor %}",
    "{% for n in list %}{% include 'keeping.txt' %}{% endfor %}{% for n in list %}{% cycle 'a' 'b' %}{% endfor %}",
    "{% include 'plain.txt' %}{% include 'of_plain.txt' %}",
    "{# a comment #}{% comment %}another {{ thing }}{% endcomment %}text {% templatetag openblock %}",
)
PARTS = {
    "part": "[{{ thing.name }} {{ n }} {{ a }}]",
    "keeping": "{% cycle 'odd' 'even' %}{% ifchanged n %}{{ n }}{% endifchanged %}",
    "plain": '{% translate "Proposals" %} {% icon "check" %}',
    "of_plain": "<{% include 'plain.txt' %}>",
}


class SameTextTests(SimpleTestCase):
    def test_every_way_of_writing_gives_what_django_gives_in_both_languages(self):
        for text in SNIPPETS:
            for language in ("es", "en"):
                with self.subTest(text, language=language), override(language):
                    plain = drawn(text, "django.template.loaders.cached.Loader", **PARTS)
                    self.assertEqual([drawn(text, **PARTS), drawn(text, **PARTS)], [plain, plain])

    def test_one_template_in_two_languages(self):
        template = made('{% translate "Proposals" %} {{ word }}')
        found = []
        for language in ("es", "en", "es"):
            with override(language):
                found.append(template.render(Context(values())))
        self.assertEqual(found, ["Propuestas Propuestas", "Proposals Proposals", "Propuestas Propuestas"])

    def test_a_template_that_includes_itself(self):
        text = "{{ n }}{% if n %}{% with n=n|add:-1 %}{% include 'x.txt' %}{% endwith %}{% endif %}"
        self.assertEqual(drawn(text), "3210")

    def test_what_fails_in_a_method_fails_in_the_template(self):
        class Broken:
            @property
            def name(self):
                raise ZeroDivisionError

        template = made("{{ thing.name }}")
        with self.assertRaises(ZeroDivisionError):
            template.render(Context({"thing": Broken()}))

    def test_what_alters_data_or_does_not_want_it_is_never_called(self):
        for mark in ("alters_data", "do_not_call_in_templates"):
            asked = []
            change = functools.partial(asked.append, 1)
            kept = type("Change", (), {"__call__": lambda self, change=change: change(), mark: True})()
            made("{{ change }}{{ thing.change }}").render(
                Context({"change": kept, "thing": type("Thing", (), {"change": kept})()})
            )
            self.assertEqual(asked, [], mark)

    def test_a_property_that_is_there_is_asked_once(self):
        asked = mock.PropertyMock(return_value="x")
        kind = type("Kind", (), {"name": asked})
        self.assertEqual(made("{{ thing.name }}").render(Context({"thing": kind()})), "x")
        self.assertEqual(asked.call_count, 1)


def kinds(template):
    return [type(node) for node in template.nodelist]


class ShortWayTests(SimpleTestCase):
    """That the short way is taken at all: a change of Django that closes it would make pages slow and nothing else."""

    def test_a_run_without_variables_is_one_text(self):
        template = made('a {% translate "Proposals" %} {% icon "check" %}{% include "plain.txt" %} b{{ n }}c', **PARTS)
        self.assertEqual(kinds(template), [Fixed, QuickVariableNode, kinds(made("c"))[0]])
        with override("es"):
            template.render(Context(values()))
            with mock.patch("django.templatetags.i18n.TranslateNode.render", side_effect=AssertionError):
                self.assertIn("Propuestas", template.render(Context(values())))

    def test_what_depends_on_a_variable_is_no_fixed_text(self):
        for text in ("{% translate word %}", "{% icon n %}", "{% translate 'Data' as d %}", "{% include part %}"):
            self.assertNotIn(Fixed, kinds(made(text)), text)

    def test_nodes_of_our_own_stand_for_those_of_django(self):
        template = made("{{ n }}{% blocktranslate %}{{ n }}{% endblocktranslate %}{% include 'part.txt' %}", **PARTS)
        self.assertEqual(kinds(template), [QuickVariableNode, QuickTranslation, QuickInclude])
        self.assertIs(type(template.nodelist[0].filter_expression.var), QuickVariable)

    def test_a_template_that_keeps_something_is_included_as_ever(self):
        self.assertNotIn(QuickInclude, kinds(made("{% include 'keeping.txt' %}", **PARTS)))

    def test_pages_are_loaded_by_it(self):
        loaders = Engine.get_default().template_loaders
        self.assertEqual([type(loader) for loader in loaders], [Loader])


class SqueezedTests(SimpleTestCase):
    def test_indentation_goes_and_texts_stay(self):
        for text, expected in (
            ("<ul>\n    <li>a b</li>\n\n  </ul>", "<ul>\n<li>a b</li>\n</ul>"),
            ("<p>a  b</p>", "<p>a  b</p>"),
            ("<pre>\n  a\n</pre>\n  b", "<pre>\n  a\n</pre>\nb"),
            ("<textarea>\n  a</textarea>", "<textarea>\n  a</textarea>"),
            ("{% blocktranslate %}\n  a\n{% endblocktranslate %}\n  b", "{% blocktranslate %}\n  a\n{% endblocktranslate %}\nb"),
            # A line of tags that write nothing: blanks stay where there were blanks, once, and none come where there were none.
            ("a\n{% if x %}\n  b\n{% endif %}\nc", "a\n{% if x %}b\n{% endif %}c"),
            ("a\n{# of it #}{% for y in z %}\n{% with y as w %}\n{{ w }}\n{% endwith %}\n{% endfor %}\n", None),
            ("{# first #}\n{% load x %}\n<b>", "{# first #}\n{% load x %}<b>"),
            ("a{% if x %}\nb\n{% endif %} c\n", "a{% if x %}\nb\n{% endif %} c\n"),
            ("a\n{% include 'x' %}\n{{ y }}\n", "a\n{% include 'x' %}\n{{ y }}\n"),
        ):
            every = "a\n{# of it #}{% for y in z %}{% with y as w %}{{ w }}\n{% endwith %}{% endfor %}"
            self.assertEqual(squeezed(text), expected or every)

    def test_only_html_is_squeezed(self):
        kept = ("django.template.loaders.locmem.Loader", {"x.txt": "a\n  b", "x.html": "a\n  b"})
        engine = Engine(loaders=[("core.folding.Loader", [kept])])
        self.assertEqual([engine.get_template(name).render(Context()) for name in ("x.txt", "x.html")], ["a\n  b", "a\nb"])
