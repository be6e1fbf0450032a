"""The list of second looks and one of them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims.models import ReviewSample
from tests.claims.money.cases import XIUWEN, choose, fill, proposed
from tests.factories import make_policy, seeing_everything

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def drawn(cast):
    fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    make_policy(review_sample_permille=1000)
    choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent)
    with seeing_everything():
        return ReviewSample.objects.get()


def test_an_officer_looks_and_objects_with_a_reason(cast, door, drawn):
    client = door(cast.officer)
    url = f"/claims/reviews/{drawn.pk}/"
    assert [each.pk for each in client.get("/claims/reviews/").context["list_page"]] == [drawn.pk]

    assert client.post(url, {}).context["form"].errors.keys() == {"verdict"}
    without = client.post(url, {"verdict": "objection", "reason": " "})
    assert (without.status_code, without.context["form"].errors.keys()) == (409, {"reason"})
    assert (
        client.post(url, {"verdict": "objection", "reason": "No fruit to be seen."}).url == "/claims/reviews/"
    )

    page = client.get("/claims/reviews/")
    assert list(page.context["list_page"]) == []
    [month] = page.context["months"]
    assert (month.drawn, month.objections) == (1, 1)
    assert "No fruit to be seen." in client.get(url).content.decode()
    late = client.post(url, {"verdict": "fine"})
    assert (late.status_code, late.context["form"].refused.code) == (409, "looked_at_already")


def test_agents_have_no_such_page(cast, door, drawn):
    assert door(cast.agent).get("/claims/reviews/").status_code == 403
    assert door(cast.agent).get(f"/claims/reviews/{drawn.pk}/").status_code == 403
    assert door(cast.suining_officer).get(f"/claims/reviews/{drawn.pk}/").status_code == 404


def test_a_list_takes_the_same_queries_however_long(cast, door, drawn):
    client, counts = door(cast.officer), []
    for _each in range(2):
        choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent)
        with CaptureQueriesContext(connection) as queries:
            client.get("/claims/reviews/?show=all")
        counts.append(len(queries))

    assert counts[0] == counts[1]
