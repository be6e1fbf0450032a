"""Kinds of cases, from which claims are drawn: goods, what was wrong with them, what the rules say is due."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import NamedTuple

from aftersales.accounts.models import User
from aftersales.ops.demo.words import Words
from aftersales.ops.volume.staging import Json
from aftersales.ops.volume.timing import Timing
from claims.models import CompensationPolicy
from claims.queries import policies
from claims.rules.approval import required_level
from claims.rules.classification import procedure_for
from claims.rules.clocks import Basis, Clock
from claims.rules.compensation import coupon_value_fen, cumulative_award, reship_quantity, reship_value_fen
from claims.services import filing, lines
from stations.services import parties

KINDS = 600
REMEDIES = ("refund", "coupon", "reship")


class Kind(NamedTuple):
    """One combination of goods and trouble, worked out once. Sums in fen, quantities in thousandths.

    `remedies` is a list of codes for Python and not read by the database; empty when nothing is paid.
    """

    kind: int
    product: str
    goods_type: str
    unit: str
    quantity_milli: int
    paid_fen: int
    platform_id: int
    merchant_id: int
    logistics_id: int
    liable_party_id: int | None
    nature: str
    severity: str
    procedure: str
    description: str
    bad_milli: int | None
    first_rule_id: int
    handling_rule_id: int
    handling_has_hours: int
    reply_progress: str
    reply_method: str
    remedies: str
    level: str
    amount_fen: int
    steps: Json
    coupon_fen: int
    reship_milli: int
    reship_fen: int
    refusal_code: str
    refusal_text: str

    def granted_fen(self, remedy: str) -> int:
        """What a remedy counts against the order line."""
        return {"refund": self.amount_fen, "coupon": self.coupon_fen, "reship": self.reship_fen}[remedy]


def kinds(words: Words, *, policy: CompensationPolicy, timing: Timing, by: User, now: datetime) -> list[Kind]:
    """Draw kinds over the seasons of a year; their firms are entered where they are new."""
    known: dict[tuple[str, str], int] = {}

    def party(kind: str, name: str) -> int:
        if (kind, name) not in known:
            known[kind, name] = parties.find_or_create(kind=kind, name=name, by=by, now=now).pk
        return known[kind, name]

    return [
        _kind(number, words, now - timedelta(days=365 * number / KINDS), party, policy, timing)
        for number in range(KINDS)
    ]


def _kind(number: int, words: Words, at: datetime, party, policy: CompensationPolicy, timing: Timing) -> Kind:
    goods = words.goods(at)
    trouble = words.trouble(goods)
    classed = (goods.goods_type, trouble.nature, trouble.severity)
    handling = timing.rule(Clock.HANDLING, *classed)
    procedure = procedure_for(goods.goods_type, trouble.nature, trouble.severity)
    firms = {
        "platform": party("platform", words.platform()),
        "merchant": party("merchant", words.merchant(goods)),
        "logistics": party("logistics", words.logistics()),
    }
    bad, total = (trouble.bad or 0) * 1000, goods.quantity * 1000
    award = cumulative_award(
        bad_milli=bad, total_milli=total, paid_fen=goods.paid_fen, terms=policies.terms_of(policy)
    )
    possible = {each.value for each in procedure.remedies} if award.amount_fen else ()
    again = reship_quantity(bad, True) if bad else 0
    refusal_code, refusal_text = words.refusal(goods)
    return Kind(
        kind=number,
        product=goods.product,
        goods_type=goods.goods_type,
        unit=goods.unit,
        quantity_milli=total,
        paid_fen=goods.paid_fen,
        **{f"{name}_id": key for name, key in firms.items()},
        liable_party_id=firms.get(procedure.liable_kind),
        nature=trouble.nature,
        severity=trouble.severity,
        procedure=procedure.code,
        description=trouble.text,
        bad_milli=bad or None,
        first_rule_id=timing.rule(Clock.FIRST_RESPONSE, *classed).pk,
        handling_rule_id=handling.pk,
        handling_has_hours=int(handling.basis != Basis.NATURAL),
        reply_progress="已登记受理",
        reply_method=str(filing.METHODS[procedure.code]),
        remedies=" ".join(remedy for remedy in REMEDIES if remedy in possible),
        level=required_level(
            award.amount_fen,
            policies.limits_of(policy),
            flags=(),
            evidence_count=1,
            choice_recorded=True,
            decided_by=procedure.decided_by,
        ).level.value,
        amount_fen=award.amount_fen,
        steps=Json(json.dumps(lines.written(award))),
        coupon_fen=coupon_value_fen(award.amount_fen, policy.coupon_bonus_permille, goods.paid_fen),
        reship_milli=again,
        reship_fen=reship_value_fen(again, total, goods.paid_fen, goods.paid_fen) if again else 0,
        refusal_code=refusal_code,
        refusal_text=refusal_text,
    )
