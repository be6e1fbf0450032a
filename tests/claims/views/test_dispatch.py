"""Answering an offer, the order people are asked in, and giving a claim to somebody."""

from datetime import timedelta

import pytest

from aftersales.accounts.roles import Role
from claims.models import Claim, Offer
from claims.services import dispatch, moves
from tests.claims.services.test_dispatch import open_offer, waiting_claim
from tests.factories import NOW, give, make_agent, make_consumer, make_user, seeing_everything


@pytest.fixture
def offered(cast):
    """A claim by phone that the village agent is asked about since ten minutes."""
    consumer = make_consumer(cast.guangcheng)
    with seeing_everything():
        agent = cast.agent.agent
        agent.dialects = "布依语"
        agent.save()
        consumer.dialect = "布依语"
        consumer.save()
    claim = waiting_claim(cast, consumer=consumer)
    dispatch.offer(claim=claim, by=cast.agent, now=NOW - timedelta(minutes=10))
    return claim


def handler_of(claim):
    with seeing_everything():
        return Claim.objects.get(pk=claim.pk).handler


def test_the_start_page_shows_what_is_offered_with_its_reasons(cast, offered, door):
    page = door(cast.agent).get("/").content.decode()

    assert "Offered to you" in page
    assert "same station · speaks the consumer&#x27;s dialect · claims in hand: 0" in page
    assert f'action="/claims/offers/{open_offer(offered).pk}/"' in page
    assert "Offered to you" not in door(cast.technician).get("/").content.decode()


def test_one_tap_takes_it_on_and_leads_to_the_first_reply(cast, offered, door):
    url = f"/claims/offers/{open_offer(offered).pk}/"

    answer = door(cast.agent).post(url, {"accept": "1"})

    assert (answer.status_code, answer.url) == (302, f"/claims/{offered.number}/move/accept/")
    assert handler_of(offered) == cast.agent
    again = door(cast.agent).post(url, {"accept": "1"})
    assert again.status_code == 409
    assert "You have accepted this claim already." in again.content.decode()


def test_declining_asks_for_a_reason_and_asks_the_next(cast, offered, door):
    url = f"/claims/offers/{open_offer(offered).pk}/"
    client = door(cast.agent)

    without = client.post(url, {"decline": "1"})
    unexplained = client.post(url, {"decline": "1", "reason": "other"})
    done = client.post(url, {"decline": "1", "reason": "too_far", "note": "今天在县里"})

    assert (without.status_code, unexplained.status_code) == (200, 409)
    assert "Tap a reason." in without.content.decode()
    assert "Say in a few words why." in unexplained.content.decode()
    assert (done.status_code, done.url) == (302, "/")
    assert open_offer(offered).person == cast.technician


def test_why_somebody_declined_is_told_to_heads_and_not_to_colleagues(cast, offered, door):
    colleague = make_user("colleague", full_name="韦小妹", county="520123000000")
    give(colleague, Role.AGENT, station=cast.guangcheng)
    door(cast.agent).post(
        f"/claims/offers/{open_offer(offered).pk}/", {"decline": "1", "reason": "away", "note": "住院一周"}
    )

    sees = {
        who.username: "住院一周" in door(who).get(f"/claims/{offered.number}/").content.decode()
        for who in (colleague, cast.agent, cast.technician, cast.manager)
    }

    assert sees == {"colleague": False, "agent": True, "technician": True, "manager": True}


def test_an_offer_is_nobody_elses_page(cast, offered, door):
    url = f"/claims/offers/{open_offer(offered).pk}/"

    assert door(cast.technician).get(url).status_code == 404
    assert door(cast.manager).post(url, {"accept": "1"}).status_code == 404
    assert handler_of(offered) is None


def test_after_the_hour_the_page_says_that_it_is_over(cast, offered, door):
    with seeing_everything():
        Offer.objects.filter(claim=offered).update(answer_by=NOW - timedelta(minutes=1))
    url = f"/claims/offers/{open_offer(offered).pk}/"

    page, late = door(cast.agent).get(url), door(cast.agent).post(url, {"accept": "1"})

    told = "The time to answer is over; the claim is being offered to somebody else."
    assert told in page.content.decode()
    assert 'name="accept"' not in page.content.decode()
    assert (late.status_code, handler_of(offered)) == (409, None)


def test_the_page_says_why_a_claim_could_not_be_taken_on(cast, offered, door, monkeypatch):
    def slower(**_given):
        raise moves.stale()

    monkeypatch.setattr("claims.services.handlers.accept", slower)

    page = door(cast.agent).post(f"/claims/offers/{open_offer(offered).pk}/", {"accept": "1"})

    assert page.status_code == 409
    assert page.content.decode().count(moves.stale().message) == 1


@pytest.mark.parametrize("role", ["agent", "manager"])
def test_whoever_is_asked_and_whoever_decides_see_when_it_is_due(cast, offered, door, role):
    asked = f"/claims/offers/{open_offer(offered).pk}/"
    url = {"agent": asked, "manager": f"/claims/{offered.number}/dispatch/"}[role]

    page = door(getattr(cast, role)).get(url)

    urgency = page.context["claim"].urgency
    assert f'<span class="due tone-{urgency.tone}">' in page.content.decode()
    assert urgency.words in page.content.decode()


def people_on(page):
    return [
        (person.name, person.rank, person.score, person.can_be_chosen, person.words)
        for person in (*page.context["ranked"], *page.context["excluded"])
    ]


def test_heads_see_the_order_and_why_others_are_not_asked(cast, offered, door):
    page = door(cast.manager).get(f"/claims/{offered.number}/dispatch/")

    assert people_on(page) == [
        ("王秀兰", 1, 80, True, ["same station", "speaks the consumer's dialect", "claims in hand: 0"]),
        ("陈大勇", 2, 40, True, ["same township", "claims in hand: 0"]),
        ("刘敏", 3, 25, True, ["same county", "claims in hand: 0"]),
        ("赵一凡", 4, 25, True, ["same county", "claims in hand: 0"]),
        ("杨光明", None, None, False, ["has no role for this station"]),
        ("周建国", None, None, True, ["is the head: gives claims to others"]),
    ]
    assert [person.name for person in page.context["ranked"] if person.is_asked] == ["王秀兰"]


def test_a_township_is_shown_its_own_people_and_how_many_there_are_above(cast, offered, door):
    client, url = door(cast.technician), f"/claims/{offered.number}/dispatch/"

    page = client.get(url)
    above = client.post(url, {"to": str(cast.officer.pk), "version": "1", "reason": "县里处理"})
    own = client.post(url, {"to": str(cast.technician.pk), "version": "1", "reason": "我去看看"})

    assert [row[0] for row in people_on(page)] == ["王秀兰", "陈大勇", "杨光明"]
    assert "People above your level who can be asked too: 2" in page.content.decode()
    assert above.context["form"].errors.keys() == {"to"}
    assert (own.status_code, handler_of(offered)) == (302, cast.technician)


def test_a_head_gives_the_claim_to_somebody_else_with_a_reason(cast, offered, door):
    client, url = door(cast.manager), f"/claims/{offered.number}/dispatch/"
    given = {"to": str(cast.officer.pk), "version": "1"}

    without = client.post(url, given)
    unfit = client.post(url, {**given, "to": str(cast.neighbour.pk), "reason": "他熟悉"})
    done = client.post(url, {**given, "reason": "县里统一处理"})

    assert (without.status_code, unfit.status_code) == (200, 200)
    assert unfit.context["form"].errors.keys() == {"to", "reason"}
    assert (done.status_code, handler_of(offered)) == (302, cast.officer)
    page = client.get(f"/claims/{offered.number}/").content.decode()
    assert "Given by a person in charge" in page
    assert "县里统一处理" in page
    stale = client.post(url, {**given, "to": str(cast.agent.pk), "reason": "还是村里处理"})
    assert stale.status_code == 409
    assert handler_of(offered) == cast.officer


def test_the_list_of_what_nobody_has_and_offering_it_again(cast, offered, door):
    with seeing_everything():
        Offer.objects.filter(claim=offered).update(state="withdrawn", answered_at=NOW)
    client, url = door(cast.manager), f"/claims/{offered.number}/dispatch/"

    listed = client.get("/claims/?nobody=on").content.decode()
    answer = client.post(url, {"offer": "1"})

    assert offered.number in listed
    assert (answer.status_code, answer.url) == (302, url)
    assert open_offer(offered).person == cast.agent
    assert offered.number not in client.get("/claims/?nobody=on").content.decode()


def test_a_handler_gives_back_and_a_head_takes_back(cast, offered, door):
    agent, url = door(cast.agent), f"/claims/{offered.number}/give-back/"
    agent.post(f"/claims/offers/{open_offer(offered).pk}/", {"accept": "1"})

    assert door(cast.neighbour).get(url).status_code == 404
    assert "I cannot go on with it" in agent.get(url).content.decode()
    assert "Take the claim back" in door(cast.manager).get(url).content.decode()
    done = agent.post(url, {"reason": "too_busy", "version": "2"})

    assert done.status_code == 302
    assert (handler_of(offered), open_offer(offered).person) == (None, cast.technician)
    assert "Given back" in door(cast.manager).get(f"/claims/{offered.number}/").content.decode()


def test_the_order_page_takes_as_many_queries_for_many_people(
    cast, offered, door, django_assert_max_num_queries
):
    for number in range(6):
        user = make_user(f"colleague{number}", full_name=f"同事{number}", county="520123000000")
        give(user, "agent", station=cast.guangcheng)
        make_agent(user, cast.guangcheng)
    client = door(cast.manager)

    with django_assert_max_num_queries(17):
        page = client.get(f"/claims/{offered.number}/dispatch/")

    assert len(page.context["ranked"]) == 10
