"""The ways out of the house, and which of them are switched on.

The inbox is no channel: every message stands there. A new channel is a class as in `base.Channel` and a line
in `KNOWN`; NOTICE_CHANNELS switches it on.
"""

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from aftersales.notices.channels.base import EMAIL, PHONE, Channel, Letter
from aftersales.notices.channels.console import ConsoleChannel
from aftersales.notices.channels.email import EmailChannel
from aftersales.notices.channels.gateway import GatewayChannel
from aftersales.notices.models import Preference

__all__ = ["EMAIL", "KNOWN", "PHONE", "Channel", "Letter", "active", "wanted"]

KNOWN: Mapping[str, Channel] = {
    channel.code: channel
    for channel in (
        ConsoleChannel(),
        EmailChannel(),
        GatewayChannel("sms", _("SMS")),
        GatewayChannel("wechat", _("WeChat")),
    )
}


def active() -> dict[str, Channel]:
    """The channels that NOTICE_CHANNELS names, in its order."""
    return {code: KNOWN[code] for code in settings.NOTICE_CHANNELS if code in KNOWN}


def wanted(preference: Preference | None) -> list[str]:
    """The channels by which this person is told: switched on, not muted, and with an address."""
    if preference is None:
        return [code for code, channel in active().items() if not channel.address_kind]
    return [
        code
        for code, channel in active().items()
        if code not in preference.muted
        and (not channel.address_kind or getattr(preference, f"{channel.address_kind}_sealed"))
    ]
