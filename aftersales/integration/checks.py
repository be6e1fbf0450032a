"""Settings of what leaves for other systems, looked at when the system starts."""

from django.conf import settings
from django.core.checks import Error

from aftersales.web import egress


def hosts_can_be_called(app_configs, **kwargs) -> list[Error]:
    """Each of WEBHOOK_HOSTS is the name of a host and nothing more: no scheme, port or path."""
    return [
        Error(
            f"WEBHOOK_HOSTS: {host!r} is not the name of a host.",
            hint="Write hooks.example.com, without https:// and without a path.",
            id="integration.E001",
        )
        for host in settings.WEBHOOK_HOSTS
        if not _is_host(host)
    ]


def _is_host(host: str) -> bool:
    try:
        return egress.check(f"https://{host}/", hosts={host})[1] == host
    except egress.NotAllowed:
        return False
