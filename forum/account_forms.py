"""Forms of allauth in our words."""

from __future__ import annotations

from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _


class AddPasskeyForm(AddWebAuthnForm):
    """A passkey that signs in by itself, unless the device cannot ask for a finger, a face or a PIN."""

    name = forms.CharField(label=_("Name"), required=False, max_length=100, help_text=_("So that you tell it from others."))
    passwordless = forms.BooleanField(
        label=_("Sign in with it alone, without the password"),
        required=False,
        initial=True,
        help_text=_("The device then asks for your finger, face or PIN each time. Without this it is only the second step."),
    )


class EditPasskeyForm(EditWebAuthnForm):
    name = forms.CharField(label=_("Name"), max_length=100)
