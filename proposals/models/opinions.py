"""The reasoned opinion (dictamen) of one body on one proposal version."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fields import KeyField, LongText, TextLine
from core.models import Record
from core.models.base import choice_constraint
from proposals.querysets import InternalPositionQuerySet, OfOpinionQuerySet, OpinionQuerySet
from proposals.validators import check_currency, check_fiscal_year


class OpinionStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("status of an opinion", "draft")
    ISSUED = "issued", pgettext_lazy("status of an opinion", "issued")
    SUPERSEDED = "superseded", pgettext_lazy("status of an opinion", "superseded")


class OpinionSoundness(models.TextChoices):
    YES = "yes", pgettext_lazy("soundness", "acknowledges the soundness")
    NO = "no", pgettext_lazy("soundness", "does not acknowledge the soundness")


class OpinionVerdict(models.TextChoices):
    FEASIBLE = "feasible", pgettext_lazy("verdict", "feasible")
    CONDITIONAL = "conditional", pgettext_lazy("verdict", "feasible with conditions")
    MORE_INFORMATION = "more_information", pgettext_lazy("verdict", "more information needed")
    ADDRESSED = "addressed", pgettext_lazy("verdict", "already addressed by a current programme")
    OUTSIDE_REMIT = "outside_remit", pgettext_lazy("verdict", "outside remit (referred)")
    NOT_FEASIBLE = "not_feasible", pgettext_lazy("verdict", "not feasible")


class Opinion(Record):
    """Draft → issued → superseded. An issued one is never edited; the steps are in `proposals.workflow`.

    Soundness (`reconoce la pertinencia`) stands apart from feasibility. The verdict is chosen, never computed, and
    asks only for its own follow-up.
    """

    Status = OpinionStatus

    Soundness = OpinionSoundness

    Verdict = OpinionVerdict

    KEY = "folio"

    folio = KeyField(_("folio"), unique=True)
    referral = models.ForeignKey(
        "proposals.Referral", verbose_name=_("referral"), on_delete=models.PROTECT, related_name="opinions"
    )
    number = models.PositiveSmallIntegerField(_("number"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)
    soundness = models.CharField(_("soundness"), max_length=3, choices=Soundness.choices, blank=True)
    soundness_text = LongText(_("soundness in words"), blank=True)
    verdict = models.CharField(_("verdict"), max_length=16, choices=Verdict.choices, blank=True)
    reasons = LongText(_("reasons"), blank=True)
    legal_basis = LongText(_("legal basis"), blank=True)
    programme = TextLine(_("programme"), max_length=300, blank=True)
    programme_evidence = LongText(_("evidence of the programme"), blank=True)
    refer_to = models.ForeignKey(
        "forum.Agency", verbose_name=_("refer to"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    questions_text = LongText(_("questions to the proponents"), blank=True)
    questions_due_on = models.DateField(_("answers expected by"), null=True, blank=True)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("drafted by"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("signed by"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    signatory_post = TextLine(_("post of the signatory"), max_length=150, blank=True)
    issued_at = models.DateTimeField(_("issued"), null=True, blank=True, editable=False)
    released_at = models.DateTimeField(_("released"), null=True, blank=True, editable=False)
    on_behalf_reason = LongText(_("recorded on behalf because"), blank=True)
    on_behalf_witness = TextLine(_("witness"), max_length=200, blank=True)
    supersedes = models.OneToOneField(
        "self", verbose_name=_("supersedes"), null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    supersede_reason = LongText(_("why it is assessed again"), blank=True)
    sha256 = models.CharField(_("fingerprint"), max_length=64, blank=True, editable=False)

    objects = OpinionQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("opinion")
        verbose_name_plural = _("opinions")
        ordering = ("referral", "number")
        constraints = [
            *Record.Meta.constraints,
            choice_constraint("status", OpinionStatus, "opinion_status", _("This is not a status of an opinion.")),
            models.CheckConstraint(
                condition=models.Q(verdict="")
                | models.Q(
                    verdict__in=["feasible", "conditional", "more_information", "addressed", "outside_remit", "not_feasible"]
                ),
                name="opinion_verdict",
                violation_error_message=_("This is not one of the six verdicts."),
            ),
            models.CheckConstraint(
                condition=models.Q(soundness__in=["", "yes", "no"]),
                name="opinion_soundness",
                violation_error_message=_("Soundness is acknowledged or not."),
            ),
            models.UniqueConstraint(
                fields=["referral"],
                condition=models.Q(status="draft"),
                name="opinion_one_draft",
                violation_error_message=_("This body is drafting an opinion already."),
            ),
            models.UniqueConstraint(
                fields=["referral"],
                condition=models.Q(status="issued"),
                name="opinion_one_in_force",
                violation_error_message=_("This body has issued an opinion already: assess it again instead."),
            ),
            models.UniqueConstraint(
                fields=["referral", "number"],
                name="opinion_number_once",
                violation_error_message=_("This referral has an opinion with that number."),
            ),
            models.CheckConstraint(
                condition=models.Q(status="draft")
                | (models.Q(issued_at__isnull=False) & ~models.Q(verdict="") & ~models.Q(soundness="")),
                name="opinion_issued_complete",
                violation_error_message=_("An issued opinion has a date, a verdict and a word on soundness."),
            ),
        ]

    def __str__(self) -> str:
        return self.folio

    @property
    def agency(self) -> Any:
        return self.referral.agency

    @property
    def proposal(self) -> Any:
        return self.referral.version.proposal

    @property
    def event_edition(self) -> Any:
        return self.referral.version.proposal.edition

    @property
    def is_on_behalf(self) -> bool:
        return bool(self.on_behalf_reason)


class CriterionAssessmentCriterion(models.TextChoices):
    LEGAL_REMIT = "legal_remit", pgettext_lazy("criterion", "legal remit")
    LEGAL = "legal", pgettext_lazy("criterion", "legal feasibility")
    TECHNICAL = "technical", pgettext_lazy("criterion", "technical and operational feasibility")
    BUDGET = "budget", pgettext_lazy("criterion", "budget feasibility")
    INSTITUTIONAL = "institutional", pgettext_lazy("criterion", "institutional feasibility and coordination")
    TIMELINE = "timeline", pgettext_lazy("criterion", "timeline")
    IMPACT = "impact", pgettext_lazy("criterion", "impact and benefit")
    ENVIRONMENTAL = "environmental", pgettext_lazy("criterion", "environmental impact")


class CriterionAssessmentValue(models.TextChoices):
    FAVOURABLE = "favourable", pgettext_lazy("assessment", "favourable")
    RESERVATIONS = "reservations", pgettext_lazy("assessment", "with reservations")
    UNFAVOURABLE = "unfavourable", pgettext_lazy("assessment", "unfavourable")
    NOT_APPLICABLE = "not_applicable", pgettext_lazy("assessment", "not applicable")
    NOT_ASSESSED = "not_assessed", pgettext_lazy("assessment", "not assessed")


class CriterionAssessment(models.Model):
    """What an opinion says on one of the eight criteria."""

    Criterion = CriterionAssessmentCriterion

    Value = CriterionAssessmentValue

    opinion = models.ForeignKey(Opinion, verbose_name=_("opinion"), on_delete=models.CASCADE, related_name="criteria")
    criterion = models.CharField(_("criterion"), max_length=14, choices=Criterion.choices)
    value = models.CharField(_("assessment"), max_length=14, choices=Value.choices, default=Value.NOT_ASSESSED)
    reason = LongText(_("reason"), blank=True)
    needs_legal_reform = models.BooleanField(_("needs a legal reform"), default=False)
    amount = models.DecimalField(
        _("amount"), max_digits=16, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(_("currency (ISO 4217)"), max_length=3, blank=True, validators=[check_currency])
    funding_source = TextLine(_("source of the funds"), max_length=200, blank=True)
    fiscal_year = models.PositiveSmallIntegerField(_("fiscal year"), null=True, blank=True, validators=[check_fiscal_year])
    other_bodies = TextLine(_("other bodies needed"), max_length=300, blank=True)
    gender_and_inclusion = LongText(_("gender and inclusion"), blank=True)

    objects = OfOpinionQuerySet.as_manager()

    class Meta:
        verbose_name = _("criterion of an opinion")
        verbose_name_plural = _("criteria of opinions")
        ordering = ("opinion", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["opinion", "criterion"],
                name="criterion_once",
                violation_error_message=_("This opinion assesses that criterion already."),
            ),
            choice_constraint(
                "criterion", CriterionAssessmentCriterion, "criterion_name", _("This is not one of the eight criteria.")
            ),
            choice_constraint(
                "value", CriterionAssessmentValue, "criterion_value", _("This is not one of the five assessments.")
            ),
            models.CheckConstraint(
                condition=models.Q(amount__isnull=True) | models.Q(amount__gte=0),
                name="criterion_amount",
                violation_error_message=_("An amount is not negative."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opinion_id} · {self.criterion}"


class ConditionKind(models.TextChoices):
    LEGAL = "legal", pgettext_lazy("kind of condition", "legal")
    BUDGET = "budget", pgettext_lazy("kind of condition", "budget")
    TECHNICAL = "technical", pgettext_lazy("kind of condition", "technical")
    COORDINATION = "coordination", pgettext_lazy("kind of condition", "coordination")
    OTHER = "other", pgettext_lazy("kind of condition", "other")


class ConditionStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("status of a condition", "open")
    MET = "met", pgettext_lazy("status of a condition", "met")
    LAPSED = "lapsed", pgettext_lazy("status of a condition", "lapsed")


class Condition(models.Model):
    """A condition of a verdict *feasible with conditions*: what, owner, kind, status."""

    Kind = ConditionKind

    Status = ConditionStatus

    opinion = models.ForeignKey(Opinion, verbose_name=_("opinion"), on_delete=models.CASCADE, related_name="conditions")
    number = models.PositiveSmallIntegerField(_("number"))
    what = LongText(_("what"))
    owner = TextLine(_("owner"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.OTHER)
    until = models.DateField(_("until"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=6, choices=Status.choices, default=Status.OPEN, editable=False)
    evidence = LongText(_("evidence that it is met"), blank=True)
    settled_on = models.DateField(_("met or lapsed on"), null=True, blank=True, editable=False)

    objects = OfOpinionQuerySet.as_manager()

    class Meta:
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")
        ordering = ("opinion", "number")
        constraints = [
            models.UniqueConstraint(
                fields=["opinion", "number"],
                name="condition_number_once",
                violation_error_message=_("This opinion has a condition with that number."),
            ),
            choice_constraint("kind", ConditionKind, "condition_kind", _("This is not a kind of condition.")),
            choice_constraint("status", ConditionStatus, "condition_status", _("A condition is open, met or lapsed.")),
        ]

    def __str__(self) -> str:
        return f"{self.opinion} · {self.number}"

    @property
    def public_key(self) -> str:
        return f"{self.opinion.folio}-C{self.number}"

    @property
    def event_edition(self) -> Any:
        return self.opinion.event_edition


class InternalPosition(models.Model):
    """What one official of the body thinks, before the body has its one signed position. Never public."""

    PRIVATE = frozenset({"text", "verdict"})

    referral = models.ForeignKey(
        "proposals.Referral", verbose_name=_("referral"), on_delete=models.CASCADE, related_name="positions"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("author"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    verdict = models.CharField(_("verdict"), max_length=16, choices=OpinionVerdict.choices, blank=True)
    text = LongText(_("text"))
    at = models.DateTimeField(_("when"))

    objects = InternalPositionQuerySet.as_manager()

    class Meta:
        verbose_name = _("internal position")
        verbose_name_plural = _("internal positions")
        ordering = ("referral", "at", "id")

    def __str__(self) -> str:
        return f"{self.referral_id} · {self.at:%Y-%m-%d}"

    @property
    def public_key(self) -> str:
        return f"{self.referral.folio}-P{self.pk}"

    @property
    def event_edition(self) -> Any:
        return self.referral.event_edition
