"""What the forum, the mechanism and the accounts hold about people, field by field (`core.privacy`)."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.privacy import Audience, about, holds, holds_only, people, wrote

A = Audience
EVERYBODY = (A.PUBLIC,)
BY_CONSENT = (A.CONSENT, A.ORGANIZER, A.PERSON, A.ADMINISTRATOR)
#: A delegate reads how the consent stands only where the name is shown, and can then hide it.
ORGANIZERS = (A.ORGANIZER, A.PERSON, A.ADMINISTRATOR)
DESK = (A.ORGANIZER, A.ADMINISTRATOR)
OWN = (A.PERSON,)
NOBODY = (A.NEVER,)

PARTICIPANTS, ACCOUNTS = _("participants of a forum"), _("people with an account")
FOLLOWERS, ASKING = _("people who follow a record by mail"), _("people who ask about their data")
LISTED = _("people in lists that were imported")


def declare() -> None:
    people("forum.User", "forum.Person", "forum.Participation")
    participants()
    accounts()
    kept_by_the_mechanism()
    whose()


def whose() -> None:
    """By which column a row is somebody's: the file of the own data follows these."""
    about("forum.User", "pk", "language")
    about("forum.Role", "user", "created_at")
    about("forum.Invitation", "user", "kind", "edition", "agency", "organization", "created_at", "accepted_at", "revoked_at")
    about("account.EmailAddress", "user", "verified")
    about("mfa.Authenticator", "user", "type", "created_at", "last_used_at", called=pgettext_lazy("own data", "second factors"))
    about("usersessions.UserSession", "user", "created_at", "last_seen_at", called=pgettext_lazy("own data", "sessions"))
    # The key opens the calendar.
    about("core.MailSettings", "user", "daily", leave=("calendar_key",))
    about("core.Message", "user", "template", "record_key", "state", "created_at", "sent_at", leave=("last_error",))
    about("core.Message", "addressee", "template", "record_key", "state", "created_at", "sent_at", leave=("last_error",))
    about(
        "core.Subscription",
        "email",
        "record_key",
        "created_at",
        "confirmed_at",
        only=Q(confirmed_at__isnull=False),
        leave=["record_id"],
    )
    about("forum.Person", "pk", "created_at")
    # What lists are ordered by is the name once more.
    about("forum.Participation", "pk", "created_at", leave=["sort"])
    about("forum.Consent", "participation")
    about("forum.WorkingTable", "moderator", "edition", "number")
    about("forum.WorkingTable", "rapporteur", "edition", "number")
    about("forum.PrivacyRequest", "person")
    wrote("forum.Invitation", "invited_by", "kind", "created_at")
    wrote("core.Event", "actor", "at", "action", "model", "record_key", "origin", "reason", own_only=True)
    wrote("core.ImportBatch", "actor", "kind", "at")
    wrote("core.ImportBatch", "undone_by", "kind", "undone_at")


def participants() -> None:
    holds_only("forum.Person")
    holds(
        "forum.Person",
        (("name",), _("Name"), PARTICIPANTS, BY_CONSENT, _("The date of the consent is kept; it can be withdrawn at any time.")),
        (
            ("email", "phone"),
            _("E-mail address, telephone"),
            PARTICIPANTS,
            ORGANIZERS,
            _("Each time they are opened, a trace is left. Invitations to meetings go to the address of whoever has no account."),
        ),
        (
            ("state_of_origin",),
            _("State of origin"),
            PARTICIPANTS,
            BY_CONSENT,
            _("In statistics, fewer than three people are never counted."),
        ),
        (
            ("residence_country", "residence_subdivision", "residence_city"),
            _("Place of residence"),
            PARTICIPANTS,
            ORGANIZERS,
            _("No street, ever: at most the city."),
        ),
        (("user",), _("Which account is whose"), PARTICIPANTS, NOBODY),
        (("blocked_at",), _("Whether the data are blocked"), PARTICIPANTS, DESK),
        (("suppressed_on",), _("The date on which data were suppressed"), PARTICIPANTS, EVERYBODY),
        (("folded", "sort"), _("Copies of the name for searching and ordering"), PARTICIPANTS, NOBODY),
    )
    holds_only("forum.Participation", nothing=("edition", "organization", "agency", "capacity"))
    holds(
        "forum.Participation",
        (
            ("role",),
            _("Role, organization or public body"),
            PARTICIPANTS,
            EVERYBODY,
            _("Without consent the public reads “Representative of …”."),
        ),
        (("person",), _("Who it is"), PARTICIPANTS, DESK),
        (("shown_name", "sort"), _("Name"), PARTICIPANTS, BY_CONSENT),
        (("post",), _("Post"), PARTICIPANTS, BY_CONSENT),
        (("show_name",), _("Whether the name may be shown"), PARTICIPANTS, EVERYBODY),
        (("accredited_at", "checked_in_at"), _("Accreditation and presence"), PARTICIPANTS, DESK),
        (("suppressed_on",), _("The date on which data were suppressed"), PARTICIPANTS, EVERYBODY),
    )
    holds_only("forum.Consent")
    holds(
        "forum.Consent",
        (
            ("participation", "given_at", "how", "revoked_at", "revoked_how"),
            _("When and how consent was given and withdrawn"),
            PARTICIPANTS,
            DESK,
        ),
    )
    holds("forum.WorkingTable", (("moderator", "rapporteur"), _("Who leads a working table"), PARTICIPANTS, BY_CONSENT))
    holds_only("forum.PrivacyRequest", nothing=("edition", "language"))
    holds(
        "forum.PrivacyRequest",
        (
            ("name", "email", "text", "identity_how", "answer", "person"),
            _("Name, address and matter of a request about the own data"),
            ASKING,
            DESK,
            _("No identity paper is kept. It is emptied a year after the end."),
        ),
        (
            (
                *("kind", "status", "received_on", "answer_due_on", "extended_on", "outcome", "answered_on"),
                *("carry_out_due_on", "ended_on"),
            ),
            _("Kind, dates and outcome of such a request"),
            ASKING,
            DESK,
        ),
    )


def accounts() -> None:
    holds_only("forum.User", nothing=("language", "is_demo", "epoch"))
    holds(
        "forum.User",
        (("email",), _("E-mail address"), ACCOUNTS, (A.ANY_ORGANIZER, A.BODY, A.PERSON, A.ADMINISTRATOR)),
        (
            ("name",),
            _("Name"),
            ACCOUNTS,
            (A.ANY_ORGANIZER, A.BODY, A.ORGANIZATION, A.PERSON, A.ADMINISTRATOR),
            _("A body reads the names of its own officials. The public reads the function, never the account."),
        ),
        (("is_active", "last_login", "created_at"), _("When an account was made and used"), ACCOUNTS, DESK),
        (("password",), _("Password, as a hash"), ACCOUNTS, NOBODY),
    )
    holds_only("forum.Role", nothing=("kind", "edition", "agency", "organization"))
    holds("forum.Role", (("user", "post"), _("Roles and posts"), ACCOUNTS, (A.ANY_ORGANIZER, A.BODY, A.PERSON, A.ADMINISTRATOR)))
    holds("account.EmailAddress", (("user", "email"), _("E-mail address, name"), ACCOUNTS, DESK))
    holds("mfa.Authenticator", (("user",), _("Second factor"), ACCOUNTS, OWN))
    holds_only("sessions.Session", nothing=("session_key", "expire_date"))
    holds("sessions.Session", (("session_data",), _("That somebody is signed in"), ACCOUNTS, OWN))
    holds(
        "usersessions.UserSession",
        (("user", "ip", "user_agent"), _("Open sessions, with address and browser"), ACCOUNTS, OWN, _("Until the session ends.")),
    )
    holds(
        "forum.Invitation",
        (("user", "post", "invited_by"), _("Who was invited by whom, and to which role"), ACCOUNTS, DESK),
    )
    holds("core.Receipt", (("user",), _("That a form was sent already"), ACCOUNTS, NOBODY))
    holds("admin.LogEntry", (("user",), _("Nothing: the table stays empty, events take its place"), ACCOUNTS, NOBODY))


def kept_by_the_mechanism() -> None:
    holds_only(
        "core.Event",
        nothing=("at", "model", "record_id", "record_key", "edition_slug", "action", "origin"),
    )
    holds(
        "core.Event",
        (("actor",), _("Who did or read what"), ACCOUNTS, (A.ORGANIZER, A.BODY, A.ORGANIZATION, A.PERSON, A.ADMINISTRATOR)),
        (
            ("actor_label", "changes", "reason"),
            _("In which function, what changed and why"),
            ACCOUNTS,
            (A.ORGANIZER, A.BODY, A.ORGANIZATION, A.PERSON, A.ADMINISTRATOR),
            _("Of private fields only that they changed."),
        ),
    )
    holds_only("core.Subscription", nothing=("language", "model", "record_id", "record_key", "confirmed_at"))
    holds(
        "core.Subscription",
        (
            ("email",),
            _("E-mail address"),
            FOLLOWERS,
            NOBODY,
            _("It is erased when they leave, and after three days if they never confirmed."),
        ),
    )
    holds(
        "core.Message",
        (("user",), _("To whom a mail is owed"), ACCOUNTS, DESK, _("Its words are not kept.")),
        (
            ("addressee",),
            _("To whom a mail is owed, by an opaque key"),
            PARTICIPANTS,
            DESK,
            _("Neither its words nor the address are kept."),
        ),
        (("last_error",), _("What the mail server answered"), ACCOUNTS, DESK),
    )
    holds("core.MailSettings", (("user", "calendar_key"), _("Wishes about mails, and the private calendar"), ACCOUNTS, OWN))
    holds_only(
        "core.ImportRow",
        nothing=("batch", "number", "outcome", "record_key", "waits", "record_id", "last_event", "key_hash", "settled_by"),
    )
    holds(
        "core.ImportRow",
        (
            ("values", "before", "problems"),
            _("The cells of a row as they came"),
            LISTED,
            (A.PERSON, A.ADMINISTRATOR),
            _("Who imported the list, and administrators. Emptied after a year."),
        ),
    )
    holds(
        "core.ImportBatch",
        (("file",), _("The file as it came"), LISTED, (A.PERSON, A.ADMINISTRATOR), _("Deleted after a year.")),
        (("actor", "undone_by"), _("Who imported and took back"), ACCOUNTS, DESK),
    )
