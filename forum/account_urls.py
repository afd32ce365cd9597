"""Addresses of signing in: those of allauth that this site has, and no others (nobody signs up or adds addresses)."""

from allauth.account import views
from django.urls import include, path, re_path
from django.utils.translation import gettext_lazy as _

from forum import invitations

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", views.signup, name="account_signup"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(_("invitation/"), invitations.invitation_accept, name="invitation_accept"),
    path(_("invitation/<str:key>/<str:token>/"), invitations.invitation, name="invitation"),
    path("2fa/", include("allauth.mfa.urls")),
    path(_("sessions/"), include("allauth.usersessions.urls")),
]
