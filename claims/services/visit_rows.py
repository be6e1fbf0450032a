"""The row of a visit: written into a seat, and changed by one step of the table at a time."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Claim, Visit
from claims.models.visits import VisitKindChoices
from claims.rules.status import Status
from claims.rules.visits import Transport, VisitKind, VisitStep, next_state
from claims.services.visit_seats import Goer, facts, fresh, stale, take


def book(visit: Visit, who: Goer, now: datetime) -> Visit:
    """Insert a visit into the first free seat of its window. Raises what visit_seats.take refuses."""

    def write(seat: int) -> Visit:
        visit.pk, visit.seat = None, seat
        visit.save(force_insert=True)
        return visit

    return fresh(take(visit, who, write, now=now))


def take_step(
    visit: Visit,
    step: VisitStep,
    changes: dict,
    verb: str,
    expected_version: int | None,
    *,
    by: User,
    now: datetime,
) -> Visit:
    """The one way a visit changes its state: an UPDATE that holds while it stands where it was read.

    The claim's row is locked first, as whatever ends a claim does that ends its visits.
    """
    try:
        state = next_state(visit.state, step)
    except Refused as refused:
        raise Refused(
            _("This step is not possible in the visit's present state."),
            code=refused.code,
            details=refused.details,
        ) from None
    if expected_version is not None and expected_version != visit.version:
        raise stale()
    lock(visit.claim_id)
    # Past the scope on purpose, as in claims.services.moves.
    written = Visit._base_manager.filter(pk=visit.pk, state=visit.state, version=visit.version).update(
        **changes, state=state.value, version=visit.version + 1
    )
    if not written:
        raise stale()
    changed = fresh(visit)
    codes = {name: changes[name] for name in ("outcome", "failure", "proof") if name in changes}
    trail.record(verb, by=by, obj=changed, before=facts(visit), after=facts(changed) | codes, at=now)
    return changed


def lock(claim_id: int) -> None:
    """Lock a claim's row: the first of those that change together."""
    list(Claim._base_manager.select_for_update(no_key=True).filter(pk=claim_id).values_list("pk"))


def check_claim(claim: Claim, kind: str) -> None:
    """A visit belongs to an open claim; an installation may follow the goods that settled it."""
    if kind not in VisitKindChoices.values:
        raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field="kind")
    if claim.is_open or (kind == VisitKind.INSTALLATION and claim.status == Status.RESOLVED):
        return
    raise Refused(_("This claim has ended."), code="claim_ended")


def check_day(visit: Visit, step: VisitStep, *, now: datetime) -> None:
    """Refuse a step before the day of the visit that cannot be true yet. Raises Refused("too_early")."""
    if is_too_early(visit, step, now=now):
        raise Refused(
            _("The day of this visit has not come yet. Move it or call it off instead."), code="too_early"
        )


def is_too_early(visit: Visit, step: str, *, now: datetime) -> bool:
    """Whether it is before the day of a visit, in Shanghai, and the step has to wait for it.

    Nobody has come in vain before that day, and what a provider does is paid by the window it was ordered
    for. A technician may go earlier than agreed.
    """
    waits = step == VisitStep.FAIL or visit.provider_id is not None
    return visit.is_booked and waits and timezone.localdate(now) < timezone.localdate(visit.starts_at)


def known_transport(transport: str) -> str:
    """The transport, or "" for none. Raises Refused("unknown_choice")."""
    if transport and transport not in set(Transport):
        raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field="transport")
    return str(transport)


def sentence(text: str, field: str, *, least: int, limit: int) -> str:
    """A text in one line. Raises Refused("text_missing") or Refused("too_long")."""
    text = " ".join(text.split())
    if not least <= len(text) <= limit:
        raise Refused(
            _("Enter from %(least)s to %(limit)s characters.") % {"least": least, "limit": limit}
            if least
            else _("Use at most %(limit)s characters.") % {"limit": limit},
            code="text_missing" if len(text) < least else "too_long",
            field=field,
        )
    return text
