"""What other terms of compensation would have given on past claims: docs/rules/compensation.md, section 7.

Nothing is written. Amounts are in fen.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from aftersales.lib.worktime import SHANGHAI
from claims.models import Compensation, CompensationPolicy, LossLine, Photo
from claims.models.compensation import SENDS_GOODS, CompensationState, Remedy
from claims.queries.decisions import decider_of, procedure_of
from claims.queries.policies import limits_of, terms_of
from claims.rules import approval
from claims.rules import compensation as rule
from claims.rules.approval import LADDER, Level, Reason
from claims.rules.compensation import Terms

MOST_CLAIMS = 5000
"""A trial looks at so many compensations of a period at most, from its first day on."""
GRANTED = (CompensationState.APPROVED, CompensationState.EXECUTED)
OPEN = (CompensationState.PROPOSED, CompensationState.CHOSEN)


class Both(NamedTuple):
    """Something as it was, and as it would have been under the other terms."""

    before: Any
    after: Any


@dataclass(frozen=True)
class Tried:
    """One compensation under the terms it had and under others.

    `worth` is what it counts against the line: the money, the coupon's face value, the goods' share. Levels
    are those the figures ask for, whoever decided in the end.
    """

    compensation: Compensation
    amount: Both
    worth: Both
    level: Both

    @property
    def difference(self) -> int:
        return self.amount.after - self.amount.before

    @property
    def changes_level(self) -> bool:
        return self.level.before != self.level.after

    @property
    def changes(self) -> bool:
        return any(each.before != each.after for each in (self.amount, self.worth, self.level))


@dataclass(frozen=True)
class Total:
    """Several compensations together."""

    count: int
    before: int
    after: int

    @property
    def difference(self) -> int:
        return self.after - self.before


@dataclass(frozen=True)
class Trial:
    """A period under other terms. `has_more` when not all of it was looked at; `left_out` is the number of
    compensations that no terms work out: repairs, returns without a reason, losses listed line by line."""

    rows: tuple[Tried, ...]
    left_out: int = 0
    has_more: bool = False

    @property
    def total(self) -> Total:
        return _total(self.rows)

    @property
    def worth(self) -> Total:
        return Total(
            len(self.rows),
            sum(each.worth.before for each in self.rows),
            sum(each.worth.after for each in self.rows),
        )

    @property
    def raised(self) -> int:
        return sum(each.difference > 0 for each in self.rows)

    @property
    def lowered(self) -> int:
        return sum(each.difference < 0 for each in self.rows)

    @property
    def changed(self) -> tuple[Tried, ...]:
        """What would not have been the same, the largest difference first."""
        rows = [each for each in self.rows if each.changes]
        return tuple(sorted(rows, key=lambda each: (-abs(each.difference), each.compensation.pk)))

    def levels(self) -> list[tuple[Level, int, int]]:
        """How many each level would have had to decide, before and after."""
        before = Counter(each.level.before for each in self.rows)
        after = Counter(each.level.after for each in self.rows)
        return [(level, before[level], after[level]) for level in LADDER if before[level] or after[level]]

    def by_goods(self) -> list[tuple[str, Total]]:
        """Sums by goods type, the largest difference first."""
        groups: dict[str, list[Tried]] = {}
        for each in self.rows:
            groups.setdefault(each.compensation.claim.goods_type, []).append(each)
        totals = [(goods, _total(rows)) for goods, rows in groups.items()]
        return sorted(totals, key=lambda pair: (-abs(pair[1].difference), pair[0]))


class _Line:
    """What a line had been granted when a compensation was worked out: in fact, and under the other terms."""

    def __init__(self) -> None:
        self.bad_milli = 0
        self.awarded = Both(0, 0)
        self.granted = Both(0, 0)

    def add(self, row: Compensation, amount: Both, worth: Both) -> None:
        """Count a compensation that was granted; nothing else takes anything off the line."""
        if row.state in GRANTED and row.remedy != Remedy.REPAIR:
            self.bad_milli += row.bad_milli
            self.awarded = Both(self.awarded.before + amount.before, self.awarded.after + amount.after)
            self.granted = Both(self.granted.before + worth.before, self.granted.after + worth.after)


def try_out(
    policy: CompensationPolicy, *, county_code: str, first: date, last: date, most: int = MOST_CLAIMS
) -> Trial:
    """Work the compensations of claims filed from `first` to `last` out anew, in one's scope.

    Of one county, or for "" of every claim that went by a version of the programme. Claims on one line are
    taken in the order in which they were worked out, each on top of the others; what the line was granted
    before the period stays as it is. Refused ones are looked at where nothing was due on the figures: other
    terms might have paid them. `policy` need not be saved.
    """
    begin, end = (datetime.combine(day, time.min, SHANGHAI) for day in (first, last + timedelta(days=1)))
    rows = list(_found(county_code, begin, end)[: most + 1])
    has_more, rows = len(rows) > most, rows[:most]
    books = _books(rows, begin)
    photos = _photos(rows)
    tried, left_out = [], 0
    for row in sorted(rows, key=lambda each: (each.worked_out_at, each.pk)):
        book = books[row.claim.order_line_id]
        if row.is_listed or row.claim.is_without_reason or row.remedy == Remedy.REPAIR:
            left_out += 1
            book.add(row, Both(row.amount_fen, row.amount_fen), Both(row.granted_fen, row.granted_fen))
            continue
        amount = Both(row.amount_fen, _amount(row, book, terms_of(policy)))
        worth = _worth(row, book, amount, policy)
        levels = Both(
            _level(row, row.policy, amount.before, book.awarded.before, photos),
            _level(row, policy, amount.after, book.awarded.after, photos),
        )
        tried.append(Tried(row, amount, worth, levels))
        book.add(row, amount, worth)
    tried.sort(key=lambda each: (each.compensation.claim.filed_at, each.compensation.pk))
    return Trial(tuple(tried), left_out, has_more)


def _found(county_code: str, begin: datetime, end: datetime) -> QuerySet[Compensation]:
    rows = Compensation.objects.filter(
        Q(state__in=(*GRANTED, *OPEN)) | Q(state=CompensationState.REFUSED, amount_fen=0),
        claim__filed_at__gte=begin,
        claim__filed_at__lt=end,
    )
    rows = rows.filter(county_code=county_code) if county_code else rows.filter(policy__county_code="")
    listed = LossLine._base_manager.filter(claim=OuterRef("claim"), round=OuterRef("round"))
    return (
        rows.select_related("policy", "station", "claim__order_line")
        .annotate(is_listed=Exists(listed))
        .order_by("claim__filed_at", "id")
    )


def _books(rows: Sequence[Compensation], begin: datetime) -> defaultdict[int, _Line]:
    """What the lines of the rows had been granted before the period."""
    books: defaultdict[int, _Line] = defaultdict(_Line)
    # Past the scope: the rows themselves were found through it.
    earlier = Compensation._base_manager.filter(
        claim__order_line__in={row.claim.order_line_id for row in rows},
        claim__filed_at__lt=begin,
        state__in=GRANTED,
    )
    for row in earlier.select_related("claim"):
        books[row.claim.order_line_id].add(
            row, Both(row.amount_fen, row.amount_fen), Both(row.granted_fen, row.granted_fen)
        )
    return books


def _photos(rows: Sequence[Compensation]) -> dict[int, int]:
    counted = Photo._base_manager.filter(claim__in={row.claim_id for row in rows}).order_by()
    return dict(counted.values_list("claim_id").annotate(Count("pk")))


def _amount(row: Compensation, book: _Line, terms: Terms) -> int:
    line = row.claim.order_line
    return rule.cumulative_award(
        bad_milli=min(row.bad_milli, line.quantity_milli - book.bad_milli),
        total_milli=line.quantity_milli,
        paid_fen=line.paid_fen,
        freight_fen=line.freight_fen,
        earlier_bad_milli=book.bad_milli,
        earlier_award_fen=book.awarded.after,
        granted_fen=book.granted.after,
        terms=terms,
    ).amount_fen


def _worth(row: Compensation, book: _Line, amount: Both, policy: CompensationPolicy) -> Both:
    line = row.claim.order_line
    basis = terms_of(policy).basis_fen(line.paid_fen, line.freight_fen)
    after = _counted(row, amount.after, basis, basis - book.granted.after, policy.coupon_bonus_permille)
    if row.state in GRANTED:
        return Both(row.granted_fen, after)
    left = row.paid_fen - book.granted.before
    return Both(_counted(row, amount.before, row.paid_fen, left, row.policy.coupon_bonus_permille), after)


def _counted(row: Compensation, amount_fen: int, paid_fen: int, left_fen: int, bonus_permille: int) -> int:
    line = row.claim.order_line
    if row.remedy == Remedy.COUPON:
        return rule.coupon_value_fen(amount_fen, bonus_permille, left_fen)
    if row.remedy in SENDS_GOODS:
        quantity = rule.reship_quantity(row.bad_milli, line.is_countable)
        return rule.reship_value_fen(quantity, line.quantity_milli, paid_fen, left_fen)
    return amount_fen


def _level(
    row: Compensation, policy: CompensationPolicy, amount_fen: int, earlier_fen: int, photos: dict[int, int]
) -> Level:
    """Whom the figures ask for; what caught the eye and what the procedure wants are as they were."""
    photo_count = photos.get(row.claim_id, 0)
    return approval.required_level(
        amount_fen + earlier_fen if amount_fen else 0,
        limits_of(policy),
        flags=[reason for reason in row.level_reasons if reason == Reason.FLAGGED],
        evidence_count=max(1, photo_count) if photo_count >= policy.photos_required else 0,
        choice_recorded=True,
        filer_certified=Reason.FILER_NOT_CERTIFIED not in row.level_reasons,
        decided_by=decider_of(procedure_of(row.claim)),
    ).level


def _total(rows: Collection[Tried]) -> Total:
    return Total(len(rows), sum(each.amount.before for each in rows), sum(each.amount.after for each in rows))
