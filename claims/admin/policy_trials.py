"""The page that shows what other rules of compensation would have given on the claims of a period."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web.exports import Column, Export
from aftersales.web.formats import day
from claims.models.choices import GoodsTypeChoices
from claims.models.compensation import ApprovalLevel
from claims.queries.clock_previews import last_full_month, month_after
from claims.queries.policy_trials import MOST_CLAIMS, Trial, Tried

CHANGED_SHOWN = 30


def last_month(today: date) -> tuple[date, date]:
    """The first and the last day of the month before this one."""
    first = last_full_month(today)
    return first, month_after(first) - timedelta(days=1)


def page_of_trial(trial: Trial) -> dict:
    """A trial in words and numbers."""
    changed = trial.changed
    return {
        "trial": trial,
        "most": MOST_CLAIMS,
        "levels": [
            (ApprovalLevel(level.value).label, before, after, after - before)
            for level, before, after in trial.levels()
        ],
        "goods": [(GoodsTypeChoices(goods).label, total) for goods, total in trial.by_goods()],
        "changed": [row_of(each) for each in changed[:CHANGED_SHOWN]],
        "changed_left_out": max(0, len(changed) - CHANGED_SHOWN),
    }


def row_of(tried: Tried) -> dict:
    """One compensation of the list."""
    row = tried.compensation
    return {
        "pk": row.claim_id,
        "number": row.claim.number,
        "goods": row.claim.get_goods_type_display(),
        "station": str(row.station),
        "remedy": row.get_remedy_display() or _("no choice yet"),
        "amount": tried.amount,
        "worth": tried.worth,
        "differs_in_worth": tried.worth.after - tried.worth.before != tried.difference,
        "difference": tried.difference,
        "level": [ApprovalLevel(level.value).label for level in tried.level],
        "changes_level": tried.changes_level,
    }


def export_of(
    trial: Trial, *, title: str, made_by: str, made_at: datetime, filters: Sequence[tuple[str, str]]
) -> Export:
    """Every compensation of a trial as one sheet."""
    columns = [
        Column(_("Claim"), width=18),
        Column(_("Filed"), "day", 12),
        Column(_("Station"), width=24),
        Column(_("Goods"), width=16),
        Column(_("Remedy"), width=12),
        Column(_("Bad quantity"), "quantity", 10),
        Column(_("Total quantity"), "quantity", 10),
        Column(_("Paid"), "yuan", 12),
        Column(_("Amount as it was"), "yuan", 14),
        Column(_("Amount under these rules"), "yuan", 14),
        Column(_("Difference"), "yuan", 12),
        Column(_("Worth as it was"), "yuan", 14),
        Column(_("Worth under these rules"), "yuan", 14),
        Column(_("Level as it was"), width=14),
        Column(_("Level under these rules"), width=14),
    ]
    return Export(
        title=title,
        columns=columns,
        rows=[_cells(each) for each in trial.rows],
        made_at=made_at,
        made_by=made_by,
        filters=filters,
    )


def _cells(tried: Tried) -> tuple:
    row, shown = tried.compensation, row_of(tried)
    return (
        shown["number"],
        timezone.localdate(row.claim.filed_at),
        shown["station"],
        shown["goods"],
        shown["remedy"],
        row.bad_milli,
        row.total_milli,
        row.paid_fen,
        *tried.amount,
        tried.difference,
        *tried.worth,
        *shown["level"],
    )


def named_period(first: date, last: date) -> str:
    return f"{day(first)} – {day(last)}"
