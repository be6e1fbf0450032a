"""A claim about a washing machine, and answers that lead somewhere."""

from claims.models import Claim
from tests.factories import make_claim, make_line

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
