from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _


class IntegrationConfig(AppConfig):
    name = "aftersales.integration"
    label = "integration"
    verbose_name = _("Other systems")

    def ready(self):
        from aftersales.audit.models import AuditEvent
        from aftersales.integration import checks, notice_events
        from aftersales.integration.services import events

        register(checks.hosts_can_be_called)
        notice_events.register_events()
        post_save.connect(events.call, sender=AuditEvent, dispatch_uid="integration.call")
