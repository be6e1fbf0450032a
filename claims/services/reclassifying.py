"""Another class for a claim: its procedure, the liable party, its clocks and its amount follow."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Claim
from claims.rules.classification import GoodsType, Nature, Severity, procedure_for
from claims.services import clocks, compensation, filing, moves, reasons, undecided

CLASS = ("goods_type", "nature", "severity")
FOLLOWS = ("procedure", "liable_party", "is_without_reason")


def reclassify(
    *,
    claim: Claim,
    goods_type: str,
    nature: str,
    severity: str,
    reason: str,
    by: User,
    now: datetime,
    expected_version: int | None = None,
) -> Claim:
    """Say that an open claim is of another class than it was filed under.

    A return without a reason becomes a complaint about the goods.

    Its running promises count by the pinned policy's line for the new class, from their own start and less
    their own pauses. An amount that nobody has decided is voided and, where the new procedure settles by an
    amount, worked out anew; the consumer chooses again.

    Raises Refused with unknown_choice, reason_missing, claim_ended, same_class, compensation_approved,
    stale, and what compensation.work_out refuses.
    """
    reason = reasons.given(reason)
    values = {
        "goods_type": filing.known(GoodsType, goods_type, "goods_type"),
        "nature": filing.known(Nature, nature, "nature"),
        "severity": filing.known(Severity, severity, "severity"),
    }
    if not claim.is_open:
        raise Refused(_("This claim has ended; its class stays."), code="claim_ended")
    is_same = all(getattr(claim, name) == value for name, value in values.items())
    if is_same and not claim.is_without_reason:
        raise Refused(_("This is the class of the claim already."), code="same_class", field="goods_type")
    if expected_version is not None and expected_version != claim.version:
        raise moves.stale()
    procedure = procedure_for(**values)
    changes = {
        **values,
        "procedure": procedure.code,
        "is_without_reason": False,
        "liable_party": filing.liable_party(claim.order_line, procedure),
    }
    with transaction.atomic():
        # The compensation before the claim: the order in which everything that moves money locks rows.
        undecided.void(claim=claim, by=by, now=now)
        moved = moves.change(claim=claim, changes=changes)
        trail.record(
            "claim.reclassified",
            by=by,
            obj=moved,
            before=moves.recorded(claim, (*CLASS, *FOLLOWS)),
            after=moves.recorded(moved, (*CLASS, *FOLLOWS)),
            reason=reason,
            at=now,
        )
        clocks.reclassified(moved, now=now)
        if moved.bad_milli and procedure.remedies & undecided.CHOICES:
            compensation.work_out(claim=moved, by=by, now=now)
    return moved
