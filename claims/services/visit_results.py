"""What follows from a visit that was made: goods in custody, the repair, an inspection that is waited for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.lib.errors import Refused
from claims.models import PartUse, Repair, Visit
from claims.rules.happenings import Happening
from claims.rules.parts import PartState
from claims.rules.visits import REPAIR_ENDS, VisitKind, VisitOutcome
from claims.services import custody, happenings, repairs
from claims.services.visit_proofs import station_of

PARTS_SIGNS = repairs.PARTS_SIGNS


@dataclass(frozen=True)
class GoodsTaken:
    """What was taken along, and where it will lie."""

    what: str
    pieces: int
    condition: str
    shelf: str
    remark: str = ""


def take_goods(visit: Visit, goods: GoodsTaken | None, *, form_token: str, by: User, now: datetime) -> None:
    """Take goods that a technician brings along into custody at the visit's station.

    A provider hands them in at the counter, where they are taken in. Raises Refused("goods_missing") and
    what custody.receive refuses.
    """
    if visit.outcome != VisitOutcome.TAKEN_ALONG or (goods is None and visit.provider_id is not None):
        return
    if goods is None:
        raise Refused(_("Say what was taken along."), code="goods_missing", field="what")
    custody.receive(
        claim=visit.claim,
        station=station_of(visit),
        what=goods.what,
        pieces=goods.pieces,
        condition=goods.condition,
        shelf=goods.shelf,
        remark=goods.remark,
        form_token=form_token,
        by=by,
        now=now,
    )


def note_repair(visit: Visit, *, by: User, now: datetime) -> None:
    """Count the visit as a repair of the goods: begun, or gone on with, and ended where the outcome says so.

    A repair begins when somebody has been at it: a way in vain is not an attempt (docs/rules/repairs.md
    counts attempts for the three guarantees).
    """
    if visit.kind != VisitKind.REPAIR or not visit.claim.is_open:
        return
    running = Repair._base_manager.filter(order_line=visit.claim.order_line, outcome="").first()
    repair = running or repairs.begin(
        claim=visit.claim,
        fault=visit.task[: repairs.FAULT_SIGNS],
        began_on=timezone.localdate(now),
        provider=visit.provider,
        by=by,
        now=now,
    )
    if not Visit._base_manager.filter(repair=repair).exists():
        Visit._base_manager.filter(pk=visit.pk).update(repair=repair)
    end = REPAIR_ENDS.get(VisitOutcome(visit.outcome))
    if end is not None:
        repairs.note_outcome(
            repair=repair,
            outcome=end.value,
            ended_on=timezone.localdate(now),
            parts=_parts_of(repair, visit),
            by=by,
            now=now,
        )


def note_inspection(visit: Visit, *, by: User, now: datetime) -> None:
    """Stop the clock of an inspection that the claim waits for; nothing where none does."""
    if visit.kind != VisitKind.INSPECTION or not visit.claim.is_open:
        return
    claim = visit.claim
    claim.refresh_from_db()
    if Happening.INSPECTION_RECORDED in happenings.possible_now(claim):
        happenings.record_event(claim=claim, event=Happening.INSPECTION_RECORDED, at=now, by=by, now=now)


def _parts_of(repair: Repair, visit: Visit) -> str:
    """The parts that were built in at this visit and at earlier ones of the same attempt, as the repair names
    them."""
    own = Visit._base_manager.filter(claim__order_line=repair.order_line, kind=VisitKind.REPAIR)
    first = own.filter(repair=repair).values_list("pk", flat=True).first() or visit.pk
    used = PartUse._base_manager.filter(
        visit__in=own.filter(pk__gte=first, ended_at__lte=visit.ended_at), state=PartState.USED
    )
    used = used.select_related("part").order_by("id")
    names = [f"{each.part.name} ×{each.quantity}" for each in used]
    return "、".join(names)[:PARTS_SIGNS]
