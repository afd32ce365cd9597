"""Addresses of what an agreement or a meeting looks like elsewhere: in a calendar, as a card, inside another site."""

from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from agreements import calendar, cards

agreements = [
    path("<str:key>.ics", calendar.agreement_ics, name="agreement_ics"),
    path("<str:key>/card.png", cards.card, name="agreement_card"),
    path("<str:key>/", include([path(_("embed/"), cards.embed, name="agreement_embed")])),
]
meetings = [path("<str:key>.ics", calendar.meeting_ics, name="meeting_ics")]

urlpatterns = [
    path(_("agreements/"), include(agreements)),
    path(_("meetings/"), include(meetings)),
]
