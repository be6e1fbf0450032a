"""Every event about a claim has words on its page."""

import ast
from pathlib import Path

from claims.services.moves import VERBS
from claims.views.timeline import TITLES

SERVICES = Path(__file__).parents[3] / "claims" / "services"
# Events that are not about one claim, or that nobody needs to read there.
ELSEWHERE = (
    *("consumer.", "order.", "orders.", "fund.", "deposit.", "policy.", "clock_policy.", "personal."),
    *("incentive_batch.", "payout_batch.", "cash_box.", "fund_month.", "write_off.", "demand.", "receipt."),
    *("availability.", "calendar_feed.", "contract.", "cost_baseline.", "home_help.", "issue.", "part."),
    *("statement.", "fee_complaint.", "photo.discarded", "goods.counted", "visit.signature_shown"),
    *("check.", "finding.", "evaluation.", "measure.", "figures."),
)


def recorded_verbs() -> set[str]:
    """The first argument of every call of `record` in the services, where it is written out."""
    calls = [
        node
        for path in SERVICES.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "record"
    ]
    written = {node.args[0].value for node in calls if node.args and isinstance(node.args[0], ast.Constant)}
    return written | set(VERBS.values())


def test_verbs_are_found():
    assert {"claim.filed", "claim.accepted", "compensation.chosen", "coupon.issued"} <= recorded_verbs()


def test_every_verb_has_words():
    assert {verb for verb in recorded_verbs() if not verb.startswith(ELSEWHERE)} - TITLES.keys() == set()
