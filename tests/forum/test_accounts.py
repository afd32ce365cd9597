"""Accounts: invitations, sessions that end, guessing, the second factor, and what each leaves in the audit."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from unittest.mock import patch

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import caches
from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.imports.runner import run_import
from core.models import Event, Message
from core.outbox import sending
from core.workflow import StepRefused
from forum import accounts, workflow
from forum.models import Invitation, Role, User
from tests import factories as make
from tests.personas import PersonaWorld
from tests.signing_in import just_signed_in

NEW = "una frase larga y rara"


class AccountCase(PersonaWorld, TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.enterContext(override("en"))

    def invited(self, email: str = "nueva@example.org", **values: Any) -> Invitation:
        given = {"kind": "official", "place": {"agency": self.agency}, "actor": self.user("organizer"), **values}
        return workflow.invite(email=email, **given)

    def link(self) -> str:
        """The private link of the newest mail."""
        mail.outbox.clear()
        sending.send_due()
        return re.findall(r"https?://[^/]+(/\S+)", mail.outbox[-1].body.split("\n\n-- ")[0])[-1]

    def actions(self, *models: str) -> list[str]:
        return list(
            Event.objects.filter(model__in=models or ["forum.user", "forum.invitation"])
            .order_by("id")
            .values_list("action", flat=True)
        )

    def sign_in_page(self, email: str, password: str, client: Any = None) -> Any:
        return (client or self.client).post(reverse("account_login"), {"login": email, "password": password})


@pytest.mark.once
class InvitationTests(AccountCase):
    def test_from_the_mail_to_the_workspace(self) -> None:
        """The whole way of an official: link, password, signed in, and nothing open before a second factor."""
        self.invited(name="Ana Ejemplo", language="en", post="Enlace")
        link = self.link()
        self.assertEqual(
            (mail.outbox[0].to, Role.objects.filter(user__email="nueva@example.org").count()), (["nueva@example.org"], 0)
        )
        self.assertNotIn(link.split("/")[-2], str(list(Message.objects.values())), "the secret lies nowhere")
        page = self.client.get(link, follow=True)
        self.assertContains(page, "official of Instituto propio")
        self.assertEqual(self.client.get(link).status_code, 302, "opening it uses nothing up")
        form = {"name": "Ana", "language": "en", "password": "corta", "again": "corta"}
        here = reverse("invitation_accept")
        for change, sentence in (
            ({}, "too short"),
            ({"password": "password1234", "again": "password1234"}, "too common"),
            ({"password": NEW, "again": NEW + "x"}, "differ"),
            ({"password": "", "again": ""}, "Choose a password"),
            ({"name": "", "password": NEW, "again": NEW}, "required"),
        ):
            with self.subTest(sentence):
                self.assertContains(self.client.post(here, {**form, **change}), sentence, status_code=422)
        answer = self.client.post(here, {**form, "password": NEW, "again": NEW})
        self.assertRedirects(answer, reverse("workspace:home"), fetch_redirect_response=False)
        self.assertRedirects(self.client.get(reverse("workspace:home")), reverse("mfa_index"))
        user = User.objects.get(email="nueva@example.org")
        self.assertEqual([role.words for role in user.role_rows.all()], ["official: IFE"])
        self.assertTrue(user.check_password(NEW))
        self.assertEqual(self.client_class().get(link).status_code, 410, "single use")
        self.assertEqual(self.actions(), ["create", "invite", "accept", "add_role", "sign_in"])

    def test_a_dead_link_opens_nothing_and_says_no_more(self) -> None:
        def again(invitation: Any) -> None:
            workflow.send_again(invitation=invitation, actor=self.user("organizer"))

        def password(invitation: Any) -> None:
            invitation.user.set_password(NEW)
            invitation.user.save()

        deaths: dict[str, Any] = {
            "sent again": again,
            "taken back": lambda found: workflow.revoke_invitation(invitation=found, actor=self.user("organizer")),
            "another password": password,
            "too old": lambda found: Invitation.objects.filter(pk=found.pk).update(expires_at=timezone.now()),
            "closed": lambda found: User.objects.filter(pk=found.user_id).update(is_active=False),
        }
        unknown = self.client.get(reverse("invitation", args=["i-nothing", "x"]))
        for number, (name, kill) in enumerate(deaths.items()):
            found = self.invited(f"n{number}@example.org")
            token = found.token()
            address = reverse("invitation", args=[found.key, token])
            self.assertEqual(self.client_class().get(address).status_code, 302)
            kill(found)
            answer = self.client.get(address)
            with self.subTest(name):
                self.assertEqual((answer.status_code, self.words(answer)), (410, self.words(unknown)))
                with self.assertRaises(StepRefused):
                    workflow.accept_invitation(invitation=found, token=token, actor=found.user, password=NEW)
        self.assertFalse(Role.objects.filter(user__email__startswith="n").exclude(user__email__startswith="nobody").exists())

    def words(self, answer: Any) -> str:
        return re.sub(r"<[^>]*>", "", answer.content.decode())

    def test_who_may_invite_to_what_and_that_it_is_asked_again(self) -> None:
        for kind, place, expected in (
            ("official", {"agency": self.agency}, {"organizer", "other_organizer", "administrator"}),
            ("delegate", {"organization": self.organization}, {"organizer", "other_organizer", "administrator"}),
            ("organizer", {"edition": self.edition}, {"organizer", "administrator"}),
            ("administrator", {}, {"administrator"}),
        ):
            with self.subTest(kind):
                self.assertEqual(self.who(lambda user, k=kind, p=place: self.may(user, k, p)), expected)
        found = self.invited()
        Role.objects.filter(user=self.accounts["organizer"]).delete()
        with self.assertRaisesMessage(StepRefused, "may not give this role any more"):
            workflow.accept_invitation(invitation=found, token=found.token(), actor=found.user, password=NEW)
        for bad in ("", "x", "a@b", "\x00@example.org", "a" * 300 + "@example.org"):
            with self.subTest(bad[:20]), self.assertRaises(Exception) as refused:
                self.invited(bad, actor=self.user("administrator"))
            self.assertEqual(type(refused.exception).__name__, "ValidationError")

    def may(self, user: Any, kind: str, place: Any) -> bool:
        try:
            workflow.invite(email=f"p{make.number()}@example.org", kind=kind, place=place, actor=user)
        except StepRefused:
            return False
        return True

    def test_an_account_that_is_there_signs_in_first(self) -> None:
        found = self.invited("delegate@example.org")
        self.client.get(reverse("invitation", args=[found.key, found.token()]))
        here = reverse("invitation_accept")
        page = self.client.get(here)
        self.assertContains(page, f"{reverse('account_login')}?next={here}")
        self.assertEqual(self.client.post(here, {"password": NEW, "again": NEW}).status_code, 200)
        self.assertTrue(self.user("delegate").check_password(make.PASSWORD))
        self.client.force_login(self.user("delegate"))
        self.client.get(reverse("invitation", args=[found.key, found.token()]))
        self.assertRedirects(self.client.post(here), reverse("workspace:home"), fetch_redirect_response=False)
        self.assertEqual(
            self.client.get(reverse("workspace:home")).url, reverse("mfa_index"), "still signed in, with one more role"
        )


@pytest.mark.once
class SessionTests(AccountCase):
    def test_what_ends_the_sessions_of_an_account(self) -> None:
        """Each of them at the next request (promise 7); what concerns another account ends nothing."""
        boss, page = self.user("administrator"), reverse("workspace:home")
        ends: dict[str, Any] = {
            "role given": lambda user: workflow.add_role(user=user, kind="official", agency=self.other_agency, actor=boss),
            "role taken back": lambda user: workflow.remove_role(role=user.role_rows.first(), actor=boss),
            "closed": lambda user: workflow.close_account(user=user, actor=boss, reason="x"),
            "signed out": lambda user: workflow.end_sessions(user=user, actor=boss),
            "password": lambda user: accounts.AccountAdapter().set_password(user, NEW),
            "factor forgotten": lambda user: workflow.forget_second_factor(user=user, actor=boss, reason="x"),
        }
        other = just_signed_in(self.client_class(), self.user("other_organizer"))
        for name, end in ends.items():
            user = make.user(official=self.agency)
            client = just_signed_in(self.client_class(), user)
            self.assertEqual(client.get(page).status_code, 200)
            end(user)
            with self.subTest(name):
                self.assertIn("login", client.get(page).headers["Location"])
        self.assertEqual(other.get(page).status_code, 200)

    def test_the_session_changes_its_number_at_sign_in_and_is_listed(self) -> None:
        self.client.get(reverse("account_login"))
        self.client.session["x"] = 1
        before = self.client.session.session_key
        self.sign_in_page("delegate@example.org", make.PASSWORD)
        self.assertNotEqual(self.client.session.session_key, before)
        second = self.client_class(headers={"user-agent": "<b>Otro</b> navegador"})
        self.sign_in_page("delegate@example.org", make.PASSWORD, second)
        page = self.client.get(reverse("usersessions_list"))
        self.assertContains(page, "&lt;b&gt;Otro&lt;/b&gt; navegador")
        self.assertContains(page, '<td data-label="Last used">now</td>', count=1, html=True)
        self.client.post(reverse("usersessions_list"))
        self.assertEqual(second.get(reverse("workspace:home")).status_code, 302)
        self.assertEqual(self.client.get(reverse("workspace:home")).status_code, 200)

    def test_demo_accounts_only_where_they_are_allowed(self) -> None:
        make.user("demo@example.org", is_demo=True, organizer=self.edition)
        self.sign_in_page("demo@example.org", make.PASSWORD)
        self.assertEqual(self.client.get(reverse("workspace:home")).status_code, 200, "no second factor in the demo")
        with override_settings(ALLOW_DEMO=False):
            self.assertEqual(self.client.get(reverse("workspace:home")).status_code, 302)
            self.sign_in_page("demo@example.org", make.PASSWORD)
            self.assertEqual(self.client.get(reverse("workspace:home")).status_code, 302)

    def test_sensitive_pages_ask_again_after_ten_minutes(self) -> None:
        """Accounts, the audit and the own authenticators; an open page is brought back to where it was."""
        key = self.accounts["official"].key
        pages = [reverse(f"workspace:{name}") for name in ("account_invite", "audit", "audit_csv")]
        pages += [
            reverse("workspace:account", args=[key]),
            reverse("mfa_deactivate_totp"),
            reverse("mfa_generate_recovery_codes"),
        ]
        pages += [reverse("admin:forum_user_change", args=[self.accounts["official"].pk]), reverse("admin:forum_user_add")]
        person = make.participation(self.edition).person
        sheet = b"clave,nombre,papel,correo\n,,,\nL-1,,observador,\n"
        batch = run_import("participants", name="x.csv", data=sheet, actor=self.user("administrator"), edition="propia").batch
        pages += [reverse("workspace:person_erase", args=[person.key])]
        pages += [reverse(f"workspace:import_{name}", args=[batch.key]) for name in ("errors", "file")]
        pages += [reverse("admin:forum_participation_report", args=[batch.key])]
        pages += [reverse("workspace:import_export", args=["participants", "csv"])]
        pages += [reverse("admin:forum_participation_export", args=["csv"])]
        late = just_signed_in(self.client_class(), self.user("administrator"), ago=601)
        fresh = just_signed_in(self.client_class(), self.user("administrator"))
        for page in pages:
            with self.subTest(page):
                self.assertEqual(fresh.get(page).status_code, 200)
                self.assertRedirects(
                    late.get(page), f"{reverse('account_reauthenticate')}?next={page}", fetch_redirect_response=False
                )
        late.post(f"{reverse('account_reauthenticate')}?next={pages[0]}", {"password": make.PASSWORD})
        self.assertEqual(late.get(pages[0]).status_code, 200)


@pytest.mark.once
class GuessingTests(AccountCase):
    def wrong(self, client: Any, email: str, times: int) -> Any:
        for _n in range(times):
            answer = self.sign_in_page(email, "wrong", client)
        return answer

    def test_nobody_is_locked_out_by_strangers(self) -> None:
        """Strangers use up the limit of the account. The device that was let in before still is; so is one from the mail."""
        mine, email = self.client_class(), "delegate@example.org"
        self.sign_in_page(email, make.PASSWORD, mine)
        mine.post(reverse("account_logout"))
        stranger = self.client_class()
        self.wrong(stranger, email, 9)
        self.assertContains(self.sign_in_page(email, make.PASSWORD, stranger), "Too many failed login attempts")
        self.assertEqual(self.sign_in_page(email, make.PASSWORD, mine).status_code, 302)
        mine.post(reverse("account_logout"))
        self.wrong(mine, email, 9)
        self.assertContains(self.sign_in_page(email, make.PASSWORD, mine), "Too many", msg_prefix="it guesses no longer either")
        fresh = self.client_class()
        fresh.post(reverse("account_reset_password"), {"email": email})
        page = fresh.get(self.link(), follow=True)
        fresh.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
        self.wrong(stranger, email, 9)
        self.assertEqual(self.sign_in_page(email, NEW, fresh).status_code, 302)

    def test_the_cookie_of_a_device_opens_nothing(self) -> None:
        mine = self.client_class()
        self.sign_in_page("delegate@example.org", make.PASSWORD, mine)
        cookie = mine.cookies[accounts.DEVICE_COOKIE]
        self.assertEqual((cookie["httponly"], cookie["samesite"]), (True, "Lax"))
        for value in (cookie.value, cookie.value[:-1], "x", "", "a" * 5000, "[]"):
            other = self.client_class()
            other.cookies[accounts.DEVICE_COOKIE] = value
            with self.subTest(value[:10]):
                self.assertEqual(other.get(reverse("workspace:home")).status_code, 302)
                caches["default"].clear()
                self.wrong(self.client_class(), "other.delegate@example.org", 9)
                answer = self.sign_in_page("other.delegate@example.org", make.PASSWORD, other)
                self.assertContains(answer, "Too many", msg_prefix="it is another account's")

    def test_the_same_answer_whether_or_not_there_is_an_account(self) -> None:
        """Words, status, headers and the number of queries; and no mail leaves to an address without an account."""
        known, unknown = "delegate@example.org", "nobody.there@example.org"
        for name, field in (("account_login", "login"), ("account_reset_password", "email")):
            answers, kinds = [], []
            for email in (known, unknown):
                client = self.client_class()
                with self.assertNumQueriesLike() as queries:
                    answer = client.post(reverse(name), {field: email, "password": "wrong"}, follow=True)
                answers.append((answer.status_code, answer.redirect_chain, self.plain(answer, email)))
                kinds.append([re.split(r"\W+", query["sql"])[0] for query in queries if "core_tally" not in query["sql"]])
            with self.subTest(name):
                self.assertEqual(answers[0], answers[1])
                if name == "account_login":
                    self.assertEqual(kinds[0], kinds[1])
                    self.assertIn("INSERT", kinds[0])
        self.assertEqual([message.user.email for message in Message.objects.all()], [known])

    def assertNumQueriesLike(self) -> Any:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        return CaptureQueriesContext(connection)

    def plain(self, answer: Any, email: str) -> str:
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
        return text.replace(email, "")

    def test_nothing_of_what_was_typed_stays(self) -> None:
        """Neither the audit nor the log holds an address, a password or a code of a failed attempt (promise 6)."""
        with self.assertNoLogs(level="INFO"):
            self.sign_in_page("canario@example.org", "canario-secreto")
            self.sign_in_page("delegate@example.org", "canario-secreto")
        rows = list(Event.objects.filter(action="sign_in_failed").order_by("id").values_list("record_id", "record_key"))
        self.assertEqual(rows, [(0, "-"), (self.accounts["delegate"].pk, self.accounts["delegate"].key)])
        self.assertNotIn("canario", str(list(Event.objects.values())))


@pytest.mark.once
class FactorTests(AccountCase):
    def test_who_is_sent_to_set_one_up(self) -> None:
        """Everybody but delegates, on every page; whoever has one goes on without a query more."""
        expected = {"organizer", "other_organizer", "official", "other_official", "administrator"}
        Authenticator.objects.all().delete()
        pages = [reverse("workspace:home"), "/admin/", reverse("home"), reverse("proposals"), "/en/nowhere/x.json"]
        for page in pages[:-1]:
            sent = {
                n
                for n in self.accounts
                if n != "closed_account" and self.sign_in(n).get(page).headers.get("Location") == reverse("mfa_index")
            }
            with self.subTest(page):
                self.assertEqual(sent, expected)
        open_to_all = [reverse(name) for name in ("mfa_index", "mfa_activate_totp", "mfa_add_webauthn")]
        client = self.sign_in("official")
        open_to_all.append("/feeds/proposals.atom")
        self.assertEqual([client.get(page).status_code for page in open_to_all], [200, 200, 200, 200], "a feed asks nobody")
        self.assertEqual(client.post(reverse("workspace:mail_settings"), {"daily": "yes"}).url, reverse("mfa_index"))

    def test_a_form_goes_to_the_page_on_which_it_stands(self) -> None:
        client = just_signed_in(self.client_class(), self.user("official"))
        for name in ("account_reauthenticate", "mfa_reauthenticate", "account_change_password", "mfa_deactivate_totp"):
            with self.subTest(name):
                self.assertContains(client.get(reverse(name)), f'action="{reverse(name)}"')

    def test_secrets_are_not_readable_in_the_database(self) -> None:
        held = Authenticator.objects.get(user=self.accounts["official"])
        self.assertNotIn(make.TOTP, str(held.data))
        adapter = accounts.FactorAdapter()
        self.assertEqual(adapter.decrypt(held.data["secret"]), make.TOTP)
        with override_settings(SECRET_KEY="x" * 60, SECRET_KEY_FALLBACKS=[]):
            first, second = adapter.decrypt(held.data["secret"]), adapter.decrypt(held.data["secret"])
        self.assertEqual(len({first, second, make.TOTP}), 3, "another key opens it with nothing that anybody knows")

    def test_a_changed_factor_ends_other_sessions_is_mailed_and_stands_in_the_audit(self) -> None:
        user = self.user("official")
        here, elsewhere = just_signed_in(self.client_class(), user), just_signed_in(self.client_class(), user)
        with self.captureOnCommitCallbacks(execute=True):
            here.post(reverse("mfa_deactivate_totp"))
        self.assertEqual(elsewhere.get(reverse("workspace:home")).url.split("?")[0], reverse("account_login"))
        self.assertEqual(here.get(reverse("workspace:home")).url, reverse("mfa_index"), "signed in, and asked for another")
        self.assertEqual(self.actions("forum.user"), ["change_factor"])
        mail.outbox.clear()
        sending.send_due()
        self.assertEqual(
            [(message.to, "sign-in" in message.subject or "paso" in message.subject) for message in mail.outbox],
            [([user.email], True)],
        )

    def test_only_another_administrator_forgets_a_factor(self) -> None:
        official = self.user("official")
        make.user("second@example.org", administrator=True)
        self.assertEqual(self.who(lambda user: self.forgets(user, official)), {"administrator"})
        self.assertFalse(self.forgets(self.user("administrator"), self.user("administrator")))
        self.assertTrue(self.forgets(User.objects.get(email="second@example.org"), self.user("administrator")))

    def forgets(self, actor: Any, user: Any) -> bool:
        try:
            workflow.forget_second_factor(user=user, actor=actor, reason="por teléfono")
        except StepRefused:
            return False
        return True

    def test_a_used_code_opens_nothing_twice(self) -> None:
        from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

        moment = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC).timestamp()
        with patch("allauth.mfa.totp.internal.auth.time.time", return_value=moment):
            code = format_hotp_value(hotp_value(make.TOTP, int(moment) // 30))
            found = []
            for _n in range(2):
                client = self.client_class()
                self.sign_in_page("official@example.org", make.PASSWORD, client)
                client.post(reverse("mfa_authenticate"), {"code": code})
                found.append(client.get(reverse("workspace:home")).status_code)
        self.assertEqual(found, [200, 302])
        self.assertEqual(self.actions("forum.user"), ["sign_in", "factor_failed"])
