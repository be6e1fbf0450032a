"""What a visit cost, as its page says it: its lines, then parts and the provider's fee beyond them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from claims.models import Claim, PartUse, ProviderOrder, Visit, VisitCost
from claims.models.visits import BearerChoices
from claims.queries import costs as reading
from claims.queries.visit_conditions import made
from claims.rules.costs import Cost, beyond_lines, counting_lines, total
from claims.rules.parts import PartState
from claims.rules.statements import ENDED
from claims.rules.visits import has_costs
from claims.views.cost_words import kind_word


@dataclass(frozen=True)
class VisitMoney:
    """The sum of a visit, and what of it stands in no cost line: words of kind and bearer, and fen."""

    total_fen: int
    beyond: list[tuple[str, str, int]]


def of_rows(
    lines: Iterable[VisitCost], uses: Iterable[PartUse], orders: Iterable[ProviderOrder]
) -> VisitMoney:
    """The true sum from the rows that a visit's page shows anyway; docs/rules/figures.md, "Cost of service".

    Marks the lines that a provider bears within its fee.
    """
    fee_fen = sum(order.fee_fen for order in orders if order.state in ENDED)
    parts_fen = sum(use.cost_fen for use in uses if use.state == PartState.USED)
    rows = [line for line in lines if line.withdrawn_at is None]
    named = {line.pk: Cost(line.kind, line.borne_by, line.amount_fen) for line in rows}
    kept = counting_lines(named.values(), fee_fen=fee_fen)
    for line in rows:
        line.is_within_fee = named[line.pk] not in kept
    beyond = beyond_lines(kept, parts_fen=parts_fen, fee_fen=fee_fen)
    said = [(kind_word(each.kind), str(BearerChoices(each.borne_by).label), each.fen) for each in beyond]
    return VisitMoney(total((*kept, *beyond)), said)


def of_claim_page(claim: Claim, visits: Iterable[Visit]) -> int:
    """What the visits of a claim cost so far, in fen; 0, and no query, where nobody has gone yet."""
    if not any(visit.ended_at and has_costs(visit.state, visit.failure) for visit in visits):
        return 0
    return sum(total(each) for each in reading.of_visits(Visit.objects.filter(made(), claim=claim)).values())
