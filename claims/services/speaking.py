"""Whose application may say in a consumer's name what the consumer wants. docs/integration.md."""

from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from aftersales.web.api.callers import Caller
from claims.models import Claim
from stations.models.parties import PartyKind

OTHER_SIDE = frozenset({PartyKind.MERCHANT, PartyKind.LOGISTICS})
"""Kinds of party that claims are made against."""


def check_for_consumer(claim: Claim, caller: Caller) -> None:
    """Let a consumer's own session speak, else an application of a party that the claim is not made against.

    Whoever would pay cannot withdraw the claim, choose what is paid or use up the one appeal. Raises
    Refused("other_side").
    """
    if caller.consumer:
        return
    if caller.party_kind in OTHER_SIDE or claim.liable_party_id == caller.party_id:
        raise Refused(
            _("The claim is made against your party. The consumer says this on a session of their own."),
            code="other_side",
        )
