"""The promises and hand-over times: the programme's first versions, and new ones."""

from datetime import date

from django.db import transaction

from claims.models import ClockPolicy, ClockRule, PauseRule
from claims.models.clock_policies import ClockPolicyState, PolicyKind
from claims.rules.clocks import LEGAL_ALLOWANCES, LONGEST_PAUSE, SERVICE_ALLOWANCES

FIRST_DAY = date(2020, 1, 1)


def ensure_programme_policies(sender, using="default", **kwargs):
    """After every migration: write the programme's first promises and the limits set by law, if missing."""
    first = {(PolicyKind.SERVICE, FIRST_DAY): SERVICE_ALLOWANCES}
    first |= {(PolicyKind.LAW, day): lines for day, lines in LEGAL_ALLOWANCES.items()}
    policies = ClockPolicy.objects.using(using)
    known = set(policies.filter(county_code="").values_list("kind", "valid_from"))
    with transaction.atomic(using=using):
        for (kind, day), lines in first.items():
            if any(each_kind == kind and each_day >= day for each_kind, each_day in known):
                continue
            policy = policies.create(
                kind=kind,
                version=policies.filter(kind=kind, county_code="").count() + 1,
                valid_from=day,
            )
            ClockRule.objects.using(using).bulk_create(
                ClockRule(
                    policy=policy,
                    clock=line.clock,
                    goods_type=line.goods_type or "",
                    amount=line.amount,
                    basis=line.basis,
                    climbs=line.climbs,
                    source=line.source,
                )
                for line in lines
            )
            if kind == PolicyKind.SERVICE:
                PauseRule.objects.using(using).bulk_create(
                    PauseRule(policy=policy, reason=reason, max_minutes=minutes)
                    for reason, minutes in LONGEST_PAUSE.items()
                )
            policies.filter(pk=policy.pk).update(state=ClockPolicyState.IN_FORCE)
