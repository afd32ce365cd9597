"""The step between the columns and the import: rows with reasons, mended in place, and who is meant."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import SimpleTestCase, TestCase
from django.test.utils import CaptureQueriesContext

from core.imports.candidates import learn
from core.imports.plan import Plan
from core.imports.reader import read
from core.imports.resolve import mend, take
from core.models import ImportBatch
from forum.models import Organization, Participation
from tests import factories as make
from tests.desk import DeskMixin, at, fields_of_look, nonsense_posts
from tests.personas import PersonaWorld

FILE = (
    "clave,nombre,tipo,ciudad,contador\nA-1,Uno,nada,,x\nORG-01,Federación propia,federación,Chicago,\n"
    "A-3,FEDERACION AJENA A.C.,federación,,\nA-4,Cuatro,club,,\nA-5,Cin\ufffdco,club,,\n"
)


class ResolveTests(DeskMixin, PersonaWorld, TestCase):
    def setUp(self):
        self.client = self.sign_in("organizer")
        for record in (self.organization, self.other_organization, self.agency):
            learn(record)

    def send(self, text=FILE, kind="organizations"):
        self.url = at("import_new", kind)
        return self.client.post(self.url, {"file": SimpleUploadedFile("x.csv", text.encode()), "edition": "propia"})

    def post(self, page, /, **more):
        return self.client.post(self.url, {**fields_of_look(page), "do": "look", **more})

    def summary(self, page):
        return page.context["run"].summary

    def rows(self, page):
        return {row.number: row for row in page.context["page"].rows}

    def test_each_refused_cell_has_its_reason_where_it_is_mended(self):
        page = self.send()
        self.assertEqual(self.summary(page), "1 new, 1 changed, 0 the same, 3 refused")
        rows = self.rows(page)
        self.assertEqual(set(rows), {2, 4, 6})
        (kind,) = rows[2].open_cells
        self.assertEqual((kind.header, kind.text, len(kind.problems)), ("tipo", "nada", 1))
        self.assertContains(page, 'aria-describedby="why-2-2"')
        self.assertContains(page, "Use one of: federation")
        self.assertEqual([choice[0] for choice in rows[4].choices], ["ORG-02"])
        self.assertContains(page, "the same as ORG-02")

    def test_mended_cells_and_decisions_reach_the_import(self):
        page = self.send()
        page = self.post(page, **{"cell-2-2": "club", "decide-4": "new"})
        self.assertEqual(self.summary(page), "3 new, 1 changed, 0 the same, 1 refused")
        # They are kept although the page shows other rows now.
        page = self.post(page, show="created")
        self.assertEqual(set(self.rows(page)), {2, 4, 5})
        self.assertTrue(next(c for c in self.rows(page)[2].cells if c.header == "tipo").is_mended)
        page = self.post(page, show="quarantined", **{"cell-6-1": "Cinco"})
        page = self.post(page, show="quarantined")
        page = self.post(page, **{"cell-6-1": "Cinco"})
        self.assertEqual(self.summary(page), "4 new, 1 changed, 0 the same, 0 refused")
        answer = self.client.post(self.url, {**fields_of_look(page), "do": "import"})
        batch = ImportBatch.objects.get()
        self.assertRedirects(answer, at("import", batch.key))
        self.assertEqual((batch.created, batch.updated, batch.quarantined), (4, 1, 0))
        self.assertEqual(
            set(Organization.objects.filter(key__startswith="A-").values_list("name", flat=True)),
            {"Uno", "FEDERACION AJENA A.C.", "Cuatro", "Cinco"},
        )
        # Nothing of it reaches the next file with these headers: its rows are others, and B-4 may be A-4.
        self.assertEqual(self.summary(self.send(FILE.replace("A-", "B-"))), "0 new, 0 changed, 1 the same, 4 refused")

    def test_an_update_shows_what_was_and_what_comes(self):
        page = self.post(self.send(), show="updated")
        (row,) = page.context["page"].rows
        self.assertEqual([(c.header, c.before, c.text) for c in row.open_cells], [("ciudad", "", "Chicago")])
        make.organization(key="ORG-77", name="Otra", city="Elgin", kind="hometown_club")
        page = self.send("clave,nombre,tipo,ciudad\nORG-77,Otra,club,Joliet\n")
        self.assertContains(page, "<del>Elgin</del>")

    def test_the_same(self):
        page = self.post(self.send(), **{"decide-4": "same ORG-02"})
        self.assertEqual(self.summary(page), "1 new, 2 changed, 0 the same, 2 refused")
        self.client.post(self.url, {**fields_of_look(page), "do": "import"})
        self.other_organization.refresh_from_db()
        self.assertEqual(self.other_organization.name, "Federación ajena")
        self.assertTrue(self.edition.organizations.filter(key="ORG-02").exists())

    def test_names_that_are_no_key_are_settled_for_the_whole_column(self):
        text = "clave,nombre,papel,organizacion\n" + "".join(f"Z-{n},Persona {n},líder migrante,FED. PROPIA\n" for n in (1, 2))
        page = self.send(text, "participants")
        self.assertContains(page, "What does “FED. PROPIA” stand for?")
        self.assertContains(page, "“fed” stands for “federacion”")
        page = self.post(page, **{"word-3-0": "ORG-01"})
        self.assertEqual(self.summary(page), "2 new, 0 changed, 0 the same, 0 refused")
        # It can be taken back.
        self.assertEqual(self.summary(self.post(page, **{"word-3-0": ""})), "0 new, 0 changed, 0 the same, 2 refused")
        page = self.post(page)
        self.client.post(self.url, {**fields_of_look(page), "do": "import"})
        self.assertEqual(set(Participation.objects.values_list("organization__key", flat=True)), {"ORG-01"})

    def test_a_name_that_several_rows_have_and_nobody_bears_is_written_once(self):
        rows = [("Z-1", "Los de acá", "Atlántida"), ("Z-2", "LOS DE ACÁ", "Atlántida"), ("Z-3", "Una sola vez", "")]
        text = "clave,nombre,papel,organizacion,estado_origen_inegi\n"
        text += "".join(f"{key},Persona {key},líder migrante,{name},{state}\n" for key, name, state in rows)
        page = self.send(text, "participants")
        asked = [[(each["text"], each["words"]) for each in column["strange"]] for column in page.context["columns"]]
        # One that a single row has is asked about where it can be entered as new.
        self.assertEqual(asked[3:], [[("Los de acá", []), ("Una sola vez", [])], [("Atlántida", [])]])
        self.assertContains(page, "The key of: organization.")
        page = self.post(page, **{"word-3-0": "ORG-01", "word-4-0": "32"})
        self.assertEqual(self.summary(page), "2 new, 0 changed, 0 the same, 1 refused")
        self.assertContains(page, 'name="word-3-0" value="ORG-01"')
        with CaptureQueriesContext(connection) as few:
            self.send(text, "participants")
        many = text + "".join(f"Y-{n},Persona {n},líder migrante,Los de acá,\n" for n in range(30))
        with CaptureQueriesContext(connection) as queries:
            self.send(many, "participants")
        self.assertEqual(len(queries), len(few))

    def test_the_same_for_every_row(self):
        page = self.send("clave,nombre,ciudad\nA-1,Uno,\nA-2,Dos,Elgin\n")
        self.assertEqual(page.context["run"].counts["quarantined"], 2)
        page = self.post(page, **{"constant-0": "type", "text-0": "club"})
        self.assertEqual(self.summary(page), "2 new, 0 changed, 0 the same, 0 refused")
        page = self.post(page, **{"constant-1": "city", "text-1": "Chicago"})
        self.client.post(self.url, {**fields_of_look(page), "do": "import"})
        self.assertEqual(
            dict(Organization.objects.filter(key__startswith="A-").values_list("key", "city")), {"A-1": "Chicago", "A-2": "Elgin"}
        )

    def test_keys_are_made_by_one_button(self):
        page = self.send("nombre,tipo\nUno,club\n")
        self.assertEqual((page.status_code, page.context["offers_keys"]), (422, True))
        sent = {"token": page.context["token"], "headers": page.context["mark"], "column-0": "name", "column-1": "type"}
        page = self.client.post(self.url, {**sent, "make_keys": "1"})
        self.assertEqual((self.summary(page), page.context["offers_keys"]), ("1 new, 0 changed, 0 the same, 0 refused", False))
        self.assertEqual(page.context["constants"][0], {"name": "key", "text": "*"})
        self.assertFalse(self.send("folio,peticion_es\nX,Y\n", "proposals").context["offers_keys"])

    def test_rows_come_by_pages(self):
        page = self.send("clave,nombre,tipo\n" + "".join(f"A-{n},Nombre {n},nada\n" for n in range(45)))
        self.assertEqual((len(self.rows(page)), page.context["page"].last), (20, 3))
        page = self.post(page, page="3", **{"cell-2-2": "club"})
        self.assertEqual(set(self.rows(page)), set(range(43, 47)))
        self.assertEqual(page.context["run"].counts["created"], 1)
        self.assertEqual(self.post(page, page="99").context["page"].number, 3)

    def test_nonsense(self):
        page = self.send()
        sent = fields_of_look(page)
        names = [
            "decide-4",
            "decide-",
            "decide-x",
            "decide-999999999999",
            "cell-2-2",
            "cell-2-99",
            "cell-x-y",
            "cell-2",
            "show",
            "shown",
            "page",
            "constant-0",
            "text-0",
            "word-2-0",
        ]
        for value, data in nonsense_posts(names):
            with self.subTest(str(value)[:30]):
                self.assertIn(self.client.post(self.url, {**sent, **data, "do": "look"}).status_code, (200, 422))
        self.assertFalse(Organization.objects.filter(key__startswith="A-").exists())


class TakeTests(SimpleTestCase):
    def test_a_cell_that_says_what_the_file_says_is_not_mended(self):
        cells = {"2": {"a": "x", "b": "y"}}
        mend(cells, "2", {"a": ("uno\n dos", "uno\r\n dos "), "b": ("y", "z")})
        self.assertEqual(cells, {"2": {"b": "z"}})
        mend(cells, "2", {"b": ("y", "y")})
        self.assertEqual(cells, {})

    def test_what_was_kept_stays(self):
        table = read("x.csv", b"a,b\n1,2\n3,4\n")
        plan, kept = Plan(), Plan(decisions={"2": "new", "3": "later"}, cells={"3": {"a": "z"}})
        take(plan, kept, {"decide-2": "", "cell-2-1": "q", "cell-9-1": "q", "decide-3": "nonsense"}, table)
        self.assertEqual((plan.decisions, plan.cells), ({"3": "later"}, {"2": {"b": "q"}, "3": {"a": "z"}}))
        self.assertEqual(kept.decisions, {"2": "new", "3": "later"})
