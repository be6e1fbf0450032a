"""What the service of a claim cost before the network: set with its source, never changed.

Rule: docs/rules/figures.md, "Cost of service".
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import CostBaseline
from claims.services.ledger import check_amount

SOURCE_SIGNS, SOURCE_LIMIT = 4, 200


def set_baseline(
    *, county_code: str, valid_from: date, cost_per_claim_fen: int, source: str, by: User, now: datetime
) -> CostBaseline:
    """Write down what a claim cost before, from a day on; months before that day keep the figure they had.

    Raises Refused("amount_invalid"), Refused("source_missing"), Refused("in_future"), Refused("not_later")
    unless the day is later than that of the figure before it.
    """
    check_amount(cost_per_claim_fen)
    source = " ".join(source.split())
    if not SOURCE_SIGNS <= len(source) <= SOURCE_LIMIT:
        raise Refused(_("Say where the figure comes from."), code="source_missing", field="source")
    if valid_from > timezone.localdate(now):
        raise Refused(_("The day must not lie in the future."), code="in_future", field="valid_from")
    last = CostBaseline.objects.filter(county_code=county_code).order_by("-valid_from").first()
    if last is not None and valid_from <= last.valid_from:
        raise _not_later()
    baseline = CostBaseline(
        county_code=county_code,
        valid_from=valid_from,
        cost_per_claim_fen=cost_per_claim_fen,
        source=source,
        set_by=by,
        set_at=now,
    )
    try:
        with transaction.atomic():
            baseline.save(force_insert=True)
            trail.record(
                "cost_baseline.set",
                by=by,
                obj=baseline,
                before={"cost_per_claim_fen": last.cost_per_claim_fen} if last else None,
                after={"cost_per_claim_fen": cost_per_claim_fen, "valid_from": valid_from.isoformat()},
                at=now,
            )
    except IntegrityError:
        raise _not_later() from None
    return baseline


def _not_later() -> Refused:
    return Refused(
        _("The day must be later than that of the figure before it, so that old months stay as they are."),
        code="not_later",
        field="valid_from",
    )
