"""Builders of records for tests: each makes what it needs and takes the rest as keywords.

They write straight to the tables (a test may want a record in any state) and never through the doors.
"""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from agreements import models as agreed
from core import models as core
from forum import models as forum
from forum.accounts import FactorAdapter
from proposals import models as asked

_numbers = itertools.count(1)
DAY = dt.date(2026, 3, 2)
PASSWORD = "a long test password"
TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def number() -> int:
    return next(_numbers)


def now() -> dt.datetime:
    return timezone.now()


def area(code: str = "MX-ZAC") -> forum.Area:
    return forum.Area.objects.get(code=code)


def edition(**values: Any) -> forum.Edition:
    n = number()
    values.setdefault("slug", f"foro-{n}")
    values.setdefault("folio_prefix", f"F{n}")
    values.setdefault("name_es", f"Foro {n}")
    values.setdefault("starts_on", DAY)
    values.setdefault("ends_on", DAY)
    values.setdefault("stage", "review")
    return forum.Edition.objects.create(**values)


def table(of: forum.Edition, **values: Any) -> forum.WorkingTable:
    values.setdefault("number", of.tables.count() + 1)
    values.setdefault("name_es", "Mesa")
    return forum.WorkingTable.objects.create(edition=of, **values)


def organization(**values: Any) -> forum.Organization:
    n = number()
    values.setdefault("key", f"ORG-{n}")
    values.setdefault("name", f"Federación {n}")
    values.setdefault("kind", "federation")
    return forum.Organization.objects.create(**values)


def agency(**values: Any) -> forum.Agency:
    n = number()
    values.setdefault("key", f"AG{n}")
    values.setdefault("acronym", values["key"])
    values.setdefault("name_es", f"Instituto {n}")
    values.setdefault("level", "deconcentrated")
    return forum.Agency.objects.create(**values)


def person(**values: Any) -> forum.Person:
    values.setdefault("name", f"Persona {number()}")
    return forum.Person.objects.create(**values)


def participation(of: forum.Edition, *, consent: bool = False, **values: Any) -> forum.Participation:
    values.setdefault("key", f"LID-{number()}")
    if "person" not in values:
        values["person"] = person()
    values.setdefault("role", "migrant_leader")
    made = forum.Participation(edition=of, show_name=consent, **values)
    made.save()
    if consent:
        forum.Consent.objects.create(participation=made, given_at=now(), how="test")
    return made


def user(
    email: str = "",
    *,
    organizer: forum.Edition | None = None,
    official: forum.Agency | None = None,
    delegate: forum.Organization | None = None,
    administrator: bool = False,
    factor: bool | None = None,
    **values: Any,
) -> forum.User:
    """An account with password `PASSWORD` and the roles asked for.

    It has a second factor (`TOTP`) where its roles need one, or as `factor` says.
    """
    made = forum.User.objects.create_user(email or f"user{number()}@example.org", PASSWORD, **values)
    rows = [
        ("organizer", {"edition": organizer}, organizer),
        ("official", {"agency": official}, official),
        ("delegate", {"organization": delegate}, delegate),
        ("administrator", {}, administrator),
    ]
    for kind, place, wanted in rows:
        if wanted:
            forum.Role.objects.create(user=made, kind=kind, **place)
    if factor or (factor is None and (organizer or official or administrator) and not made.is_demo):
        second_factor(made)
    return made


def second_factor(of: forum.User) -> Authenticator:
    """An authenticator app with the secret `TOTP`."""
    secret = FactorAdapter().encrypt(TOTP)
    return Authenticator.objects.create(user=of, type=Authenticator.Type.TOTP, data={"secret": secret})


def passkey(of: forum.User) -> Authenticator:
    """A passkey of a device that exists nowhere."""
    number_of_it = f"passkey-{number()}".encode()
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    held = AttestedCredentialData.create(Aaguid.NONE, number_of_it, key)
    seen = AuthenticatorData.create(bytes(32), AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT, 0, held)
    client = CollectedClientData.create("webauthn.create", b"x", "https://testserver")
    credential = {
        "id": websafe_encode(number_of_it),
        "rawId": websafe_encode(number_of_it),
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(client),
            "attestationObject": websafe_encode(AttestationObject.create("none", seen, {})),
        },
        "clientExtensionResults": {"credProps": {"rk": True}},
    }
    data = {"name": "Llave", "credential": credential}
    return Authenticator.objects.create(user=of, type=Authenticator.Type.WEBAUTHN, data=data)


def antecedent(**values: Any) -> asked.Antecedent:
    n = number()
    values.setdefault("key", f"antecedente-{n}")
    values.setdefault("name_es", f"Antecedente {n}")
    return asked.Antecedent.objects.create(**values)


def proposal(
    of: forum.Edition,
    *,
    status: str = "draft",
    proponents: Any = (),
    addressees: Any = (),
    antecedents: Any = (),
    **values: Any,
) -> asked.Proposal:
    """A proposal in any status; from *submitted* on it is published and has version 1."""
    values.setdefault("title_es", f"Propuesta {number()}")
    values.setdefault("petition_es", "Que se haga.")
    published = status not in ("draft", "returned")
    if published:
        values.setdefault("published_at", now())
        values.setdefault("version_number", 1)
    made = asked.Proposal.objects.create(edition=of, status=status, **values)
    made.proponents.set(proponents)
    made.addressees.set(addressees)
    made.antecedents.set(antecedents)
    if published:
        version(made)
    return made


def version(of: asked.Proposal, **values: Any) -> asked.ProposalVersion:
    values.setdefault("number", of.versions.count() + 1)
    values.setdefault("folio", f"{of.folio}.{values['number']}")
    values.setdefault("at", now())
    return asked.ProposalVersion.objects.create(proposal=of, **{**of.text_values(), **values})


def referral(of: asked.Proposal, to: forum.Agency, **values: Any) -> asked.Referral:
    sent_in = values.pop("version", None) or of.versions.get(number=of.version_number)
    values.setdefault("folio", f"{sent_in.folio}-{to.key}")
    values.setdefault("sent_on", DAY)
    values.setdefault("term_days", 20)
    values.setdefault("due_on", DAY + dt.timedelta(days=28))
    values.setdefault("original_due_on", values["due_on"])
    return asked.Referral.objects.create(version=sent_in, agency=to, **values)


def opinion(of: asked.Referral, *, status: str = "issued", released: bool = True, **values: Any) -> asked.Opinion:
    values.setdefault("number", of.opinions.count() + 1)
    values.setdefault("folio", f"{of.folio}-D{values['number']}")
    if status != "draft":
        values.setdefault("verdict", "feasible")
        values.setdefault("soundness", "yes")
        values.setdefault("issued_at", now())
        values.setdefault("signatory_post", "Dirección general")
        if released:
            values.setdefault("released_at", now())
    return asked.Opinion.objects.create(referral=of, status=status, **values)


def agreement(
    of: forum.Edition, *, status: str = "draft", proposals: Any = (), opinions: Any = (), **values: Any
) -> agreed.Agreement:
    """An agreement in any status; from *open* on it is published and has version 1 in that state."""
    values.setdefault("title_es", f"Acuerdo {number()}")
    if status != "draft":
        values.setdefault("published_at", now())
    if status in ("signed", "concluded", "void"):
        values.setdefault("signed_at", now())
        values.setdefault("dated_on", DAY)
        values.setdefault("version_number", 1)
    made = agreed.Agreement.objects.create(edition=of, status=status, **values)
    made.proposals.set(proposals)
    made.opinions.set(opinions)
    agreed.AgreementVersion.objects.create(
        agreement=made,
        number=1,
        folio=f"{made.folio}.1",
        status={"draft": "draft", "open": "open"}.get(status, "signed"),
        created_at=now(),
        opened_at=None if status == "draft" else now(),
        signed_at=None if status in ("draft", "open") else now(),
    )
    return made


def clause(of: agreed.Agreement, **values: Any) -> agreed.Clause:
    version_of = of.versions.order_by("-number").first()
    values.setdefault("number", version_of.clauses.count() + 1)
    values.setdefault("text_es", f"Cláusula {values['number']}.")
    return agreed.Clause.objects.create(version=version_of, **values)


def party(of: agreed.Agreement, body: Any, **values: Any) -> agreed.Party:
    side = "agency" if isinstance(body, forum.Agency) else "organization"
    return agreed.Party.objects.create(agreement=of, **{side: body}, **values)


def commitment(of: agreed.Agreement, lead: agreed.Party | None = None, **values: Any) -> agreed.Commitment:
    values.setdefault("number", of.commitments.count() + 1)
    values.setdefault("text_es", f"Compromiso {values['number']}")
    values.setdefault("due_on", DAY + dt.timedelta(days=365))
    values.setdefault("original_due_on", values["due_on"])
    return agreed.Commitment.objects.create(agreement=of, lead=lead, **values)


def report(of: agreed.Commitment, by: agreed.Party, **values: Any) -> agreed.ProgressReport:
    values.setdefault("number", of.reports.count() + 1)
    values.setdefault("folio", f"{of.folio}-I{values['number']}")
    values.setdefault("cut_off", DAY)
    values.setdefault("status", "in_progress")
    values.setdefault("percent", 40)
    values.setdefault("narrative_es", "Avanza.")
    values.setdefault("reported_at", now())
    made = agreed.ProgressReport.objects.create(commitment=of, party=by, **values)
    agreed.Commitment.objects.filter(pk=of.pk).update(
        reported_status=made.status, reported_percent=made.percent, reported_cut_off=made.cut_off
    )
    of.refresh_from_db()
    return made


def evidence(of: agreed.ProgressReport, **values: Any) -> agreed.Evidence:
    values.setdefault("title", "Constancia")
    if "file" not in values:
        values.setdefault("url", "https://example.org/constancia")
    return agreed.Evidence.objects.create(report=of, **values)


def validation(of: agreed.ProgressReport, by: agreed.Party, **values: Any) -> agreed.Validation:
    values.setdefault("number", of.validations.count() + 1)
    values.setdefault("folio", f"{of.folio}-V{values['number']}")
    values.setdefault("outcome", "agrees")
    values.setdefault("validated_at", now())
    return agreed.Validation.objects.create(report=of, party=by, **values)


def meeting(of: forum.Edition, *, status: str = "scheduled", agreements: Any = (), **values: Any) -> agreed.Meeting:
    values.setdefault("title_es", f"Reunión {number()}")
    values.setdefault("starts_at", dt.datetime(2026, 4, 6, 16, tzinfo=dt.UTC))
    values.setdefault("ends_at", values["starts_at"] + dt.timedelta(hours=2))
    if status in ("scheduled", "held"):
        values.setdefault("published_at", now())
    made = agreed.Meeting.objects.create(edition=of, status=status, **values)
    made.agreements.set(agreements)
    return made


def invite(to: agreed.Meeting, body: Any, **values: Any) -> agreed.Attendance:
    side = "agency" if isinstance(body, forum.Agency) else "organization"
    return agreed.Attendance.objects.create(meeting=to, **{side: body}, **values)


def minutes(of: agreed.Meeting, *, status: str = "approved", **values: Any) -> agreed.MinutesVersion:
    values.setdefault("number", of.minutes.count() + 1)
    values.setdefault("folio", f"{of.folio}-M{values['number']}")
    values.setdefault("text_es", "Minuta.")
    if status == "approved":
        values.setdefault("approved_at", now())
    return agreed.MinutesVersion.objects.create(meeting=of, status=status, **values)


def message(about: Any, template: str, to: forum.User, **values: Any) -> core.Message:
    """A mail that is owed to an account about a record, without an event."""
    values.setdefault("edition_slug", about.event_edition.slug)
    return core.Message.objects.create(
        template=template, user=to, model=about._meta.label_lower, record_id=about.pk, record_key=about.public_key, **values
    )
