"""What is known about the providers that could make a visit: the facts behind claims.rules.provider_ranking.

Read past the scope, in a few statements: who declines must not see the county's contracts to
have the visit passed on. Doors show rankings to those who may order from providers.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Prefetch, Q
from django.utils import timezone

from claims.models import Contract, FeeLine, ProviderOrder, Visit
from claims.models.visits import BOOKED_STATES
from claims.queries.slots import distance_m
from claims.rules.provider_fees import Fee, FeeRates, fee, rates_for
from claims.rules.provider_orders import WAITING, OrderState
from claims.rules.provider_ranking import ProviderCandidate, ProviderRanking, rank
from claims.rules.windows import is_after_hours, seats_left, windows_of_contract
from stations.models import Party
from stations.queries.calendar import calendar_between


@dataclass(frozen=True)
class Bid:
    """A provider under the contract that counts for a visit, and what the visit would cost."""

    contract: Contract
    candidate: ProviderCandidate
    fee: Fee | None

    @property
    def provider(self) -> Party:
        return self.contract.provider


class Bids:
    """Every provider with a contract in the county on the day of a visit, and the order to ask them in."""

    def __init__(self, visit: Visit, *, now: datetime) -> None:
        self.now = now
        self.visit = visit
        self._day = timezone.localdate(visit.starts_at)
        contracts = self._contracts()
        self._taken = self._seats_taken()
        self._earlier = self._answers()
        self._load = self._orders(contracts)
        self._is_late = starts_after_hours(visit)
        self.of: dict[int, Bid] = {}
        for contract in contracts:
            bid = self._bid(contract)
            known = self.of.get(contract.provider_id)
            if known is None or (_fits(bid) and not _fits(known)):
                self.of[contract.provider_id] = bid

    def ranking(self) -> ProviderRanking:
        """Who is to be asked about the visit, and who is not."""
        return rank(bid.candidate for bid in self.of.values())

    def _contracts(self) -> list[Contract]:
        """Contracts of the county that are valid on the day, the one that began last first."""
        rows = Contract._base_manager.filter(
            Q(ended_on__isnull=True) | Q(ended_on__gt=self._day),
            county_code=self.visit.county_code,
            valid_from__lte=self._day,
            valid_until__gte=self._day,
        )
        return list(
            rows.select_related("provider", "station")
            .prefetch_related(Prefetch("fee_lines", queryset=FeeLine._base_manager.all()))
            .order_by("-valid_from", "-pk")
        )

    def _seats_taken(self) -> dict[int, list[int]]:
        rows = Visit._base_manager.filter(
            county_code=self.visit.county_code,
            starts_at=self.visit.starts_at,
            provider__isnull=False,
            state__in=BOOKED_STATES,
        ).exclude(pk=self.visit.pk)
        found: dict[int, list[int]] = defaultdict(list)
        for provider, seat in rows.values_list("provider_id", "seat"):
            found[provider].append(seat)
        return found

    def _answers(self) -> dict[str, set[int]]:
        rows = ProviderOrder._base_manager.filter(visit=self.visit)
        found: dict[str, set[int]] = defaultdict(set)
        for provider, state in rows.values_list("provider_id", "state"):
            found[state].add(provider)
        return found

    def _orders(self, contracts: list[Contract]) -> dict[int, tuple[int, datetime]]:
        rows = (
            ProviderOrder._base_manager.filter(
                county_code=self.visit.county_code,
                provider_id__in=[contract.provider_id for contract in contracts],
            )
            .order_by()
            .values("provider_id")
            .annotate(in_hand=Count("pk", filter=Q(state__in=WAITING)), last=Max("offered_at"))
        )
        return {row["provider_id"]: (row["in_hand"], row["last"]) for row in rows}

    def _bid(self, contract: Contract) -> Bid:
        away = distance_m(station=contract.station, place=self.visit.place)
        cost = _fee(contract, self.visit, distance=away, is_late=self._is_late)
        in_hand, last = self._load.get(contract.provider_id, (0, None))
        seats = _seats(contract, self.visit)
        candidate = ProviderCandidate(
            key=contract.provider_id,
            grade=contract.provider.grade,
            is_suspended=contract.provider.is_suspended,
            works_that_day=seats > 0,
            has_free_seat=seats_left(seats, self._taken.get(contract.provider_id, ())) > 0,
            has_declined=contract.provider_id in self._earlier[OrderState.DECLINED],
            was_silent=contract.provider_id in self._earlier[OrderState.LAPSED],
            orders=in_hand,
            distance_m=away,
            fee_fen=None if cost is None else cost.fee_fen,
            last_offer_at=last,
        )
        return Bid(contract=contract, candidate=candidate, fee=cost)


def starts_after_hours(visit: Visit) -> bool:
    """Whether the window of a visit is one that contracts pay more for."""
    at = timezone.localtime(visit.starts_at)
    book = calendar_between(at.date(), at.date())
    return is_after_hours(at.time(), is_workday=book.is_working_day(at.date()))


def rates_of(contract: Contract, visit: Visit) -> FeeRates | None:
    """The line of a contract that counts for a visit; None when it has none."""
    lines = [
        FeeRates(
            visit_kind=line.visit_kind,
            goods_type=line.goods_type,
            base_fen=line.base_fen,
            free_km=line.free_km,
            per_km_fen=line.per_km_fen,
            after_hours_permille=line.after_hours_permille,
            vain_permille=line.vain_permille,
        )
        for line in contract.fee_lines.all()
    ]
    return rates_for(lines, visit_kind=visit.kind, goods_type=visit.claim.goods_type)


def full_fee(contract: Contract, visit: Visit) -> Fee | None:
    """What a visit costs under a contract when it is carried out; None when the contract has no fee for it.

    The way counts from where the contract says the provider sets out.
    """
    away = distance_m(station=contract.station, place=visit.place)
    return _fee(contract, visit, distance=away, is_late=starts_after_hours(visit))


def _fee(contract: Contract, visit: Visit, *, distance: int | None, is_late: bool) -> Fee | None:
    rates = rates_of(contract, visit)
    return None if rates is None else fee(rates, distance_m=distance, is_after_hours=is_late)


def _seats(contract: Contract, visit: Visit) -> int:
    at = timezone.localtime(visit.starts_at)
    windows = windows_of_contract(
        contract.weekdays,
        contract.seats,
        [at.date()],
        valid_from=contract.valid_from,
        valid_until=contract.valid_until,
        ended_on=contract.ended_on,
    )
    return next((window.seats for window in windows if window.starts == at.time()), 0)


def _fits(bid: Bid) -> bool:
    return bid.fee is not None and bid.candidate.works_that_day
