"""Rows that may be about a record under another key: same, new or later, by the organizer's word and never silently."""

from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import call_command
from django.test import TestCase
from django.utils.translation import override

from core.events import SYSTEM
from core.imports.candidates import learn
from core.imports.plan import Plan
from core.imports.runner import run_import
from core.models import ImportBatch
from forum.models import Agency, Organization, Participation, Person
from tests import factories as make

CLUBS = "clave,nombre,tipo,ciudad,sitio\nX-1,Jomulquillo A.C.,club,Los Ángeles,\nX-2,Club Tepechitlán,club,,\n"


class SettlingTests(TestCase):
    def setUp(self):
        self.enterContext(override("en"))
        self.edition = make.edition(slug="foro-uno", folio_prefix="FM1")
        self.club = make.organization(
            key="ORG-09", name="Club Jomulquillo", kind="hometown_club", city="Chicago", website="https://example.org"
        )
        learn(self.club)

    def bring_in(self, text, kind="organizations", **plan):
        return run_import(kind, name="x.csv", data=text.encode(), actor=SYSTEM, plan=Plan(**plan))

    def test_undecided_rows_wait_with_the_reason(self):
        run = self.bring_in(CLUBS)
        self.assertEqual(run.summary, "1 new, 0 changed, 0 the same, 1 refused")
        (problem,) = run.refused[0].problems
        self.assertEqual((problem.column, problem.value), ("nombre", "Jomulquillo A.C."))
        self.assertEqual(
            problem.reason,
            "This may be ORG-09, “Club Jomulquillo, Chicago”, which is there already. The words that count are the same; one "
            "says “ac”, the other “club”.",
        )
        self.assertEqual([key for key, _words, _why in problem.choices], ["ORG-09"])
        self.assertEqual(ImportBatch.objects.get().outcomes.get(number=2).problems[0]["choices"][0][0], "ORG-09")

    def test_new(self):
        self.assertEqual(self.bring_in(CLUBS, decisions={"2": "new"}).counts["created"], 2)
        self.assertEqual(Organization.objects.get(key="X-1").name, "Jomulquillo A.C.")

    def test_the_same_keeps_its_names_and_what_the_row_does_not_say(self):
        run = self.bring_in(CLUBS, decisions={"2": "same ORG-09"})
        self.assertEqual(run.summary, "1 new, 1 changed, 0 the same, 0 refused")
        self.club.refresh_from_db()
        self.assertEqual(
            (self.club.name, self.club.city, self.club.website), ("Club Jomulquillo", "Los Ángeles", "https://example.org")
        )
        self.assertFalse(Organization.objects.filter(key="X-1").exists())
        self.assertEqual(self.bring_in(CLUBS, decisions={"2": "same ORG-09"}).counts["same"], 2)

    def test_later_waits(self):
        run = self.bring_in(CLUBS, decisions={"2": "later"})
        self.assertEqual([p.reason for p in run.refused[0].problems], ["You decide later."])
        self.assertEqual(run.refused[0].problems[0].choices[0][0], "ORG-09")

    def test_nonsense_decides_nothing(self):
        for said in ("same NOBODY", "same ", "yes", "\x00", "same \x00"):
            self.assertEqual(self.bring_in(CLUBS, decisions={"2": said}).counts["quarantined"], 1, said)
        self.assertEqual(Organization.objects.count(), 2)

    def test_one_word_for_all_rows(self):
        self.assertEqual(self.bring_in(CLUBS, decisions={"*": "new", "2": "later"}).counts["quarantined"], 1)
        self.assertEqual(self.bring_in(CLUBS, decisions={"*": "same *"}).counts["updated"], 1)
        learn(make.organization(key="ORG-10", name="Federación Jomulquillo"))
        text = CLUBS.replace("Jomulquillo A.C.", "Jomulquillo")
        self.assertEqual(
            [p.reason[:18] for row in self.bring_in(text, decisions={"*": "same *"}).refused for p in row.problems],
            ["This may be ORG-09"],
        )
        self.assertEqual(self.bring_in(text, decisions={"*": "new"}).counts["created"], 1)

    def test_rows_without_a_key_get_the_next_one_and_are_asked_about_the_second_time(self):
        text = "nombre,tipo\nClub Tepechitlán,club\nClub Jalpa,club\n"
        columns = {"nombre": "name", "tipo": "type"}
        run = self.bring_in(text, columns=columns, constants={"key": "*"})
        self.assertEqual(
            (run.summary, [row.key for row in run.rows]), ("2 new, 0 changed, 0 the same, 0 refused", ["ORG-010", "ORG-011"])
        )
        again = {"columns": columns, "constants": {"key": "*"}}
        self.assertEqual(self.bring_in(text, **again).counts["quarantined"], 2)
        self.assertEqual(self.bring_in(text, **again, decisions={"*": "same *"}).counts["same"], 2)
        run = self.bring_in("nombre,tipo\nOtro,nada\n", **again)
        self.assertEqual([p.column for row in run.refused for p in row.problems], ["tipo"])
        people = "nombre,papel\nPersona Uno,líder migrante\nPersona Dos,líder migrante\n"
        plan = {"columns": {"nombre": "name", "papel": "role"}, "constants": {"key": "*"}}
        self.assertEqual(self.bring_in(people, "participants", **plan).counts["created"], 2)
        self.assertEqual(set(Participation.objects.values_list("key", flat=True)), {"PAR-001", "PAR-002"})
        self.assertEqual(self.bring_in(people, "participants", **plan, decisions={"*": "same *"}).counts["same"], 2)
        self.assertEqual(
            self.bring_in(people, "proposals", constants={"folio": "*"}, columns={"nombre": "title_es"}).counts["quarantined"], 2
        )

    def test_a_person_whom_the_same_file_brings_twice(self):
        text = 'foro,clave,nombre,papel\nforo-uno,Z-1,Persona de Muestra,líder migrante\nforo-uno,Z-2,"Muestra, Persona",líder migrante\n'
        run = self.bring_in(text, "participants")
        key = run.refused[0].problems[0].choices[0][0]
        Participation.objects.all().delete()
        Person.objects.all().delete()
        run = self.bring_in(text, "participants", decisions={"3": f"same {key}"})
        self.assertEqual(
            [p.reason for row in run.refused for p in row.problems], ["It is the same person as in an earlier row of this file."]
        )
        self.assertEqual(Person.objects.count(), 1)

    def test_the_command(self):
        with TemporaryDirectory() as folder:
            path = Path(folder, "x.csv")
            path.write_text(CLUBS, encoding="utf-8")
            with self.assertRaises(SystemExit):
                call_command("import_data", "organizations", str(path), "--dry-run", stdout=StringIO())
            for similar, said in (("same", "1 new, 1 changed"), ("new", "2 new, 0 changed")):
                out = StringIO()
                call_command("import_data", "organizations", str(path), "--dry-run", similar=similar, stdout=out)
                self.assertIn(said, out.getvalue())

    def test_two_rows_of_one_file_are_asked_about_too(self):
        run = self.bring_in("clave,nombre,tipo\nX-2,Club Tepechitlán,club\nX-3,Tepechitlan A.C.,club\n")
        self.assertIn("X-2", run.refused[0].problems[0].reason)

    def test_an_exact_key_is_never_asked_about(self):
        run = self.bring_in("clave,nombre,tipo,ciudad\nORG-09,Club Jomulquillo,club,Chicago\n")
        self.assertEqual(run.counts["updated"] + run.counts["same"], 1)

    def test_a_person_of_another_edition_is_the_same_person(self):
        earlier = make.edition(slug="foro-cero", folio_prefix="FM0")
        person = make.person(name="Persona de Muestra Uno", email="uno@example.org")
        learn(person)
        make.participation(earlier, person=person, key="LID-01")
        text = 'foro,clave,nombre,papel,correo\nforo-uno,Z-1,"Muestra Uno, Persona",líder migrante,\n'
        self.assertEqual(self.bring_in(text, "participants").counts["quarantined"], 1)
        run = self.bring_in(text, "participants", decisions={"2": f"same {person.key}"})
        self.assertEqual(run.summary, "1 new, 0 changed, 0 the same, 0 refused")
        self.assertEqual((Person.objects.count(), Participation.objects.get(key="Z-1").person), (1, person))
        person.refresh_from_db()
        self.assertEqual((person.name, person.email), ("Persona de Muestra Uno", "uno@example.org"))
        again = self.bring_in(text.replace("Z-1", "Z-2"), "participants", decisions={"2": f"same {person.key}"})
        self.assertEqual(again.counts["same"], 1)

    def test_a_reference_by_name_is_offered_and_taken_by_the_list_of_values(self):
        learn(make.agency(key="SRE", name_es="Secretaría de Relaciones Exteriores"))
        text = (
            "foro,clave,nombre,papel,organizacion,dependencia\nforo-uno,Z-1,Uno,líder migrante,JOMULQUILLO,\n"
            "foro-uno,Z-2,Dos,funcionario,,Sría. de Relaciones Exteriores\n"
        )
        run = self.bring_in(text, "participants")
        self.assertEqual(
            [(p.column, p.choices[0][0]) for row in run.refused for p in row.problems],
            [("organizacion", "ORG-09"), ("dependencia", "SRE")],
        )
        self.assertEqual(
            run.refused[0].problems[0].remedy,
            "Is ORG-09 meant, “Club Jomulquillo, Chicago”? The words that count are the same; only one of them says “club”.",
        )
        values = {"organizacion": {"jomulquillo": "ORG-09"}, "dependencia": {"sria de relaciones exteriores": "SRE"}}
        self.assertEqual(self.bring_in(text, "participants", values=values).counts["created"], 2)

    def test_a_list_of_values_reaches_each_part_of_a_cell(self):
        for key in ("AA", "BB"):
            make.agency(key=key)
        text = "foro,folio,titulo_es,peticion_es,dependencias\nforo-uno,FM1-90,Uno,Que sí,Primera; BB\n"
        run = self.bring_in(text, "proposals", values={"dependencias": {"primera": "AA"}})
        self.assertEqual((run.counts["created"], Agency.objects.filter(proposals__folio="FM1-90").count()), (1, 2))

    def test_cells_are_mended_by_row_and_the_row_is_kept_as_it_came(self):
        text = "clave,nombre,tipo\nX-5,Cinco,nada\n"
        run = self.bring_in(text, cells={"2": {"tipo": "club"}})
        self.assertEqual(run.counts["created"], 1)
        row = ImportBatch.objects.get().outcomes.get()
        self.assertEqual((row.values["tipo"], row.batch.plan["cells"]), ("nada", {"2": {"tipo": "club"}}))
