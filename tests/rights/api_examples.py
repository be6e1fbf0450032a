"""What to put into the addresses of the API, and what to send there."""

from __future__ import annotations

import re

from tests.rights.examples import MISSING_CODE, MISSING_KEY
from tests.rights.routes import Route

WELL_FORMED = (str(MISSING_KEY), MISSING_CODE, "00000000-0000-4000-8000-000000000000", "2026-10", "none")
"""Values of which each kind of parameter takes one, and which fit nothing there is."""


def any_values(route: Route) -> dict[str, str]:
    """Values for the parameters of a route that lead to its door, whatever is behind it."""
    return {
        name: next(value for value in WELL_FORMED if re.fullmatch(form, value))
        for name, form in zip(route.parameters, route.forms, strict=True)
    }
