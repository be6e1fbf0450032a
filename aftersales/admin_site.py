"""The county manager's admin: Django's own, opened by a permission instead of a staff flag."""

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class AftersalesAdminConfig(AdminConfig):
    default_site = "aftersales.admin_site.AftersalesAdminSite"


class AftersalesAdminSite(AdminSite):
    site_header = _("Aftersales administration")
    site_title = _("Aftersales")
    index_title = _("What needs doing")
    site_url = "/"

    def has_permission(self, request):
        return request.user.is_active and request.user.has_perm("accounts.use_admin")
