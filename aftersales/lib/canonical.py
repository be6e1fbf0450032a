"""One text for one content, and its fingerprint: how what is frozen is written down."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def canonical(content: Mapping[str, Any]) -> str:
    """The content as JSON: keys sorted, no blanks, every sign as itself. Raises ValueError for NaN and
    infinity, which JSON does not know."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256(text: str) -> str:
    """The fingerprint of a text in UTF-8: 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
