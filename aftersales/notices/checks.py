"""A channel that is switched on can do its work: asked before anything starts."""

from django.conf import settings
from django.core.checks import Error

from aftersales.notices import channels
from aftersales.notices.channels.gateway import GatewayChannel
from aftersales.web import egress

SHORTEST_SECRET = 32


def channels_can_send(app_configs=None, **options) -> list[Error]:
    """Every name in NOTICE_CHANNELS is a channel, and every gateway has an address, a host and a secret."""
    unknown = [
        Error(f"NOTICE_CHANNELS names {code}, which is no channel.", id="notices.E001")
        for code in settings.NOTICE_CHANNELS
        if code not in channels.KNOWN
    ]
    gateways = [code for code, channel in channels.active().items() if isinstance(channel, GatewayChannel)]
    return [*unknown, *(error for code in gateways for error in _gateway(code))]


def _gateway(code: str) -> list[Error]:
    gateway = settings.NOTICE_GATEWAYS[code]
    name = code.upper()
    found = []
    if len(gateway["secret"]) < SHORTEST_SECRET:
        found.append(
            Error(f"NOTICE_{name}_SECRET needs at least {SHORTEST_SECRET} characters.", id="notices.E002")
        )
    try:
        egress.check(
            gateway["url"], hosts=settings.NOTICE_HOSTS, is_local_allowed=settings.NOTICE_LOCAL_GATEWAYS
        )
    except egress.NotAllowed as refused:
        found.append(
            Error(f"NOTICE_{name}_URL is not an address of NOTICE_HOSTS: {refused.code}.", id="notices.E003")
        )
    return found
