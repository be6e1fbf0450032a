"""How many cases a property test draws: a few hundred by default, PROPERTY_CASES=100000 for a campaign."""

import os

from hypothesis import HealthCheck, settings

cases = settings(
    max_examples=int(os.environ.get("PROPERTY_CASES", "300")),
    deadline=None,
    # The fixtures that every test gets hold nothing that a drawn case could change.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
