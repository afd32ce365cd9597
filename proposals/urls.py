"""Public addresses of this app, under the language."""

from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from proposals import matrix_views, printed, views
from proposals.workspace.by_mail import by_mail

versions = [path("<int:number>/", views.proposal_version, name="proposal_version")]
proposals = [
    path("", views.proposals, name="proposals"),
    path(_("proposals.csv"), views.proposals_csv, name="proposals_csv"),
    path(_("matrix/"), matrix_views.matrix, name="matrix"),
    path("matrix.<str:form>", matrix_views.matrix_file, name="matrix_file"),
    path("<str:key>.json", views.proposal_json, name="proposal_json"),
    path("<str:key>/", views.proposal, name="proposal"),
    path("<str:key>/", include([path(_("versions/"), include(versions))])),
    path(_("<str:key>/opinions/<str:folio>.pdf"), printed.opinion, name="opinion_pdf"),
]
antecedents = [
    path("", views.antecedents, name="antecedents"),
    path(_("antecedents.csv"), views.antecedents_csv, name="antecedents_csv"),
    path("<str:key>.json", views.antecedent_json, name="antecedent_json"),
    path("<str:key>/", views.antecedent, name="antecedent"),
]

urlpatterns = [
    path(_("proposals/"), include(proposals)),
    path(_("antecedents/"), include(antecedents)),
    path(_("by-mail/<str:token>/"), by_mail, name="by_mail"),
    path(_("attachments/"), include([path("<str:key>/", views.attachment, name="attachment")])),
]
