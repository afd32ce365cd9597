"""A record of every model that the admin shows, and the addresses of its pages."""

from django.urls import reverse

from agreements import models as agreed
from core.models import Event, LedgerEntry, Message
from core.models.imports import ImportBatch
from forum import models as forum
from proposals import models as asked
from tests import factories as make
from tests.proposals.world import AT, ProposalWorld


def address(record_or_model, page="changelist", *args):
    opts = record_or_model._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{page}", args=args)


class AdminWorld(ProposalWorld):
    def builders(self):
        """For every model of the admin a function that makes one record of the own edition, or of none."""

        def opinion():
            referral = make.referral(self.proposal("in_review"), make.agency(), status="answered")
            return make.opinion(referral)

        def question():
            referral = make.referral(self.proposal("in_review"), make.agency(), status="asked")
            return asked.Clarification.objects.create(
                referral=referral, number=1, folio=f"{referral.folio}-Q1", question="¿Dónde?", asked_at=AT
            )

        def agreement(status="signed"):
            return make.agreement(self.edition, status=status)

        def party(of=None):
            return make.party(of or agreement(), make.organization())

        def commitment():
            lead = party()
            return make.commitment(lead.agreement, lead)

        def report():
            owed = commitment()
            return make.report(owed, owed.lead)

        def acceptance():
            signs = party()
            version = signs.agreement.versions.get()
            return agreed.Acceptance.objects.create(version=version, party=signs, mode="in_person", accepted_on=make.DAY)

        def minutes():
            return make.minutes(make.meeting(self.edition, status="held"), status="draft")

        def item():
            written = minutes()
            return agreed.ActionItem.objects.create(
                meeting=written.meeting, minutes=written, number=1, what_es="Convocar", organization=self.organization
            )

        def event():
            of = self.proposal()
            return Event.objects.create(
                at=AT, model=of._meta.label_lower, record_id=of.pk, record_key=of.folio, edition_slug="propia", action="edit"
            )

        def entry():
            number = LedgerEntry.objects.count() + 1
            return LedgerEntry.objects.create(
                number=number, at=AT, act="opinion", record_key="x", canonical="{}", sha256=str(number)
            )

        def message():
            return Message.objects.create(
                event=event(), template="x", user=make.user(), model="x", record_id=1, record_key="x", edition_slug="propia"
            )

        def recommendation():
            n = make.number()
            return asked.Recommendation.objects.create(
                antecedent=make.antecedent(), key=f"r-{n}", number=n, text_es="Que se haga."
            )

        def session():
            return forum.Session.objects.create(
                key=f"s-{make.number()}", edition=self.edition, title_es="Plenaria", starts_at=AT, ends_at=AT
            )

        return {
            forum.Area: lambda: make.area(),
            forum.Organization: lambda: make.organization(state_of_origin=make.area()),
            forum.Agency: lambda: make.agency(state=make.area()),
            forum.Edition: lambda: self.edition,
            forum.WorkingTable: lambda: make.table(self.edition),
            forum.Session: session,
            forum.Person: lambda: make.participation(self.edition).person,
            forum.Participation: lambda: make.participation(self.edition, organization=self.organization),
            forum.User: lambda: make.user(official=self.agency),
            asked.Antecedent: lambda: make.antecedent(),
            asked.Recommendation: recommendation,
            asked.Proposal: lambda: self.proposal("submitted", table=make.table(self.edition)),
            asked.ProposalVersion: lambda: self.proposal("submitted").versions.get(),
            asked.Attachment: lambda: asked.Attachment.objects.create(
                proposal=self.proposal(), title="Anexo", file="attachments/x"
            ),
            asked.Referral: lambda: make.referral(self.proposal("in_review"), make.agency()),
            asked.Opinion: opinion,
            asked.Clarification: question,
            agreed.Agreement: agreement,
            agreed.AgreementVersion: lambda: agreement().versions.get(),
            agreed.Acceptance: acceptance,
            agreed.SignedPaper: lambda: agreed.SignedPaper.objects.create(
                agreement=agreement(), title="Firmado", file="papers/x"
            ),
            agreed.Party: party,
            agreed.Commitment: commitment,
            agreed.ProgressReport: report,
            agreed.Validation: lambda: make.validation(made := report(), party(made.commitment.agreement)),
            agreed.Evidence: lambda: make.evidence(report()),
            agreed.Meeting: lambda: make.meeting(self.edition),
            agreed.MinutesVersion: minutes,
            agreed.ActionItem: item,
            Event: event,
            LedgerEntry: entry,
            Message: message,
            ImportBatch: lambda: ImportBatch.objects.create(kind="proposals", edition_slug="propia"),
        }
