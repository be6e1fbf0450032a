from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "aftersales.audit"
    label = "audit"
    verbose_name = _("Audit")

    def ready(self):
        from aftersales.audit import append_only, application_role

        post_migrate.connect(append_only.install_after_migrate, dispatch_uid="append_only")
        post_migrate.connect(
            application_role.grant_after_migrate, sender=self, dispatch_uid="application_role"
        )
        checks.register(append_only.check_triggers, checks.Tags.database)
