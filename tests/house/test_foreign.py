"""Two editions, two bodies, two organizations: nobody touches what is the other's, by any address, field, row or file (promise 2).

`test_addresses` says who reads each address and tries a bare POST. Here everything that the doors ask for is sent along, and the
foreign key stands where nobody looks: in a field, a row of a form, an action on a list, a filter.
"""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import TestCase
from django.urls import reverse

from core.models import Event
from forum.models import Invitation, Role
from tests import factories as make
from tests.core.admin_world import AdminWorld, address
from tests.house.audience import workspace_cases
from tests.house.test_addresses import STRANGERS, AddressWorld

#: What may be sent to the doors, all at once: no door lacks anything but the right.
SENT: dict[str, Any] = {
    **dict.fromkeys(("reason", "reasons", "text", "text_es", "title_es", "name_es", "what_es", "question", "answer"), "Ajeno"),
    **dict.fromkeys(("narrative_es", "petition_es", "problem_es", "comment", "post", "name", "means_of_verification"), "Ajeno"),
    **dict.fromkeys(("step-withdraw-reason", "step-recall-reason", "close-reason", "remove_role-reason"), "Ajeno"),
    **dict.fromkeys(("revision", "person_revision", "step-withdraw-revision", "opened", "is_public", "take", "confirm"), "1"),
    **dict.fromkeys(("due_on", "cut_off", "accepted_on", "remarks_until", "starts_on", "ends_on"), "2026-12-01"),
    **dict.fromkeys(("percent", "number", "days"), "50"),
    "status": "in_progress",
    "soundness": "yes",
    "verdict": "feasible",
    "outcome": "agrees",
    "mode": "in_person",
    "kind": "delegate",
    "role": "migrant_leader",
    "stage": "closed",
    "stage-stage": "closed",
    "place": "reasons",
    "remove_role-which": "official: IFE",
}
#: Tables in which an attempt leaves its own trace.
TRACES = {"core_event", "core_revision", "core_tally", "core_eventseal", "forum_user", "core_importbatch", "core_importrow"}


def everything() -> str:
    """A fingerprint of every row of every table of ours, but for the traces."""
    found = hashlib.sha256()
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if model._meta.app_label in ("core", "forum", "proposals", "agreements") and table not in TRACES:
            found.update(repr(list(model._base_manager.order_by("pk").values_list())).encode())
    return found.hexdigest()


def doings(user: Any) -> list[tuple[str, str]]:
    """What this account did that stands in the audit, refused attempts and reading aside."""
    rows = Event.objects.filter(actor=user).exclude(model="page").exclude(action__startswith="see_")
    return list(rows.values_list("model", "action"))


@pytest.mark.once
class ForeignAddressTests(AddressWorld, TestCase):
    def test_whatever_is_sent_to_a_foreign_record_changes_nothing(self) -> None:
        cases = [(name, arguments, who) for name, arguments, who in workspace_cases(self) if arguments]
        shared = {
            "organizations",
            "closure_withdraw",
            "organization_edit",
            "agency_edit",
            "account",
            "account_step",
            "invitation_step",
        }
        for stranger in STRANGERS:
            before, user = everything(), self.user(stranger)
            for name, arguments, who in cases:
                if stranger == "other_organizer" and (name.partition(":")[2] in shared or stranger in who):
                    continue
                path = reverse(name, args=arguments)
                sent = {**SENT, "file": SimpleUploadedFile("x.pdf", b"%PDF-1.4 x")}
                answer = self.clients[stranger].post(path, sent)
                with self.subTest(stranger, path=path):
                    self.assertIn(answer.status_code, (302, 403, 404, 405) if stranger in who else (403, 404, 405))
                    self.assertEqual(doings(user), [])
            self.assertEqual(everything(), before, stranger)

    def test_the_same_words_do_something_where_one_has_the_right(self) -> None:
        """The sweep above would find a door that stands open."""
        done = 0
        for name in ("organizer", "official", "delegate"):
            for case, arguments, _who in workspace_cases(self):
                if not arguments:
                    continue
                with transaction.atomic():
                    self.clients[name].post(reverse(case, args=arguments), SENT)
                    done += bool(doings(self.accounts[name]))
                    transaction.set_rollback(True)
        self.assertGreater(done, 10)

    def test_a_foreign_id_answers_like_one_that_does_not_exist(self) -> None:
        """Where a record is hidden from somebody: same status, same page, but for the address itself."""
        hidden = (
            ("proposal", [self.draft.folio], "other_delegate"),
            ("agreement", [self.draft_agreement.folio], "other_delegate"),
            ("meeting", [self.proposed.folio], "other_official"),
            ("edition", ["oculto"], "other_organizer"),
            ("import", [self.batch.key], "other_organizer"),
            ("mail", [self.message.key], "other_organizer"),
            ("template_edit", [self.template.key], "other_official"),
            ("account", [self.accounts["administrator"].key], "other_organizer"),
        )
        for name, arguments, who in hidden:
            page = reverse(f"workspace:{name}", args=arguments)
            nothing = reverse(f"workspace:{name}", args=["NO-HAY-1"])
            answers = [self.clients[who].get(path) for path in (page, nothing)]
            texts = [answer.content.decode().replace(arguments[0], "").replace("NO-HAY-1", "") for answer in answers]
            with self.subTest(name):
                self.assertEqual([answer.status_code for answer in answers], [404, 404])
                self.assertEqual(*texts)

    def test_a_foreign_key_in_a_field_or_a_row_is_refused(self) -> None:
        """The page is one's own, the key in what is sent is not."""
        theirs = make.proposal(self.other_edition, status="draft", proponents=[self.other_organization])
        ajena, part = self.other_edition.slug, self.named.key
        tries: tuple[tuple[str, str, list[Any], dict[str, Any]], ...] = (
            (
                "other_delegate",
                "proposal_new",
                [],
                {"edition": "propia", "proponents": ["ORG-01"], "title_es": "x", "petition_es": "x"},
            ),
            ("other_delegate", "proposal_merge", [theirs.folio], {"into": self.draft.folio, "reason": "x", "revision": "0"}),
            ("other_organizer", "participant_edit", [ajena, part], {"name": "Ajena", "role": "migrant_leader"}),
            ("other_organizer", "table_edit", [ajena, 77], {"number": "1", "name_es": "Ajena"}),
            (
                "other_organizer",
                "account_invite",
                [],
                {"email": "x@example.org", "language": "es", "kind": "organizer", "edition": "propia"},
            ),
            ("other_organizer", "agreement_new", [], {"edition": "propia", "title_es": "Ajeno"}),
            (
                "other_organizer",
                "meeting_new",
                [],
                {"edition": "propia", "agreements": [self.agreement.folio], "title_es": "Ajena"},
            ),
            ("other_organizer", "refer", [], {"proposals": [self.proposal.folio], "agencies": ["SRE"], "decision": "refer"}),
            ("other_organizer", "mails", [], {"mails": [self.message.key], "decision": "drop", "reason": "x"}),
            (
                "other_official",
                "offline",
                [],
                {"file": SimpleUploadedFile("x.csv", f"referral\n{self.answered.folio}\n".encode()), "save": "1"},
            ),
        )
        before = everything()
        for who, name, arguments, sent in tries:
            with transaction.atomic():
                answer = self.clients[who].post(reverse(f"workspace:{name}", args=arguments), {**SENT, **sent})
                rows = Event.objects.filter(actor=self.accounts[who]).exclude(model="page")
                with self.subTest(name):
                    self.assertLess(answer.status_code, 500)
                    # What was made, if anything, is the stranger's own, in the own edition.
                    self.assertLessEqual(set(rows.values_list("edition_slug", flat=True)), {ajena, ""})
                    if not rows.exists():
                        self.assertEqual(everything(), before)
                transaction.set_rollback(True)
        self.assertFalse(Invitation.objects.exclude(pk=self.invitation.pk).exists())


@pytest.mark.once
class ForeignAdminTests(AdminWorld, TestCase):
    """The admin of somebody who organizes the other edition: lists, actions, filters, autocomplete, rows of forms."""

    def test_nothing_foreign_is_found_changed_or_chosen(self) -> None:
        from tests.core.test_admin import SHARED

        client = self.sign_in("other_organizer")
        client.raise_request_exception = False
        rows = {model: build() for model, build in self.builders().items() if model not in SHARED}
        before = everything()
        for model, record in rows.items():
            listed = address(model)
            answers = {
                "page": client.get(address(model, "change", record.pk)),
                "save": client.post(address(model, "change", record.pk), {**SENT, "_save": "1"}),
                "delete": client.post(address(model, "delete", record.pk), {"post": "yes"}),
            }
            for name, answer in answers.items():
                with self.subTest(model._meta.label, door=name):
                    self.assertIn(answer.status_code, (403, 404))
            for action in [*admin.site._registry[model].actions, "delete_selected", "export_admin_action"]:
                name = action if isinstance(action, str) else action.__name__
                client.post(listed, {"action": name, "_selected_action": [str(record.pk)], "index": "0", "select_across": "1"})
            secret = str(record.pk)
            for lookup in ("id", "pk", "person__email__startswith", "user__password__startswith", "email__startswith"):
                answer = client.get(listed, {lookup: secret})
                with self.subTest(model._meta.label, lookup=lookup):
                    self.assertIn(answer.status_code, (302, 400, 403))
        self.assertEqual(everything(), before)
        self.assertEqual(doings(self.accounts["other_organizer"]), [])

    def test_autocomplete_offers_nothing_foreign(self) -> None:
        """For every field of the admin that completes what is typed."""
        client = self.sign_in("other_organizer")
        for build in self.builders().values():
            build()
        tried = 0
        for model, model_admin in admin.site._registry.items():
            inlines = [(inline.model, inline.autocomplete_fields) for inline in model_admin.inlines]
            for of, names in [(model, model_admin.autocomplete_fields), *inlines]:
                for name in names:
                    field = of._meta.get_field(name)
                    asked = {"app_label": of._meta.app_label, "model_name": of._meta.model_name, "field_name": name, "term": ""}
                    answer = client.get(reverse("admin:autocomplete"), asked)
                    target = field.related_model
                    if answer.status_code == 403:
                        continue
                    tried += 1
                    request = answer.wsgi_request
                    allowed = {str(pk) for pk in admin.site._registry[target].get_queryset(request).values_list("pk", flat=True)}
                    with self.subTest(f"{of._meta.label}.{name}"):
                        self.assertLessEqual({row["id"] for row in answer.json()["results"]}, allowed)
        self.assertGreater(tried, 5)

    def test_a_forged_row_of_a_form_takes_nobodys_role_away(self) -> None:
        """A formset trusts the ids that come back; here they are those of another account."""
        client, victim = self.sign_in("administrator"), self.accounts["official"]
        role = Role.objects.get(user=victim)
        other = self.accounts["delegate"]
        sent = {"email": other.email, "name": "", "language": "es", "is_active": "on", "opened": ""}
        sent |= {"role_rows-TOTAL_FORMS": "1", "role_rows-INITIAL_FORMS": "1", "role_rows-0-id": str(role.pk)}
        sent |= {"role_rows-0-user": str(other.pk), "role_rows-0-kind": "official", "role_rows-0-DELETE": "on"}
        answer = client.post(address(type(other), "change", other.pk), sent)
        self.assertLess(answer.status_code, 500)
        self.assertEqual(list(Role.objects.filter(user=victim).values_list("pk", flat=True)), [role.pk])
