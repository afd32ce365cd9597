"""Figures: counts of what anybody may read, in a number of queries that does not grow."""

import datetime as dt

from django.test import TestCase

from agreements import figures
from agreements.models import Commitment
from tests import factories as make

TODAY = dt.date(2026, 7, 15)
PAST, FUTURE = dt.date(2026, 7, 1), dt.date(2027, 7, 1)


class World(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.edition = make.edition()
        cls.other = make.edition()
        cls.agency, cls.second = make.agency(key="IFE"), make.agency(key="SRE")
        cls.organization = make.organization()

    def signed(self, of=None, proposals=(), **values):
        """A signed agreement of the agency with the organization."""
        made = make.agreement(of or self.edition, status="signed", proposals=proposals, **values)
        make.party(made, self.agency)
        make.party(made, self.organization)
        return made

    def promise(self, agreement, body=None, **values):
        lead = agreement.parties.get(**{"agency" if body is None else "organization": body or self.agency})
        return make.commitment(agreement, lead, **values)


class CommitmentFigures(World):
    def test_by_body_and_light(self):
        agreement = self.signed()
        self.promise(agreement, due_on=PAST)
        self.promise(agreement, due_on=PAST, reported_status="fulfilled")
        self.promise(agreement, due_on=FUTURE)
        self.promise(agreement, due_on=FUTURE)
        self.promise(agreement, self.organization, due_on=PAST)
        found = figures.lights_by_body(TODAY)
        self.assertEqual(
            [(each.body, each.counts) for each in found],
            [(self.agency, {"late": 1, "fulfilled": 1, "on_time": 2}), (None, {"late": 1})],
        )

    def test_only_what_is_signed_and_in_force_counts(self):
        for agreement in (make.agreement(self.edition), make.agreement(self.edition, status="open")):
            make.commitment(agreement, make.party(agreement, self.agency))
        amended = self.signed()
        self.promise(amended, since_version=2)
        self.assertEqual(figures.lights_by_body(TODAY), [])
        self.assertEqual(figures.over_time(TODAY), [])

    def test_of_one_edition(self):
        self.promise(self.signed(self.other), due_on=FUTURE)
        self.assertEqual(figures.lights_by_body(TODAY, self.edition), [])
        self.assertEqual([each.total for each in figures.lights_by_body(TODAY, self.other)], [1])

    def test_over_time(self):
        first = self.signed(signed_at=dt.datetime(2026, 3, 5, tzinfo=dt.UTC))
        second = self.signed(signed_at=dt.datetime(2026, 5, 5, tzinfo=dt.UTC))
        self.promise(first, due_on=dt.date(2026, 4, 30), reported_status="fulfilled", reported_cut_off=dt.date(2026, 6, 30))
        self.promise(first, due_on=dt.date(2026, 6, 30))
        self.promise(first, due_on=dt.date(2026, 6, 30), cancelled_at=make.now())
        self.promise(second, due_on=FUTURE)
        found = [(each.first_day.month, each.made, each.due, each.fulfilled) for each in figures.over_time(TODAY)]
        self.assertEqual(found, [(3, 3, 0, 0), (4, 3, 1, 0), (5, 4, 1, 0), (6, 4, 2, 1), (7, 4, 2, 1)])

    def test_a_hundred_years_are_enough(self):
        self.promise(self.signed(signed_at=dt.datetime(1901, 3, 5, tzinfo=dt.UTC)), due_on=FUTURE)
        found = figures.over_time(TODAY)
        self.assertEqual((len(found), found[-1].first_day, found[0].made), (1200, dt.date(2026, 7, 1), 1))


class AnswerFigures(World):
    def sent(self, agency=None, **values):
        proposal = make.proposal(self.edition, status="in_review")
        return make.referral(proposal, agency or self.agency, **values)

    def test_in_time_late_waiting_silent(self):
        noon = dt.datetime(2026, 7, 1, 18, tzinfo=dt.UTC)
        self.sent(due_on=PAST, status="answered", answered_at=noon)
        self.sent(due_on=PAST, status="answered", answered_at=noon + dt.timedelta(days=1))
        self.sent(due_on=PAST)
        self.sent(due_on=TODAY)
        self.sent(due_on=PAST, paused_on=PAST, status="asked")
        self.sent(due_on=PAST, status="recalled")
        self.sent(due_on=PAST, status="referred_onward")
        self.sent(self.second, due_on=FUTURE)
        self.sent(make.agency(never_answers=True), due_on=PAST)
        self.assertEqual(
            [(each.body, each.counts) for each in figures.answers_by_body(TODAY)],
            [(self.agency, {"in_time": 1, "late": 1, "silent": 1, "waiting": 2}), (self.second, {"waiting": 1})],
        )

    def test_the_end_of_the_day_is_that_of_mexico(self):
        """Eleven at night in Mexico City is the next day in UTC, and still in time."""
        self.sent(due_on=PAST, status="answered", answered_at=dt.datetime(2026, 7, 2, 5, tzinfo=dt.UTC))
        self.assertEqual([each.counts for each in figures.answers_by_body(TODAY)], [{"in_time": 1}])

    def test_earlier_versions_and_hidden_proposals_do_not_count(self):
        proposal = make.proposal(self.edition, status="in_review")
        make.referral(proposal, self.agency)
        make.version(proposal)
        proposal.version_number = 2
        proposal.save()
        hidden = make.proposal(make.edition(stage="preparation"), status="in_review")
        make.referral(hidden, self.agency)
        self.assertEqual(figures.answers_by_body(TODAY), [])


class OutcomeFigures(World):
    def test_readings_and_ends(self):
        def asked(reading, status="reviewed"):
            return make.proposal(self.edition, status=status, reading=reading)

        asked("waiting", "in_review")
        asked("", "submitted")
        asked("feasible", "merged")
        asked("feasible", "draft")
        kept, late, open_, empty = (asked("feasible", "agreed") for _ in range(4))
        self.promise(self.signed(proposals=[kept]), due_on=PAST, reported_status="fulfilled")
        both = self.signed(proposals=[late])
        self.promise(both, due_on=PAST)
        self.promise(both, due_on=PAST, reported_status="fulfilled")
        under_way = self.signed(proposals=[open_])
        self.promise(under_way, due_on=FUTURE)
        self.promise(under_way, due_on=PAST, cancelled_at=make.now())
        self.signed(proposals=[empty])
        make.agreement(self.edition, status="open", proposals=[asked("divided")])
        self.assertEqual(
            figures.outcomes(TODAY),
            {
                ("waiting", "no_agreement"): 1,
                ("none", "no_agreement"): 1,
                ("left", "no_agreement"): 1,
                ("divided", "no_agreement"): 1,
                ("feasible", "fulfilled"): 1,
                ("feasible", "late"): 1,
                ("feasible", "under_way"): 1,
                ("feasible", "no_commitment"): 1,
            },
        )


class StateFigures(World):
    def state(self, code="MX-ZAC", edition=None):
        return next(each for each in figures.by_state(edition) if each.area.code == code)

    def test_all_32_are_there(self):
        self.assertEqual(len(figures.by_state()), 32)

    def test_fewer_than_three_people_look_like_none(self):
        zacatecas, others = make.area(), []
        for number in range(1, 4):
            others.append(make.participation(self.edition, person=make.person(state_of_origin=zacatecas)))
            self.assertEqual((number, self.state().people), (number, number if number >= 3 else 0))
        make.participation(self.other, person=others[0].person)
        self.assertEqual(self.state().people, 3)
        self.assertEqual(self.state(edition=self.other).people, 0)

    def people(self, edition=None):
        return {each.area.code: each.people for each in figures.by_state(edition) if each.people}

    def come(self, code, number, *editions):
        for _ in range(number):
            person = make.person(state_of_origin=make.area(code) if code else None)
            for edition in editions:
                make.participation(edition, person=person)

    def test_what_the_total_minus_the_others_would_tell_is_not_shown(self):
        self.come("MX-ZAC", 5, self.edition)
        self.come("MX-OAX", 3, self.edition)
        self.assertEqual(self.people(self.edition), {"MX-ZAC": 5, "MX-OAX": 3})
        self.come("MX-JAL", 1, self.edition)
        self.assertEqual(self.people(self.edition), {"MX-ZAC": 5})
        self.come(None, 2, self.edition)
        self.assertEqual(self.people(self.edition), {"MX-ZAC": 5, "MX-OAX": 3})

    def test_what_all_forums_minus_one_would_tell_is_not_shown(self):
        self.come("MX-ZAC", 3, self.edition)
        self.come("MX-ZAC", 1, self.other)
        self.come("MX-OAX", 3, self.edition, self.other)
        self.come("MX-JAL", 3, self.edition)
        self.come("MX-JAL", 3, self.other)
        self.assertEqual(self.people(self.edition), {"MX-ZAC": 3, "MX-OAX": 3, "MX-JAL": 3})
        self.assertEqual(self.people(), {"MX-OAX": 3, "MX-JAL": 6})

    def test_people_of_a_hidden_edition_do_not_count(self):
        hidden = make.edition(stage="preparation")
        for _ in range(4):
            make.participation(hidden, person=make.person(state_of_origin=make.area()))
        self.assertEqual(self.state().people, 0)

    def test_organizations_and_proposals(self):
        make.organization(state_of_origin=make.area())
        for status in ("draft", "submitted"):
            make.proposal(self.edition, status=status).states.add(make.area())
        found = self.state()
        self.assertEqual((found.organizations, found.proposals, found.agreements), (1, 1, 0))
        self.assertEqual(self.state(edition=self.edition).organizations, 0)

    def test_an_agreement_is_counted_once_by_its_commitments_or_its_proposals(self):
        proposal = make.proposal(self.edition, status="agreed")
        proposal.states.add(make.area(), make.area("MX-OAX"))
        agreement = self.signed(proposals=[proposal])
        for _ in range(2):
            self.promise(agreement).states.add(make.area(), make.area("MX-JAL"))
        hidden = self.promise(agreement, since_version=2)
        hidden.states.add(make.area("MX-YUC"))
        numbers = {each.area.code: each.agreements for each in figures.by_state() if each.agreements}
        self.assertEqual(numbers, {"MX-ZAC": 1, "MX-OAX": 1, "MX-JAL": 1})


class Queries(World):
    def fill(self, number):
        for _ in range(number):
            agency = make.agency()
            proposal = make.proposal(self.edition, status="agreed", reading="feasible")
            proposal.states.add(make.area())
            make.referral(proposal, agency)
            agreement = make.agreement(self.edition, status="signed", proposals=[proposal])
            make.commitment(agreement, make.party(agreement, agency), due_on=PAST)

    def everything(self):
        figures.lights_by_body(TODAY)
        figures.answers_by_body(TODAY)
        figures.outcomes(TODAY)
        figures.by_state()
        figures.over_time(TODAY)

    def test_as_many_queries_for_one_as_for_thirty(self):
        self.fill(1)
        with self.assertNumQueries(15):
            self.everything()
        self.fill(29)
        self.assertEqual(Commitment.objects.count(), 30)
        with self.assertNumQueries(15):
            self.everything()
