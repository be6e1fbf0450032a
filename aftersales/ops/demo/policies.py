"""New rules of compensation that the demo county has issued for next month."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from aftersales.accounts.scoping import acting_in
from aftersales.ops.demo.people import Staff
from claims.models.compensation import PolicyKind
from claims.queries.policies import policy_for
from claims.rules import damage_tiers
from claims.services.policies import FIGURES, issue
from stations.access.scope import authority_of

ISSUED_BEFORE = timedelta(days=3)
TEXT = (
    "自下月一日起，我县按坏损档位赔付，运费一并计入。\n"
    "签收后 48 小时内拍照报给村级服务点，无需退货。\n"
    "农资、家电等商品仍按国家有关规定处理。"
)


def issue_rules(staff: Staff, *, now: datetime) -> str:
    """By tiers, with freight, from the first of next month on; gives one line of progress."""
    at = now - ISSUED_BEFORE
    first = (timezone.localdate(now).replace(day=1) + timedelta(days=32)).replace(day=1)
    in_force = policy_for(staff.county_code, first)
    figures = {
        **{name: getattr(in_force, name) for name in FIGURES},
        "kind": PolicyKind.TIERS,
        "tiers": damage_tiers.written(damage_tiers.DEFAULT_TIERS),
        "includes_freight": True,
        "automatic_limit_fen": 8_000,
        "published_text": TEXT,
    }
    staff.manager.__dict__.pop("_authority", None)
    with acting_in(authority_of(staff.manager, now=at).scope):
        policy = issue(
            county_code=staff.county_code, valid_from=first, figures=figures, by=staff.manager, now=at
        )
    return f"rules of compensation, version {policy.version}"
