"""Compensations as rows: read whole, moved by one conditional UPDATE, refused in the same words."""

from collections.abc import Collection
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from claims.models import Compensation
from claims.models.compensation import CompensationState
from claims.rules.status import Status


def read(compensation: Compensation) -> Compensation:
    """The row as it stands now, with what every step looks at. Raises Refused("unknown_compensation")."""
    rows = Compensation.objects.select_related(
        "policy", "station", "claim__consumer", "claim__station", "claim__order_line__order"
    )
    found = rows.filter(pk=compensation.pk).first()
    if found is None:
        raise Refused(_("There is no such compensation."), code="unknown_compensation")
    return found


def fresh(compensation: Compensation, expected_version: int | None) -> Compensation:
    """The row as it stands now; Refused("stale") when a person looked at an older version."""
    current = read(compensation)
    if expected_version is not None and current.version != expected_version:
        raise stale()
    return current


def move(current: Compensation, states: Collection[str], **changes: Any) -> Compensation:
    """The one way a compensation changes: an UPDATE that holds while nobody has touched it since."""
    # Past the scope on purpose, as in claims.services.moves.
    moved = Compensation._base_manager.filter(
        pk=current.pk, state__in=states, version=current.version
    ).update(**changes, version=F("version") + 1)
    found = read(current)
    if moved:
        return found
    raise wrong_state(found) if found.state not in states else stale()


def check_claim(current: Compensation) -> None:
    """Refuse a step for a claim that is not accepted yet, has ended or is in another round."""
    claim = current.claim
    if claim.status == Status.SUBMITTED:
        raise Refused(_("Accept the claim first."), code="not_accepted")
    if not claim.is_open or claim.round != current.round:
        raise Refused(_("This claim has ended."), code="claim_ended")


def wrong_state(current: Compensation) -> Refused:
    """Why a step is not possible where the compensation stands now."""
    if current.state == CompensationState.EXECUTED:
        return Refused(_("This compensation has been carried out already."), code="already_executed")
    if current.state in (CompensationState.APPROVED, CompensationState.REFUSED):
        return Refused(_("This compensation has been decided already."), code="already_decided")
    if current.state == CompensationState.VOIDED:
        return Refused(_("This proposal has been replaced or taken back."), code="voided")
    return Refused(_("This compensation has not been approved."), code="not_approved")


def stale() -> Refused:
    """What the slower of two people is told."""
    return Refused(
        _("Somebody else has just changed this compensation. Reload to see what happened."), code="stale"
    )
