from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "aftersales.notices"
    label = "notices"
    verbose_name = _("Notices")

    def ready(self):
        from aftersales.notices import checks, digests, events

        events.register(*digests.EVENTS)
        register(checks.channels_can_send)
