"""What a feed or a calendar is about: everything public, or what has to do with a body, an organization, a state, a topic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.models import Agreement, Commitment, Meeting
from core.text import clean_line
from forum.models import Agency, Area, Organization
from proposals.listing import from_organization, in_state, to_agency
from proposals.models import Proposal

LANGUAGES = ("es", "en")
LONGEST = 120


class BadScope(Exception):
    """The address asks for something that does not exist. `str()` is a sentence; `language` the one it is written in."""

    def __init__(self, sentence: str, language: str) -> None:
        super().__init__(sentence)
        self.language = language

    def response(self) -> HttpResponse:
        headers = {"Content-Language": self.language, "Cache-Control": "no-store"}
        return HttpResponse(f"{self}\n", status=400, content_type="text/plain; charset=utf-8", headers=headers)


@dataclass(frozen=True)
class Scope:
    """Public records that the address asks for; every queryset passes the gate as nobody."""

    language: str = "es"
    agency: Agency | None = None
    organization: Organization | None = None
    state: Area | None = None
    topic: str = ""

    def proposals(self) -> QuerySet[Any]:
        rows = Proposal.objects.visible_to(None)
        if self.agency is not None:
            rows = to_agency(rows, self.agency.key)
        if self.organization is not None:
            rows = from_organization(rows, self.organization.key)
        if self.state is not None:
            rows = in_state(rows, self.state.code)
        return rows.filter(topic=self.topic) if self.topic else rows

    def agreements(self) -> QuerySet[Any]:
        """Agreements that the body is a party to, and that name the state in a commitment or in a proposal they cite."""
        rows = Agreement.objects.visible_to(None)
        if self.agency is not None:
            rows = rows.of_party(agencies=[self.agency.pk])
        if self.organization is not None:
            rows = rows.of_party(organizations=[self.organization.pk])
        if self.state is not None:
            promised = Commitment.objects.visible_to(None).filter(states=self.state).values("agreement")
            asked = Proposal.objects.visible_to(None).filter(states=self.state).values("pk")
            cited = Agreement.proposals.through.objects.filter(proposal__in=asked).values("agreement")
            rows = rows.filter(Q(pk__in=promised) | Q(pk__in=cited))
        return rows.filter(topic=self.topic) if self.topic else rows

    def commitments(self) -> QuerySet[Any]:
        """Commitments in force of these agreements."""
        rows = Commitment.objects.visible_to(None).in_force()
        return rows.filter(agreement__in=self.agreements().values("pk")) if self.narrow else rows

    def meetings(self) -> QuerySet[Any]:
        """Meetings that follow one of these agreements, or that the body or organization convenes."""
        rows = Meeting.objects.visible_to(None)
        if not self.narrow:
            return rows
        followed = Meeting.agreements.through.objects.filter(agreement__in=self.agreements().values("pk"))
        there = Q(pk__in=followed.values("meeting"))
        if not (self.state or self.topic):
            if self.agency is not None and self.organization is None:
                there |= Q(convening_agency=self.agency)
            if self.organization is not None and self.agency is None:
                there |= Q(convening_organization=self.organization)
        return rows.filter(there)

    @property
    def narrow(self) -> bool:
        return bool(self.agency or self.organization or self.state or self.topic)

    @property
    def query(self) -> str:
        """The filters as a list takes them: `?agency=IFE`, '' for none."""
        return self.asked({})

    @property
    def address(self) -> str:
        """The filters with the language, in one fixed order: what tells a feed from the others."""
        return self.asked({} if self.language == "es" else {"lang": self.language})

    def asked(self, more: dict[str, str]) -> str:
        found = {
            "agency": self.agency.key if self.agency else "",
            "organization": self.organization.key if self.organization else "",
            "state": self.state.code if self.state else "",
            "topic": self.topic,
            **more,
        }
        text = urlencode({name: value for name, value in found.items() if value})
        return f"?{text}" if text else ""

    @property
    def words(self) -> str:
        """What it is narrowed to, for titles: `IFE, Zacatecas`; '' for everything."""
        parts = [self.agency and self.agency.short, self.organization and self.organization.short, self.state and self.state.name]
        return ", ".join(str(part) for part in [*parts, self.topic] if part)


def read_scope(request: HttpRequest) -> Scope:
    """The scope in the address: `agency`, `organization`, `state` (`ZAC`, `MX-ZAC` or the INEGI code), `topic`, `lang`.

    At most three queries. Raises BadScope for a value that nothing has; parameters that are not ours are left alone.
    """
    query = request.GET
    language = query.get("lang", "es")
    if language not in LANGUAGES:
        raise refusal("lang", language, gettext_lazy("use es or en"), "es")
    found: dict[str, Any] = {}
    for name, rows in (("agency", Agency.objects), ("organization", Organization.objects)):
        if name in query:
            key = asked_for(query[name], name, language)
            found[name] = rows.visible_to(None).filter(key__iexact=key).first()
            if found[name] is None:
                raise refusal(name, key, gettext_lazy("use its key, for example from the address of its page"), language)
    if "state" in query:
        code = asked_for(query["state"], "state", language)
        entities = Area.objects.filter(kind=Area.Kind.FEDERAL_ENTITY)
        found["state"] = entities.filter(Q(code__iexact=code) | Q(code__iexact=f"MX-{code}") | Q(inegi=code)).first()
        if found["state"] is None:
            raise refusal("state", code, gettext_lazy("use a code such as MX-ZAC"), language)
    if "topic" in query:
        found["topic"] = asked_for(query["topic"], "topic", language)
    return Scope(language=language, **found)


def asked_for(text: str, name: str, language: str) -> str:
    """A value of the address, cleaned. Raises BadScope when nothing is left of it or it is too long to mean anything."""
    value = clean_line(text)
    if not value or len(value) > LONGEST:
        raise refusal(name, value[:40], gettext_lazy("leave the parameter out for everything"), language)
    return value


def refusal(name: str, value: str, remedy: Any, language: str) -> BadScope:
    with translation.override(language):
        sentence = _("“%(value)s” is nothing that “%(name)s” can be: %(remedy)s.") % {
            "value": value,
            "name": name,
            "remedy": remedy,
        }
    return BadScope(sentence, language)
