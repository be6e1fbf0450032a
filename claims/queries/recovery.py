"""Who owes a fund how much for how long, what was demanded of it, and how each month ended. Sums in fen.

Definitions. Open: paid out for the party, not taken back, not recovered, not written off. Demanded: open
advances in a running demand. Overdue: demanded in one whose due day is over. Disputed: open advances whose
dispute nobody has decided yet. Months are those of Shanghai.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from claims.models import Account, Advance, AdvanceDispute, BankReceipt, Demand, DemandLine, Fund, Movement
from claims.models.fund import AccountKind, MovementKind
from claims.models.recovery import RUNNING, DisputeState
from claims.queries.fund import Owed, age_days, in_bands, open_advances
from claims.rules.recovery import column_of
from stations.models import Party

STILL_OPEN = F("amount_fen") - F("recovered_fen") - F("written_off_fen")


@dataclass(frozen=True)
class Aged(Owed):
    """What one party owes by age, and how far the county has come in asking for it."""

    demanded_fen: int = 0
    overdue_fen: int = 0
    disputed_fen: int = 0

    @property
    def not_demanded_fen(self) -> int:
        """What nobody has asked for yet."""
        return self.open_fen - self.demanded_fen


@dataclass(frozen=True)
class Settlement:
    """The account between a fund and one party over one month: what was owed, came to it, and is left."""

    first_day: date
    opening_fen: int
    advanced_fen: int = 0
    taken_back_fen: int = 0
    recovered_fen: int = 0
    written_off_fen: int = 0
    moved_fen: int = 0
    rows: Sequence[Movement] = field(default=())

    @property
    def closing_fen(self) -> int:
        return (
            self.opening_fen
            + self.advanced_fen
            - self.taken_back_fen
            - self.recovered_fen
            - self.written_off_fen
            + self.moved_fen
        )


def ageing(fund: Fund, now: datetime) -> list[Aged]:
    """Every party that owes the fund something, the largest sum first; one row without a party."""
    today = timezone.localdate(now)
    bands = {
        f"band_{number}": Sum(STILL_OPEN, filter=each, default=0)
        for number, each in enumerate(in_bands(today))
    }
    running = DemandLine.objects.filter(advance=OuterRef("pk"), outcome="")
    rows = (
        open_advances()
        .filter(fund=fund)
        .order_by()
        .annotate(
            is_demanded=Exists(running),
            is_overdue=Exists(running.filter(demand__due_on__lt=today)),
            is_disputed=Exists(_open_dispute()),
        )
        .values("party_id", "party__name")
        .annotate(
            count=Count("id"),
            open=Sum(STILL_OPEN),
            oldest=Min("advanced_at"),
            demanded=Sum(STILL_OPEN, filter=Q(is_demanded=True), default=0),
            overdue=Sum(STILL_OPEN, filter=Q(is_overdue=True), default=0),
            disputed=Sum(STILL_OPEN, filter=Q(is_disputed=True), default=0),
            **bands,
        )
        .order_by("-open", "party_id")
    )
    return [
        Aged(
            party_id=row["party_id"],
            party_name=row["party__name"] or "",
            count=row["count"],
            open_fen=row["open"],
            bands_fen=tuple(row[name] for name in bands),
            oldest_days=age_days(row["oldest"], now),
            demanded_fen=row["demanded"],
            overdue_fen=row["overdue"],
            disputed_fen=row["disputed"],
        )
        for row in rows
    ]


def demandable(fund: Fund, party: Party) -> QuerySet[Advance]:
    """Open advances of a party that no running demand names and nobody disputes, oldest first."""
    running = DemandLine.objects.filter(advance=OuterRef("pk"), outcome="")
    return (
        open_advances()
        .filter(~Exists(running), ~Exists(_open_dispute()), fund=fund, party=party)
        .select_related("claim__order_line")
    )


def advances_of(fund: Fund, party: Party | None) -> QuerySet[Advance]:
    """A party's open advances as its page lists them, with whether each is demanded or disputed."""
    running = DemandLine.objects.filter(advance=OuterRef("pk"), outcome="")
    return (
        open_advances()
        .filter(fund=fund, party=party)
        .annotate(is_demanded=Exists(running), is_disputed=Exists(_open_dispute()))
        .select_related("claim__order_line")
    )


def overdue(today: date) -> QuerySet[Demand]:
    """Running demands whose due day is over, the longest overdue first."""
    return (
        Demand.objects.filter(state__in=RUNNING, due_on__lt=today)
        .select_related("party", "fund")
        .order_by("due_on", "id")
    )


def to_decide(reader=None) -> QuerySet[AdvanceDispute]:
    """Disputes that wait for a decision, the oldest first; for a reader, without those they entered."""
    waiting = AdvanceDispute.objects.filter(state=DisputeState.OPEN)
    if reader is not None:
        waiting = waiting.exclude(raised_by=reader)
    return waiting.select_related("party", "advance__claim", "advance__fund").order_by("raised_at", "id")


def with_rest(demands: Iterable[Demand]) -> list[Demand]:
    """The demands with `rest_fen`, what is still open on them, in one query for all."""
    found = list(demands)
    rests: Counter = Counter()
    lines = DemandLine.objects.filter(demand__in=found, outcome="").select_related("advance")
    for line in lines:
        rests[line.demand_id] += min(line.amount_fen, line.advance.open_fen)
    for demand in found:
        demand.rest_fen = rests[demand.pk]
    return found


def lines_of(demand: Demand) -> list[DemandLine]:
    """The lines of a demand with all that its dossier shows of each claim, in three queries."""
    lines = demand.lines.select_related(
        "advance__movement",
        "advance__claim__station",
        "advance__claim__order_line__order__merchant",
        "advance__claim__order_line__order__platform",
        "advance__claim__order_line__order__logistics",
    ).prefetch_related("advance__claim__photos", "advance__claim__compensations__policy")
    return list(lines.order_by("advance__advanced_at", "id"))


def receipts_of(fund: Fund, party: Party) -> QuerySet[BankReceipt]:
    """What a party has paid, the last first."""
    return BankReceipt.objects.filter(fund=fund, party=party).select_related("booked_by")


def settlement(fund: Fund, party: Party | None, first_day: date) -> Settlement:
    """The settlement of one month with its movements in their order; all zero where there is no account."""
    account = Account.objects.filter(fund=fund, kind=AccountKind.ADVANCES, party=party).first()
    if account is None:
        return Settlement(first_day, 0)
    start, end = month_start(first_day), month_start(next_month(first_day))
    on_account = Movement.objects.filter(Q(debit=account) | Q(credit=account), fund=fund)
    before = on_account.filter(at__lt=start).aggregate(
        owed=Sum("amount_fen", filter=Q(debit=account), default=0),
        gone=Sum("amount_fen", filter=Q(credit=account), default=0),
    )
    sums: Counter = Counter()
    rows = list(
        on_account.filter(at__gte=start, at__lt=end)
        .select_related("claim__order_line__order", "reverses", "debit__party", "credit__party")
        .order_by("at", "id")
    )
    for row in rows:
        grows = row.debit_id == account.pk
        # What the bank wrote is for both; reasons of counter-entries and write-offs are the county's own.
        row.reference = row.note if row.kind == MovementKind.RECOVERY else ""
        row.signed_fen = row.amount_fen if grows else -row.amount_fen
        row.column = column_of(row.kind, row.reverses.kind if row.reverses else None, grows=grows)
        sums[row.column] += row.signed_fen
    return Settlement(
        first_day=first_day,
        opening_fen=before["owed"] - before["gone"],
        advanced_fen=sums["advanced"],
        taken_back_fen=-sums["taken_back"],
        recovered_fen=-sums["recovered"],
        written_off_fen=-sums["written_off"],
        moved_fen=sums["moved"],
        rows=rows,
    )


def months_of(fund: Fund, party: Party | None, today: date) -> list[date]:
    """The first days of the months in which a party's account existed, the last one first, at most 24."""
    first = (
        Movement.objects.filter(fund=fund, debit__kind=AccountKind.ADVANCES, debit__party=party)
        .order_by("at", "id")
        .values_list("at", flat=True)
        .first()
    )
    if first is None:
        return []
    month, oldest = today.replace(day=1), timezone.localdate(first).replace(day=1)
    months = []
    while month >= oldest and len(months) < 24:
        months.append(month)
        month = previous_month(month)
    return months


def month_start(first_day: date) -> datetime:
    """Midnight of a day in Shanghai."""
    return timezone.make_aware(datetime.combine(first_day, time.min))


def next_month(first_day: date) -> date:
    return date(first_day.year + first_day.month // 12, first_day.month % 12 + 1, 1)


def previous_month(first_day: date) -> date:
    return date(first_day.year - (first_day.month == 1), (first_day.month - 2) % 12 + 1, 1)


def last_day(first_day: date) -> date:
    """The last day of a month."""
    return next_month(first_day) - timedelta(days=1)


def _open_dispute() -> QuerySet[AdvanceDispute]:
    return AdvanceDispute.objects.filter(advance=OuterRef("pk"), state=DisputeState.OPEN)
