"""Which promises were in force, and the line of a policy that a claim falls under."""

from datetime import date

from django.db.models import Q

from claims.models import ClockPolicy, ClockRule
from claims.models.clock_policies import ClockPolicyState, PolicyKind
from claims.rules.classification import PARENT, GoodsType
from claims.rules.clocks import Clock


def policy_on(county_code: str, day: date, kind: str = PolicyKind.SERVICE) -> ClockPolicy:
    """The county's newest published policy in force on a day, else the programme's.

    A day before the programme's first policy gets that first one.
    """
    published = ClockPolicy.objects.filter(kind=kind, state=ClockPolicyState.IN_FORCE)
    in_force = published.filter(Q(county_code=county_code) | Q(county_code=""), valid_from__lte=day).order_by(
        "-county_code", "-valid_from", "-version"
    )
    return in_force.first() or published.filter(county_code="").order_by("valid_from", "version")[:1].get()


def rule_for(
    rules: list[ClockRule], clock: Clock, *, goods_type: str, nature: str, severity: str
) -> ClockRule | None:
    """The nearest of a policy's lines for a clock: by goods type (itself, its group, any), then nature, then
    severity. None when the policy does not time this."""
    nearness = {goods_type: 2, "": 0}
    if parent := PARENT[GoodsType(goods_type)]:
        nearness[parent.value] = 1
    fitting = [
        rule
        for rule in rules
        if rule.clock == clock
        and rule.goods_type in nearness
        and rule.nature in ("", nature)
        and rule.severity in ("", severity)
    ]
    return max(
        fitting,
        key=lambda rule: (nearness[rule.goods_type], bool(rule.nature), bool(rule.severity)),
        default=None,
    )
