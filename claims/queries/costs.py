"""Reading the cost of service: of visits, settled claims, the months of a county. docs/rules/figures.md.

What was spent in a month is about the visits that ended in it. What a claim costs is about the claims settled
in it, with all their visits, those without a visit as 0. Months are those of Shanghai.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from claims.models import Claim, CostBaseline, PartUse, ProviderOrder, Visit, VisitCost
from claims.queries.figures import SETTLED, month_bounds
from claims.queries.visit_conditions import made
from claims.rules.costs import Cost, cost_of_visit, mean, saving, total
from claims.rules.parts import PartState
from claims.rules.statements import ENDED


@dataclass
class Spent:
    """What some visits cost, by kind and by bearer."""

    visits: int = 0
    fen: int = 0
    by_kind: Counter = field(default_factory=Counter)
    by_bearer: Counter = field(default_factory=Counter)

    def add(self, costs: Iterable[Cost]) -> None:
        """Count one more visit."""
        self.visits += 1
        for cost in costs:
            self.fen += cost.fen
            self.by_kind[cost.kind] += cost.fen
            self.by_bearer[cost.borne_by] += cost.fen

    @property
    def per_visit_fen(self) -> int | None:
        return mean(self.fen, self.visits)


@dataclass
class CostMonth:
    """The cost of service in one month of a county, and the saving against its baseline."""

    month: date
    spent: Spent = field(default_factory=Spent)
    claims: int = 0
    visited: int = 0
    claims_fen: int = 0
    baseline: CostBaseline | None = None

    @property
    def not_visited(self) -> int:
        """Settled claims that nobody had to go for: their cost of service is 0."""
        return self.claims - self.visited

    @property
    def per_claim_fen(self) -> int | None:
        return mean(self.claims_fen, self.claims)

    @property
    def per_visited_fen(self) -> int | None:
        return mean(self.claims_fen, self.visited)

    @property
    def saving(self) -> Fraction | None:
        """The share saved; None without a baseline or without claims."""
        baseline = self.baseline.cost_per_claim_fen if self.baseline else None
        return saving(self.claims_fen, self.claims, baseline)


@dataclass(frozen=True)
class ClaimCost:
    """A settled claim with what its visits cost."""

    claim: Claim
    spent: Spent


def of_visits(visits: QuerySet[Visit]) -> dict[int, tuple[Cost, ...]]:
    """What each of these visits, which were let through the scope, cost so far, by key; four queries.

    Parts count whichever station's shelf they came from.
    """
    keys = visits.order_by().values("pk")
    lines: dict[int, list[Cost]] = defaultdict(list)
    rows = VisitCost.objects.filter(visit__in=keys, withdrawn_at__isnull=True).order_by("id")
    for visit, kind, borne_by, fen in rows.values_list("visit", "kind", "borne_by", "amount_fen"):
        lines[visit].append(Cost(kind, borne_by, fen))
    used = PartUse._base_manager.filter(visit__in=keys, state=PartState.USED).order_by().values("visit")
    parts = {row["visit"]: row["fen"] for row in used.annotate(fen=Sum(F("price_fen") * F("quantity")))}
    earned = ProviderOrder.objects.filter(visit__in=keys, state__in=ENDED).order_by().values("visit")
    fees = {row["visit"]: row["fen"] for row in earned.annotate(fen=Sum("fee_fen"))}
    return {
        pk: cost_of_visit(lines.get(pk, ()), parts_fen=parts.get(pk, 0), fee_fen=fees.get(pk, 0))
        for pk in visits.order_by("pk").values_list("pk", flat=True)
    }


def months(county_code: str, wanted: Collection[date]) -> list[CostMonth]:
    """The cost of service of a county in these months, in their order; as few queries for many as for one."""
    found = {month: CostMonth(month) for month in wanted}
    start, end = month_bounds(min(wanted))[0], month_bounds(max(wanted))[1]
    within = Q(ended_at__gte=start, ended_at__lt=end)
    settled = Q(claim__status__in=SETTLED, claim__resolved_at__gte=start, claim__resolved_at__lt=end)
    visits = Visit.objects.filter(made(), within | settled, county_code=county_code)
    costs = of_visits(visits)
    visited: dict[date, set[int]] = defaultdict(set)
    rows = visits.values_list("pk", "claim", "ended_at", "claim__status", "claim__resolved_at")
    for pk, claim, ended_at, status, resolved_at in rows:
        ended_in = found.get(_month(ended_at))
        if ended_in is not None:
            ended_in.spent.add(costs[pk])
        settled_in = found.get(_month(resolved_at)) if status in SETTLED and resolved_at else None
        if settled_in is not None:
            settled_in.claims_fen += total(costs[pk])
            visited[settled_in.month].add(claim)
    claims = settled_claims(county_code, start, end).values_list("resolved_at", flat=True)
    for resolved_at in claims:
        if (month := found.get(_month(resolved_at))) is not None:
            month.claims += 1
    known = baselines(county_code)
    for each in found.values():
        each.visited = len(visited[each.month])
        each.baseline = baseline_of(known, each.month)
    return list(found.values())


def settled_claims(county_code: str, start, end) -> QuerySet[Claim]:
    """Claims of a county that were settled in a span of time and are settled still."""
    return Claim.objects.filter(
        county_code=county_code, status__in=SETTLED, resolved_at__gte=start, resolved_at__lt=end
    )


def claims_of(county_code: str, month: date) -> list[ClaimCost]:
    """The claims settled in a month with what their visits cost, the dearest first; a few queries."""
    start, end = month_bounds(month)
    claims = list(
        settled_claims(county_code, start, end)
        .select_related("station", "order_line")
        .order_by("resolved_at", "pk")
    )
    visits = Visit.objects.filter(
        made(),
        county_code=county_code,
        claim__in=settled_claims(county_code, start, end).order_by().values("pk"),
    )
    costs = of_visits(visits)
    spent: dict[int, Spent] = defaultdict(Spent)
    for pk, claim in visits.values_list("pk", "claim"):
        spent[claim].add(costs[pk])
    found = [ClaimCost(claim, spent.get(claim.pk, Spent())) for claim in claims]
    return sorted(found, key=lambda each: -each.spent.fen)


def baselines(county_code: str) -> list[CostBaseline]:
    """What a county has set as its cost before the network, the newest first."""
    rows = CostBaseline.objects.filter(county_code=county_code).select_related("set_by")
    return list(rows.order_by("-valid_from", "-pk"))


def baseline_of(known: Iterable[CostBaseline], month: date) -> CostBaseline | None:
    """The one that counts for a month: the newest that is valid by its last day."""
    last = timezone.localdate(month_bounds(month)[1] - timedelta(seconds=1))
    return next((each for each in known if each.valid_from <= last), None)


def _month(at) -> date:
    return timezone.localdate(at).replace(day=1)
