"""Mails about accounts (an invitation, a lost password, what somebody should know who did not do it) and about privacy requests."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.outbox.letters import typed
from core.outbox.notices import Facts, Notice, Reply
from forum.accounts import ResetTokens
from forum.models import Invitation, PrivacyRequest, User

ROLES = {
    "organizer": pgettext_lazy("in an invitation", "organizer of %(place)s"),
    "official": pgettext_lazy("in an invitation", "official of %(place)s"),
    "delegate": pgettext_lazy("in an invitation", "delegate of %(place)s"),
    "administrator": pgettext_lazy("in an invitation", "administrator of this site"),
}


def role_words(invitation: Invitation) -> str:
    """The role that an invitation gives, in the language that is active: "official of IFE"."""
    place = invitation.place
    return str(ROLES[invitation.kind]) % {"place": typed(place) if place is not None else ""}


def facts_of_invitation(invitation: Invitation) -> Facts:
    until = timezone.localtime(invitation.expires_at)
    return {"role": role_words(invitation), "until": f"{formats.date_format(until, 'DATETIME_FORMAT')} ({until.tzname()})"}


def invitation_address(invitation: Invitation, _user: Any) -> str:
    return reverse("invitation", args=[invitation.key, invitation.token()])


def reset_address(user: User, _same: Any) -> str:
    """The link for a new password, made when the mail leaves: nothing that opens an account lies in the database."""
    return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), ResetTokens().make_token(user)])


def nothing_known(_user: Any) -> Facts:
    return {}


def sign_in_page(_record: Any, _user: Any) -> str:
    return reverse("account_login")


NOT_YOU = gettext_lazy(
    "If it was not you, somebody else may have your password: ask for another one on the page for signing in, and tell the "
    "organizers."
)

#: Between two receipts for one address: nobody has this site send mails to somebody else by the dozen.
RECEIPT_AFTER = dt.timedelta(days=1)


def is_first_of_the_day(_event: Any, asked: PrivacyRequest) -> bool:
    since = timezone.now() - RECEIPT_AFTER
    return not (PrivacyRequest.objects.filter(email__iexact=asked.email, created_at__gte=since).exclude(pk=asked.pk).exists())


def facts_of_request(asked: PrivacyRequest) -> Facts:
    days = {"received": asked.received_on, "due": asked.answer_due_on, "answered": asked.answered_on or asked.received_on}
    return {"key": asked.key, **{name: formats.date_format(day, "DATE_FORMAT") for name, day in days.items()}}


def told_to_the_writer(name: str, action: str, subject: Any, text: Any, facts: Any = facts_of_request, **more: Any) -> Reply:
    return Reply(
        name,
        model="forum.privacyrequest",
        actions=(action,),
        address=lambda asked: asked.email,
        language=lambda asked: asked.language,
        subject=subject,
        text=text,
        facts=facts,
        **more,
    )


def facts_of_done(asked: PrivacyRequest) -> Facts:
    """The name is not repeated where an erasure has emptied it: the mail has nowhere to go then either."""
    ended = formats.date_format(asked.ended_on or asked.received_on, "DATE_FORMAT")
    return {
        **facts_of_request(asked),
        "name": typed(asked.name),
        "ended": ended,
        "what": str(asked.get_kind_display()),
        "outcome": str(asked.get_outcome_display()),
    }


#: They name the number and the days, not what was asked: an address may be mistyped, or somebody else's. Only the last one, after
#: the identity was checked, says what was done.
REPLIES = (
    told_to_the_writer(
        "privacy_received",
        "receive",
        gettext_lazy("Request %(key)s was received"),
        gettext_lazy(
            "On %(received)s a request about personal data with this address was received, under the number %(key)s. The "
            "organizers check who asks and answer by %(due)s. If you did not send it, you need do nothing."
        ),
        when=is_first_of_the_day,
    ),
    told_to_the_writer(
        "privacy_answered",
        "answer",
        gettext_lazy("Request %(key)s is answered"),
        gettext_lazy(
            "Request %(key)s of %(received)s was answered on %(answered)s. The answer itself comes from the organizers, in a mail of "
            "their own. If it does not arrive, write to them and name this number."
        ),
    ),
    told_to_the_writer(
        "privacy_done",
        "finish",
        gettext_lazy("Request %(key)s is carried out"),
        gettext_lazy(
            "%(name)s: your request %(key)s of %(received)s (%(what)s), answered on %(answered)s with “%(outcome)s”, was carried out on "
            "%(ended)s. If something is still missing, write to the organizers and name this number."
        ),
        facts=facts_of_done,
    ),
    told_to_the_writer(
        "privacy_closed",
        "close",
        gettext_lazy("Request %(key)s is closed"),
        gettext_lazy(
            "Request %(key)s of %(received)s was closed without an answer on the matter. If you still want it answered, send it again."
        ),
    ),
)

NOTICES = (
    Notice(
        "invitation",
        model="forum.invitation",
        actions=("invite", "invite_again"),
        to=lambda invitation: [invitation.user],
        subject=gettext_lazy("You are invited: %(role)s"),
        text=gettext_lazy(
            "The organizers ask you to take part in Acuerda, the record of proposals, answers and agreements, as %(role)s. The "
            "link below opens once, until %(until)s. If you did not expect this, do nothing."
        ),
        facts=facts_of_invitation,
        link=sign_in_page,
        link_words=gettext_lazy("The page for signing in, once you have accepted"),
        private_link=invitation_address,
        private_words=gettext_lazy("Accept the invitation"),
        applies=lambda invitation: invitation.is_open,
        urgent=True,
    ),
    Notice(
        "lost_password",
        model="forum.user",
        actions=("ask_password",),
        to=lambda user: [user],
        subject=gettext_lazy("A new password"),
        text=gettext_lazy(
            "Somebody, we hope you, asked for a new password for this account. The link below opens once, within two hours. If it "
            "was not you, do nothing: your password stays as it is."
        ),
        facts=nothing_known,
        link=sign_in_page,
        link_words=gettext_lazy("The page for signing in"),
        private_link=reset_address,
        private_words=gettext_lazy("Choose a new password"),
        urgent=True,
    ),
    Notice(
        "password_changed",
        model="forum.user",
        actions=("set_password",),
        to=lambda user: [user],
        subject=gettext_lazy("Your password was changed"),
        text=NOT_YOU,
        facts=nothing_known,
        link=lambda _user, _same: reverse("account_reset_password"),
        link_words=gettext_lazy("Ask for another password"),
        urgent=True,
        to_actor=True,
    ),
    Notice(
        "factor_changed",
        model="forum.user",
        actions=("change_factor", "forget_second_factor"),
        to=lambda user: [user],
        subject=gettext_lazy("The second step of your sign-in was changed"),
        text=NOT_YOU,
        facts=nothing_known,
        link=lambda _user, _same: reverse("mfa_index"),
        link_words=gettext_lazy("See how you sign in"),
        urgent=True,
        to_actor=True,
        when=lambda event, _user: event.changes.get("second_factor") not in ([None, "recovery_codes"], ["recovery_codes", None]),
    ),
)
