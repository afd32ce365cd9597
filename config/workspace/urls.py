"""The home of the workspace, and the import desk."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from config.workspace import views
from core.imports import batches, desk, mending

urlpatterns = [
    path("", views.home, name="home"),
    path(_("imports/"), desk.imports, name="imports"),
    path(_("imports/new/<str:kind>/"), desk.import_new, name="import_new"),
    path(_("imports/new/<str:kind>/template.<str:form>"), desk.import_template, name="import_template"),
    path(_("imports/new/<str:kind>/export.<str:form>"), desk.import_export, name="import_export"),
    path(_("imports/<str:key>/"), batches.import_batch, name="import"),
    path(_("imports/<str:key>/errors.csv"), batches.import_errors, name="import_errors"),
    path(_("imports/<str:key>/file"), batches.import_file, name="import_file"),
    path(_("imports/<str:key>/stop"), batches.import_stop, name="import_stop"),
    path(_("imports/<str:key>/go-on"), batches.import_go_on, name="import_go_on"),
    path(_("imports/<str:key>/mend"), mending.import_mend, name="import_mend"),
    path(_("imports/<str:key>/undo"), batches.import_undo, name="import_undo"),
]
