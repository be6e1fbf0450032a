"""The county manager's admin: Django's own, opened by a permission instead of a staff flag."""

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.db.models.base import ModelBase
from django.utils.translation import gettext_lazy as _


class AftersalesAdminConfig(AdminConfig):
    default_site = "aftersales.admin_site.AftersalesAdminSite"


class AftersalesAdminSite(AdminSite):
    site_header = _("Aftersales administration")
    site_title = _("Aftersales")
    index_title = _("What needs doing")
    site_url = "/"

    def register(self, model_or_iterable, admin_class=None, **options):
        """Register models, except those of the task queue.

        A schedule names a function by its path: adding one in the admin would be running any code.
        """
        models = [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else model_or_iterable
        super().register([m for m in models if m._meta.app_label != "django_q"], admin_class, **options)

    def has_permission(self, request):
        return request.user.is_active and request.user.has_perm("accounts.use_admin")
