"""What is asked before anything starts: platforms can be called, and checklists lead somewhere."""

from django.conf import settings
from django.core.checks import Error

from aftersales.web import egress
from claims.queries import checklists, supervision

SHORTEST_SECRET = 32


def platforms_can_be_called(app_configs=None, **options) -> list[Error]:
    """Every entry of PAYOUT_GATEWAYS has an address on a listed host and a secret; secrets are not told."""
    if not isinstance(settings.PAYOUT_GATEWAYS, dict):
        return [Error("PAYOUT_GATEWAYS is not an object of platforms by name.", id="claims.E001")]
    return [error for name, entry in settings.PAYOUT_GATEWAYS.items() for error in _gateway(name, entry)]


def _gateway(name: str, entry) -> list[Error]:
    if not isinstance(entry, dict) or {"url", "secret"} - set(entry):
        return [Error(f"PAYOUT_GATEWAYS: {name} needs url and secret.", id="claims.E001")]
    found = []
    if len(str(entry["secret"])) < SHORTEST_SECRET:
        found.append(
            Error(
                f"PAYOUT_GATEWAYS: the secret of {name} needs at least {SHORTEST_SECRET} characters.",
                id="claims.E002",
            )
        )
    try:
        egress.check(
            str(entry["url"]), hosts=settings.PAYOUT_HOSTS, is_local_allowed=settings.PAYOUT_LOCAL_GATEWAYS
        )
    except egress.NotAllowed as refused:
        found.append(
            Error(
                f"PAYOUT_GATEWAYS: {name} has no address of PAYOUT_HOSTS: {refused.code}.",
                id="claims.E003",
            )
        )
    return found


def checklists_are_sound(app_configs=None, **options) -> list[Error]:
    """Every checklist of diagnoses and of inspections can be read; ways end, and what they name is known."""
    return [
        Error(fault, id="claims.E004") for fault in (*checklists.faults(), *supervision.checklist_faults())
    ]
