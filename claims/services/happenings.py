"""Recording what happened outside: an inspection, goods that arrived, a letter, the authority's steps."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Claim
from claims.queries.clocks import running_clocks
from claims.rules.clocks import Clock
from claims.rules.happenings import EFFECTS, Happening, possible
from claims.rules.status import Status
from claims.services import clocks, moves

NOTE_SIGNS = 200
LATEST = timedelta(days=7)
"""How long afterwards something can still be recorded; history keeps both moments."""


def possible_now(claim: Claim) -> tuple[Happening, ...]:
    """What may be recorded on a claim as it stands."""
    running = frozenset(Clock(each.clock) for each in running_clocks([claim.pk]))
    return possible(Status(claim.status), running, is_urgent=claim.is_urgent)


def record_event(
    *,
    claim: Claim,
    event: str,
    at: datetime,
    by: User,
    now: datetime,
    note: str = "",
    expected_version: int | None = None,
) -> Claim:
    """Record something that happened at `at` and start or stop the clocks that go by it.

    Raises Refused("unknown_event"), Refused("event_not_expected") when the claim's state or its running
    clocks leave no room for it, Refused("at_in_future"), Refused("too_long_ago"),
    Refused("before_filing"), Refused("too_long"), Refused("stale").
    """
    note = note.strip()
    if event not in set(Happening):
        raise Refused(_("Choose what happened."), code="unknown_event", field="event")
    if at > now:
        raise Refused(_("This moment has not come yet."), code="at_in_future", field="at")
    if at < now - LATEST:
        raise Refused(_("Record it within seven days."), code="too_long_ago", field="at")
    if at < claim.filed_at:
        raise Refused(_("The claim was not filed yet at this moment."), code="before_filing", field="at")
    if len(note) > NOTE_SIGNS:
        raise Refused(
            _("Use at most %(limit)s characters.") % {"limit": NOTE_SIGNS}, code="too_long", field="note"
        )
    if expected_version is not None and expected_version != claim.version:
        raise moves.stale()
    happening = Happening(event)
    with transaction.atomic():
        changes = {"is_urgent": True} if happening == Happening.MARKED_URGENT else {}
        moved = moves.change(claim=claim, changes=changes)
        if happening not in possible_now(claim):
            raise Refused(
                _("Nothing in this claim waits for that, or it is recorded already."),
                code="event_not_expected",
                field="event",
            )
        trail.record(
            f"claim.{happening}",
            by=by,
            obj=moved,
            after={"at": at.isoformat()},
            reason=note,
            at=now,
        )
        effect = EFFECTS[happening]
        if effect.stops:
            clocks.stop(moved, *effect.stops, at=at)
        for clock in effect.starts:
            clocks.start(moved, clock, at=at)
        if happening == Happening.MARKED_URGENT:
            clocks.marked_urgent(moved, now=at)
    return moved
