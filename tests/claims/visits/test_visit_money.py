"""The pages of a visit and of a claim show the sum of the figures: with parts and the provider's fee."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims.models import Visit
from claims.queries import costs as figures
from claims.rules.costs import total
from tests.claims.figures.test_costs import cost, made, shelf_part
from tests.claims.statements.cases import make_order
from tests.factories import seeing_everything

pytestmark = pytest.mark.django_db


def shown(page):
    return page.context["money"].total_fen, page.context["money"].beyond


def figured(*visits) -> int:
    with seeing_everything():
        rows = Visit.objects.filter(pk__in=[visit.pk for visit in visits])
        return sum(total(each) for each in figures.of_visits(rows).values())


def test_parts_and_the_fee_count_beside_the_lines_none_twice(cast, door):
    order = make_order(cast.guangcheng, by=cast.officer, fee_fen=8_000)
    visit = order.visit
    cost(visit, 3_000, kind="labour", borne_by="liable_party", by=cast.officer)
    within = cost(visit, 2_500, borne_by="provider", by=cast.officer)
    shelf_part(visit, 2_000, quantity=2, by=cast.officer)
    shelf_part(visit, 900, state="reserved", by=cast.officer)

    page = door(cast.officer).get(f"/claims/visits/{visit.pk}/")

    beyond = [("Part", "the station", 4_000), ("Fees of providers", "the county's fund", 5_000)]
    assert shown(page) == (12_000, beyond)
    assert figured(visit) == 12_000
    assert [line.pk for line in page.context["costs"] if line.is_within_fee] == [within.pk]
    text = page.content.decode()
    assert ("¥120.00" in text, text.count("counted by itself"), text.count("within the fee")) == (True, 2, 1)


def test_a_fee_alone_is_shown_as_a_cost(cast, door):
    visit = make_order(cast.guangcheng, by=cast.officer, fee_fen=9_750).visit

    page = door(cast.officer).get(f"/claims/visits/{visit.pk}/")

    assert shown(page) == (9_750, [("Fees of providers", "the county's fund", 9_750)])
    assert "No costs are noted." not in page.content.decode()


def test_a_claim_says_what_all_its_visits_cost_so_far(cast, door, claim):
    def page():
        return door(cast.agent).get(f"/claims/{claim.number}/")

    assert page().context["visits_fen"] == 0
    first, second = made(claim, by=cast.agent), made(claim, by=cast.agent, state="failed", number=30)
    cost(first, 1_500, by=cast.agent)
    shelf_part(first, 2_800, by=cast.agent)
    cost(second, 1_000, by=cast.agent)

    with CaptureQueriesContext(connection) as few:
        answer = page()

    assert answer.context["visits_fen"] == figured(first, second) == 5_300
    assert "cost so far ¥53.00" in answer.content.decode()
    made(claim, by=cast.agent, number=45)
    with CaptureQueriesContext(connection) as many:
        page()
    assert len(many) == len(few)


def test_a_visit_that_is_only_planned_asks_nothing_about_money(cast, door, claim, visit):
    with CaptureQueriesContext(connection) as queries:
        answer = door(cast.agent).get(f"/claims/{claim.number}/")

    assert answer.context["visits_fen"] == 0
    assert not [each for each in queries if "claims_visitcost" in each["sql"]]
