"""Public addresses of this app, under the language."""

from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from agreements import dossier, printed, views
from agreements.workspace.inviting import answer_by_mail

versions = [
    path("<int:number>.json", views.agreement_version_json, name="agreement_version_json"),
    path("<int:number>.pdf", printed.agreement_version, {"form": "pdf"}, name="agreement_version_pdf"),
    path("<int:number>.docx", printed.agreement_version, {"form": "docx"}, name="agreement_version_docx"),
    path("<int:number>/", views.agreement_version, name="agreement_version"),
]
agreements = [
    path("", views.agreements, name="agreements"),
    path(_("agreements.csv"), views.agreements_csv, name="agreements_csv"),
    path("<str:key>.json", views.agreement_json, name="agreement_json"),
    path("<str:key>.pdf", printed.agreement, {"form": "pdf"}, name="agreement_pdf"),
    path("<str:key>.docx", printed.agreement, {"form": "docx"}, name="agreement_docx"),
    path("<str:key>/", views.agreement, name="agreement"),
    path("<str:key>/", include([path(_("versions/"), include(versions)), path(_("minutes/"), dossier.dossier, name="dossier")])),
]
meetings = [
    path("", views.meetings, name="meetings"),
    path(_("meetings.csv"), views.meetings_csv, name="meetings_csv"),
    path(_("calendar/"), views.meetings_calendar, name="meetings_calendar"),
    path("<str:key>.json", views.meeting_json, name="meeting_json"),
    path("<str:key>.pdf", printed.minutes, {"form": "pdf"}, name="minutes_pdf"),
    path("<str:key>.docx", printed.minutes, {"form": "docx"}, name="minutes_docx"),
    path("<str:key>/", views.meeting, name="meeting"),
]

urlpatterns = [
    path(_("agreements/"), include(agreements)),
    path(_("meetings/"), include(meetings)),
    path(_("by-mail/invitations/<str:token>/"), answer_by_mail, name="answer_by_mail"),
    path(_("evidence/"), include([path("<str:key>/", views.evidence, name="evidence")])),
    path(_("papers/"), include([path("<str:key>/", views.paper, name="paper")])),
]
