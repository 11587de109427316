"""Django's admin with a site of our own."""

from django.contrib.admin.apps import AdminConfig


class EinklangAdminConfig(AdminConfig):
    default_site = "accounts.admin_site.EinklangAdminSite"
