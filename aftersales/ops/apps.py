from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class OpsConfig(AppConfig):
    name = "aftersales.ops"
    label = "ops"
    verbose_name = _("Operations")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from django_q import signals

        from aftersales.ops import beats, checks, jobs, schedules

        post_migrate.connect(schedules.synchronise_after_migrate, sender=self, dispatch_uid="ops.schedules")
        register(checks.queue_settings)
        register(checks.database_settings)
        signals.pre_execute.connect(jobs.note_delivery, dispatch_uid="ops.delivery")
        signals.post_execute_in_worker.connect(jobs.forget_delivery, dispatch_uid="ops.delivery")
        signals.post_execute.connect(beats.beat_of_the_cluster, dispatch_uid="ops.beat")
