import pytest

from tests.claims.money.cases import XIUWEN, fill
from tests.factories import make_party


@pytest.fixture
def xiuwen_fund(cast):
    return fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)


@pytest.fixture
def orchard():
    return make_party(name="果园电商")


@pytest.fixture
def courier():
    return make_party("logistics", "山路快运")
