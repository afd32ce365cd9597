"""Catalogues: what is found in the sources, what a catalogue keeps, what --check refuses, and the compiled result."""

import gettext
import json
import os
import tempfile
from io import StringIO
from pathlib import Path

from django.core.management import CommandError, call_command
from django.test import SimpleTestCase, override_settings

from core import catalogs

PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext_lazy, npgettext
TITLE = _("Agreement")
LONG = _("One "
         "sentence")
# Translators: an address
PATH = _("agreements/<slug:key>/")
ACTION = pgettext_lazy("office-holder", "holder")
def rows(n):
    return ngettext("%(count)s row", "%(count)s rows", n) % {"count": n}
def days(n):
    return npgettext("working", "day", "days", n)
NOT = _(TITLE)
"""
TEMPLATE = """{% load i18n %}<h1>{% translate "Proposals" %}</h1>{# nothing #}
<p title="{% translate 'name' context "of a person" %}">{{ x|default:_("none yet") }} {% url "a" as b %}</p>
{% blocktranslate trimmed with n=rows.count %}
  {{ n }} of 100% in a "quoted" text
{% endblocktranslate %}
{% blocktranslate count n=many context "vote" %}one seat{% plural %}{{ n }} seats{% endblocktranslate %}
it's gettext("not a call") in plain text
"""


class CatalogCase(SimpleTestCase):
    """A small project in a temporary folder."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.put("core/texts.py", PYTHON)
        self.po = self.root / "locale/es/LC_MESSAGES/django.po"
        settings = override_settings(BASE_DIR=self.root, LOCALE_PATHS=[self.root / "locale"])
        settings.enable()
        self.addCleanup(settings.disable)

    def put(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def keys(self):
        return {catalogs.key_of(message) for message in catalogs.extract(self.root) if message.id}

    def messages(self, *words):
        out = StringIO()
        call_command("messages", *words, stdout=out)
        return out.getvalue()

    def fill(self, *rows):
        self.put("in.json", json.dumps(rows))
        return self.messages("--fill", str(self.root / "in.json"))

    def fill_everything(self):
        self.messages("--missing", str(self.root / "out.json"))
        rows = json.loads((self.root / "out.json").read_text())
        for row in rows:
            row["str"] = [f"es {row['id']}", f"es {row['plural']}"] if row["plural"] else f"es {row['id']}"
        return self.fill(*rows)


class ExtractTests(CatalogCase):
    def test_python(self):
        self.assertEqual(
            self.keys(),
            {
                (None, "Agreement"),
                (None, "One sentence"),
                (None, "agreements/<slug:key>/"),
                ("office-holder", "holder"),
                (None, "%(count)s row"),
                ("working", "day"),
            },
        )

    def test_template(self):
        self.put("core/texts.py", "")
        self.put("templates/core/public/page.html", TEMPLATE)
        self.assertEqual(
            self.keys(),
            {
                (None, "Proposals"),
                ("of a person", "name"),
                (None, "none yet"),
                (None, '%(n)s of 100%% in a "quoted" text'),
                ("vote", "one seat"),
            },
        )

    def test_tests_and_migrations_are_left_out(self):
        for place in ("core/migrations/0001_initial.py", "core/tests/test_x.py", "elsewhere/x.py", "core/page.html"):
            self.put(place, 'from x import _\n_("hidden")\n')
        self.assertNotIn((None, "hidden"), self.keys())

    def test_one_text_used_alone_and_counted_is_one_message(self):
        self.put("core/a.py", '_("row")')
        self.put("core/b.py", 'ngettext("row", "rows", 2)')
        self.put("core/c.py", '_("row")')
        message = catalogs.extract(self.root).get("row")
        self.assertEqual(message.id, ("row", "rows"))

    def test_unreadable_source_is_named(self):
        self.put("templates/core/broken.html", "{% load i18n %}{% blocktranslate %}{% if x %}{% endblocktranslate %}")
        with self.assertRaisesMessage(CommandError, "templates/core/broken.html"):
            self.messages()


class CatalogueFileTests(CatalogCase):
    def test_second_run_changes_nothing(self):
        self.messages()
        before = self.po.read_bytes(), self.po.stat().st_mtime_ns
        self.assertIn("nothing changed", self.messages())
        self.assertEqual((self.po.read_bytes(), self.po.stat().st_mtime_ns), before)

    def test_no_dates_and_no_line_numbers(self):
        self.messages()
        text = self.po.read_text()
        self.assertIn("#: core/texts.py\n", text)
        self.assertNotRegex(text, r"texts\.py:\d|-Date:")

    def test_sources_moving_by_a_line_change_nothing(self):
        self.messages()
        before = self.po.read_bytes()
        self.put("core/texts.py", "\n\n" + PYTHON)
        self.messages()
        self.assertEqual(self.po.read_bytes(), before)

    def test_translations_stay_and_unused_messages_go(self):
        self.fill({"id": "Agreement", "str": "Acuerdo"}, {"id": "One sentence", "str": "Una frase"})
        self.put("core/texts.py", '_("Agreement")\n_("Agreements")')
        self.messages()
        text = self.po.read_text()
        self.assertIn('msgid "Agreement"\nmsgstr "Acuerdo"', text)
        self.assertIn('msgid "Agreements"\nmsgstr ""', text)
        self.assertNotIn("Una frase", text)
        self.assertNotIn("fuzzy", text)

    def test_a_message_that_gets_a_plural_is_translated_anew(self):
        self.fill({"id": "Agreement", "str": "Acuerdo"})
        self.put("core/texts.py", 'ngettext("Agreement", "Agreements", n)')
        self.messages()
        self.assertIn('msgstr[0] ""', self.po.read_text())


class CheckTests(CatalogCase):
    def problems(self):
        with self.assertRaises(CommandError) as caught:
            self.messages("--check")
        return str(caught.exception)

    def test_complete(self):
        self.fill_everything()
        self.assertIn("is complete", self.messages("--check"))

    def test_missing(self):
        found = self.problems()
        self.assertIn("6 problems", found)
        self.assertIn("missing: 'Agreement' in core/texts.py", found)
        self.assertFalse(self.po.exists())

    def test_empty_one_form_of_a_plural_included(self):
        self.fill_everything()
        self.po.write_text(self.po.read_text().replace("es %(count)s rows", "").replace("es Agreement", ""))
        found = self.problems()
        self.assertIn("2 problems", found)
        self.assertIn("empty: 'Agreement'", found)
        self.assertIn("empty: '%(count)s row'", found)

    def test_fuzzy_and_obsolete(self):
        self.fill_everything()
        self.po.write_text(
            self.po.read_text().replace('msgid "Agreement"', '#, fuzzy\nmsgid "Agreement"') + '\nmsgid "gone"\nmsgstr "ido"\n'
        )
        found = self.problems()
        self.assertIn("2 problems", found)
        self.assertIn("fuzzy: 'Agreement'", found)
        self.assertIn("obsolete: 'gone'", found)

    def test_placeholders(self):
        self.fill_everything()
        self.po.write_text(
            self.po.read_text().replace("es %(count)s rows", "es %(cuenta)s rows").replace("es agreements/<slug:", "es a/<slug:x")
        )
        found = self.problems()
        self.assertIn("2 problems", found)
        self.assertIn("placeholders are %(count)s, translated %(cuenta)s: '%(count)s row'", found)


class DifferencesTests(SimpleTestCase):
    def test_alike(self):
        for id, string in (
            ("%(a)s and {b}", "{b} y %(a)s"),
            ("%(a)s", "%(a)s, otra vez %(a)s"),
            ("%s of %d", "%d de %s"),
            ("100%% sure", "100 %% seguro"),
            ("100 % sure", "100 % seguro"),
            (("one day", "%(n)s days"), ("un día", "%(n)s días")),
            (("%(n)s day", "%(n)s days"), ("%(n)s día", "%(n)s días")),
            ("a {x.y} {z:%d}", "{z} {x}"),
            ("proposals/<slug:key>/", "propuestas/<slug:key>/"),
        ):
            with self.subTest(id):
                self.assertEqual(catalogs.differences(id, string), [])

    def test_unlike(self):
        for id, string in (
            ("%(a)s", "a"),
            ("%(a)s", "%(b)s"),
            ("%(a)s", "%(a)d"),
            ("%s", "%s %s"),
            ("100%% sure", "100 % seguro"),
            ("{a}", "{b}"),
            ("{a}", "a"),
            ("a", "{a}"),
            ("a/", "a"),
            ("a", "a\n"),
            ("a/<slug:key>", "a/<int:key>"),
            (("%(n)s day", "%(n)s days"), ("%(m)s día", "%(n)s días")),
        ):
            with self.subTest(id):
                self.assertEqual(len(catalogs.differences(id, string)), 1)


class FillTests(CatalogCase):
    def test_round_trip(self):
        self.assertIn("6 translations taken", self.fill_everything())
        self.messages("--missing", str(self.root / "out.json"))
        self.assertEqual(json.loads((self.root / "out.json").read_text()), [])

    def test_missing_rows_tell_what_a_translator_needs(self):
        self.messages("--missing", str(self.root / "out.json"))
        rows = {row["id"]: row for row in json.loads((self.root / "out.json").read_text())}
        self.assertEqual(
            rows["day"],
            {
                "context": "working",
                "id": "day",
                "plural": "days",
                "str": ["", ""],
                "files": ["core/texts.py"],
                "comments": [],
            },
        )
        self.assertEqual(rows["agreements/<slug:key>/"]["comments"], ["Translators: an address"])

    def test_good_rows_go_in_and_bad_ones_are_named(self):
        with self.assertRaises(CommandError) as caught:
            self.fill(
                {"id": "Agreement", "str": "Acuerdo"},
                {"id": "One sentence", "str": ""},
                {"id": "No such", "str": "x"},
                {"id": "holder", "str": "titular"},
                {"id": "%(count)s row", "plural": "%(count)s rows", "str": "filas"},
                {"id": "%(count)s row", "plural": "%(count)s rows", "str": ["fila", "filas"]},
                {"id": "agreements/<slug:key>/", "str": "acuerdos/<slug:clave>/"},
                "nonsense",
            )
        refused = str(caught.exception).splitlines()[1:]
        self.assertEqual(len(refused), 7)
        self.assertIn("no such message: 'holder'", refused)
        self.assertIn('msgstr "Acuerdo"', self.po.read_text())
        self.assertNotIn("filas", self.po.read_text())

    def test_a_file_that_is_no_list(self):
        self.put("in.json", "{}")
        with self.assertRaisesMessage(CommandError, "must hold a list"):
            self.messages("--fill", str(self.root / "in.json"))
        with self.assertRaisesMessage(CommandError, "cannot be read"):
            self.messages("--fill", str(self.root / "nowhere.json"))


class CompileTests(CatalogCase):
    def test_python_reads_the_result(self):
        self.fill_everything()
        self.assertIn("Compiled", self.messages("--compile"))
        with self.po.with_suffix(".mo").open("rb") as file:
            read = gettext.GNUTranslations(file)
        self.assertEqual(read.gettext("Agreement"), "es Agreement")
        self.assertEqual(read.pgettext("office-holder", "holder"), "es holder")
        self.assertEqual(read.ngettext("%(count)s row", "%(count)s rows", 2), "es %(count)s rows")
        self.assertEqual(read.npgettext("working", "day", "days", 1), "es day")

    def test_untranslated_and_fuzzy_fall_back_to_english(self):
        self.fill({"id": "Agreement", "str": "Acuerdo"})
        self.po.write_text(self.po.read_text().replace('msgid "Agreement"', '#, fuzzy\nmsgid "Agreement"'))
        self.messages("--compile")
        with self.po.with_suffix(".mo").open("rb") as file:
            read = gettext.GNUTranslations(file)
        self.assertEqual(read.gettext("Agreement"), "Agreement")
        self.assertEqual(read.ngettext("%(count)s row", "%(count)s rows", 2), "%(count)s rows")

    def test_only_what_is_stale_is_made(self):
        self.fill_everything()
        self.messages("--compile")
        self.assertEqual(self.messages("--compile"), "")
        os.utime(self.po, (1, 1))
        self.assertIn("Compiled", self.messages("--compile"))
        self.assertEqual(self.messages("--compile"), "")

    def test_nothing_to_compile(self):
        self.assertEqual(self.messages("--compile"), "")
