"""The admin as an application; its site is read only once all models are loaded."""

from django.contrib.admin.apps import AdminConfig


class AftersalesAdminConfig(AdminConfig):
    default_site = "aftersales.admin_site.AftersalesAdminSite"
