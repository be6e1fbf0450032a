"""Repairs of the goods of an order line, over all claims on it. docs/rules/repairs.md."""

from datetime import date

from claims.models import Compensation, OrderLine, Repair
from claims.rules import repairs as rule
from claims.rules.repairs import Attempt, Because, RepairOutcome


def attempts_of(line: OrderLine) -> list[Repair]:
    """Every repair of the goods, the first one first."""
    # Past the scope: the goods are the same, whoever of the county noted a repair.
    rows = Repair._base_manager.filter(order_line=line).select_related("provider")
    return list(rows.order_by("attempt"))


def may_replace(line: OrderLine, *, today: date) -> tuple[Because, ...]:
    """Why the goods of a line may be replaced or given back although they were repaired; empty if not."""
    return rule.may_replace(facts(attempts_of(line)), today)


def facts(attempts: list[Repair]) -> list[Attempt]:
    """What the rule looks at."""
    return [Attempt(each.began_on, each.ended_on, each.outcome) for each in attempts]


def is_done(chosen: Compensation) -> bool:
    """Whether the goods were repaired in the round of a chosen repair."""
    done = Repair._base_manager.filter(
        claim_id=chosen.claim_id, round=chosen.round, outcome=RepairOutcome.FIXED
    )
    return done.exists()
