"""The canary sweep: a canary in every private field of the written table, and then every surface as everybody (promises 3 and 4).

Which field is private is not said here: the table of `core.privacy` says who sees it, and each persona may read what the table
grants to its role, and nothing else. Beside it the drafts and reserved things of `tests.chain.HIDDEN`.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.core.files.base import ContentFile
from django.db import models
from django.test import TestCase
from django.urls import reverse, translate_url

from agreements.models import Evidence, SignedPaper
from core import privacy, search
from core.models import Event, Message
from core.outbox.sending import send_due
from core.privacy import Audience
from forum.models import Participation, Person, User
from proposals.models import Attachment, PaperScan, Referral
from tests import factories as make
from tests.chain import HIDDEN
from tests.house.audience import public_cases, workspace_cases
from tests.house.test_addresses import AddressWorld
from tests.sweep import searched

#: What the table grants to each persona. Those of other forums, bodies and organizations, and nobody, have nothing.
GRANTED = {
    "anonymous": set(),
    "other_organizer": {Audience.ANY_ORGANIZER},
    "other_official": set(),
    "other_delegate": set(),
    "organizer": {Audience.ORGANIZER, Audience.ANY_ORGANIZER, Audience.CONSENT},
    "official": {Audience.BODY},
    "delegate": {Audience.ORGANIZATION},
}
#: Columns that hold no words of a person, or stand in an address of this test.
LEFT_OUT = {
    "core.event.actor_label",
    "core.mailsettings.calendar_key",
    "core.message.addressee",
    "sessions.session.session_data",
    "agreements.remark.acting_label",
}
#: The admin's lists, for the organizers who may enter it.
ADMIN = (
    "forum_person",
    "forum_participation",
    "forum_user",
    "core_event",
    "core_importbatch",
    "core_message",
    "core_ledgerentry",
)


@dataclass(frozen=True)
class Canary:
    """A text that stands in one column of one record, and to whom the table grants it."""

    column: str
    text: str
    seen_by: frozenset[Audience]


def is_text(field: Any) -> bool:
    text = isinstance(field, (models.CharField, models.TextField)) and not field.choices
    return text and not isinstance(field, models.FileField) and field.name not in ("folded", "sort", "password")


def shown_people() -> set[int]:
    return set(Participation.objects.filter(show_name=True).values_list("person", flat=True))


def put_in_files() -> list[Canary]:
    """Reserved files hold a canary each, and are for those who work on the record."""
    made = []
    at_work = frozenset({Audience.ORGANIZER, Audience.BODY, Audience.ORGANIZATION})
    for model in (Attachment, Evidence, SignedPaper, PaperScan):
        reserved = model.objects.exclude(file="")
        for record in reserved if model is PaperScan else reserved.filter(is_public=False):
            text = f"qzfile{model._meta.model_name}{record.pk}zq"
            record.file.save("x", ContentFile(text.encode()))
            made.append(Canary(f"content of {model._meta.label_lower}", text, at_work))
    return made


def written_event(record: Any, **values: Any) -> None:
    label, slug = record._meta.label_lower, record.edition.slug
    given = {
        "at": make.now(),
        "model": label,
        "record_id": record.pk,
        "record_key": record.folio,
        "edition_slug": slug,
        "action": "edit",
    }
    Event.objects.create(**given, **values)


def put_canaries(proposal: Any) -> list[Canary]:
    """Write one into every private text column of every record, those of named people left out where consent shows them."""
    named, made = shown_people(), []
    for number, row in enumerate(privacy.table()):
        model = apps.get_model(row.model)
        if Audience.PUBLIC in row.seen_by:
            continue
        for name in row.fields:
            field = model._meta.get_field(name)
            column = f"{row.model}.{name}"
            if column in LEFT_OUT or not (is_text(field) or isinstance(field, models.JSONField)):
                continue
            if model is Event:
                # Nobody rewrites an event: a new one holds the canary.
                text = f"qz{number}{name}zq"
                written_event(proposal, **{name: {"x": [text, text]} if name == "changes" else text})
                made.append(Canary(column, text, frozenset(row.seen_by)))
                continue
            for record in model._base_manager.all():
                person = {Person: record.pk, Participation: getattr(record, "person_id", None)}.get(model)
                if (Audience.CONSENT in row.seen_by and person in named) or column == "forum.participation.shown_name":
                    continue
                text = f"qz{number}{name.replace('_', '')[:12]}{record.pk}zq"
                value: Any = f"{text}@example.org" if isinstance(field, models.EmailField) else text
                if isinstance(field, models.JSONField):
                    # In the shape that the pages expect: cells of a row by their header, or what is wrong with it.
                    value = {"celda": text} if field.default is dict else [{"reason": "x", "column": "celda", "value": text}]
                models.QuerySet(model).filter(pk=record.pk).update(**{name: value})
                made.append(Canary(column, text, frozenset(row.seen_by)))
    for person in Person.objects.all():
        person.save()
    for part in Participation.objects.select_related("person"):
        part.save()
    return made


class SweepWorld(AddressWorld):
    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        make.participation(cls.hidden, consent=True, person=make.person(name="Canuto Oculto"), organization=cls.organization)
        for part in (cls.named, cls.unnamed):
            Person.objects.filter(pk=part.person_id).update(phone="+52 55 0000 1234", residence_city="x")
            Participation.objects.filter(pk=part.pk).update(post="x")
        cls.canaries = [*put_canaries(cls.proposal), *put_in_files()]
        hidden = {what: text for what, text in HIDDEN.items() if what not in REPLACED}
        cls.drafts = [Canary(what, text, frozenset()) for what, text in hidden.items()]
        #: What each reads of the own account on every page, and in the file of the own data.
        cls.own = {
            name: " ".join([each.email, each.name, *each.role_rows.values_list("post", flat=True)])
            for name, account in cls.accounts.items()
            for each in [fresh(account)]
        }
        # The list is of this organizer, and the table lets whoever imported one read it.
        cls.own["organizer"] += " ".join(each.text for each in cls.canaries if each.column.startswith("core.importrow."))
        search.rebuild(searched())

    def text_of(self, response: Any) -> str:
        self.assertLess(response.status_code, 500)
        data = b"".join(response.streaming_content) if response.streaming else response.content
        heads = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
        return html.unescape(data.decode("utf-8", "replace")) + heads

    def public_addresses(self) -> list[str]:
        """Every public address, hidden records, errors and queries too."""
        plain = [reverse(name, args=arguments) for name, arguments, _who in public_cases(self) if name != "my_calendar"]
        plain += [reverse("sitemap_part", args=[kind, 1]) for kind in ("editions", "proposals", "agreements", "meetings")]
        plain += [reverse(f"feed_{kind}") + "?lang=en" for kind in ("agreements", "proposals", "progress")]
        return [*plain, reverse("calendar") + "?agency=IFE", "/en/nothing/", "/en/proposals/XX-1/", "/en/search/?q=modulos"]

    def inner_addresses(self, name: str) -> list[str]:
        """The pages of the workspace that this persona may open, and the admin's lists."""
        found = [reverse(each, args=arguments) for each, arguments, who in workspace_cases(self) if name in who]
        return found + [reverse(f"admin:{each}_changelist") for each in ADMIN if name.endswith("organizer")]


#: Canaries of the chain whose columns hold a canary of the table now.
REPLACED = {
    *("e-mail of a person", "telephone of a person", "name without consent", "name of an account", "e-mail of an account"),
    *("internal position", "witness of an opinion", "witness of an acceptance", "link of a meeting"),
}


@pytest.mark.once
class SweepTests(SweepWorld, TestCase):
    INSIDE = ("organizer", "official", "delegate")

    def said(self, text: str, name: str) -> set[str]:
        """The columns whose canary stands in `text` though the table does not grant it to this persona."""
        granted, mine = GRANTED[name], self.own.get(name, "")
        private = (each for each in self.canaries if not granted & each.seen_by and each.text in text)
        found = {each.column for each in private if each.text not in mine}
        if name not in self.INSIDE:
            found |= {each.column for each in self.drafts if each.text in text}
        return found

    def test_there_are_enough(self) -> None:
        columns = {each.column for each in self.canaries}
        self.assertLessEqual(
            {
                *("forum.person.name", "forum.person.email", "forum.person.phone", "forum.person.residence_city"),
                *(
                    "forum.participation.post",
                    "forum.consent.how",
                    "forum.user.email",
                    "forum.user.name",
                    "forum.privacyrequest.text",
                ),
                *("proposals.internalposition.text", "proposals.opinion.on_behalf_witness", "agreements.acceptance.witness"),
                *("agreements.meeting.link", "core.subscription.email", "core.importrow.values", "core.event.reason"),
            },
            columns,
        )

    def test_no_public_surface_says_what_is_private(self) -> None:
        for name in ("anonymous", "other_organizer", "other_official", "other_delegate"):
            addresses = self.public_addresses()
            if name == "anonymous":
                addresses += [other for path in addresses if (other := translate_url(path, "es")) != path]
            for address in addresses:
                with self.subTest(address, name=name):
                    self.assertEqual(self.said(self.text_of(self.clients[name].get(address)), name), set())

    def test_the_workspace_says_to_each_what_the_table_grants(self) -> None:
        for name in GRANTED:
            for address in self.inner_addresses(name) if name != "anonymous" else ():
                with self.subTest(address, name=name):
                    self.assertEqual(self.said(self.text_of(self.clients[name].get(address)), name), set())

    def test_no_word_and_no_order_finds_it(self) -> None:
        """The canary as a query answers as a word does that occurs nowhere; no list is ordered or narrowed by a private column."""
        asked = {each.column: each.text for each in self.canaries} | {each.column: each.text.split()[0] for each in self.drafts}
        drafts = {each.column for each in self.drafts}
        for page in ("search", "participants", "proposals", "agreements", "meetings", "organizations", "progress"):
            path, client = reverse(page), self.clients["anonymous"]
            nothing = self.found(client.get(path, {"q": "zzqx"}))
            # The search has an index of its own for all; the lists search columns of their records.
            for column, text in asked.items():
                if page in ("search", "participants") or column in drafts:
                    with self.subTest(page, column=column):
                        self.assertEqual(self.found(client.get(path, {"q": text})), nothing)
            plain = self.shown(client.get(path))
            for name in ("name", "email", "person__name", "post", "folded"):
                with self.subTest(page, order=name):
                    self.assertEqual(self.shown(client.get(path, {"order": name, name: "x"})), plain)

    def found(self, response: Any) -> Any:
        listing = response.context.get("listing")
        return response.context["total"] if listing is None else (len(listing), listing.count)

    def shown(self, response: Any) -> list[Any]:
        listing = response.context.get("listing")
        return [] if listing is None else [row.pk for row in listing]

    def test_mails_say_no_more_than_pages(self) -> None:
        Message.objects.all().delete()
        owed = Referral.objects.get(agency=self.agency, status="pending")
        for name, template, about in (("official", "referral_sent", owed), ("delegate", "opinion_issued", self.opinion)):
            make.message(about, template, self.user(name))
        send_due()
        for letter in mail.outbox:
            name = next(name for name, account in self.accounts.items() if fresh(account).email in letter.to)
            text = f"{letter.subject}\n{letter.body}\n{letter.extra_headers}"
            self.assertEqual(self.said(text, name), set(), name)
        self.assertEqual([message.reason for message in Message.objects.exclude(state="sent")], [])
        self.assertEqual(len(mail.outbox), 2)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)
