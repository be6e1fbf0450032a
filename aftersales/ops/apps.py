from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class OpsConfig(AppConfig):
    name = "aftersales.ops"
    label = "ops"
    verbose_name = _("Operations")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from aftersales.ops import schedules

        post_migrate.connect(schedules.synchronise_after_migrate, sender=self, dispatch_uid="ops.schedules")
