"""What a station may pay out on a day and a fund in a month. Rule: docs/rules/fund.md, section 3."""

from datetime import datetime

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from aftersales.lib.money import format_yuan
from claims.models import CompensationPolicy, Fund, SpendingLimit
from claims.models.fund import LimitKind
from claims.rules.fund import day_key, month_key
from stations.models import Station


def spend(
    *, fund: Fund, station: Station, amount_fen: int, policy: CompensationPolicy, now: datetime
) -> None:
    """Count a payout against the station's day and the fund's month, inside the caller's transaction.

    The limits are those of `policy`, the terms in force on the day of the payout. Days and months are
    those of Shanghai.

    Raises Refused("daily_limit") or Refused("monthly_limit") with what is left, in fen, in the details.
    """
    limits = {
        LimitKind.STATION_DAY: policy.station_day_limit_fen,
        LimitKind.FUND_MONTH: policy.fund_month_limit_fen,
    }
    for kind, key in _periods(station, now).items():
        _raise(fund, kind, key, amount_fen, limits[kind])


def give_back(*, fund: Fund, station: Station, amount_fen: int, paid_at: datetime, now: datetime) -> None:
    """Take a payout that is reversed off the limits of the day and the month it fell in, if they still run.

    A day or a month that is over keeps its figure: nothing could be paid out of it any more.
    """
    running = _periods(station, now)
    for kind, key in _periods(station, paid_at).items():
        if key == running[kind]:
            SpendingLimit._base_manager.filter(
                fund=fund, kind=kind, key=key, spent_fen__gte=amount_fen
            ).update(spent_fen=F("spent_fen") - amount_fen)


def _periods(station: Station, at: datetime) -> dict[str, str]:
    """The keys of the periods an instant falls in; the order is the order of locking."""
    day = timezone.localdate(at)
    return {LimitKind.STATION_DAY: day_key(station.pk, day), LimitKind.FUND_MONTH: month_key(day)}


def _raise(fund: Fund, kind: str, key: str, amount_fen: int, limit_fen: int) -> None:
    period = SpendingLimit._base_manager.filter(fund=fund, kind=kind, key=key)
    with system_scope("spending limit of a period", quiet=True):
        if not period.exists():
            SpendingLimit.objects.bulk_create(
                [
                    SpendingLimit(
                        fund=fund, county_code=fund.county_code, kind=kind, key=key, limit_fen=limit_fen
                    )
                ],
                ignore_conflicts=True,
            )
    if period.filter(spent_fen__lte=limit_fen - amount_fen).update(
        spent_fen=F("spent_fen") + amount_fen, limit_fen=limit_fen
    ):
        return
    left = max(0, limit_fen - period.get().spent_fen)
    words = {"left": format_yuan(left), "limit": format_yuan(limit_fen)}
    if kind == LimitKind.STATION_DAY:
        raise Refused(
            _("This station may pay out %(limit)s a day; %(left)s of it is left today.") % words,
            code="daily_limit",
            details={"left_fen": left},
        )
    raise Refused(
        _("The emergency fund may pay out %(limit)s a month; %(left)s of it is left this month.") % words,
        code="monthly_limit",
        details={"left_fen": left},
    )
