"""What the search finds of bodies and people when names change, here and along a line of bodies."""

from core import search
from core.events import SYSTEM
from forum import workflow
from tests import factories as make
from tests.forum.test_workflow import ForumWorld


class NamesTests(ForumWorld):
    def found(self, word):
        return {entry.record_key for entry in search.find(word)}

    def test_a_body_is_found_by_the_names_of_its_successors_and_its_own(self):
        successor = make.agency(key="INE", name_es="Instituto nuevo")
        workflow.add_succession(predecessor=self.agency, successor=successor, actor=SYSTEM, values={"kind": "transformed"})
        self.assertEqual(self.found("ine"), {"IFE", "INE"})
        self.assertEqual(self.found("propio"), {"IFE", "INE"})
        workflow.edit_agency(agency=successor, actor=SYSTEM, values={"name_es": "Instituto renombrado"})
        self.assertEqual(self.found("renombrado"), {"IFE", "INE"})
        name = workflow.add_agency_name(agency=self.agency, actor=SYSTEM, values={"name_es": "Comisión antigua"})
        self.assertIn("IFE", self.found("antigua"))
        workflow.remove_agency_name(name=name, actor=SYSTEM)
        self.assertEqual(self.found("antigua"), set())

    def test_a_line_of_bodies_is_found_from_each_of_its_ends_and_not_from_beside(self):
        search.rebuild(search.searched())
        first, middle, last, beside = (make.agency(key=key, acronym=key) for key in ("AAA", "BBB", "CCC", "DDD"))
        for before, after in ((middle, last), (first, middle), (first, beside)):
            workflow.add_succession(predecessor=before, successor=after, actor=SYSTEM, values={"kind": "transformed"})
        self.assertEqual(self.found("aaa"), {"AAA", "BBB", "CCC", "DDD"})
        self.assertEqual(self.found("ccc"), {"AAA", "BBB", "CCC"})
        self.assertEqual(self.found("ddd"), {"AAA", "DDD"})
        workflow.edit_agency(agency=last, actor=SYSTEM, values={"acronym": "ZZZ"})
        self.assertEqual(self.found("zzz"), {"AAA", "BBB", "CCC"})
        self.assertEqual(search.differences(), [])

    def test_the_participants_of_a_body_are_found_by_its_new_name(self):
        make.participation(self.edition, consent=True, organization=self.organization)
        search.rebuild(search.searched())
        workflow.edit_organization(organization=self.organization, actor=SYSTEM, values={"name": "Red renombrada"})
        self.assertEqual((len(self.found("renombrada")), search.differences()), (2, []))

    def test_an_organization_is_found_by_a_name_that_it_has_borne(self):
        name = workflow.add_organization_name(organization=self.organization, actor=SYSTEM, values={"name": "Club Primero"})
        self.assertEqual(self.found("primero"), {"ORG-01"})
        workflow.remove_organization_name(name=name, actor=SYSTEM)
        self.assertEqual(self.found("primero"), set())
