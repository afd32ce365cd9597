"""The queue of an official as a file: drafts go out, are filled in anywhere, and come back through the doors of the form."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _

from core.events import SYSTEM
from core.imports.cells import Day, Number
from core.imports.columns import ABSENT, Column
from core.imports.problems import CellError
from core.imports.registry import register
from forum.roles import roles_of
from proposals.models import Opinion, Referral
from proposals.resources.opinions import TEXTS, OpinionResource
from proposals.workflow import save_draft, start_opinion

#: Columns of issued opinions that a draft does not have.
ISSUED_ONLY = (
    *("folio", "number", "signatory_post", "issued_at", "on_behalf_reason", "on_behalf_witness"),
    *("supersede_reason", "source", "status"),
)
#: Rows for conditions that the file offers.
CONDITIONS = 3


@register
class DraftResource(OpinionResource):
    """Drafts of the own body's opinions. A row without an answer is left alone; issuing is a step on the page, with sign-in."""

    kind: ClassVar[str] = "drafts"
    own_page: ClassVar[bool] = True

    class Meta:
        model = Opinion

    proposal = Column("propuesta", "proposal", informative=True, read=lambda o: o.referral.proposal.folio)
    title = Column("titulo", "title", informative=True, read=lambda o: o.referral.version.title_es)
    petition = Column("peticion", "petition", informative=True, read=lambda o: o.referral.version.petition_es)
    due_on = Column("vence", "due_on", informative=True, widget=Day(), read=lambda o: o.referral.due_on)
    revision = Column("revision", "revision", widget=Number(2**31 - 1), empty=ABSENT)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ISSUED_ONLY:
            del self.fields[name]
        order = ("referral", "revision", "proposal", "title", "petition", "due_on")
        self.fields = {name: self.fields[name] for name in (*order, *(n for n in self.fields if n not in order))}

    def allowed(self) -> bool:
        return self.actor is SYSTEM or roles_of(self.actor).official

    def most_numbered(self, records: Any) -> int:
        return max(CONDITIONS, super().most_numbered(records))

    def key_of(self, texts: dict[str, str]) -> str:
        return texts.get("referral", "").strip().casefold()

    def complete(self) -> None:
        referral = self.values["referral"]
        if self.actor is not SYSTEM and referral.agency_id not in roles_of(self.actor).agencies:
            # The same words as for a referral that does not exist.
            raise CellError(
                _("There is no %(thing)s “%(value)s”.") % {"thing": Referral._meta.verbose_name, "value": referral.folio}
            )

    def find(self) -> Any:
        rows = Opinion.objects.filter(referral=self.values["referral"], status="draft")
        return rows.prefetch_related("criteria", "conditions").first()

    def skip_row(self, instance: Any, original: Any, row: dict[str, str], import_validation_errors: Any = None) -> bool:
        if instance is None and not self.says_something():
            return True
        return super().skip_row(instance, original, row, import_validation_errors)

    def says_something(self) -> bool:
        unsaid = ("", None, False, "not_assessed")
        kinds = {name for name in self.values if name.endswith("_kind")}
        return any(
            value not in unsaid
            for name, value in self.values.items()
            if name not in ("referral", "revision") and name not in kinds
        )

    def differs(self, name: str, before: Any, after: Any) -> bool:
        return name != "revision" and super().differs(name, before, after)

    def add(self) -> Any:
        return self.write(1)

    def change(self, record: Any, changes: dict[str, Any]) -> Any:
        return self.write(record.revision)

    def write(self, revision: int) -> Any:
        """As the form writes it: begun where there is none, refused where a colleague wrote since the file was made."""
        draft = start_opinion(referral=self.values["referral"], actor=self.actor)
        save_draft(
            opinion=draft,
            actor=self.actor,
            values={name: self.values[name] for name in TEXTS if name in self.values},
            criteria=self.criteria(),
            conditions=self.conditions(),
            revision=self.values.get("revision", revision),
        )
        return draft

    def records(self) -> Any:
        agencies = roles_of(self.actor).agencies if self.actor is not SYSTEM else ()
        rows = Opinion.objects.filter(status="draft", referral__agency__in=agencies)
        return rows.select_related("referral__version__proposal__edition", "refer_to").prefetch_related("criteria", "conditions")


def rows_of_queue(user: Any, most: int) -> list[Opinion]:
    """The drafts of what the own bodies owe, by due date; an unsaved one where nobody has begun."""
    referrals = (
        Referral.objects.of_agencies(roles_of(user).agencies).waiting().select_related("version__proposal__edition", "agency")
    )
    found = list(referrals.order_by("due_on", "folio")[:most])
    drafts = Opinion.objects.filter(status="draft", referral__in=found).select_related("refer_to")
    by_referral = {each.referral_id: each for each in drafts.prefetch_related("criteria", "conditions")}
    rows = []
    for referral in found:
        row = by_referral.get(referral.pk) or Opinion(referral=referral)
        row.referral = referral
        rows.append(row)
    return rows
