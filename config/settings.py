"""Settings of Acuerda: one file, read from the environment (see docs/deployment.md)."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("VAR_DIR") or BASE_DIR / "var")

DEBUG = env.flag("DEBUG")
DATABASE_URL = env.text("DATABASE_URL") or f"sqlite:///{VAR_DIR / 'acuerda.sqlite3'}"
SECRET_KEY = env.text("SECRET_KEY")
if not SECRET_KEY:
    if not (DEBUG or DATABASE_URL.startswith("sqlite")):
        raise ImproperlyConfigured("SECRET_KEY is not set: give the same long random text to every process of this site.")
    SECRET_KEY = env.kept_key(VAR_DIR / "secret-key")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if DEBUG else "")

INSTALLED_APPS = [
    "config.apps.AcuerdaAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "crispy_forms",
    "crispy_bootstrap5",
    "import_export",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "core",
    "forum",
    "proposals",
    "agreements",
]

MIDDLEWARE = [
    # A kept page has every header of the others in it, and costs none of them.
    "core.packing.PackingMiddleware",
    "core.pagecache.PageCacheMiddleware",
    # Around everything that may answer: static files, forged hosts, refused sizes.
    "csp.middleware.CSPMiddleware",
    "core.middleware.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "core.middleware.HostileInputMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Before anything reads a body.
    "core.middleware.BodyMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "forum.middleware.SecondFactorMiddleware",
    "core.middleware.OriginMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "core.folding.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
            "libraries": {name: f"config.templatetags.{name}" for name in ("acuerda", "entries", "followed")},
        },
    },
]

# --- data -------------------------------------------------------------------------------------------------------------

DATABASES = {
    "default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True),
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # With Django's defaults 16 writers got "database is locked" nine times out of ten; with these, never (promise 20).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    VAR_DIR.mkdir(parents=True, exist_ok=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_cache = env.text("CACHE_URL", "locmem:")
# Beside the throttles: pages at their own address, and answers to what somebody asked for (core.pagecache). In memory each process
# keeps its own, some 5 kB each.
CACHES = {
    "default": env.cache_settings(_cache),
    "pages": env.cache_settings(_cache, "pages", 1000),
    "answers": env.cache_settings(_cache, "answers", 500),
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

MEDIA_ROOT = Path(env.text("MEDIA_ROOT") or VAR_DIR / "media")
# MEDIA_ROOT, or a bucket where MEDIA_URL_S3 names one. Files are never served from either: each goes through a view that checks rights.
MEDIA_URL = "/media-is-not-served/"
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# Blocked personal data are suppressed after so many days (for counsel to decide: the term in which a claim can be made).
BLOCKING_DAYS = env.days("BLOCKING_DAYS", 90)

# --- people -----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "forum.User"
AUTHENTICATION_BACKENDS = ["forum.accounts.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "workspace:home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "forum.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
# The link of an invitation proves the address.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
# A mail to any address that somebody types would make this site a tool for annoying others.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_CHANGE_EMAIL = False
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "forum.accounts.ResetTokens"  # noqa: S105 (a class)
PASSWORD_RESET_TIMEOUT = 2 * 60 * 60
# Seconds for which a proof of who one is counts, before an act that asks for one.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,8/10m/key",
    # From a device that signed in to this account before: nobody else can use this one up.
    "login_failed_here": "8/10m/key",
    "reset_password": "20/m/ip,3/10m/key",
}
MFA_ADAPTER = "forum.accounts.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "forum.account_forms.AddPasskeyForm",
    "edit_webauthn": "forum.account_forms.EditPasskeyForm",
}
MFA_TOTP_ISSUER = "Acuerda"
# The clock of a telephone may be half a minute off.
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Passkeys want https; on one's own machine http://localhost will do.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG

# --- words, places, times ---------------------------------------------------------------------------------------------

LANGUAGE_CODE = "es"
LANGUAGES = [("es", _("Spanish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "config.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.text("TIME_ZONE", "America/Mexico_City")
LANGUAGE_COOKIE_SAMESITE = "Lax"

# --- static files, forms ----------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT") or VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": env.file_store(env.text("MEDIA_URL_S3")),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
CRISPY_ALLOWED_TEMPLATE_PACKS = ["bootstrap5"]
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False
IMPORT_EXPORT_USE_TRANSACTIONS = True

# --- mail -------------------------------------------------------------------------------------------------------------

# Until a server is named, mails are files in var/mail: nothing is lost, and no address gets into a log.
for _name, _value in env.email_settings(env.text("EMAIL_URL", f"file://{VAR_DIR.absolute() / 'mail'}")).items():
    globals()[_name] = _value
# What links in mails begin with; mails are written outside any request.
SITE_URL = env.site_url(env.text("SITE_URL"), ALLOWED_HOSTS, debug=DEBUG)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"acuerda@{urlsplit(SITE_URL).hostname}")
# A thread of the web process sends mails; 0 where `manage.py send_outbox --loop` or cron does.
OUTBOX_THREAD = env.flag("OUTBOX_THREAD", True)
# Seconds after which `/readyz?outbox` says that mails have waited too long.
OUTBOX_MAX_AGE = 15 * 60

# --- safety -----------------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
if not DEBUG:
    SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    if env.flag("BEHIND_PROXY"):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        # Throttles count by the address that the proxy saw; without this all readers would be one.
        ALLAUTH_TRUSTED_PROXY_COUNT = 1

# Where somebody who found a weakness writes to: mailto: or https: (/.well-known/security.txt).
SECURITY_CONTACT = env.contact(env.text("SECURITY_CONTACT"), SITE_URL)

# --- ours -------------------------------------------------------------------------------------------------------------

# Demo accounts are refused when DEBUG is off, unless the person who installs asks for them (design.md section 6).
ALLOW_DEMO = env.flag("ALLOW_DEMO", DEBUG)
PAGE_SIZE = 25
# Working days after its date from which a commitment reads "late" on public pages; its parties read it at once.
LATE_PUBLIC_AFTER = env.days("LATE_PUBLIC_AFTER", 5, least=0)
# Public pages are kept until something changes (core.pagecache); 0 while you edit templates.
PAGE_CACHE = env.flag("PAGE_CACHE", True)
# Who carries out large imports: `embedded`, a thread of the web process; `process`, `manage.py import_worker` beside it.
IMPORT_WORKER = env.text("IMPORT_WORKER", "embedded")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "core.logs.PlainFormatter", "format": "{asctime} {levelname} {name} {message}", "style": "{"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # Django's own handlers write paths, and would mail whole requests.
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},
        "django.server": {"level": "WARNING", "handlers": []},
        "fido2": {"level": "WARNING"},
    },
}
