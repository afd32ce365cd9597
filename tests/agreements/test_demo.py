"""The demonstration: every state on show, everything invented marked, every export good for an import."""

import datetime as dt
from io import StringIO
from unittest import mock

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import TestCase, TransactionTestCase, override_settings
from django.utils.translation import override

from agreements.demo import reset
from agreements.demo.load import PASSWORD
from agreements.light import light_of
from agreements.models import Agreement, Commitment, Meeting, MinutesVersion, ProgressReport
from core import ledger, search, tally
from core.events import SYSTEM
from core.imports.registry import kinds
from core.imports.runner import run_import
from core.imports.writer import run_export
from core.models import Event, ImportBatch, LedgerEntry, Record, Revision
from forum.models import Agency, Area, Edition, Organization, Participation, User
from forum.reference import load_areas
from proposals.models import Clarification, Opinion, Proposal, Referral
from proposals.reading import overall_reading
from tests import factories as make
from tests.forum import founding


def demo(*words):
    out = StringIO()
    call_command("demo", *words, stdout=out)
    return out.getvalue()


@pytest.mark.once
@override_settings(ALLOW_DEMO=True)
class DemoTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        with override("en"), override_settings(ALLOW_DEMO=True):
            cls.said = demo()
        cls.founding = Edition.objects.get(slug="foro-mexico-2011")
        cls.sample = Edition.objects.exclude(pk=cls.founding.pk).get()

    def setUp(self):
        self.enterContext(override("en"))

    # --- what is there ---

    def test_the_kept_figures_are_what_a_recount_gives(self):
        self.assertEqual(tally.differences(), [])

    def test_the_search_finds_every_record_as_it_stands(self):
        self.assertEqual(search.differences(), [])

    def test_the_founding_case_came_through_the_importers(self):
        batches = dict(ImportBatch.objects.values_list("kind", "created"))
        self.assertEqual(batches, founding.COUNTS)
        for kind in founding.COUNTS:
            with self.subTest(kind):
                data = founding.path(kind).read_bytes()
                run = run_import(
                    kind,
                    name="x.csv",
                    data=data,
                    actor=SYSTEM,
                    edition="" if kind in ("editions", "mirrors", "antecedents") else "foro-mexico-2011",
                )
                self.assertEqual((run.counts["created"], run.counts["updated"], run.refused), (0, 0, []))

    def test_accounts(self):
        emails = set(User.objects.values_list("email", flat=True))
        expected = {"organizer@example.org", "admin@example.org"}
        expected |= {
            f"official.{key.lower()}@example.org"
            for key in Agency.objects.filter(editions__isnull=False).values_list("key", flat=True)
        }
        expected |= {
            f"delegate.{key.lower()}@example.org"
            for key in Organization.objects.filter(key__startswith="ORG-").values_list("key", flat=True)
        }
        self.assertEqual(emails, expected)
        self.assertFalse(User.objects.filter(is_demo=False).exists())
        self.assertIn(PASSWORD, self.said)
        for email in emails:
            self.assertIn(email, self.said)
        for email in ("organizer@example.org", "official.ife@example.org", "delegate.org-01@example.org", "admin@example.org"):
            with self.subTest(email):
                self.assertTrue(User.objects.get(email=email).check_password(PASSWORD))

    def test_proposals_are_in_every_status_that_can_be_shown(self):
        statuses = set(Proposal.objects.values_list("status", flat=True))
        self.assertEqual(statuses, set(Proposal.Status.values) - {"split"})

    def test_every_reading_and_every_verdict(self):
        shown = set(Proposal.objects.values_list("reading", flat=True))
        self.assertEqual(shown, {"", "waiting", "feasible", "conditional", "divided", "not_feasible", "addressed"})
        self.assertEqual(set(Opinion.objects.exclude(verdict="").values_list("verdict", flat=True)), set(Opinion.Verdict.values))
        self.assertEqual(set(Opinion.objects.values_list("status", flat=True)), set(Opinion.Status.values))
        self.assertEqual(set(Referral.objects.values_list("status", flat=True)), set(Referral.Status.values) - {"recalled"})

    def test_a_body_is_late_by_working_days(self):
        today = self.sample.today()
        late = {
            referral.agency.key: referral.working_days_late(today)
            for referral in Referral.objects.late(today).filter(version__proposal__edition=self.sample)
        }
        self.assertEqual(set(late), {"CD", "INE"})
        self.assertTrue(all(days > 10 for days in late.values()))
        reading = overall_reading(Proposal.objects.get(edition=self.sample, title_es__contains="voto por internet"), today)
        self.assertEqual((reading.code, reading.asked, reading.answered, reading.late), ("waiting", 3, 1, 2))

    def test_a_referral_went_onward_and_a_question_waits(self):
        onward = Referral.objects.get(onward_from__isnull=False, version__proposal__edition=self.sample)
        self.assertEqual((onward.onward_from.agency.key, onward.agency.key, onward.status), ("INAMI", "BIENESTAR", "pending"))
        question = Clarification.objects.get(answered_at__isnull=True)
        self.assertTrue(question.referral.proposal.proponents.filter(key="ORG-01").exists())

    def test_every_light_is_on(self):
        today = self.sample.today()
        lights = {
            c.folio: light_of(c, today)
            for c in Commitment.objects.filter(agreement__edition=self.sample, agreement__status="signed").select_related(
                "agreement__edition"
            )
        }
        expected = ["fulfilled", "late", "fulfilled", "due_soon", "no_report", "cancelled", "on_time"]
        self.assertEqual(lights, {f"FM2-A-01-C{number}": light for number, light in enumerate(expected, 1)})
        self.assertEqual(
            list(Commitment.objects.filter(disputed=True).values_list("folio", flat=True).order_by("folio")),
            ["FM1-A-01-C3", "FM2-A-01-C3"],
        )

    def test_agreements(self):
        states = {a.folio: (a.status, a.version_number, a.versions.count()) for a in Agreement.objects.order_by("folio")}
        self.assertEqual(
            states,
            {
                "FM1-A-01": ("signed", 2, 2),
                "FM1-A-02": ("concluded", 1, 1),
                "FM2-A-01": ("signed", 2, 2),
                "FM2-A-02": ("open", 0, 1),
                "FM2-A-03": ("draft", 0, 1),
            },
        )

    def test_meetings(self):
        states = {m.folio: (m.status, m.starts_at.date() > self.sample.today()) for m in Meeting.objects.all()}
        self.assertEqual(
            states,
            {
                "FM1-R-01": ("held", False),
                "FM2-R-01": ("held", False),
                "FM2-R-02": ("held", False),
                "FM2-R-03": ("scheduled", True),
                "FM2-R-04": ("proposed", True),
            },
        )
        self.assertEqual(
            dict(MinutesVersion.objects.values_list("folio", "status")),
            {"FM1-R-01-M1": "approved", "FM2-R-01-M1": "approved", "FM2-R-02-M1": "circulated"},
        )
        held = Meeting.objects.get(folio="FM2-R-01")
        self.assertEqual([bool(item.done_on) for item in held.action_items.order_by("number")], [True, False, False])

    def test_a_proposal_is_presented_again(self):
        old = Proposal.objects.get(folio="FM1-03")
        self.assertEqual([(link.proposal.edition, link.kind) for link in old.linked_from.all()], [(self.sample, "re_presents")])

    def test_everybody_has_something_to_do(self):
        for email, queryset in (
            ("official.ife@example.org", Referral.objects.waiting()),
            ("official.sre@example.org", Referral.objects.waiting()),
        ):
            with self.subTest(email):
                user = User.objects.get(email=email)
                self.assertTrue(queryset.of_agencies(user.roles.agencies).exists())

    # --- what it says of itself ---

    def test_everything_invented_is_marked(self):
        stated = {"stated", "public_page"}
        for model in apps.get_models():
            if not issubclass(model, Record):
                continue
            with self.subTest(model._meta.label):
                sources = set(model._base_manager.values_list("source", flat=True))
                if model is Agency:
                    # Successors are facts of our own table; what is not verified says so in its note.
                    self.assertEqual(
                        set(model.objects.exclude(editions=self.founding).values_list("source", flat=True)), {"entered"}
                    )
                    sources -= {"entered"}
                self.assertLessEqual(sources, {"sample", *stated})
        for folio, source in Proposal.objects.values_list("folio", "source"):
            self.assertEqual(source, "public_page" if folio.startswith("FM1-") else "sample")

    def test_what_is_invented_says_so_in_its_words(self):
        marked = ("muestra", "sample", "inventada", "made up")
        for model in (Edition, Proposal, Opinion, Agreement, Commitment, ProgressReport, Meeting, MinutesVersion):
            names = [
                f.name
                for f in model._meta.concrete_fields
                if f.name
                in ("name_es", "name_en", "title_es", "title_en", "reasons", "text_es", "text_en", "narrative_es", "narrative_en")
            ]
            self.assertTrue(names, model)
            for record in model._base_manager.filter(source="sample"):
                for name in names:
                    text = getattr(record, name)
                    if text and not (model is Proposal and record.folio == "FM2-08" and name not in ("title_es", "title_en")):
                        with self.subTest(record, field=name):
                            self.assertTrue(any(word in text.lower() for word in marked), text)

    def test_texts_of_the_sample_edition_are_in_both_languages(self):
        for model in (Edition, Proposal, Agreement, Commitment, Meeting):
            pairs = [f.name[:-3] for f in model._meta.concrete_fields if f.name.endswith("_es")]
            for record in model._base_manager.filter(source="sample"):
                for name in pairs:
                    if record.source == "sample" and getattr(record, f"{name}_es") and getattr(record, "folio", "") != "FM2-08":
                        with self.subTest(record, field=name):
                            self.assertTrue(getattr(record, f"{name}_en"))

    def test_nothing_lies_in_the_future_that_has_happened(self):
        now = dt.datetime.now(dt.UTC)
        self.assertFalse(Event.objects.filter(at__gt=now).exists())
        self.assertFalse(LedgerEntry.objects.filter(at__gt=now).exists())
        moments = list(LedgerEntry.objects.order_by("number").values_list("at", flat=True))
        self.assertEqual(moments, sorted(moments))

    def test_the_ledger_holds(self):
        self.assertEqual(ledger.verify(), [])

    def test_no_name_is_shown_without_consent(self):
        for participation in Participation.objects.select_related("person"):
            self.assertEqual(participation.shown_name, participation.person.name if participation.show_name else "")
        self.assertTrue(Participation.objects.filter(show_name=False).exists())

    # --- exports of all that ---

    def test_every_kind_comes_back_unchanged(self):
        for language in ("es", "en"):
            for kind in kinds():
                for form in ("csv", "xlsx", "json"):
                    if language == "en" and form != "csv":
                        continue
                    with self.subTest(kind, form=form, language=language):
                        data, count = run_export(kind, form, actor=SYSTEM, language=language)
                        self.assertGreater(count, 0)
                        run = run_import(kind, name=f"x.{form}", data=data, actor=SYSTEM)
                        told = [problem.sentence for row in run.refused for problem in row.problems]
                        self.assertEqual((run.summary, told), (f"0 new, 0 changed, {count} the same, 0 refused", []))

    def test_an_organizer_exports_the_own_edition_only(self):
        Edition.objects.filter(pk=self.sample.pk).update(slug="otra")
        organizer = make.user(organizer=self.founding)
        for kind in set(kinds()) - {"agencies", "organizations", "mirrors", "antecedents"}:
            with self.subTest(kind):
                data, _count = run_export(kind, "csv", actor=organizer)
                self.assertNotIn(b"FM2-", data)
                self.assertNotIn(b"otra", data.split(b"\n")[1] if kind == "editions" else b"")

    # --- a second time ---

    def test_a_second_run_changes_nothing_and_prints_the_accounts(self):
        events = Event.objects.count()
        said = demo()
        self.assertIn("official.ife@example.org", said)
        self.assertIn(PASSWORD, said)
        self.assertEqual(Event.objects.count(), events)


class RefusalTests(TestCase):
    def setUp(self):
        self.enterContext(override("en"))

    @override_settings(ALLOW_DEMO=False)
    def test_it_is_refused_where_nobody_asked_for_it(self):
        for words in ((), ("--reset",)):
            with self.subTest(words), self.assertRaisesMessage(CommandError, "Demo accounts are refused here"):
                demo(*words)

    @override_settings(ALLOW_DEMO=True)
    def test_a_database_with_data_is_left_alone(self):
        make.edition()
        self.assertEqual(demo(), "This database has data and is no demonstration: nothing was changed.\n")
        with self.assertRaisesMessage(CommandError, "--reset deletes nothing here"):
            demo("--reset")
        self.assertEqual(Edition.objects.count(), 1)

    @override_settings(ALLOW_DEMO=True)
    def test_a_demonstration_in_which_somebody_works_is_not_reset(self):
        make.user(is_demo=True)
        make.user(is_demo=False)
        with self.assertRaisesMessage(CommandError, "other accounts were made in it"):
            demo("--reset")
        self.assertEqual(User.objects.count(), 2)


@override_settings(ALLOW_DEMO=True)
class StartOverTests(TransactionTestCase):
    def setUp(self):
        load_areas(Area)

    def counts(self):
        """Rows by model, but for those of the site's revision, which PostgreSQL adds up now and then."""
        models_of_ours = [
            model
            for model in apps.get_models()
            if model._meta.app_label in ("core", "forum", "proposals", "agreements") and model is not Revision
        ]
        return {model._meta.label: count for model in models_of_ours if (count := model._base_manager.count())}

    def test_reset_empties_everything_and_plays_again(self):
        reference = self.counts()
        user = make.user(is_demo=True)
        proposal = make.proposal(make.edition(), status="submitted")
        with reset.transaction.atomic():
            ledger.append("prueba", proposal.folio, {})
            from core.events import record_event

            record_event(proposal, "edit", actor=user)
        with mock.patch.object(reset, "play") as play:
            demo("--reset")
        play.assert_called_once_with()
        left = self.counts()
        left.pop("core.LedgerHead", None)
        self.assertEqual(left, reference)

    def test_an_interrupted_demonstration_leaves_an_empty_database(self):
        reference = self.counts()
        with mock.patch("agreements.demo.play.perform", side_effect=KeyboardInterrupt), self.assertRaises(KeyboardInterrupt):
            demo()
        self.assertEqual(self.counts(), reference)
        self.assertTrue(reset.is_empty())

    def test_a_failed_reset_leaves_the_old_demonstration(self):
        make.user("organizer@example.org", is_demo=True)
        with mock.patch.object(reset, "play", side_effect=ZeroDivisionError), self.assertRaises(ZeroDivisionError):
            demo("--reset")
        self.assertEqual(User.objects.count(), 1)
