"""docs/rules/certificates.md: numbers with a check sign, validity, what a visitor is told."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

VALID_YEARS = 2
RENEWAL_FROM = timedelta(days=90)
"""How long before its end a certificate may be renewed."""


class Standing(StrEnum):
    """What the public page says about a number."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
