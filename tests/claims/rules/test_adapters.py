"""Codes of outside platforms: what each published rule comes to here, and descriptions that are refused."""

import csv
from pathlib import Path

import pytest

from claims.models.choices import RejectionCode
from claims.rules import adapters
from claims.rules.adapters import AdapterError, CodeKind
from claims.rules.classification import GoodsType, Nature, Severity, procedure_for
from claims.rules.clocks import SERVICE_ALLOWANCES, Clock
from claims.rules.compensation import Terms, cumulative_award
from claims.rules.damage_tiers import DEFAULT_TIERS
from claims.rules.orders import OrderStep
from claims.rules.status import Status
from claims.services.adapters import every

GOLDEN = Path(__file__).parents[2] / "golden" / "adapters.csv"
with GOLDEN.open(encoding="utf-8", newline="") as file:
    RULES = list(csv.DictReader(file))
ADAPTER = {"code": "p", "name": "平台", "source": "published"}


def numbers(given: str) -> dict[str, str]:
    return dict(part.split("=") for part in given.split())


def award(given: str, terms: Terms) -> str:
    said = numbers(given)
    bad, total = (round(float(said[name]) * 1000) for name in ("bad", "total"))
    found = cumulative_award(
        bad_milli=bad,
        total_milli=total,
        paid_fen=int(said["paid"]),
        freight_fen=int(said.get("freight", 0)),
        terms=terms,
    )
    return str(found.amount_fen)


def tiers(given):
    return award(given, Terms(tiers=DEFAULT_TIERS, includes_freight=True))


def share(given):
    return award(given, Terms(tolerance_permille=int(numbers(given)["tolerance"])))


def case_status(given):
    platform, code = given.split()
    return every()[platform].meaning(CodeKind.CASE_STATUS, code).status.value


def service(given):
    platform, code = given.split()
    meaning = every()[platform].meaning(CodeKind.SERVICE, code)
    return f"{meaning.nature or ''} {meaning.severity or ''}"


def procedure(given):
    goods_type, nature, severity = given.split()
    found = procedure_for(GoodsType(goods_type), Nature(nature), Severity(severity))
    return found.decided_by.value


def clock(given):
    name, goods_type = given.split()
    (found,) = [
        each for each in SERVICE_ALLOWANCES if each.clock == Clock(name) and each.goods_type == goods_type
    ]
    return f"{found.amount} {found.basis.value}"


def refusal(given):
    return RejectionCode(given).value


WAYS = {way.__name__: way for way in (tiers, share, case_status, service, procedure, clock, refusal)}


@pytest.mark.parametrize("row", RULES, ids=[row["rule"] for row in RULES])
def test_what_a_published_rule_comes_to_here(row):
    assert WAYS[row["kind"]](row["given"]) == row["ours"]


def test_every_published_rule_has_its_example():
    assert [row["rule"] for row in RULES] == [f"RD{number:02d}" for number in range(1, 32)]


def test_every_platform_tells_each_state_of_ours_and_reads_its_own_back():
    statuses = {status.value for status in Status} - {Status.MERGED.value}
    for adapter in every().values():
        assert set(adapter.told[CodeKind.CASE_STATUS]) == statuses, adapter.code
        assert set(adapter.told[CodeKind.ORDER_STATE]) >= {"placed", "shipped", "signed", "closed"}
        for step in OrderStep:
            outside = adapter.outside(CodeKind.ORDER_STATE, step.value)
            assert outside is None or adapter.meaning(CodeKind.ORDER_STATE, outside) is not None
    assert list(every()) == ["generic", "pinduoduo", "taobao", "wechat_store"]
    assert every()["pinduoduo"].outside(CodeKind.ORDER_STATE, "cancelled") is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"colour": []}, "unknown: colour"),
        ({"name": ""}, "name is missing"),
        ({"order_state": [{"code": "1"}]}, "order_state needs code and words"),
        (
            {"order_state": [{"code": "1", "words": "x", "nature": "quality"}]},
            "order_state needs code and words",
        ),
        ({"order_state": [{"code": "1", "words": "x", "state": "lost"}]}, "order_state 1: 'lost'"),
        ({"order_state": [{"code": 1, "words": "x"}]}, "code and words are texts"),
        ({"reason": [{"code": "1", "words": "x"}, {"code": "1", "words": "y"}]}, "1 is described twice"),
        ({"told": {"reason": {}}}, "told knows"),
        ({"told": {"order_state": {"lost": "1"}}}, "lost is none of ours"),
        ({"told": {"order_state": {"placed": "1"}}}, "1 is not described"),
        (
            {"order_state": [{"code": "1", "words": "x"}], "told": {"order_state": {"placed": "1"}}},
            "1 says nothing about ours",
        ),
    ],
)
def test_a_description_that_cannot_be_used_is_refused(change, said):
    with pytest.raises(AdapterError, match=said):
        adapters.read({**ADAPTER, **change})
