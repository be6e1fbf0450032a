"""Lists of a county are found by an index that begins with the county, however long other counties' are."""

from datetime import date, timedelta

import pytest
from django.db import connection

from claims.queries import issues, parts, provider_orders, statements
from tests.claims.money.cases import XIUWEN
from tests.factories import NOW, acting_as

pytestmark = pytest.mark.django_db

LISTS = {
    "order_county_newest": lambda: provider_orders.orders().order_by("-offered_at", "-id"),
    "diagnosis_county_year": lambda: issues.found_since(NOW - timedelta(days=365)).order_by(),
    "part_stock_county": lambda: parts.stocks(only_low=True).order_by().values("on_hand"),
    "statement_once": lambda: statements.statements(XIUWEN).filter(month=date(2026, 10, 1)).order_by(),
}


@pytest.mark.parametrize("index", LISTS)
def test_a_list_of_a_county_is_found_by_its_index(cast, index):
    with acting_as(cast.manager), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        plan = LISTS[index]()[:31].explain()

    # SQLite names the unique indexes that it makes for constraints by their table.
    own = index if index != "statement_once" or connection.vendor == "postgresql" else "county_code=?"
    assert own in plan
