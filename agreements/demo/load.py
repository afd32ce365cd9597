"""The founding files, in their order, through the importers; and the accounts of the demonstration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password

from core.events import SYSTEM
from core.imports.runner import run_import
from forum.models import Agency, Edition, Organization, Participation, User
from forum.reference.successions import load_successions
from forum.workflow import add_role, edit_participation

FOUNDING_FILES = Path(__file__).with_name("founding")
#: Kind → file, in the order in which each finds what it names.
FILES = {
    "editions": "foro.csv",
    "tables": "mesas.csv",
    "antecedents": "antecedentes.csv",
    "agencies": "dependencias.csv",
    "organizations": "organizaciones.csv",
    "mirrors": "organizaciones_espejo.csv",
    "participants": "participantes.csv",
    "proposals": "propuestas.csv",
}
PASSWORD = "acuerda de muestra"  # noqa: S105 (demonstration only, printed by the command)
#: The account of an agency of 2011 also acts for the body that does its work today.
TODAY = {"IFE": "INE", "SAGARPA": "SADER", "SEDESOL": "BIENESTAR", "IEM-ZAC": "SEZAMI", "IM-MICH": "SEMIGRANTE"}


def load_founding_files() -> None:
    for kind, name in FILES.items():
        path = FOUNDING_FILES / name
        run = run_import(kind, name=name, data=path.read_bytes(), actor=SYSTEM, all_or_nothing=True)
        if run.refused:
            raise RuntimeError(f"{name}: {run.refused[0].problems}")
    load_successions(actor=SYSTEM)


class Accounts:
    """Makes demo accounts, all with one password that is hashed once: fifty hashes would take ten seconds."""

    def __init__(self) -> None:
        self.hash = make_password(PASSWORD)

    def make(self, email: str, name: str, language: str = "es") -> User:
        user = User(email=email, name=name, language=language, is_demo=True, password=self.hash)
        user.full_clean()
        user.save()
        return user


def make_accounts() -> None:
    """organizer@, admin@, official.<acronym>@ and delegate.<organization>@, all at example.org."""
    accounts = Accounts()
    edition = Edition.objects.get()
    give = add_role
    give(user=accounts.make("admin@example.org", "Administración de muestra"), kind="administrator", actor=SYSTEM)
    organizer = accounts.make("organizer@example.org", "Secretaría técnica de muestra")
    give(user=organizer, kind="organizer", edition=edition, actor=SYSTEM)
    officials: dict[str, User] = {}
    at_work = {*edition.agencies.values_list("key", flat=True), *TODAY.values()}
    for agency in Agency.objects.filter(key__in=at_work).order_by("key"):
        user = accounts.make(f"official.{agency.key.lower()}@example.org", f"Persona funcionaria de muestra ({agency.acronym})")
        give(user=user, kind="official", agency=agency, post="Dirección de enlace (muestra)", actor=SYSTEM)
        officials[agency.key] = user
    for former, present in TODAY.items():
        agency = Agency.objects.get(key=present)
        give(user=officials[former], kind="official", agency=agency, post="Dirección de enlace (muestra)", actor=SYSTEM)
    delegates: dict[str, User] = {}
    for organization in Organization.objects.filter(key__startswith="ORG-").order_by("key"):
        user = accounts.make(f"delegate.{organization.key.lower()}@example.org", f"Delegación de muestra {organization.key}")
        give(user=user, kind="delegate", organization=organization, post="Presidencia (muestra)", actor=SYSTEM)
        delegates[organization.key] = user
    link_people(edition, officials, delegates)


def link_people(edition: Edition, officials: dict[str, User], delegates: dict[str, User]) -> None:
    """Each account is the account of the first participant of its body."""
    linked: set[Any] = set()
    for participation in Participation.objects.filter(edition=edition).select_related("person", "organization", "agency"):
        body = participation.agency or participation.organization
        users = officials if participation.agency else delegates
        user = users.get(body.key) if body is not None else None
        if user is not None and user.pk not in linked:
            linked.add(user.pk)
            edit_participation(participation=participation, actor=SYSTEM, values={}, person_values={"user": user})
