"""The doors of the forum: who may, what follows, what is written down."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.test import TestCase
from django.utils.translation import override

from core.events import SYSTEM
from core.models import Event, SearchEntry
from core.workflow import StaleRecord, StepRefused
from forum import workflow
from forum.models import (
    Agency,
    Area,
    Consent,
    Edition,
    EditionOrganization,
    Organization,
    Participation,
    Person,
    Role,
    Session,
    WorkingTable,
)
from tests import factories as make
from tests.personas import PERSONAS, PersonaWorld

AT = dt.datetime(2026, 3, 2, 18, tzinfo=dt.UTC)
ORGANIZERS = {"organizer", "other_organizer", "administrator"}
OWN = {"organizer", "administrator"}


class ForumWorld(PersonaWorld, TestCase):
    def setUp(self):
        self.enterContext(override("en"))

    def who_may(self, door, **values):
        """The personas that the door lets in; what they do is done on records that `values()` makes anew."""
        allowed = set()
        for name in PERSONAS:
            arguments = {key: value(name) if callable(value) else value for key, value in values.items()}
            try:
                door(actor=self.user(name), **arguments)
            except StepRefused as refusal:
                self.assertEqual(refusal.code, "not_yours", name)
            else:
                allowed.add(name)
        return allowed


class WhoMayTests(ForumWorld):
    def test_bodies_are_entered_by_any_organizer(self):
        organization = {"name": "Una", "kind": "network"}
        agency = {"acronym": "UNA", "name_es": "Una", "level": "ministry"}
        checks = {
            "create_organization": (ORGANIZERS, {"values": lambda name: {"key": f"K-{name.replace('_', '-')}", **organization}}),
            "create_agency": (ORGANIZERS, {"values": lambda name: {"key": f"K-{name.replace('_', '-')}", **agency}}),
            "edit_organization": (ORGANIZERS, {"organization": self.organization, "values": lambda name: {"city": name}}),
            "edit_agency": (ORGANIZERS, {"agency": self.agency, "values": lambda name: {"successor_acronym": name}}),
            "add_agency_name": (ORGANIZERS, {"agency": self.agency, "values": lambda name: {"name_es": name}}),
            "add_organization_name": (ORGANIZERS, {"organization": self.organization, "values": lambda name: {"name": name}}),
            "link_mirror": (ORGANIZERS, {"organization": self.organization, "mirror": lambda name: make.organization()}),
            "create_edition": (ORGANIZERS, {"values": lambda name: {"slug": f"e-{name.replace('_', '-')}", "name_es": name}}),
            "create_account": (ORGANIZERS, {"email": lambda name: f"new.{name}@example.org"}),
            "edit_edition": (OWN, {"edition": self.edition, "values": lambda name: {"city": name}}),
            "join_edition": (OWN, {"edition": self.edition, "body": lambda name: make.organization()}),
            "leave_edition": (OWN, {"edition": self.edition, "body": lambda name: make.organization()}),
            "create_table": (
                OWN,
                {"values": lambda name: {"edition": self.edition, "number": PERSONAS.index(name) + 1, "name_es": "M"}},
            ),
            "create_session": (
                OWN,
                {
                    "values": lambda name: {
                        "edition": self.edition,
                        "key": f"S-{name.replace('_', '-')}",
                        "title_es": "S",
                        "starts_at": AT,
                        "ends_at": AT,
                    }
                },
            ),
            "create_participation": (
                OWN,
                {
                    "edition": self.edition,
                    "values": lambda name: {"key": f"P-{name.replace('_', '-')}", "role": "observer"},
                    "person_values": lambda name: {"name": name},
                },
            ),
            "edit_participation": (
                OWN,
                {"participation": make.participation(self.edition), "values": lambda name: {"post": name}},
            ),
            "set_consent": (OWN, {"participation": lambda name: make.participation(self.edition), "given": True}),
        }
        for name, (expected, values) in checks.items():
            with self.subTest(name):
                self.assertEqual(self.who_may(getattr(workflow, name), **values), expected)

    def test_people_decide_about_their_own_name(self):
        person = make.person(user=self.accounts["delegate"])
        participation = make.participation(self.edition, person=person)
        workflow.set_consent(participation=participation, given=True, actor=self.user("delegate"))
        self.assertEqual(participation.shown_name, person.name)

    def test_the_application_itself_may_everything(self):
        workflow.create_organization(actor=SYSTEM, values={"key": "S-1", "name": "S", "kind": "other"})
        self.assertEqual(Event.objects.get(record_key="S-1").actor_label, "system")


class EditionTests(ForumWorld):
    def test_who_creates_an_edition_organizes_it(self):
        organizer = self.user("organizer")
        edition = workflow.create_edition(actor=organizer, values={"slug": "nueva-2027", "name_es": "Nueva"}, at=AT)
        self.assertTrue(organizer.roles.organizes(edition.pk))
        self.assertEqual((edition.series, edition.folio_prefix), ("nueva", "N1"))
        self.assertEqual(Event.objects.get(model="forum.edition", record_id=edition.pk).at, AT)

    def test_every_pair_of_stages(self):
        """Forward freely, back with a reason, to the same stage never."""
        for before in Edition.Stage.values:
            for after in Edition.Stage.values:
                with self.subTest(before, to=after):
                    forward = Edition.Stage.values.index(after) > Edition.Stage.values.index(before)
                    edition = make.edition(stage=before)
                    actor = make.user(organizer=edition)
                    if before == after:
                        with self.assertRaises(StepRefused) as refused:
                            workflow.set_stage(edition=edition, stage=after, actor=actor, reason="x")
                        self.assertEqual(refused.exception.code, "wrong_status" if after != "preparation" else "unknown")
                        continue
                    if not forward:
                        with self.assertRaises(StepRefused) as refused:
                            workflow.set_stage(edition=edition, stage=after, actor=actor)
                        self.assertEqual(refused.exception.code, "reason")
                    workflow.set_stage(edition=edition, stage=after, actor=actor, reason="" if forward else "se pidió")
                    self.assertEqual(Edition.objects.get(pk=edition.pk).stage, after)

    def test_only_organizers_of_the_edition_move_it(self):
        for transition in workflow.EDITION.transitions:
            with self.subTest(transition.action):
                may = workflow.EDITION.may
                self.assertEqual(self.who(lambda user, step=transition, may=may: may(step, self.edition, user)), OWN)
        official = self.user("official")
        with self.assertRaises(StepRefused) as refused:
            workflow.set_stage(edition=self.edition, stage="closed", actor=official)
        self.assertEqual(refused.exception.code, "not_yours")

    def test_an_unknown_stage(self):
        with self.assertRaisesMessage(StepRefused, "There is no stage “nowhere”."):
            workflow.set_stage(edition=self.edition, stage="nowhere", actor=SYSTEM)

    def test_what_an_edition_holds_is_found_only_while_it_is_public(self):
        make.participation(self.edition, consent=True, person=make.person(name="Zacarías Visible"))
        make.proposal(self.edition, status="submitted", title_es="Faro")
        make.meeting(self.edition, title_es="Faro", published_at=AT)
        organizer = self.user("organizer")
        for stage, expected in (
            ("preparation", set()),
            ("intake", {"edition", "participant", "proposal", "meeting"}),
            ("preparation", set()),
        ):
            with self.subTest(stage):
                workflow.set_stage(edition=self.edition, stage=stage, actor=organizer, reason="prueba")
                kinds = set(
                    SearchEntry.objects.filter(kind__in=["edition", "participant", "proposal", "meeting"]).values_list(
                        "kind", flat=True
                    )
                )
                self.assertEqual(kinds, expected)

    def test_the_stage_and_the_consent_have_doors_of_their_own(self):
        with self.assertRaises(TypeError):
            workflow.edit_edition(edition=self.edition, actor=SYSTEM, values={"stage": "closed"})
        with self.assertRaises(TypeError):
            workflow.edit_participation(participation=make.participation(self.edition), actor=SYSTEM, values={"show_name": True})

    def test_a_body_takes_part_once_and_its_part_may_change(self):
        body = make.organization()
        for part in ("participant", "convener", "convener"):
            workflow.join_edition(edition=self.edition, body=body, actor=SYSTEM, part=part)
        self.assertEqual(list(EditionOrganization.objects.filter(organization=body).values_list("part", flat=True)), ["convener"])
        changes = list(Event.objects.filter(action="join", record_id=body.pk).order_by("pk").values_list("changes", flat=True))
        self.assertEqual(
            changes, [{"edition": [None, "propia"], "part": [None, "participant"]}, {"part": ["participant", "convener"]}]
        )

    def test_a_body_with_participants_does_not_leave(self):
        body = make.agency()
        workflow.join_edition(edition=self.edition, body=body, actor=SYSTEM)
        participation = make.participation(self.edition, agency=body, role="official")
        with self.assertRaisesMessage(StepRefused, "has participants in this edition"):
            workflow.leave_edition(edition=self.edition, body=body, actor=SYSTEM)
        participation.delete()
        workflow.leave_edition(edition=self.edition, body=body, actor=SYSTEM)
        self.assertFalse(self.edition.agencies.filter(pk=body.pk).exists())


class RulesTests(ForumWorld):
    """One validator for form, admin and import: the doors ask it."""

    def test_each_rule_has_its_field(self):
        country, state, province = (Area.objects.get(code=code) for code in ("MX", "MX-ZAC", "US-CA"))
        official = {"key": "X-1", "role": "official"}
        other_participation = make.participation(self.other_edition)
        checks = (
            ("create_organization", {"values": {"key": "X-1", "name": "X", "kind": "club"}}, "kind"),
            ("create_organization", {"values": {"key": "X 1", "name": "X", "kind": "other"}}, "key"),
            ("create_organization", {"values": {"key": "X-1", "name": "X", "kind": "other", "state_of_origin": province}}, "state_of_origin"),
            ("create_organization", {"values": {"key": "X-1", "name": "X", "kind": "other", "country": state}}, "country"),
            ("create_organization", {"values": {"key": "X-1", "name": "X", "kind": "other", "subdivision": country}}, "subdivision"),
            ("create_organization", {"values": {"key": "X-1", "name": "X", "kind": "other", "country": country, "subdivision": province}}, "subdivision"),
            ("create_agency", {"values": {"key": "X-1", "acronym": "X", "name_es": "X", "level": "ministry", "state": province}}, "state"),
            ("edit_agency", {"agency": self.agency, "values": {"parent": self.agency}}, "parent"),
            ("create_edition", {"values": {"slug": "x", "name_es": "X", "intake_closes_on": dt.date(2027, 2, 1), "review_closes_on": dt.date(2027, 1, 1)}}, "review_closes_on"),
            ("create_edition", {"values": {"slug": "x", "name_es": "X", "time_zone": "Luna/Mar"}}, "time_zone"),
            ("create_participation", {"edition": self.edition, "values": official, "person_values": {"name": "X"}}, "agency"),
            ("create_participation", {"edition": self.edition, "values": {"key": "X-1", "role": "migrant_leader", "agency": self.agency}, "person_values": {"name": "X"}}, "agency"),
            ("create_participation", {"edition": self.edition, "values": {"key": "X-1", "role": "observer"}, "person_values": {"name": "X", "email": "no"}}, "email"),
            ("create_table", {"values": {"edition": self.edition, "number": 1, "name_es": "X", "moderator": other_participation}}, "moderator"),
            ("create_session", {"values": {"edition": self.edition, "key": "X", "title_es": "X", "starts_at": AT, "ends_at": AT, "table": make.table(self.other_edition)}}, "table"),
        )  # fmt: skip
        counts = {
            model: model.objects.count()
            for model in (Organization, Agency, Edition, Person, Participation, WorkingTable, Session)
        }
        for name, arguments, field in checks:
            with self.subTest(name, field=field):
                with self.assertRaises(ValidationError) as caught:
                    getattr(workflow, name)(actor=SYSTEM, **arguments)
                self.assertEqual(set(caught.exception.message_dict), {field})
        self.assertEqual({model: model.objects.count() for model in counts}, counts)

    def test_nobody_stands_above_itself_by_a_detour(self):
        top, middle = make.organization(), make.organization()
        workflow.edit_organization(organization=middle, actor=SYSTEM, values={"parent": top})
        with self.assertRaises(ValidationError):
            workflow.edit_organization(organization=top, actor=SYSTEM, values={"parent": middle})

    def test_a_stale_form_is_refused(self):
        revision = self.organization.revision
        workflow.edit_organization(organization=self.organization, actor=SYSTEM, values={"city": "Uno"}, revision=revision)
        with self.assertRaises(StaleRecord) as caught:
            workflow.edit_organization(organization=self.organization, actor=SYSTEM, values={"city": "Dos"}, revision=revision)
        self.assertEqual(caught.exception.current.city, "Uno")

    def test_the_same_values_again_write_nothing(self):
        workflow.edit_organization(organization=self.organization, actor=SYSTEM, values={"city": ""})
        self.assertFalse(Event.objects.filter(record_id=self.organization.pk, model="forum.organization").exists())


class MirrorsTests(ForumWorld):
    def test_mirrors(self):
        mirror = make.organization()
        values = {"since": dt.date(2010, 1, 1), "date_precision": "year"}
        link = workflow.link_mirror(organization=self.organization, mirror=mirror, actor=SYSTEM, values=values)
        workflow.link_mirror(organization=self.organization, mirror=mirror, actor=SYSTEM, values=values)
        events = Event.objects.filter(model="forum.organization", record_id=self.organization.pk)
        self.assertEqual(list(events.values_list("action", flat=True)), ["link_mirror"])
        workflow.unlink_mirror(link=link, actor=SYSTEM)
        self.assertFalse(self.organization.mirrors.exists())


class ConsentTests(ForumWorld):
    def setUp(self):
        super().setUp()
        self.person = make.person(name="Canario Nombre")
        self.participation = make.participation(self.edition, person=self.person, organization=self.organization, key="LID-01")

    def state(self):
        row = Participation.objects.get(pk=self.participation.pk)
        return row.show_name, row.shown_name, SearchEntry.objects.filter(kind="participant").count()

    def test_given_withdrawn_and_given_again(self):
        self.assertEqual(self.state(), (False, "", 0))
        workflow.set_consent(participation=self.participation, given=True, actor=SYSTEM, how="carta", at=AT)
        self.assertEqual(self.state(), (True, "Canario Nombre", 1))
        workflow.set_consent(participation=self.participation, given=False, actor=SYSTEM, at=AT + dt.timedelta(days=1))
        self.assertEqual(self.state(), (False, "", 0))
        workflow.set_consent(participation=self.participation, given=True, actor=SYSTEM, at=AT + dt.timedelta(days=2))
        rows = Consent.objects.order_by("given_at").values_list("how", "given_at", "revoked_at")
        self.assertEqual(
            list(rows),
            [("carta", AT, AT + dt.timedelta(days=1)), ("", AT + dt.timedelta(days=2), None)],
        )

    def test_the_same_again_is_nothing(self):
        for _time in range(2):
            workflow.set_consent(participation=self.participation, given=True, actor=SYSTEM)
        self.assertEqual((Consent.objects.count(), Event.objects.filter(action="consent").count()), (1, 1))

    def test_a_new_name_shows_wherever_there_is_consent(self):
        workflow.set_consent(participation=self.participation, given=True, actor=SYSTEM)
        quiet = make.participation(self.other_edition, person=self.person)
        workflow.edit_participation(
            participation=self.participation, actor=SYSTEM, values={}, person_values={"name": "Otro Nombre"}
        )
        self.assertEqual(self.state(), (True, "Otro Nombre", 1))
        self.assertEqual(Participation.objects.get(pk=quiet.pk).shown_name, "")

    def test_events_never_hold_the_name(self):
        workflow.set_consent(participation=self.participation, given=True, actor=SYSTEM)
        workflow.edit_participation(
            participation=self.participation, actor=SYSTEM, values={}, person_values={"email": "canario@example.org"}
        )
        for event in Event.objects.all():
            self.assertNotIn("anario", f"{event.changes} {event.reason}")


class RoleTests(ForumWorld):
    def test_who_gives_which_role(self):
        places = {
            "organizer": ({"edition": self.edition}, OWN),
            "official": ({"agency": self.agency}, ORGANIZERS),
            "delegate": ({"organization": self.organization}, ORGANIZERS),
            "administrator": ({}, {"administrator"}),
        }
        for kind, (place, expected) in places.items():
            with self.subTest(kind):
                door = workflow.add_role
                self.assertEqual(self.who_may(door, user=lambda name: make.user(), kind=kind, **place), expected)
                role = make.user()
                give = {"user": role, "kind": kind, **place}
                self.assertEqual(self.who_may(workflow.remove_role, role=lambda name, give=give: self.fresh_role(give)), expected)

    def fresh_role(self, give):
        Role.objects.filter(user=give["user"]).delete()
        return Role.objects.create(**give)

    def test_an_organizer_does_not_become_an_official(self):
        with self.assertRaisesMessage(StepRefused, "Nobody gives a role to the own account"):
            organizer = self.user("organizer")
            workflow.add_role(user=organizer, kind="official", agency=self.agency, actor=organizer)

    def test_a_role_counts_at_once_and_leaves_a_trace(self):
        user = make.user()
        self.assertFalse(user.roles.official)
        role = workflow.add_role(user=user, kind="official", agency=self.agency, actor=SYSTEM, post="Enlace")
        self.assertEqual(user.roles.agencies, {self.agency.pk})
        workflow.remove_role(role=role, actor=SYSTEM, reason="cambio")
        self.assertFalse(user.roles.official)
        actions = list(
            Event.objects.filter(model="forum.user", record_id=user.pk).order_by("pk").values_list("action", flat=True)
        )
        self.assertEqual(actions, ["add_role", "remove_role"])

    def test_the_last_administrator_stays(self):
        administrator = self.user("administrator")
        role = Role.objects.get(user=administrator, kind="administrator")
        with self.assertRaisesMessage(StepRefused, "This is the last administrator"):
            workflow.remove_role(role=role, actor=administrator)
        make.user(administrator=True)
        workflow.remove_role(role=role, actor=administrator)

    def test_an_account_has_an_address_of_its_own(self):
        workflow.create_account(email="Una@Example.org", actor=SYSTEM)
        for email in ("una@example.org", "no address", ""):
            with self.subTest(email), self.assertRaises(ValidationError):
                workflow.create_account(email=email, actor=SYSTEM)
