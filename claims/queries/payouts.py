"""Payouts as pages list them: what waits for a file, an order or a result, and what came back.

Definitions. Open: still owed, because the last try of a compensation that counts failed or came back. Under
way: neither arrived nor came back. Everything keeps to the scope.
"""

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from claims.models import Claim, Fund, Payout, PayoutBatch
from claims.rules.payouts import CAME_BACK, UNDER_WAY, PayoutState

RECENT_ORDER = ("-made_at", "-id")
OLDEST_ORDER = ("made_at", "id")
TABS = {
    "to_send": Q(state=PayoutState.TO_SEND),
    "in_file": Q(state=PayoutState.IN_FILE),
    "to_instruct": Q(state=PayoutState.TO_INSTRUCT),
    "instructed": Q(state=PayoutState.INSTRUCTED),
    "unsigned": Q(state=PayoutState.HANDED_OVER, signed_at__isnull=True),
    "all": Q(),
}
"""The lists of the page beside the open ones, by their key in the address."""


def listed() -> QuerySet[Payout]:
    """Payouts with what a list shows of each."""
    return Payout.objects.select_related(
        "claim__consumer", "claim__order_line__order__platform", "station", "account", "batch"
    )


def owed(rows: QuerySet[Payout] | None = None) -> QuerySet[Payout]:
    """Payouts that came back and were not paid again: the consumer still waits, the longest first."""
    rows = Payout.objects.all() if rows is None else rows
    later = Payout._base_manager.filter(
        compensation_id=OuterRef("compensation_id"), attempt__gt=OuterRef("attempt")
    )
    return rows.filter(state__in=sorted(CAME_BACK)).exclude(Exists(later)).order_by("settled_at", "id")


def in_tab(fund: Fund, tab: str) -> QuerySet[Payout]:
    """The payouts of one list of a fund's page."""
    rows = listed().filter(fund=fund)
    return owed(rows) if tab == "owed" else rows.filter(TABS[tab])


def counts(fund: Fund) -> dict[str, tuple[int, int]]:
    """Number and sum of each short list of a fund, by its key; in two queries."""
    found = Payout.objects.filter(fund=fund, state__in=sorted(UNDER_WAY)).values("state")
    rows = found.annotate(number=Count("id"), sum=Sum("amount_fen")).order_by()
    by_key = {row["state"]: (row["number"], row["sum"]) for row in rows}
    back = owed(Payout.objects.filter(fund=fund)).aggregate(number=Count("id"), sum=Sum("amount_fen"))
    return {**by_key, "owed": (back["number"], back["sum"] or 0)}


def of_claim(claim: Claim) -> list[Payout]:
    """Every try to pay the claim, the last first."""
    return list(
        Payout.objects.filter(claim=claim)
        .select_related("account", "batch", "settled_by")
        .order_by("-compensation_id", "-attempt")
    )


def batches(fund: Fund) -> QuerySet[PayoutBatch]:
    """The fund's bank files, the last first, each with how many of its transfers have no result yet."""
    return (
        PayoutBatch.objects.filter(fund=fund)
        .select_related("made_by")
        .annotate(open=Count("payouts", filter=Q(payouts__state=PayoutState.IN_FILE)))
        .order_by("-made_at", "-id")
    )


def days_since(payout: Payout, now: datetime) -> int:
    """Whole days since the money came back, or since the try began."""
    since = payout.settled_at if payout.came_back else payout.made_at
    return (timezone.localdate(now) - timezone.localdate(since)).days
