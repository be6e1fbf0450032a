"""Figures straight from claims. Everything else about figures is a sum over the leaves that are made here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Exists, F, FilteredRelation, Min, OuterRef, Q, Subquery
from django.db.models.functions import TruncDate

from aftersales.lib.periods import SHANGHAI
from claims.models import Claim, ClaimClock, Holding, Order, Score
from claims.models.clocks import ClockOutcome, HeldBecause
from claims.models.compensation import CompensationState
from claims.models.follow_ups import FollowUpKind, FollowUpState
from claims.models.orders import OrderSource
from claims.queries.figures.tally import (
    RESPONSE_TARGET_MINUTES,
    SETTLED,
    SETTLEMENT_MINUTES,
    Counts,
    Figures,
)
from claims.rules.clocks import Clock
from claims.rules.satisfaction import SATISFIED
from claims.rules.status import Status

FOLLOWED_UP = (FollowUpState.DONE, FollowUpState.EXHAUSTED)
PASSED_ON = (HeldBecause.CLIMBED, HeldBecause.HANDED_UP)
NO_COMPLAINT = (Status.WITHDRAWN, Status.MERGED)
COLUMNS = (
    "goods_type",
    "nature",
    "status",
    "round",
    "response_minutes",
    "resolution_minutes",
    "remedy",
    "decided_at_level",
    "amount_fen",
    "stars",
    "follow_up_state",
    "was_passed_on",
    "confirmed_at",
    "executed_at",
)


def cases():
    """Claims in the caller's scope with what was carried out and said about them in their present round.

    Of several scores of a round the lowest counts. `confirmed_at` is when the consumer's wait for the
    amount began: the start of the settlement clock that ended in a payment.
    """
    carried_out = FilteredRelation(
        "compensations",
        condition=Q(compensations__state=CompensationState.EXECUTED, compensations__round=F("round")),
    )
    asked = FilteredRelation(
        "follow_ups",
        condition=Q(follow_ups__kind=FollowUpKind.FIRST, follow_ups__round=F("round"))
        & ~Q(follow_ups__state=FollowUpState.VOID),
    )
    said = Score._base_manager.filter(claim=OuterRef("pk"), round=OuterRef("round")).order_by("stars")
    waited = (
        ClaimClock._base_manager.filter(
            claim=OuterRef("pk"),
            round=OuterRef("round"),
            clock=Clock.SETTLEMENT,
            outcome__in=(ClockOutcome.MET, ClockOutcome.LATE),
        )
        .order_by()
        .values("claim")
        .annotate(since=Min("started_at"))
    )
    passed_on = Holding._base_manager.filter(claim=OuterRef("pk"), because__in=PASSED_ON)
    return Claim.objects.annotate(carried_out=carried_out, asked=asked).annotate(
        stars=Subquery(said.values("stars")[:1]),
        follow_up_state=F("asked__state"),
        remedy=F("carried_out__remedy"),
        decided_at_level=F("carried_out__level"),
        amount_fen=F("carried_out__amount_fen"),
        executed_at=F("carried_out__executed_at"),
        confirmed_at=Subquery(waited.values("since")),
        was_passed_on=Exists(passed_on),
    )


def filed_between(cases, start: datetime, end: datetime):
    """Cases filed from `start` up to but not including `end`."""
    return cases.filter(filed_at__gte=start, filed_at__lt=end)


def leaves(county_code: str, start: datetime, end: datetime) -> dict[tuple, Figures]:
    """The figures of a county's stations by day: (day, region of the station, station) → figures.

    Two statements: claims by the day they were filed, orders by the day they were placed. Wants a scope
    that reaches the county.
    """
    found: dict[tuple, Figures] = defaultdict(Figures)
    rows: dict[tuple, list[tuple]] = defaultdict(list)
    of_county = filed_between(cases().filter(county_code=county_code), start, end).order_by()
    for day, region, station, *row in of_county.values_list(
        TruncDate("filed_at", tzinfo=SHANGHAI), "station__region_id", "station_id", *COLUMNS
    ).iterator(chunk_size=2000):
        rows[day, region, station].append(tuple(row))
    for place, own in rows.items():
        add(found[place], own)
    for day, region, station, orders, claimed in orders_by_day(county_code, start, end):
        found[day, region, station].orders = orders
        found[day, region, station].orders_claimed = claimed
    return dict(found)


def orders_by_day(county_code: str, start: datetime, end: datetime) -> Iterable[tuple]:
    """(day, region, station, orders, orders with a claim) of orders that were not typed in by an agent.

    An order that is only known because somebody complained about it says nothing about how many do.
    """
    about = Claim._base_manager.filter(order_line__order=OuterRef("pk")).exclude(status__in=NO_COMPLAINT)
    return (
        Order.objects.filter(county_code=county_code, ordered_at__gte=start, ordered_at__lt=end)
        .exclude(source=OrderSource.TYPED)
        .annotate(is_claimed=Exists(about))
        .order_by()
        .values_list(TruncDate("ordered_at", tzinfo=SHANGHAI), "station__region_id", "station_id")
        .annotate(orders=Count("id"), claimed=Count("id", filter=Q(is_claimed=True)))
    )


def add(figures: Figures, rows: Iterable[tuple]) -> None:
    """Count rows with the columns of COLUMNS into figures."""
    for (
        goods,
        nature,
        status,
        round_,
        response,
        resolution,
        remedy,
        level,
        amount,
        stars,
        asked,
        was_passed_on,
        confirmed_at,
        executed_at,
    ) in rows:
        counts = figures.by_goods.get(goods)
        if counts is None:
            counts = figures.by_goods[goods] = Counts()
        counts.filed += 1
        figures.by_class_and_status[goods, nature, status] += 1
        counts.reopened += round_ > 1
        counts.rejected += status == Status.REJECTED
        if status in SETTLED:
            counts.settled += 1
            counts.first_time += round_ == 1 and not was_passed_on
            counts.followed_up += asked in FOLLOWED_UP
        if response is not None:
            figures.responses[response] += 1
            counts.responded += 1
            counts.responded_in_time += response <= RESPONSE_TARGET_MINUTES
        if resolution is not None:
            figures.resolutions[resolution] += 1
            counts.timed += 1
            counts.resolution_minutes += resolution
        figures.satisfaction.count(stars=stars, follow_up=asked)
        if stars is not None:
            counts.answered += 1
            counts.satisfied += stars >= SATISFIED
        if amount is not None:
            figures.by_remedy[remedy] += 1
            counts.compensated += 1
            counts.compensated_fen += amount
            counts.by_rule += level == "rule"
            if confirmed_at is not None and executed_at is not None:
                counts.settlements += 1
                counts.settlements_in_time += (
                    executed_at - confirmed_at
                ).total_seconds() <= SETTLEMENT_MINUTES * 60
