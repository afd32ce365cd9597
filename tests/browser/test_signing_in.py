"""Every way in, in a real browser: invitation, password, app, recovery code, passkey, lost password; and every page of it audited."""

from __future__ import annotations

import re
import time
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.urls import reverse
from django.utils.translation import override
from playwright.sync_api import TimeoutError, expect

from core.outbox import sending
from forum import workflow
from forum.models import User
from tests import factories as make
from tests.browser.case import BrowserCase

FIRST, SECOND = "una frase larga y rara", "otra frase todavía más larga"


class SigningIn(BrowserCase):
    def setUp(self) -> None:
        super().setUp()
        self.enterContext(override("es"))
        self.edition = make.edition(slug="foro", name_es="Foro")
        self.agency = make.agency(key="IFE", name_es="Instituto")
        self.organizer = make.user("organizer@example.org", organizer=self.edition)

    def go(self, name: str) -> None:
        self.open(reverse(name))

    def follow_mail(self) -> None:
        """Open the private link of the mail that leaves now."""
        mail.outbox.clear()
        sending.send_due()
        paths = re.findall(r"https?://[^/]+(/\S+)", mail.outbox[-1].body.split("\n\n-- ")[0])
        self.open(paths[-1])

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words, exact=True).click()

    def fill(self, **values: str) -> None:
        for name, value in values.items():
            self.page.fill(f"main [name={name}]", value)

    def code(self, secret: str, ahead: int = 0) -> str:
        return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))

    def sign_in_with(self, email: str, password: str) -> None:
        self.go("account_login")
        self.fill(login=email, password=password)
        self.press("Entrar")

    def sign_out(self) -> None:
        self.page.locator("form[data-account] button").click()
        self.page.wait_for_url(f"**{reverse('home')}")

    def at(self, name: str) -> None:
        try:
            self.page.wait_for_url(lambda url: url.split("?")[0].endswith(reverse(name)))
        except TimeoutError:
            raise AssertionError(f"{name}: {self.page.url} {self.page.locator('main').inner_text()[:600]}") from None

    def sound(self) -> None:
        """The page as it stands has nothing wrong with it."""
        self.assertEqual(self.audit(), [], self.page.url)
        self.page.set_viewport_size(self.viewport)

    def test_an_official_from_the_invitation_to_a_lost_password(self) -> None:
        place = {"agency": self.agency}
        workflow.invite(email="nueva@example.org", kind="official", place=place, actor=self.organizer)
        self.follow_mail()
        self.at("invitation_accept")
        self.sound()
        self.fill(name="Ana", password=FIRST, again=FIRST)
        self.page.click("#button-save")
        self.at("mfa_index")
        self.sound()
        self.go("workspace:queue")
        self.at("mfa_index")
        self.page.click(f"a[href='{reverse('mfa_activate_totp')}']")
        self.at("mfa_activate_totp")
        self.sound()
        secret = self.page.input_value("#authenticator_secret")
        self.assertTrue(self.page.get_attribute(".qr", "src").startswith("data:image/svg+xml"))
        self.fill(code=self.code(secret))
        self.press("Configurar")
        self.at("mfa_view_recovery_codes")
        self.sound()
        codes = self.page.locator("#recovery_codes li").all_inner_texts()
        self.assertEqual(len(set(codes)), 10)
        self.page.reload()
        expect(self.page.locator("#recovery_codes")).to_have_count(0)
        self.go("workspace:queue")
        self.at("workspace:queue")
        self.sign_out()
        for code in (self.code(secret, 1), codes[0]):
            self.sign_in_with("nueva@example.org", FIRST)
            self.at("mfa_authenticate")
            self.go("workspace:queue")
            self.at("mfa_authenticate")
            self.fill(code="000000")
            self.press("Entrar")
            self.page.wait_for_selector(".error-summary")
            self.sound()
            self.fill(code=code)
            self.press("Entrar")
            self.at("workspace:home")
            self.sign_out()
        self.sign_in_with("nueva@example.org", "no es esta clave")
        self.page.wait_for_selector(".error-summary")
        self.sound()
        self.go("account_reset_password")
        self.fill(email="nueva@example.org")
        self.press("Enviarme el enlace")
        self.at("account_reset_password_done")
        self.follow_mail()
        self.sound()
        self.fill(password1=SECOND, password2=SECOND)
        self.press("Guardar esta contraseña")
        self.at("account_reset_password_from_key_done")
        self.sign_in_with("nueva@example.org", SECOND)
        self.at("mfa_authenticate")
        self.fill(code=codes[1])
        self.press("Entrar")
        self.at("workspace:home")
        for name in ("mfa_index", "usersessions_list", "account_change_password"):
            self.go(name)
            self.sound()

    def test_passkeys_alone_and_as_the_second_step(self) -> None:
        self.give_device()
        delegate = make.user("delegate@example.org", delegate=make.organization())
        self.sign_in_with(delegate.email, make.PASSWORD)
        self.at("workspace:home")
        self.go("mfa_add_webauthn")
        self.sound()
        self.page.click("#add_passkey")
        self.at("mfa_view_recovery_codes")
        self.go("mfa_list_webauthn")
        self.sound()
        self.sign_out()
        self.go("account_login")
        self.page.click("#passkey_login")
        self.at("workspace:home")
        self.sign_out()
        self.sign_in_with(delegate.email, make.PASSWORD)
        self.at("mfa_authenticate")
        self.page.click("#use_passkey")
        self.at("workspace:home")
        self.sign_out()
        # Somebody who is invited and wants no password at all.
        place = {"agency": self.agency}
        workflow.invite(email="llave@example.org", name="Eva", kind="official", place=place, actor=self.organizer)
        self.follow_mail()
        self.page.click("#button-passkey")
        self.at("mfa_add_webauthn")
        self.page.click("#add_passkey")
        self.at("mfa_view_recovery_codes")
        self.go("workspace:queue")
        self.at("workspace:queue")
        self.assertFalse(User.objects.get(email="llave@example.org").has_usable_password())
        # A device that has no passkey says so.
        self.sign_out()
        self.device.send("WebAuthn.clearCredentials", {"authenticatorId": self.number})
        self.go("account_login")
        self.page.click("#passkey_login")
        self.page.locator("#passkey-trouble").wait_for(state="visible")

    def give_device(self) -> None:
        """A telephone that recognises its owner, as Chromium's own protocol imitates one."""
        self.device = self.context.new_cdp_session(self.page)
        self.device.send("WebAuthn.enable")
        options: dict[str, Any] = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
        options |= {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
        self.number = self.device.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
