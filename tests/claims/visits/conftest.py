"""People before the pages of visits, at one moment; a claim with a visit."""

from datetime import time

import pytest

from tests.claims.views.conftest import door as door
from tests.claims.visits.visit_cases import MONDAY, make_visit, make_week, shanghai
from tests.factories import make_claim, make_line


@pytest.fixture
def claim(cast):
    """A washing machine in a village whose agent goes at ten, the technician at ten and at two on Mondays."""
    make_week(cast.technician, cast.liuguang_point, (0, time(10), 1), (0, time(14), 2))
    make_week(cast.agent, cast.guangcheng, (0, time(10), 1))
    line = make_line(cast.guangcheng, product="全自动洗衣机", goods_type="appliance", paid_fen=89_900)
    return make_claim(cast.guangcheng, filed_by=cast.agent, line=line, procedure="appliance_repair")


@pytest.fixture
def visit(cast, claim):
    return make_visit(
        claim, starts_at=shanghai(MONDAY, 10), kind="repair", task="不脱水", technician=cast.agent
    )
