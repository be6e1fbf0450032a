"""How cells are found: by an index, however many there are, and without a look at any claim."""

import pytest
from django.db import connection

from aftersales.lib.periods import Period
from claims.models import CellReading
from claims.queries.figures import cells
from claims.services import figures as keeping
from tests.claims.figures import worlds
from tests.factories import NOW, seeing_everything

pytestmark = pytest.mark.django_db(databases=["default", "reports"])
YEAR, NOVEMBER = Period.named("2026"), Period.named("2026-11")
XIUWEN, NATION = "520123000000", "000000000000"
READS = {
    "region": (lambda cast: cells.of_region(XIUWEN, YEAR), "figure_cell_once"),
    "station": (lambda cast: cells.of_station(cast.guangcheng.pk, YEAR), "figure_cell_of_station"),
    "children": (lambda cast: cells.by_child(NATION, NOVEMBER), "figure_cell_once"),
    "stations": (lambda cast: cells.by_station(XIUWEN, NOVEMBER), "figure_cell_once"),
    "trend": (lambda cast: cells.trend(XIUWEN, NOVEMBER.back(12)), "figure_cell_once"),
}


class Plans:
    """Has every statement that reads cells explained before it is carried out."""

    def __init__(self):
        self.found = []

    def __call__(self, execute, sql, params, many, context):
        if CellReading._meta.db_table in sql:
            how = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
            execute(f"{how} {sql}", params, many, context)
            self.found.append("\n".join(str(row) for row in context["cursor"].fetchall()))
        return execute(sql, params, many, context)


@pytest.mark.parametrize("name", READS)
def test_cells_are_found_by_an_index(cast, name):
    read, index = READS[name]
    worlds.draw(cast, seed=1, claims=20)
    with seeing_everything():
        keeping.rebuild(now=NOW)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
        plans = Plans()
        with connection.execute_wrapper(plans):
            read(cast)

    assert len(plans.found) == 1
    own = index if connection.vendor == "postgresql" or index != "figure_cell_once" else "level=?"
    assert own in plans.found[0]
    assert "claims_claim" not in plans.found[0]
