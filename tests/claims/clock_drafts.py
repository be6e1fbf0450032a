"""Drafting and publishing in one line each, for tests about clock policies."""

from datetime import date

import pytest

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.queries.clock_policies import allowances_of
from claims.services import clock_policies as service
from claims.services import clock_policy_lines as lines
from tests.factories import NOW, acting_as, seeing_everything

XIUWEN = "520123000000"
TOMORROW = date(2026, 11, 21)
HOURS_12 = {"amount": 720, "basis": "natural", "warn_percent": 80, "climbs": True}
FRUIT = {"clock": "handling", "goods_type": "fresh_fruit", **HOURS_12}


def drafted(by, county_code=XIUWEN, kind="service"):
    with acting_as(by):
        return service.draft(kind=kind, county_code=county_code, by=by, now=NOW)


def line_set(policy, by, **values):
    with acting_as(by):
        return lines.set_line(policy=policy, **{**FRUIT, **values}, by=by, now=NOW)


def published(policy, by, *, valid_from=TOMORROW, seen=None, note=""):
    seen = allowances_of([policy.pk])[policy.pk].fingerprint if seen is None else seen
    with acting_as(by):
        return service.publish(policy=policy, valid_from=valid_from, note=note, seen=seen, by=by, now=NOW)


def refusal_of(function, *args, **kwargs):
    with pytest.raises(Refused) as refusal:
        function(*args, **kwargs)
    return refusal.value.code, refusal.value.field


def said(policy):
    rows = policy.rules.values_list("clock", "goods_type", "nature", "severity", "amount", "basis", "climbs")
    return set(rows), set(policy.pause_rules.values_list("reason", "max_minutes"))


def told(verb):
    with seeing_everything():
        return [
            (event.before, event.after, event.county_code)
            for event in AuditEvent.objects.filter(verb=verb).order_by("pk")
        ]
