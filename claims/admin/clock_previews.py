"""The page that shows what a draft of a clock policy would have done to a month."""

from collections.abc import Mapping
from datetime import date, datetime

from aftersales.web import formats
from claims.models import ClockPolicy
from claims.models.choices import ClockChoices, GoodsTypeChoices
from claims.queries.clock_previews import MOST_CLAIMS, Judged, Row, last_full_month, preview
from claims.views.clock_words import minutes_left

MONTHS_OFFERED = 12
CHANGED_SHOWN = 200


def months_back(today: date) -> list[date]:
    """The last full months, the newest first."""
    months = [last_full_month(today)]
    while len(months) < MONTHS_OFFERED:
        months.append(last_full_month(months[-1]))
    return months


def page_of_preview(policy: ClockPolicy, asked: Mapping[str, str], *, today: date, now: datetime) -> dict:
    """The month asked for, else the last full one, in words and numbers."""
    months = months_back(today)
    month = next((each for each in months if f"{each:%Y-%m}" == asked.get("month")), months[0])
    found = preview(policy, month, now=now)
    by_clock = {total.clock: total for total in found.totals}
    return {
        "found": found,
        "month": f"{month:%Y-%m}",
        "months": [f"{each:%Y-%m}" for each in months],
        "most": MOST_CLAIMS,
        "clocks": [
            {
                "total": _row(by_clock[clock]),
                "rows": [_row(row) for row in found.rows if row.clock == clock],
            }
            for clock in by_clock
        ],
        "changed": [_changed(each) for each in found.changed[:CHANGED_SHOWN]],
        "changed_left_out": max(0, len(found.changed) - CHANGED_SHOWN),
    }


def _row(row: Row) -> dict:
    return {
        "clock": ClockChoices(row.clock).label,
        "goods": GoodsTypeChoices(row.goods_type).label if row.goods_type else "",
        "count": row.count,
        "late_before": row.late_before,
        "late_after": row.late_after,
        "more_late": row.late_after - row.late_before,
        "left_before": minutes_left(row.left_before),
        "left_after": minutes_left(row.left_after),
    }


def _changed(judged: Judged) -> dict:
    return {
        "pk": judged.claim_id,
        "number": judged.number,
        "clock": ClockChoices(judged.clock).label,
        "goods": GoodsTypeChoices(judged.goods_type).label,
        "due_before": formats.moment(judged.due_before),
        "due_after": formats.moment(judged.due_after),
        "end": "" if judged.is_running else formats.moment(judged.end),
        "is_late": judged.is_late_after,
    }
