"""A claim about a washing machine, and answers that lead somewhere."""

from datetime import timedelta

from claims.models import Claim, Diagnosis, Issue
from tests.factories import NOW, make_claim, make_line

WASHER = "washing_machine-1"
PUMP_HUMS = [
    ["danger", "no"],
    ["what", "no_drain"],
    ["hose", "no"],
    ["drain_filter", "none"],
    ["pump_sound", "hum"],
]
"""A visit with a drain pump, WM-12."""
HOSE_KINKED = [["danger", "no"], ["what", "no_drain"], ["hose", "yes"]]
"""Solved on the phone, WM-10."""
SMOKE = [["danger", "yes"]]
"""Danger, WM-01."""
NOTHING_FITS = [["danger", "no"], ["what", "other"]]
"""A visit; no known fault."""

WORDS = {
    "goods_type": "appliance",
    "appliance": "washing_machine",
    "symptom": "脱水时异响",
    "cause": "刹车片磨损",
    "root_cause": "wear",
    "solution": "换刹车片。",
}
"""A known fault that the library does not hold."""


def washer_claim(
    station, by, *, product: str = "波轮洗衣机 8 公斤", goods_type: str = "appliance", **fields
) -> Claim:
    """A washing machine that does not drain, accepted at a station."""
    line = make_line(station, product=product, goods_type=goods_type, paid_fen=69_900, quantity_milli=1000)
    fields = {"severity": "moderate", "procedure": "appliance_repair", **fields}
    return make_claim(station, filed_by=by, line=line, bad_milli=1000, **fields)


def spelled(answers) -> str:
    """Answers as they stand in an address."""
    return ",".join(".".join(each) for each in answers)


def found(claim, code: str, advice: str = "visit", *, days: int = 1, by=None) -> Diagnosis:
    """A diagnosis as it lies in the books."""
    issue = Issue.objects.get(code=code) if code else None
    return Diagnosis.objects.create(
        claim=claim,
        round=1,
        county_code=claim.county_code,
        appliance=issue.appliance if issue else "generic",
        checklist="generic-1",
        answers=[],
        advice=advice,
        issue=issue,
        by=by or claim.filed_by,
        at=NOW - timedelta(days=days),
    )
