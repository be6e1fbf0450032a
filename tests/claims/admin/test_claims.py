"""The list of claims and the page about one of them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from claims.models import Claim
from tests.claims.admin.rows import choose
from tests.factories import NOW, make_claim, make_consumer, make_line, seeing_everything

LIST = reverse("admin:claims_claim_changelist")


def page(claim):
    return reverse("admin:claims_claim_change", args=[claim.pk])


def shown(client, query=""):
    """The numbers of the claims in the list, in order."""
    response = client.get(f"{LIST}{query}")
    assert response.status_code == 200
    return [claim.number for claim in response.context["cl"].result_list]


def offered(client, parameter):
    """What a filter of the list offers."""
    specs = client.get(LIST).context["cl"].filter_specs
    return next(spec.lookup_choices for spec in specs if getattr(spec, "parameter_name", "") == parameter)


def queries_of(client, url):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_the_list_shows_open_claims_the_most_urgent_first(as_user, cast):
    later = make_claim(cast.guangcheng, filed_by=cast.agent, handling_due_at=NOW + timedelta(hours=9))
    sooner = make_claim(cast.liuguang, filed_by=cast.neighbour, handling_due_at=NOW + timedelta(hours=2))
    make_claim(cast.guangcheng, filed_by=cast.agent, status="closed")
    make_claim(cast.chenlou, filed_by=cast.suining_agent)

    assert shown(as_user("manager")) == [sooner.number, later.number]


def test_filters_narrow_the_list(as_user, cast):
    fruit = make_claim(cast.guangcheng, filed_by=cast.agent, handling_due_at=NOW - timedelta(hours=1))
    seed_line = make_line(cast.fangmaping, goods_type="seed")
    seed = make_claim(
        cast.fangmaping, filed_by=cast.uncertified, line=seed_line, handler=None, nature="logistics"
    )
    closed = make_claim(cast.liuguang, filed_by=cast.neighbour, status="closed")
    client = as_user("manager")

    assert shown(client, "?status=overdue") == [fruit.number]
    assert shown(client, "?status=closed") == [closed.number]
    assert set(shown(client, "?status=all")) == {fruit.number, seed.number, closed.number}
    assert shown(client, "?goods=agricultural_inputs") == [seed.number]
    assert shown(client, "?nature__exact=logistics") == [seed.number]
    assert shown(client, "?place=520123103") == [fruit.number]
    assert shown(client, "?handler=nobody") == [seed.number]
    assert shown(client, f"?handler={cast.agent.pk}") == [fruit.number]
    assert shown(client, "?status=nonsense&goods=x&place=320324102&handler=x") == []


def test_places_on_offer_are_the_townships_of_the_county(as_user, cast):
    make_claim(cast.guangcheng, filed_by=cast.agent)

    assert offered(as_user("manager"), "place") == [("520123001", "龙场街道"), ("520123103", "六广镇")]


def test_handlers_on_offer_are_those_with_open_claims_in_the_county(as_user, cast):
    make_claim(cast.guangcheng, filed_by=cast.agent)
    make_claim(cast.liuguang, filed_by=cast.neighbour, status="closed")
    make_claim(cast.chenlou, filed_by=cast.suining_agent)

    handlers = [key for key, _name in offered(as_user("manager"), "handler")]

    assert handlers == [str(cast.manager.pk), "nobody", str(cast.agent.pk)]


@pytest.mark.parametrize("county", ["ours", "theirs"])
def test_search_finds_whole_numbers_only(as_user, cast, county):
    station, agent = (cast.guangcheng, cast.agent) if county == "ours" else (cast.chenlou, cast.suining_agent)
    consumer = make_consumer(station, phone="13912345678")
    line = make_line(station, consumer=consumer, number="JD00998877")
    claim = make_claim(station, filed_by=agent, line=line, consumer=consumer, status="closed")
    expected = [claim.number] if county == "ours" else []
    client = as_user("manager")

    assert shown(client, f"?q={claim.number}") == expected
    assert shown(client, "?q=JD00998877") == expected
    assert shown(client, "?q=13912345678") == expected
    assert shown(client, "?q=1391234567") == []
    assert shown(client, "?q=JD0099887") == []


def test_number_of_queries_does_not_grow_with_the_rows(as_user, cast):
    make_claim(cast.guangcheng, filed_by=cast.agent)
    client = as_user("manager")
    with_one = queries_of(client, LIST)
    for _number in range(12):
        make_claim(cast.guangcheng, filed_by=cast.agent)

    assert (with_one, queries_of(client, LIST)) == (9, 9)


def test_the_page_has_everything_and_nothing_in_clear(as_user, cast, ours):
    client = as_user("manager")

    with CaptureQueriesContext(connection) as queries:
        response = client.get(page(ours.claim))

    text = response.content.decode()
    assert ours.claim.number in text and "水蜜桃" in text and "¥80.00" in text
    assert f"/claims/photos/{ours.photo.pk}/?small=1" in text
    assert "The villager has chosen" in text and "Refund" in text
    assert "张桂英" not in text and "13900" not in text.replace("139****", "")
    assert len(queries) == 10


def test_the_page_shows_the_money_that_moved(as_user, ours):
    text = as_user("officer").get(page(ours.paid.claim)).content.decode()

    assert "Payout to a consumer" in text and "Carried out" in text and ours.paid.claim.number in text


def test_another_countys_claim_and_no_claim_look_alike(as_user, ours, theirs):
    client = as_user("manager")
    answers = []
    for key in (theirs.claim.pk, 999_999):
        url = reverse("admin:claims_claim_change", args=[key])
        response = client.get(url)
        text = response.content.decode().replace(url, "").replace(response["X-Request-ID"], "")
        answers.append((response.status_code, text))

    assert answers[0] == answers[1]
    assert answers[0][0] == 404
    assert client.get(page(ours.claim)).status_code == 200


@pytest.mark.parametrize("verb", ["add", "change", "delete"])
def test_nothing_can_be_written(as_user, ours, verb):
    url = reverse(f"admin:claims_claim_{verb}", args=[] if verb == "add" else [ours.claim.pk])

    response = as_user("manager").post(url, {"status": "closed", "post": "yes"})

    ours.claim.refresh_from_db()
    assert (response.status_code, ours.claim.status) == (403, "accepted")


def test_history_leads_to_the_trail_of_the_claim(as_user, ours, theirs):
    client = as_user("manager")

    response = client.get(reverse("admin:claims_claim_history", args=[ours.claim.pk]), follow=True)
    foreign = client.get(reverse("admin:claims_claim_history", args=[theirs.claim.pk]))

    events = list(response.context["cl"].result_list)
    assert {event.claim_id for event in events} == {ours.claim.pk}
    assert "compensation.chosen" in {event.verb for event in events}
    assert foreign.status_code == 404


def test_somebody_with_all_counties_chooses_between_them(as_user, cast, ours, theirs):
    client = as_user("platform")

    assert offered(client, "place") == [("320324", "睢宁县"), ("520123", "修文县")]
    assert theirs.claim.number in shown(client, "?place=320324")
    assert ours.claim.number not in shown(client, "?place=320324")


def test_a_claim_that_waits_for_a_decision_leads_to_it(as_user, cast):
    compensation = choose(cast.guangcheng, agent=cast.agent)

    text = as_user("officer").get(page(compensation.claim)).content.decode()

    assert "Look at it and decide" in text


def reassign(client, claims, to, reason="站点忙不过来"):
    chosen = {"action": "reassign", "_selected_action": [claim.pk for claim in claims], "apply": "1"}
    return client.post(f"{LIST}?status=all", {**chosen, "with-to": to.pk, "with-reason": reason}, follow=True)


def handler_of(claim):
    with seeing_everything():
        return Claim.objects.get(pk=claim.pk).handler


def test_claims_are_given_to_a_handler_who_may_work_on_them(as_user, cast):
    nobodys = make_claim(cast.guangcheng, filed_by=cast.agent, handler=None)
    closed = make_claim(cast.guangcheng, filed_by=cast.agent, status="closed", handler=None)
    foreign = make_claim(cast.chenlou, filed_by=cast.suining_agent, handler=None)
    client = as_user("manager")

    answer = reassign(client, [nobodys, closed, foreign], cast.officer)
    unfit = reassign(client, [nobodys], cast.neighbour)

    assert [handler_of(claim) for claim in (nobodys, closed, foreign)] == [cast.officer, None, None]
    told = [str(message) for message in answer.context["messages"]]
    assert told[0] == "Give to a handler: 1 done." and closed.number in told[2]
    assert "may not work on claims at this station" in str(list(unfit.context["messages"])[1])


def test_people_of_another_county_are_neither_offered_nor_taken(as_user, cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, handler=None)
    client = as_user("manager")

    page = client.post(LIST, {"action": "reassign", "_selected_action": claim.pk})
    reassign(client, [claim], cast.suining_officer)

    offered_people = {str(person) for person in page.context["form"].fields["to"].queryset}
    assert offered_people == {"王秀兰", "杨光明", "罗小军", "陈大勇", "刘敏", "赵一凡", "周建国"}
    assert handler_of(claim) is None


def test_the_platform_desk_gives_claims_to_a_county(as_user, cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, handler=None)
    client = as_user("platform")

    page = client.post(LIST, {"action": "reassign", "_selected_action": claim.pk})
    reassign(client, [claim], cast.officer)

    offered_people = {str(person) for person in page.context["form"].fields["to"].queryset}
    assert offered_people == {"刘敏", "赵一凡", "周建国", "钱多", "冯经理"}
    assert handler_of(claim) == cast.officer
