"""Two claims about the same thing become one; both keep their number, photos and history."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Claim, ClaimClock
from claims.queries.clocks import running_clocks
from claims.rules.clocks import FAMILIES, Clock, Family
from claims.rules.status import Action, Status
from claims.services import clocks, moves, reach, undecided

WARNING = gettext_lazy("Merging cannot be undone. The duplicate ends; its photos and history stay readable.")
"""What a door says before it merges."""

PASSED_ON = frozenset(
    {Clock.URGENT_FIRST, Clock.URGENT_SOLVED}
    | {clock for clock, family in FAMILIES.items() if family == Family.LAW}
)
"""Clocks of a duplicate that go on with the other claim."""


def merge(
    *, duplicate: Claim, into: Claim, by: User, now: datetime, expected_version: int | None = None
) -> Claim:
    """End a duplicate in favour of another open claim and return the duplicate as it stands then.

    The two must be about the same order line or come from the same phone number in one county. Photos stay
    on the duplicate and are listed with the other claim; its compensation, undecided, is voided. One event
    on each. Danger to people and limits set by law go on with the other claim, from when they began. There
    is no way back.

    Raises Refused("unknown_claim"), Refused("same_claim"), Refused("target_ended"),
    Refused("different_case"), Refused("compensation_approved"), Refused("illegal_move"), Refused("stale").
    """
    reach.claim(duplicate)
    reach.claim(into)
    if duplicate.pk == into.pk:
        raise Refused(_("A claim cannot be merged into itself."), code="same_claim", field="into")
    if not into.is_open:
        raise Refused(
            _("The other claim has ended. Merge into a claim that is still open."),
            code="target_ended",
            field="into",
        )
    if not _is_same_case(duplicate, into):
        raise Refused(
            _("These claims are about different orders of different people and cannot be merged."),
            code="different_case",
            field="into",
        )
    with transaction.atomic():
        undecided.void(claim=duplicate, by=by, now=now)
        goes_on = [each for each in running_clocks([duplicate.pk]) if each.clock in PASSED_ON]
        # The other claim moves its version too: it must not end, nor be merged itself, at this moment.
        # Lower key first, so that two merges crossing each other wait instead of blocking for ever.
        if into.pk < duplicate.pk:
            _take_in(duplicate, into, goes_on, by=by, now=now)
        merged = moves.move(
            claim=duplicate,
            action=Action.MERGE,
            by=by,
            now=now,
            expected_version=expected_version,
            changes={"merged_into": into, "closed_at": now},
            reason=into.number,
        )
        clocks.end_all(merged, is_refusal=False, by=by, now=now)
        if into.pk > duplicate.pk:
            _take_in(duplicate, into, goes_on, by=by, now=now)
    return merged


def _take_in(
    duplicate: Claim, into: Claim, goes_on: Iterable[ClaimClock], *, by: User, now: datetime
) -> None:
    changes = {"is_urgent": True} if duplicate.is_urgent and not into.is_urgent else {}
    taken = moves.change(claim=into, changes=changes)
    trail.record(
        "claim.duplicate_merged_in",
        by=by,
        obj=taken,
        after={"duplicate": duplicate.pk, **moves.recorded(taken, changes)},
        reason=duplicate.number,
        at=now,
    )
    for each in goes_on:
        if each.clock != Clock.URGENT_FIRST or taken.status in (Status.SUBMITTED, Status.ACCEPTED):
            clocks.start(taken, Clock(each.clock), at=each.started_at)


def _is_same_case(duplicate: Claim, into: Claim) -> bool:
    if duplicate.county_code != into.county_code:
        return False
    same_phone = duplicate.consumer.phone_index and (
        duplicate.consumer.phone_index == into.consumer.phone_index
    )
    return duplicate.order_line_id == into.order_line_id or bool(same_phone)
