import pytest

from claims.models import Fund
from tests.claims.money.cases import XIUWEN, fill


@pytest.fixture
def county_fund(cast) -> Fund:
    """The county's fund with 1,000 yuan on its account."""
    return fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
