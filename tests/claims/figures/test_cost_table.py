from io import BytesIO

import time_machine
from openpyxl import load_workbook

from claims.models import PartStock, PartUse, Visit
from claims.queries import costs as reading
from claims.rules.costs import total
from tests.claims.figures.test_costs import IN_NOVEMBER, cost, made, settled, shelf_part
from tests.claims.money.cases import XIUWEN
from tests.claims.statements.cases import make_order
from tests.factories import NOW, seeing_everything


@time_machine.travel(NOW, tick=False)
def test_the_list_of_visits_says_what_the_figures_say_wherever_a_part_came_from(as_user, cast):
    """The table of visits and the cost of service are two doors to one sum, with parts and fees."""
    claim = settled(cast.guangcheng, by=cast.agent)
    visit = made(claim, by=cast.technician)
    cost(visit, 1500, by=cast.technician)
    part = shelf_part(visit, 6000, by=cast.technician)
    with seeing_everything():
        elsewhere = PartStock.objects.create(
            part=part.part, station=cast.xiuwen_centre, county_code=XIUWEN, on_hand=0
        )
        PartUse.objects.filter(pk=part.pk).update(stock=elsewhere)
    paid = make_order(cast.guangcheng, by=cast.officer, claim=claim, ended_at=IN_NOVEMBER, fee_fen=8000)

    response = as_user("technician").get("/claims/visits/table/", {"tab": "all", "q": claim.number})

    book = load_workbook(BytesIO(b"".join(response.streaming_content)))
    head, *rows = book.worksheets[1].iter_rows(values_only=True)
    column = list(head).index("Cost in yuan")
    assert sorted(row[column] for row in rows) == [75, 80]
    with seeing_everything():
        found = reading.of_visits(Visit.objects.filter(claim=claim))
    assert {pk: total(costs) for pk, costs in found.items()} == {visit.pk: 7500, paid.visit.pk: 8000}
