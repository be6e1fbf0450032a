"""What the public progress page may know: one claim, found by its number and the phone's last digits."""

from secrets import compare_digest

from aftersales.audit.trail import system_scope
from claims.models import Claim, ClaimClock, Compensation
from claims.models.clocks import ClockOutcome
from claims.models.compensation import CompensationState
from claims.rules.numbering import is_valid_number, normalise_number


def find_for_consumer(number: str, last_four: str) -> Claim | None:
    """The claim of this number if its consumer's phone ends in these digits; None for every other reason.

    The digits are compared with the masked phone, so that nothing sealed is opened for a stranger.
    """
    wanted = normalise_number(number)
    if not is_valid_number(wanted):
        return None
    with system_scope("a consumer follows their claim", quiet=True):
        claim = (
            Claim.objects.select_related(
                "consumer", "station", "order_line__order__merchant", "merged_into", "liable_party"
            )
            .filter(number=wanted)
            .first()
        )
    known = claim.consumer.phone_masked[-4:] if claim else ""
    matches = compare_digest(known.encode(), last_four.encode())
    return claim if claim and known.isdigit() and matches else None


def promises(claim: Claim) -> dict[str, ClaimClock]:
    """The clocks of the claim that run or stand still, by what they time."""
    with system_scope("a consumer follows their claim", quiet=True):
        return {each.clock: each for each in claim.clocks.filter(outcome=ClockOutcome.RUNNING)}


def current_compensation(claim: Claim) -> Compensation | None:
    """The compensation of the claim's present round that was not voided."""
    with system_scope("a consumer follows their claim", quiet=True):
        return (
            Compensation.objects.select_related("coupon", "reship", "policy")
            .filter(claim=claim, round=claim.round)
            .exclude(state=CompensationState.VOIDED)
            .first()
        )
