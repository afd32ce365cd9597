"""The application refuses to start unsafe; every answer has its headers; nobody sends too much."""

from __future__ import annotations

import datetime as dt
import io
import logging
import sys
from contextlib import suppress
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory, SimpleTestCase, TestCase, override_settings
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import override

from config.environment import contact
from core import checks
from core.logs import PlainFormatter
from tests import factories as make
from tests.signing_in import just_signed_in

GOOD: dict[str, Any] = {
    "DEBUG": False,
    "SECRET_KEY": "kZ3v9Qw7Lx2Nf8Rt5Yb1Hd6Jm4Pc0Sg" * 2,
    "ALLOWED_HOSTS": ["acuerda.example.org"],
    "SITE_URL": "https://acuerda.example.org",
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SECURE_HSTS_SECONDS": 31536000,
    "SECURE_SSL_REDIRECT": True,
    "ALLOW_DEMO": False,
}
UNSAFE = {**settings.CONTENT_SECURITY_POLICY, "DIRECTIVES": {"script-src": ["'self'", "'unsafe-inline'"]}}


@pytest.mark.once
class StartTests(TestCase):
    def numbers(self, **changes: Any) -> list[str]:
        with override_settings(**{**GOOD, **changes}):
            return [number for number, _sentence in checks.faults()]

    def test_each_fault_alone_stops_it(self) -> None:
        self.assertEqual(self.numbers(), [])
        for number, changes in (
            ("E001", {"DEBUG": True}),
            ("E001", {"DEBUG": True, "ALLOWED_HOSTS": ["localhost", "*"]}),
            ("E001", {"DEBUG": True, "ALLOWED_HOSTS": ["8.8.8.8"]}),
            ("E002", {"SECRET_KEY": "short"}),
            ("E002", {"SECRET_KEY": "a" * 60}),
            ("E002", {"SECRET_KEY": "django-insecure-" + GOOD["SECRET_KEY"]}),
            ("E003", {"ALLOWED_HOSTS": []}),
            ("E003", {"ALLOWED_HOSTS": ["*"]}),
            ("E003", {"ALLOWED_HOSTS": [".mx"]}),
            ("E004", {"SESSION_COOKIE_SECURE": False}),
            ("E004", {"CSRF_COOKIE_SECURE": False}),
            ("E004", {"SESSION_COOKIE_HTTPONLY": False}),
            ("E005", {"SECURE_HSTS_SECONDS": 0}),
            ("E006", {"SECURE_SSL_REDIRECT": False}),
            ("E007", {"SITE_URL": "http://acuerda.example.org"}),
            ("E007", {"CSRF_TRUSTED_ORIGINS": ["https://*.example.org"]}),
            ("E008", {"MIDDLEWARE": [name for name in settings.MIDDLEWARE if "BodyMiddleware" not in name]}),
            ("E009", {"CONTENT_SECURITY_POLICY": UNSAFE}),
        ):
            with self.subTest(changes):
                self.assertEqual(self.numbers(**changes), [number])
        for hosts in (["localhost", "127.0.0.1", "[::1]", "0.0.0.0"], ["192.168.1.7", "laptop", "acuerda.local"]):
            self.assertEqual(self.numbers(DEBUG=True, ALLOWED_HOSTS=hosts), [])
        alone = {"ALLOWED_HOSTS": ["127.0.0.1"], "SITE_URL": "http://127.0.0.1:8000", "SECURE_SSL_REDIRECT": False}
        self.assertEqual(self.numbers(**alone), [], "nobody else can reach it")
        self.assertEqual(self.numbers(SECURE_SSL_REDIRECT=False, SECURE_PROXY_SSL_HEADER=("X", "https")), [])

    def test_the_web_server_is_refused_too_demo_accounts_included(self) -> None:
        with override_settings(**GOOD):
            checks.refuse_unsafe()
            make.user(is_demo=True)
            with self.assertRaisesMessage(ImproperlyConfigured, "acuerda.E010"):
                checks.refuse_unsafe()
            with self.settings(ALLOW_DEMO=True):
                checks.refuse_unsafe()
            with self.settings(SITE_URL="http://x"), self.assertRaisesMessage(ImproperlyConfigured, "acuerda.E007"):
                checks.refuse_unsafe()


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-get=(self)",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
}


@pytest.mark.once
@override_settings(SECURE_HSTS_SECONDS=31536000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True, SECURE_HSTS_PRELOAD=True)
class AnswerTests(TestCase):
    def test_every_kind_of_answer_has_every_header(self) -> None:
        """Pages, errors of every kind, redirects, static files, files, and what is refused before any page is reached."""
        self.client.raise_request_exception = False
        make.agreement(make.edition())
        large = {"CONTENT_LENGTH": str(50 * 1024 * 1024)}
        answers = {
            "page": (200, self.get("/en/")),
            "sign-in": (200, self.get("/en/accounts/login/")),
            "redirect": (302, self.get("/")),
            "not found": (404, self.get("/en/nowhere/")),
            "bare 404": (404, self.get("/nowhere.php")),
            "forged host": (400, self.get("/en/", headers={"host": "evil.example.com"})),
            "NUL": (400, self.get("/en/?q=%00")),
            "too long": (414, self.get("/en/?q=" + "x" * 9000)),
            "no token": (403, self.strict("/en/accounts/login/")),
            "wrong method": (405, self.client.delete("/en/workspace/accounts/", secure=True)),
            "too large": (413, self.client.generic("POST", "/en/accounts/login/", b"x", secure=True, **large)),
            "static": (200, self.static("css/base.css")),
            "text": (200, self.get("/robots.txt")),
            "security.txt": (200, self.get("/.well-known/security.txt")),
        }
        for name, (status, answer) in answers.items():
            found = {header: answer.headers.get(header) for header in HEADERS}
            with self.subTest(name):
                self.assertEqual((answer.status_code, found), (status, HEADERS))
                policy = answer.headers["Content-Security-Policy"]
                self.assertIn("default-src 'none'", policy)
                self.assertIn("frame-ancestors 'none'", policy)
                self.assertNotIn("unsafe", policy)

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, secure=True, **more)

    def static(self, name: str) -> Any:
        """As the web server hands it out: the tests' own client has no static files."""
        with override_settings(WHITENOISE_USE_FINDERS=True):
            return self.client_class().get(f"{settings.STATIC_URL}{name}", secure=True)

    def strict(self, path: str) -> Any:
        return self.client_class(enforce_csrf_checks=True).post(path, {"login": "x"}, secure=True)

    def test_too_much_is_refused_before_it_is_read(self) -> None:
        """By who sends it (promise 15): a cookie without a session counts for nothing."""

        class Unread(io.BytesIO):
            def read(self, *_size: Any) -> bytes:
                raise AssertionError("the body was read")

        edition = make.edition()
        sizes = (2 * 1024 * 1024 + 1, 17 * 1024 * 1024, 102 * 1024 * 1024)
        for user, statuses in (
            (None, (413, 413, 413)),
            ("forged", (413, 413, 413)),
            (make.user(delegate=make.organization()), (0, 413, 413)),
            (make.user(organizer=edition), (0, 0, 413)),
        ):
            client = self.client_class()
            if user == "forged":
                client.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32
            elif user is not None:
                just_signed_in(client, user)
            for size, status in zip(sizes, statuses, strict=True):
                for path in (
                    reverse("account_login"),
                    reverse("account_reset_password"),
                    "/admin/login/",
                    reverse("set_language"),
                ):
                    request = {
                        "wsgi.input": Unread(),
                        "CONTENT_LENGTH": str(size),
                        "CONTENT_TYPE": "multipart/form-data; boundary=x",
                    }
                    if status:
                        answer = client.generic("POST", path, b"", **request)
                        with self.subTest(path, size=size, user=str(user)):
                            self.assertEqual(answer.status_code, status)

    def test_redirects_lead_to_own_hosts_only(self) -> None:
        """Promise 10: every page that goes on to `next` or `url`, with every way to write another host."""
        user = make.user(delegate=make.organization())
        elsewhere = ("https://evil.example.com/", "//evil.example.com", "/\\evil.example.com", "https:evil.example.com")
        elsewhere += (
            "javascript:alert(1)",
            "\x01https://evil.example.com",
            "https://testserver@evil.example.com/",
            "///evil.example.com",
        )
        for target in elsewhere:
            client = self.client_class()
            sent = {"login": user.email, "password": make.PASSWORD, "next": target, "language": "es"}
            for answer in (
                client.post(f"{reverse('account_login')}", sent),
                client.post(reverse("account_reauthenticate"), sent),
                client.get(reverse("account_login"), {"next": target}),
                client.post(reverse("set_language"), sent),
                client.post(reverse("account_logout"), sent),
                client.get("/admin/login/", {"next": target}),
            ):
                location = answer.headers.get("Location", "/")
                with self.subTest(target, path=answer.request["PATH_INFO"]):
                    self.assertTrue(location.startswith("/") and not location.startswith(("//", "/\\")), location)


class LogTests(SimpleTestCase):
    """Promise 6: what this application writes to its log names nobody."""

    def written(self, record: dict[str, Any]) -> str:
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        handler.setFormatter(PlainFormatter("{levelname} {message}", style="{"))
        handler.handle(logging.makeLogRecord(record))
        return stream.getvalue()

    def test_an_error_says_where_and_not_what(self) -> None:
        try:
            try:
                raise KeyError("canario@example.org")
            except KeyError as error:
                raise ValueError("Key (email)=(canario@example.org) exists") from error
        except ValueError:
            text = self.written({"msg": "A round stopped.", "levelname": "ERROR", "exc_info": sys.exc_info()})
        self.assertNotIn(
            "canario", text.replace('raise KeyError("canario@example.org")', "").replace("=(canario@example.org) exists", "")
        )
        self.assertTrue(text.endswith("ValueError\n"), text)
        self.assertIn("KeyError\n", text)

    def test_a_line_about_a_request_names_the_page_and_not_its_address(self) -> None:
        for path, name in (
            ("/en/accounts/invitation/i-canario/canario/", "invitation"),
            ("/canario?x=canario", "no page of this site"),
        ):
            request = RequestFactory().get(path)
            with override("en"), suppress(Resolver404):
                request.resolver_match = resolve(request.path)
            text = self.written(
                {"msg": "Gone: %s", "args": (path,), "levelname": "WARNING", "request": request, "status_code": 410}
            )
            with self.subTest(path):
                self.assertEqual(text, f"WARNING GET 410: {name}\n")

    def test_every_handler_writes_like_that(self) -> None:
        """No mail to administrators with the request in it, no access log, nothing below INFO."""
        self.assertEqual((settings.ADMINS, set(settings.LOGGING["handlers"])), ([], {"console"}))
        self.assertEqual(settings.LOGGING["handlers"]["console"]["formatter"], "plain")
        self.assertEqual(settings.LOGGING["formatters"]["plain"]["()"], "core.logs.PlainFormatter")
        for name in ("django", "django.request", "django.server", "django.security"):
            handlers = [each for each in logging.getLogger(name).handlers if "_pytest" not in type(each).__module__]
            self.assertEqual(handlers, [])
        levels = (settings.LOGGING["root"]["level"], settings.LOGGING["loggers"]["django.server"]["level"])
        self.assertEqual(levels, ("INFO", "WARNING"))


@pytest.mark.once
class SecurityTxtTests(SimpleTestCase):
    def test_it_is_as_the_rfc_has_it(self) -> None:
        """RFC 9116: one Contact at least, one Expires in the future and less than a year away, the address of itself."""
        with override_settings(SITE_URL="https://acuerda.example.org", SECURITY_CONTACT="mailto:security@example.org"):
            answer = self.client.get("/.well-known/security.txt")
        self.assertEqual(answer.headers["Content-Type"], "text/plain; charset=utf-8")
        fields = [line.split(": ", 1) for line in answer.content.decode().splitlines()]
        self.assertEqual([name for name, _value in fields], ["Contact", "Expires", "Preferred-Languages", "Canonical"])
        values = dict(fields)
        self.assertEqual(values["Contact"], "mailto:security@example.org")
        self.assertEqual(values["Canonical"], "https://acuerda.example.org/.well-known/security.txt")
        left = dt.datetime.fromisoformat(values["Expires"]) - timezone.now()
        self.assertTrue(dt.timedelta(days=178) < left < dt.timedelta(days=181), left)

    def test_a_contact_that_nobody_can_use_is_refused(self) -> None:
        self.assertEqual(contact("", "https://acuerda.example.org"), "mailto:security@acuerda.example.org")
        for good in ("mailto:a@example.org", "https://example.org/security"):
            self.assertEqual(contact(good, ""), good)
        for bad in ("a@example.org", "http://example.org", "mailto:a", "https://", "mailto:a@example.org\nX: y"):
            with self.subTest(bad), self.assertRaises(ImproperlyConfigured):
                contact(bad, "")
