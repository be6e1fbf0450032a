"""Claims that have ended, and checks and evaluations of them, for the tests of supervision."""

from datetime import UTC, datetime, timedelta

from aftersales.audit.models import AuditEvent
from aftersales.lib.periods import Period
from claims.models import CheckItem
from claims.queries import supervision as reading
from claims.rules.supervision import DrawRule
from claims.services import checks, findings
from tests.factories import NOW, acting_as, make_claim, seeing_everything

OCTOBER = Period.named("2026-10")
SEED = "0123456789abcdef"
ALL = DrawRule(1000, 1, 500)
HANDLED = timedelta(hours=30)


def ended_claim(cast, station=None, *, day: int = 10, **fields):
    """A claim that was filed and closed in October 2026, unless another moment is given."""
    at = fields.pop("filed_at", datetime(2026, 10, day, 4, 0, tzinfo=UTC))
    closed_at = fields.pop("closed_at", at + HANDLED)
    if closed_at is not None:
        at = min(at, closed_at - HANDLED)
    return make_claim(
        station or cast.guangcheng,
        filed_by=fields.pop("filed_by", cast.agent),
        filed_at=at,
        status=fields.pop("status", "closed"),
        closed_at=closed_at,
        resolved_at=fields.pop("resolved_at", at + timedelta(hours=20)),
        **fields,
    )


def open_check(cast, by=None, **fields):
    """A check of quality about October, with all claims drawn unless a rule is given."""
    by = by or cast.supervisor
    asked = {
        "county_code": "520123000000",
        "kind": "spot_check",
        "theme": "quality",
        "department": "market_regulation",
        "period": OCTOBER,
        "rule": ALL,
        "seed": SEED,
        "now": NOW,
        **fields,
    }
    with acting_as(by):
        return checks.open_check(by=by, **asked)


def yes(check, **other) -> dict[str, str]:
    """Answers that find nothing wrong, but what is given."""
    answers = {question.key: "yes" for question in reading.checklist_of(check).questions}
    return {**answers, **other}


def go_through(cast, check, *, by=None, now=NOW) -> None:
    """Every claim is as it should be."""
    by = by or cast.supervisor
    with acting_as(by):
        for item in CheckItem.objects.filter(check_round=check, checked_at__isnull=True):
            checks.answer_item(item=item, answers=yes(check), seen=None, by=by, now=now)


def make_finding(cast, check, *, by=None, **fields):
    """A finding that is due on 2026-11-30, unless something else is given."""
    by = by or cast.supervisor
    asked = {
        "severity": "serious",
        "words": "赔付金额少算",
        "due_on": datetime(2026, 11, 30).date(),
        "now": NOW,
        **fields,
    }
    with acting_as(by):
        return findings.find(check=check, by=by, **asked)


def events(verb: str = "", **fields) -> list[AuditEvent]:
    """What the trail holds, in order."""
    with seeing_everything():
        rows = AuditEvent.objects.filter(**({"verb": verb} if verb else {}), **fields)
        return list(rows.order_by("id"))
