"""docs/rules/approval.md, section 4: which compensations approved by the rule are looked at again."""

import hashlib

PERMILLE = 1000
LOOK_BACK_DAYS = 90
"""So long an objection moves the later claims of a person to somebody who decides."""


def is_drawn(key: str, permille: int) -> bool:
    """Whether a compensation is in the sample: decided by its key alone, the same on every run.

    A smaller share draws a part of what a larger one draws; 0 draws nothing and 1000 everything.
    """
    number = int.from_bytes(hashlib.sha256(f"second look {key}".encode()).digest()[:8])
    return number % PERMILLE < permille
