"""Forms about accounts: an invitation, a step with its reason, a role to be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.fields import LONG_TEXT
from core.forms import BaseForm, pair
from forum.models import Agency, Edition, Organization
from forum.models.accounts import RoleKind
from forum.permissions import is_administrator

#: What can be done with an account, in the words of its button.
STEPS = {
    "end_sessions": gettext_lazy("Sign it out everywhere"),
    "forget_second_factor": gettext_lazy("Forget its second step"),
    "close": gettext_lazy("Close the account"),
    "reopen": gettext_lazy("Open the account again"),
    "send": gettext_lazy("Send again"),
    "revoke": gettext_lazy("Take back"),
}
PLACE_OF = {"organizer": "edition", "official": "agency", "delegate": "organization", "administrator": ""}


class InviteForm(BaseForm):
    """Whom, to which role, for which body, organization or edition."""

    submit_label = gettext_lazy("Send the invitation")
    sections = [
        (gettext_lazy("Whom"), [pair("email", "name"), "language"]),
        (gettext_lazy("To what"), ["kind", "agency", "organization", "edition", "post"]),
    ]
    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=200)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=150, required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the mails"),
        choices=[("es", "español"), ("en", "English")],
        initial="es",
        widget=forms.RadioSelect,
    )
    kind = forms.ChoiceField(label=gettext_lazy("Role"), widget=forms.RadioSelect)
    agency = forms.ModelChoiceField(
        label=gettext_lazy("Public body, for an official"),
        queryset=Agency.objects.order_by("sort", "key"),
        to_field_name="key",
        required=False,
    )
    organization = forms.ModelChoiceField(
        label=gettext_lazy("Organization, for a delegate"),
        queryset=Organization.objects.order_by("sort", "key"),
        to_field_name="key",
        required=False,
    )
    edition = forms.ModelChoiceField(
        label=gettext_lazy("Forum, for an organizer"), queryset=Edition.objects.none(), to_field_name="slug", required=False
    )
    post = forms.CharField(label=pgettext_lazy("of a person", "Post"), max_length=150, required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_with |= {"user": user}
        kinds = [RoleKind.OFFICIAL, RoleKind.DELEGATE, RoleKind.ORGANIZER]
        if is_administrator(None, user):
            kinds.append(RoleKind.ADMINISTRATOR)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        editions = Edition.objects.organized_by(user).order_by("-starts_on", "slug")
        self.fields["edition"].queryset = editions  # type: ignore[attr-defined]

    def clean(self) -> Any:
        given = super().clean() or {}
        place = PLACE_OF.get(given.get("kind", ""), "")
        if place and place not in self.errors and not given.get(place):
            self.add_error(place, _("This role needs one: choose it."))
        return given

    def arguments(self) -> dict[str, Any]:
        """What `forum.workflow.invite` wants; a place that belongs to another role is left out."""
        kind = self.cleaned_data["kind"]
        place = PLACE_OF[kind]
        return {
            **self.values("email", "name", "language", "kind", "post"),
            "place": {place: self.cleaned_data[place]} if place else {},
        }


class StepForm(BaseForm):
    """Why something is done with an account."""

    submit_class = "btn-secondary"
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=LONG_TEXT, widget=forms.Textarea(attrs={"rows": "2"}))

    def __init__(self, *args: Any, step: str, **kwargs: Any) -> None:
        self.step, self.submit_label = step, STEPS[step]
        super().__init__(*args, **kwargs)
        self._made_with |= {"step": step}


class RoleForm(BaseForm):
    """Which of the roles is taken back, and why."""

    step = "remove_role"
    submit_class = "btn-secondary"
    submit_label = gettext_lazy("Take the role back")
    which = forms.ChoiceField(label=gettext_lazy("Role"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=LONG_TEXT, widget=forms.Textarea(attrs={"rows": "2"}))

    def __init__(self, *args: Any, roles: Sequence[Any], **kwargs: Any) -> None:
        self.roles = {role.words: role for role in roles}
        super().__init__(*args, **kwargs)
        self._made_with |= {"roles": roles}
        labels = [(words, shown(role)) for words, role in self.roles.items()]
        self.fields["which"].choices = labels  # type: ignore[attr-defined]

    @property
    def role(self) -> Any:
        return self.roles[self.cleaned_data["which"]]


def shown(role: Any) -> str:
    return f"{role.get_kind_display()}: {role.place}" if role.place is not None else str(role.get_kind_display())
