"""A name in a column of organizations that is in no register: entered as a new one by the organizer's word, and undone with the file."""

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase

from core.models import Event, ImportBatch
from forum.models import Organization, Participation
from proposals.models import Proposal
from tests.desk import DeskMixin, at
from tests.personas import PersonaWorld

PEOPLE = "clave,nombre,papel,organizacion\nE-1,Ana Muestra Uno,migrant_leader,Unión Güera\nE-2,Eva Muestra Dos,migrant_leader,UNION GÜERA\nE-3,Ivo Muestra Tres,observer,Otra Casa\n"
PROPOSALS = "folio,titulo_es,problema_es,peticion_es,proponentes\nFP1-901,Uno,p,q,Red Nueva;ORG-01\n"


class EnteringTests(DeskMixin, PersonaWorld, TestCase):
    def setUp(self):
        self.client = self.sign_in("organizer")

    def send(self, text, kind="participants"):
        self.url = at("import_new", kind)
        return self.client.post(self.url, {"file": SimpleUploadedFile("x.csv", text.encode()), "edition": "propia"})

    def post(self, page, **more):
        sent = {"token": page.context["token"], "headers": page.context["mark"], "do": "look"}
        for column in page.context["columns"]:
            sent[f"column-{column['place']}"] = column["name"]
            for number, each in enumerate(column["strange"]):
                place = f"{column['place']}-{number}"
                sent |= {f"value-{place}": each["folded"], f"{'anew' if each['is_anew'] else 'word'}-{place}": each["chosen"]}
        return self.client.post(self.url, sent | more)

    def test_a_name_becomes_a_record_and_goes_with_the_file(self):
        there, events = Organization.objects.count(), Event.objects.count()
        page = self.send(PEOPLE)
        self.assertContains(page, "0 new, 0 changed, 0 the same, 3 refused")
        self.assertContains(page, "What does “Unión Güera” stand for?")
        page = self.post(page, **{"anew-3-0": "+hometown_club"})
        # A dry run writes nothing, and what was said stays on the page.
        self.assertContains(page, "2 new, 0 changed, 0 the same, 1 refused")
        self.assertContains(page, '<option value="+hometown_club" selected>')
        self.assertEqual((Organization.objects.count(), Event.objects.count()), (there, events))
        self.post(page, do="import")
        main, names = ImportBatch.objects.order_by("-pk")[0:2]
        made = Organization.objects.get(name="Unión Güera")
        self.assertEqual((names.kind, names.created, main.created, main.quarantined), ("organizations", 1, 2, 1))
        self.assertEqual((made.kind, made.key[:4], made.editions.get().slug), ("hometown_club", "ORG-", "propia"))
        self.assertEqual({part.organization for part in Participation.objects.filter(key__in=["E-1", "E-2"])}, {made})
        event = Event.objects.get(model="forum.organization", record_id=made.pk, action="create")
        self.assertEqual((event.origin, event.actor), ("import", self.accounts["organizer"]))
        self.assertContains(self.client.get(at("import", main.key)), names.key)
        # The next file with that name knows it.
        self.assertContains(self.send(PEOPLE), "0 new, 0 changed, 2 the same, 1 refused")
        self.client.post(at("import_undo", main.key))
        self.assertEqual(Organization.objects.count(), there)
        self.assertEqual([batch.state for batch in ImportBatch.objects.all()], ["undone", "undone"])

    def test_undo_is_refused_where_somebody_else_names_the_new_one(self):
        page = self.post(self.send(PEOPLE), **{"anew-3-0": "+network", "anew-3-1": "+other"})
        self.post(page, do="import")
        main = ImportBatch.objects.first()
        self.assertEqual((main.created, ImportBatch.objects.last().created), (3, 2))
        made = Organization.objects.get(name="Otra Casa")
        Organization.objects.filter(key="ORG-01").update(parent=made)
        page = self.client.post(at("import_undo", main.key))
        self.assertContains(page, made.key, status_code=422)
        self.assertEqual([batch.state for batch in ImportBatch.objects.all()], ["done", "done"])
        self.assertEqual(Participation.objects.filter(key__startswith="E-").count(), 3)

    def test_one_of_several_in_a_cell(self):
        page = self.post(self.send(PROPOSALS, "proposals"), **{"anew-4-0": "+network"})
        self.assertContains(page, "1 new, 0 changed, 0 the same, 0 refused")
        self.post(page, do="import")
        self.assertEqual(
            set(Proposal.objects.get(folio="FP1-901").proponents.values_list("name", flat=True)),
            {"Red Nueva", Organization.objects.get(key="ORG-01").name},
        )

    def test_a_person_whom_no_list_knows(self):
        """Entered with the role that is said, into the edition of the rows, without consent to show the name."""
        text = "folio,titulo_es,problema_es,peticion_es,proponentes,voceros\nFP1-902,Uno,p,q,ORG-01,Eva Canario;Ana Nueva\n"
        there = Participation.objects.count()
        page = self.send(text, "proposals")
        place = next(column["place"] for column in page.context["columns"] if column["header"] == "voceros")
        for number, name in enumerate(("Eva Canario", "Ana Nueva")):
            self.assertContains(page, f"What does “{name}” stand for?")
            self.assertContains(page, '<option value="+migrant_leader">')
            page = self.post(page, **{f"anew-{place}-{number}": "+migrant_leader"})
        self.assertContains(page, "1 new, 0 changed, 0 the same, 0 refused")
        self.assertEqual(Participation.objects.count(), there)
        self.post(page, do="import")
        people = Proposal.objects.get(folio="FP1-902").speakers.order_by("key")
        self.assertEqual(
            [(each.person.name, each.role, each.edition.slug, each.key[:4], each.show_name) for each in people],
            [(name, "migrant_leader", "propia", "PAR-", False) for name in ("Eva Canario", "Ana Nueva")],
        )
        self.assertContains(self.send(text, "proposals"), "0 new, 0 changed, 1 the same, 0 refused")
        main = ImportBatch.objects.filter(kind="proposals").first()
        self.client.post(at("import_undo", main.key))
        self.assertEqual((Participation.objects.count(), Proposal.objects.filter(folio="FP1-902").count()), (there, 0))

    def test_a_public_body_is_entered_by_itself_and_the_page_says_why(self):
        page = self.send(PROPOSALS.replace("proponentes", "dependencias").replace("Red Nueva;ORG-01", "Nada;Nada"), "proposals")
        self.assertNotContains(page, "Or enter it as a new one")
        rows = "".join(f"FP1-9{n},Uno,p,q,Instituto Nuevo\n" for n in (10, 11))
        page = self.send("folio,titulo_es,problema_es,peticion_es,dependencias\n" + rows, "proposals")
        self.assertContains(page, "A public body that is missing is entered by itself")
        self.assertNotContains(page, "Or enter it as a new one")

    @pytest.mark.once
    def test_more_names_than_a_page_shows(self):
        """All of them can be settled, page by page, and what was said on another page is kept."""
        names = [f"Casa número {n}" for n in range(60)]
        text = "clave,nombre,papel,organizacion\n" + "".join(
            f"N-{n},Persona Muestra {n} {chr(65 + n % 26) * 3},observer,{name}\n" for n, name in enumerate(names)
        )
        page = self.send(text)
        shown = []
        for _page in range(3):
            column = page.context["columns"][3]
            shown.append((column["names"].first, column["names"].last, column["names"].all, len(column["strange"])))
            page = self.post(page, **{f"anew-3-{number}": "+other" for number in range(len(column["strange"]))})
        self.assertEqual(shown, [(1, 24, 60, 24), (25, 48, 60, 24), (49, 60, 60, 12)])
        self.assertContains(page, "60 new, 0 changed, 0 the same, 0 refused")
        # Back to the first page, where one is taken back; nonsense asks for the page that it would show anyway.
        page = self.post(page, names="3:1")
        column = page.context["columns"][3]
        self.assertEqual((column["names"].first, {each["chosen"] for each in column["strange"]}), (1, {"+other"}))
        page = self.post(page, **{"anew-3-0": ""})
        self.assertContains(page, "59 new, 0 changed, 0 the same, 1 refused")
        for nonsense in ("3:", "3:0", "3:999999", "9:1", "x", "3:²", "\x00"):
            self.assertEqual(self.post(page, names=nonsense).status_code, 200, nonsense)
        self.post(page, do="import")
        self.assertEqual(Participation.objects.filter(key__startswith="N-").count(), 59)
        self.assertEqual(Organization.objects.filter(name__startswith="Casa número").count(), 59)

    def test_nonsense_enters_nothing(self):
        there, files = Organization.objects.count(), self.files()
        for answer in ("+nonsense", "+", "+\x00", "+hometown_club" * 3):
            page = self.post(self.send(PEOPLE), **{"anew-3-0": answer, "do": "import"})
            self.assertIn(page.status_code, (302, 422), answer)
        self.assertEqual(Organization.objects.count(), there)
        self.assertEqual(Participation.objects.filter(key__startswith="E-").count(), 0)
        self.assertEqual(self.files() - files, {batch.file.name for batch in ImportBatch.objects.all()})

    def files(self):
        folders = [f"imports/{name}" for name in default_storage.listdir("imports")[0] if name.startswith("imp-")]
        return {f"{folder}/{name}" for folder in folders for name in default_storage.listdir(folder)[1]}
