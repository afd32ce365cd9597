"""Rows that may be about a record under another key: same, new or later, by the organizer's word and never silently."""

from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from django.core.management import call_command
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from core.events import SYSTEM
from core.gathering import Gathering
from core.imports.candidates import learn
from core.imports.plan import Plan
from core.imports.runner import run_import
from core.imports.undo import undo
from core.models import ImportBatch, MatchKey
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


class OfOneFileTests(TestCase):
    """Two rows of one file about the same: the page before the import knows no key yet that could be named."""

    def setUp(self):
        self.enterContext(override("en"))
        self.edition = make.edition(slug="foro-uno", folio_prefix="FM1")
        make.edition(slug="foro-dos", folio_prefix="FM2")

    def bring_in(self, text, kind="participants", dry_run=False, edition="", **plan):
        options = {"actor": SYSTEM, "edition": edition, "dry_run": dry_run, "plan": Plan(**plan)}
        return run_import(kind, name="x.csv", data=text.encode(), **options)

    def people(self, *editions, name="María de la Paz Muestra"):
        return "foro,clave,nombre,papel,cargo\n" + "".join(
            f"{slug},Z-{number},{name},líder migrante,cargo {number}\n" for number, slug in enumerate(editions, 2)
        )

    def assert_same_dry(self, text, kind="participants", **plan):
        """The same outcomes without and with writing; answers with the run that wrote."""
        dry = self.bring_in(text, kind, dry_run=True, **plan)
        run = self.bring_in(text, kind, **plan)
        self.assertEqual(dry.summary, run.summary)
        return run

    def test_a_person_of_an_earlier_row_is_named_by_the_row(self):
        run = self.assert_same_dry(self.people("foro-uno", "foro-dos"))
        (problem,) = run.refused[0].problems
        self.assertEqual(
            (problem.reason, [choice[0] for choice in problem.choices]),
            (
                "This may be the same as row 2 of this file, “María de la Paz Muestra”. The name is the same, letter by letter.",
                ["#2"],
            ),
        )

    def test_the_same_person_in_another_edition(self):
        run = self.assert_same_dry(self.people("foro-uno", "foro-dos"), decisions={"3": "same #2"})
        self.assertEqual((run.summary, Person.objects.count()), ("2 new, 0 changed, 0 the same, 0 refused", 1))
        self.assertEqual(Participation.objects.filter(person=Person.objects.get()).count(), 2)

    def test_undoing_takes_the_person_and_its_keys_away(self):
        run = self.bring_in(self.people("foro-uno", "foro-dos"), decisions={"3": "same #2"})
        self.assertTrue(MatchKey.objects.filter(model="forum.person").exists())
        undo(batch=run.batch, actor=SYSTEM)
        self.assertEqual([model.objects.count() for model in (Participation, Person, MatchKey)], [0, 0, 0])

    def test_the_same_person_in_the_same_edition_is_one_part(self):
        run = self.assert_same_dry(self.people("foro-uno", "foro-uno"), decisions={"3": "same #2"})
        self.assertEqual(run.summary, "1 new, 1 changed, 0 the same, 0 refused")
        part = Participation.objects.get()
        self.assertEqual((part.key, part.post), ("Z-2", "cargo 3"))

    def test_one_word_for_all(self):
        text = self.people("foro-uno", "foro-dos", "foro-uno")
        run = self.assert_same_dry(text, decisions={"*": "same *"})
        self.assertEqual((run.summary, Person.objects.count()), ("2 new, 1 changed, 0 the same, 0 refused", 1))

    def test_a_row_that_did_not_go_in_is_nobody(self):
        text = self.people("foro-uno", "foro-dos").replace("líder migrante", "nada", 1)
        run = self.assert_same_dry(text, decisions={"3": "same #2"})
        self.assertEqual([p.reason for row in run.refused for p in row.problems][-1], "Row 2 of this file did not go in.")
        for said in ("same #", "same #x", "same #99999999999", "same #٣", "same #-2"):
            self.assertEqual(self.bring_in(text, decisions={"3": said}, dry_run=True).counts["quarantined"], 2, said)

    def test_a_row_that_has_to_go_through_the_doors_again_by_itself(self):
        text, decisions = self.people("foro-uno", "foro-dos", "foro-uno"), {"3": "same #2", "4": "same #2"}
        with mock.patch.object(Gathering, "taken", return_value={2}):
            run = self.bring_in(text, decisions=decisions)
        self.assertEqual((run.summary, Person.objects.count()), ("2 new, 1 changed, 0 the same, 0 refused", 1))
        connection.check_constraints()

    def test_keys_that_are_made_shift_and_decisions_do_not(self):
        text = "nombre,tipo\nClub Jalpa,club\nClub Tepechitlán,club\nTepechitlan A.C.,\n"
        plan = {"columns": {"nombre": "name", "tipo": "type"}, "constants": {"key": "*", "type": "club"}, "edition": "foro-uno"}
        (row,) = self.bring_in(text, "organizations", dry_run=True, **plan).refused
        self.assertEqual([choice[0] for choice in row.problems[0].choices], ["#3"])
        # Row 2 goes in later: row 3 gets the key that row 2 would have had.
        run = self.assert_same_dry(text, "organizations", **plan, decisions={"2": "later", "4": "same #3"})
        self.assertEqual(
            [(row.number, row.outcome, row.key) for row in run.rows][1:], [(3, "created", "ORG-001"), (4, "same", "ORG-001")]
        )
        self.assertEqual(Organization.objects.get().name, "Club Tepechitlán")

    def test_a_chunk_of_known_names_takes_the_same_number_of_queries_for_two_rows_and_for_thirty(self):
        counts = []
        for size in (2, 30):
            text = "foro,clave,nombre,papel\n" + "".join(
                f"foro-uno,{size}-{n},Persona {word} {size},líder migrante\n" for n, word in enumerate(WORDS[:size])
            )
            self.assertEqual(self.bring_in(text).counts["created"], size)
            again = text.replace(",", ",N", 1).replace(f"foro-uno,{size}-", f"foro-dos,N{size}-")
            again = again.replace("foro,Nclave", "foro,clave")
            for plan in ({}, {"decisions": {"*": "same *"}}):
                with CaptureQueriesContext(connection) as queries:
                    run = self.bring_in(again, dry_run=True, **plan)
                self.assertEqual(run.counts["created" if plan else "quarantined"], size)
                counts.append(len(queries))
        self.assertEqual(counts[:2], counts[2:])


WORDS = [
    a + b for a in ("ronda", "selva", "muro", "tinta", "plomo", "verde") for b in ("lira", "coste", "nube", "fuego", "pista")
]
