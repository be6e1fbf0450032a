"""One summary instead of a flood: many messages that wait for one person and channel leave as one."""

from django.utils.translation import gettext_lazy as _

from aftersales.notices.events import Event

SUMMARY = "notices.summary"
EVENTS = (Event(SUMMARY, _("%(count)s new messages"), _("They are waiting in your inbox.")),)
