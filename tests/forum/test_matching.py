"""Names as the field writes them: what is taken for the same, what is not, and why."""

from django.db import connection
from django.test import SimpleTestCase, TestCase
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from core.events import SYSTEM
from core.imports import candidates as index
from core.imports.candidates import candidates
from core.imports.matching import asked_of, compare, keys_of, one_apart, parse, sound
from core.models import MatchKey
from forum.matching import marks_of
from forum.models import Agency, Organization, Person
from forum.reference.names import AGENCIES, ORGANIZATIONS, PEOPLE
from forum.workflow import add_agency_name, add_succession, edit_organization
from tests import factories as make

SAME = (
    (ORGANIZATIONS, "FEDERACION ZACATECANA", "Federación Zacatecana", "accents, capitals"),
    (
        ORGANIZATIONS,
        "Fed. de Clubes Zacatecanos del Sur de Calif.",
        "Federación de Clubes Zacatecanos del Sur de California",
        "stands",
    ),
    (ORGANIZATIONS, "Club Jomulquillo", "Jomulquillo, A.C.", "one says “club”, the other “ac”"),
    (ORGANIZATIONS, "Club Jomulquillo", "Club Jomulquillo, Asociación Civil", "only one of them says “ac”"),
    (ORGANIZATIONS, "Federación Michoacana en Illinois", "Federación de Mich. en Illinois", "stands for “michoacan”"),
    (ORGANIZATIONS, "Club Oriundos de San Luis Potosí en Texas", "Club SLP en Texas", "“slp” stands for “san luis potosi”"),
    (ORGANIZATIONS, "Illinois Federación Michoacana", "Federación Michoacana Illinois", "another order"),
    (ORGANIZATIONS, "Federación Zacatecana de Fresnillo", "Federación Zacatecana de Fresniyo", "sound the same"),
    (ORGANIZATIONS, "Club Nochistlán", "Club Nochixtlán", "sound the same"),
    (ORGANIZATIONS, "Club Jalpa de California", "Club Jalba de California", "one letter differs"),
    (ORGANIZATIONS, "Federación de muestra 1", "Fed. de muestra 01", "stands for"),
    (AGENCIES, "Sria. de Relaciones Exteriores", "Secretaría de Relaciones Exteriores", "“sria” stands"),
    (AGENCIES, "H. Cámara de Diputados", "Cámara de Diputados", "words that count"),
    (AGENCIES, "Gobierno del Edo. de Guanajuato", "Gobierno de Guanajuato", "only one of them says “estado”"),
    (PEOPLE, "Pérez López, Juan", "Juan Pérez López", "another order"),
    (PEOPLE, "Lic. Ma. Hernández Chávez", "María Hernandes Chavez", "sound the same"),
    (PEOPLE, "Juan Pérez", "Juan Pérez López", "only one of them has the word “lopez”"),
    (PEOPLE, "J. Pérez López", "Juan Pérez López", "may stand for"),
    (PEOPLE, "Rosa Martínez Ibarra", "Rosa Martínez Ibarro", "one letter differs"),
    (PEOPLE, "Rosa Martínez", "Rosa Martímez", "one letter differs"),
)
OTHERS = (
    (ORGANIZATIONS, "Federación de muestra 01 (Zacatecas)", "Federación de muestra 02 (Zacatecas)"),
    (ORGANIZATIONS, "Federación Zacatecana", "Club Zacatecano"),
    (ORGANIZATIONS, "Federación de Clubes Zacatecanos", "Club Zacatecano"),
    (ORGANIZATIONS, "Club Jerez", "Club Juárez"),
    (ORGANIZATIONS, "Club Jerez California", "Club Jerez Illinois"),
    (AGENCIES, "IFE", "INE"),
    (AGENCIES, "IME", "IFE"),
    (AGENCIES, "Secretaría de Desarrollo Social", "Instituto de Desarrollo Social"),
    (AGENCIES, "Gobierno de Guanajuato", "Gobierno de Guerrero"),
    (PEOPLE, "Ana Pérez", "Eva Pérez"),
    (PEOPLE, "Juan Pérez", "María Pérez"),
    (PEOPLE, "Juan", "Juan Pérez"),
    (PEOPLE, "Juan Pérez López", "Juan Pérez Ramírez"),
    (PEOPLE, "", "Juan Pérez"),
    (PEOPLE, "Líder de muestra 01", "Líder de muestra 10"),
)
WORD = st.text("abcdeghijlmnorstuvyzñé", min_size=4, max_size=9) | st.sampled_from(["01", "1", "2a"])


def make_agency(**values):
    """As a door leaves it: in the index."""
    made = make.agency(**values)
    index.learn(made)
    return made


def make_organization(**values):
    made = make.organization(**values)
    index.learn(made)
    return made


def meet(one, other):
    """Whether the index leads from one name to the other, and back."""
    return all(any(asked_of(a).meets(key) for key in keys_of(b)) for a, b in ((one, other), (other, one)))


class NameTests(SimpleTestCase):
    def setUp(self):
        self.enterContext(override("en"))

    def test_the_same(self):
        for vocabulary, one, other, why in SAME:
            for a, b in ((one, other), (other, one)):
                with self.subTest(a, other=b):
                    likeness = compare(parse(a, vocabulary), parse(b, vocabulary))
                    self.assertIsNotNone(likeness)
                    self.assertTrue(meet(parse(a, vocabulary), parse(b, vocabulary)))
            with self.subTest(one):
                self.assertIn(why, "; ".join(compare(parse(one, vocabulary), parse(other, vocabulary)).reasons))

    def test_others(self):
        for vocabulary, one, other in OTHERS:
            with self.subTest(one, other=other):
                self.assertIsNone(compare(parse(one, vocabulary), parse(other, vocabulary)))

    def test_one_apart(self):
        for one, other, wanted in (
            *(("perez", "perez", False), ("perez", "peres", True), ("perez", "prez", True), ("lopez", "olpez", True)),
            *(("lopez", "lopezz", True), ("lopez", "lupes", False), ("", "a", True), ("ab", "ba", True), ("abc", "cba", False)),
        ):
            self.assertEqual((one_apart(one, other), one_apart(other, one)), (wanted, wanted), (one, other))

    def test_sound(self):
        self.assertEqual({sound(w) for w in ("chavez", "chaves", "chabez")}, {"chabes"})
        self.assertNotEqual(sound("chavez"), sound("cavez"))
        self.assertEqual(sound("guerra"), sound("gerra").replace("j", "g"))

    @settings(max_examples=60, deadline=None)
    @given(st.lists(WORD, min_size=1, max_size=5), st.data())
    def test_whatever_is_alike_is_found(self, words, data):
        """A slip, a word less, another order: if `compare` sees it, a key is shared; nobody is looked at in vain."""
        place = data.draw(st.integers(0, len(words) - 1))
        word = words[place]
        at = data.draw(st.integers(0, len(word) - 1))
        slip = data.draw(
            st.sampled_from([word[:at] + word[at + 1 :], word[:at] + "k" + word[at + 1 :], word[:at] + "k" + word[at:], ""])
        )
        one, other = " ".join(words), " ".join(data.draw(st.permutations([*words[:place], slip, *words[place + 1 :]])))
        names = parse(one, PEOPLE), parse(other, PEOPLE)
        if compare(*names) is not None:
            self.assertTrue(meet(*names), names)
        self.assertEqual(compare(*names) is None, compare(*reversed(names)) is None)

    @settings(max_examples=15, deadline=None)
    @given(st.text(max_size=30))
    def test_any_text_is_a_name(self, text):
        name = parse(text, ORGANIZATIONS)
        self.assertLessEqual(len(keys_of(name)), 20)
        self.assertEqual(compare(name, name) is not None, bool(name.words))


class CandidateTests(TestCase):
    def setUp(self):
        self.enterContext(override("en"))

    def found(self, model, text, **more):
        return [(each.key, each.why) for each in candidates(model, text, model._default_manager.all(), **more)]

    def test_old_and_new_acronyms(self):
        ife = make_agency(key="IFE", acronym="IFE", name_es="Instituto Federal Electoral")
        self.assertEqual(self.found(Agency, "INE"), [])
        add_agency_name(agency=ife, actor=SYSTEM, values={"name_es": "Instituto Nacional Electoral", "acronym": "INE"})
        self.assertEqual(
            self.found(Agency, "I.N.E."),
            [("IFE", "“INE” is another name that it bears or bore; the name differs only in accents, capitals or marks.")],
        )
        self.assertEqual([key for key, _why in self.found(Agency, "Inst. Nal. Electoral")], ["IFE"])
        inm = make_agency(key="INM", acronym="INM", name_es="Instituto Nacional de Migración")
        inami = make_agency(key="INAMI", acronym="INAMI", name_es="Instituto para la Migración de muestra")
        self.assertEqual(self.found(Agency, "INAMI")[0][0], "INAMI")
        add_succession(predecessor=inami, successor=inm, actor=SYSTEM, values={"kind": "renamed"})
        self.assertEqual({key for key, _why in self.found(Agency, "INAMI")}, {"INAMI", "INM"})
        self.assertIn("its predecessor was called “INAMI”", dict(self.found(Agency, "INAMI"))["INM"].replace("Its", "its"))

    def test_the_index_follows_every_change(self):
        club = make_organization(key="A-1", name="Club Jomulquillo", acronym="")
        self.assertEqual([key for key, _why in self.found(Organization, "Jomulquillo A.C.")], ["A-1"])
        edit_organization(organization=club, actor=SYSTEM, values={"name": "Club Tepechitlán"})
        self.assertEqual(self.found(Organization, "Jomulquillo A.C."), [])
        self.assertEqual([key for key, _why in self.found(Organization, "Tepechitlan")], ["A-1"])
        there = set(MatchKey.objects.values_list("model", "record_id", "number", "head", "tail"))
        self.assertEqual(index.rebuild(), len(there))
        MatchKey.objects.all().delete()
        index.after_migrations()
        self.assertEqual(set(MatchKey.objects.values_list("model", "record_id", "number", "head", "tail")), there)

    def test_another_state_of_origin_is_another_club(self):
        from forum.models import Area

        zacatecas, jalisco = Area.objects.get(code="MX-ZAC"), Area.objects.get(code="MX-JAL")
        make_organization(key="A-1", name="Club Guadalupe Victoria", state_of_origin=zacatecas)
        self.assertEqual(len(self.found(Organization, "Guadalupe Victoria", values={"state_of_origin": zacatecas})), 1)
        self.assertEqual(len(self.found(Organization, "Guadalupe Victoria")), 1)
        self.assertEqual(self.found(Organization, "Guadalupe Victoria", values={"state_of_origin": jalisco}), [])

    def test_people_are_only_found_among_those_that_may_be_seen(self):
        person = Person(name="Persona de Muestra", email="Muestra@example.org")
        person.save()
        index.learn(person)
        self.assertEqual(candidates(Person, "Muestra Persona", Person.objects.none()), [])
        self.assertEqual([key for key, _why in self.found(Person, "Muestra, Persona")], [person.key])
        why = self.found(Person, "Otro Nombre", marks=marks_of("muestra@EXAMPLE.org"))
        self.assertEqual(why, [(person.key, "The e-mail address is the same.")])

    def test_a_look_costs_the_same_whatever_there_is(self):
        def cost():
            with CaptureQueriesContext(connection) as queries:
                self.found(Organization, "Club Jomulquillo del Norte")
            return len(queries)

        make_organization(key="A-0", name="Club Jomulquillo del Norte")
        before = cost()
        index.learn_many(
            Organization.objects.bulk_create(
                Organization(key=f"B-{n}", name=f"Club Jomulquillo del Norte {n}", kind="hometown_club") for n in range(30)
            )
        )
        self.assertEqual(cost(), before)
        if connection.vendor == "sqlite":
            asked = asked_of(parse("Club Jomulquillo del Norte", ORGANIZATIONS))
            plan = index.records_under("forum.organization", asked).explain()
            self.assertIn("match_by_number (number=?", plan)
