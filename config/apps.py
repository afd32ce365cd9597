"""The admin site of Acuerda: organizers and administrators only, behind the same sign-in as everything else."""

from django.contrib.admin.apps import AdminConfig


class AcuerdaAdminConfig(AdminConfig):
    default_site = "config.admin.AcuerdaAdminSite"
