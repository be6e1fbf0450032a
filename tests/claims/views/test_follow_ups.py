from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from claims.models import FollowUp, FollowUpAttempt, Score
from claims.rules.satisfaction import Satisfaction
from claims.services import casework
from tests.claims.follow_up_cases import called, first_of, settled
from tests.factories import seeing_everything

NOW = timezone.now() - timedelta(days=1)
LIST = "/claims/follow-ups/"


@pytest.fixture
def claim(cast):
    return settled(cast.guangcheng, handler=cast.agent, now=NOW, filed_at=NOW)


def page_of(claim) -> str:
    return f"{LIST}{first_of(claim).pk}/"


def answer(**fields) -> dict:
    return {"number": "1", "how": "phone", "outcome": "answered", "stars": "4", **fields}


def count(model) -> int:
    with seeing_everything():
        return model.objects.count()


def test_a_colleague_is_asked_to_call_and_the_handler_is_not(as_user, claim):
    for_technician = as_user("technician").get(LIST).content.decode()
    for_handler = as_user("agent").get(LIST).content.decode()

    assert claim.number in for_technician
    assert claim.number not in for_handler
    assert claim.number in as_user("agent").get(f"{LIST}?show=others").content.decode()
    assert claim.number not in as_user("neighbour").get(f"{LIST}?show=others").content.decode()


def test_recording_a_call_keeps_the_score_and_ends_the_follow_up(as_user, cast, claim):
    client = as_user("technician")

    response = client.post(page_of(claim), answer(comment="很快", attitude="5"), follow=True)

    assert response.redirect_chain == [(LIST, 302)]
    assert "The follow-up is done." in response.content.decode()
    with seeing_everything():
        score = Score.objects.get()
        assert (score.stars, score.comment, score.attitude, score.speed, score.by) == (
            4,
            "很快",
            5,
            None,
            cast.technician,
        )
    assert claim.number in client.get(f"{LIST}?show=ended").content.decode()


def test_the_handler_is_told_and_nothing_is_written(as_user, claim):
    client = as_user("agent")

    shown = client.get(page_of(claim)).content.decode()
    response = client.post(page_of(claim), answer())

    assert "Somebody else makes this call." in shown
    assert "Record the attempt" not in shown
    assert response.status_code == 409
    assert "You had a hand in this claim" in response.content.decode()
    assert count(FollowUpAttempt) == 0


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ({}, 200, "This field is required."),
        (answer(stars=""), 409, "Choose a score from 1 to 5."),
        (answer(stars="9"), 200, "Select a valid choice."),
        (answer(outcome="maybe"), 200, "Select a valid choice."),
        (answer(number="x"), 200, ""),
        (answer(number="0"), 200, ""),
        (answer(number="7"), 409, "Somebody has recorded an attempt meanwhile."),
        (answer(comment="好" * 501), 200, "500"),
        (answer(speed="-1"), 200, "Select a valid choice."),
    ],
)
def test_what_cannot_be_recorded_is_said_and_what_was_typed_stays(as_user, claim, given, status, said):
    given = {**given, "note": "再打一次"}

    response = as_user("technician").post(page_of(claim), given)

    page = response.content.decode()
    assert (response.status_code, said in page, "再打一次" in page) == (status, True, True)
    assert count(FollowUpAttempt) == 0


def test_after_a_stale_page_the_same_form_can_be_sent_again(as_user, claim):
    client = as_user("technician")
    client.post(page_of(claim), answer(outcome="unreachable", stars=""))

    stale = client.post(page_of(claim), answer())

    assert stale.status_code == 409
    assert 'name="number" value="2"' in stale.content.decode()
    client.post(page_of(claim), answer(number="2"))
    assert count(Score) == 1


def test_a_second_call_wants_an_answer(as_user, cast, claim):
    called(claim, by=cast.technician, stars=2, now=NOW)
    with seeing_everything():
        second = FollowUp.objects.get(kind="second")
    client = as_user("officer")

    shown = client.get(f"{LIST}{second.pk}/").content.decode()
    refused = client.post(f"{LIST}{second.pk}/", answer(stars="5"))
    done = client.post(f"{LIST}{second.pk}/", answer(stars="5", answer="已经补发"))

    assert "What you told the consumer" in shown
    assert "2 / 5" in shown
    assert "Reopen" in shown
    assert refused.status_code == 409
    assert done.status_code == 302


def test_a_page_about_another_place_is_not_found(as_user, claim):
    assert as_user("suining_officer").get(page_of(claim)).status_code == 404
    assert as_user("trainer").get(page_of(claim)).status_code == 403
    assert as_user("technician").get(f"{LIST}987654321/").status_code == 404


def test_the_list_costs_the_same_for_one_and_for_many(as_user, cast, claim):
    client = as_user("technician")
    client.get(LIST)
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    for _claim in range(4):
        more = settled(cast.guangcheng, handler=cast.agent, now=NOW, filed_at=NOW)
        called(more, by=cast.officer, outcome="unreachable", now=NOW)
    with CaptureQueriesContext(connection) as many:
        client.get(LIST)

    assert len(many) == len(one)


def test_the_officer_sees_how_the_month_went(as_user, cast, claim):
    called(claim, by=cast.technician, stars=5, now=NOW)
    low = settled(cast.guangcheng, handler=cast.agent, now=NOW, filed_at=NOW)
    called(low, by=cast.technician, stars=1, now=NOW)
    lost = settled(cast.guangcheng, handler=cast.agent, now=NOW, filed_at=NOW)
    for now in (NOW - timedelta(days=2), NOW - timedelta(days=2), NOW):
        called(lost, by=cast.technician, outcome="unreachable", now=now)
    waiting = settled(cast.guangcheng, handler=cast.agent, now=NOW, filed_at=NOW)

    response = as_user("officer").get(LIST)

    assert response.context["said"] == Satisfaction(answered=2, satisfied=1, low=1, unreachable=1, open=1)
    assert response.context["overdue"] == 0
    assert waiting.number in as_user("officer").get(f"{LIST}?show=all").content.decode()


def test_the_claims_page_shows_what_the_consumer_said(as_user, cast, claim):
    called(claim, by=cast.technician, stars=3, comment="等得久", now=NOW)

    page = as_user("agent").get(f"/claims/{claim.number}/").content.decode()

    assert "3 / 5" in page
    assert "等得久" in page


def test_a_reopened_claim_is_not_called_about(as_user, cast, claim):
    with seeing_everything():
        casework.reopen(claim=claim, reason="again bad", by=cast.agent, now=NOW)

    assert claim.number not in as_user("technician").get(LIST).content.decode()


def test_own_calls_come_first_and_the_others_say_whose_turn_it_is(as_user, cast, claim):
    other = settled(cast.guangcheng, handler=cast.agent, now=NOW, filed_at=NOW)

    mine, all_of_them = (
        as_user("technician").get(url).content.decode() for url in (LIST, f"{LIST}?show=all")
    )

    assert (claim.number in mine, other.number in mine) == (True, False)
    assert (claim.number in all_of_them, other.number in all_of_them) == (True, True)
    assert "turn of 刘敏" in all_of_them
    manager = as_user("manager").get(LIST).content.decode()
    assert "It is not your turn to call anybody" in manager


def test_the_list_can_be_narrowed_to_visits(as_user, cast, claim):
    with seeing_everything():
        type(claim.consumer).objects.filter(pk=claim.consumer_id).update(phone_index="")
    client = as_user("technician")

    def shown(how) -> tuple[bool, bool]:
        page = client.get(f"{LIST}?how={how}").content.decode()
        return claim.number in page, "Nobody is to be asked this way" in page

    assert shown("visit") == (True, False)
    assert shown("phone") == (False, True)
    assert shown("pigeon") == (True, False)
    page = client.get(page_of(claim))
    assert "by a visit" in page.content.decode()
    assert page.context["form"]["how"].value() == "visit"


def test_a_head_gives_the_turn_on_a_page_of_its_own(as_user, cast, claim):
    client, url = as_user("officer"), f"{page_of(claim)}turn/"

    shown = client.get(url)
    given = client.post(url, {"to": cast.manager.pk}, follow=True).content.decode()
    anybody = client.post(url, {"to": "anybody"}, follow=True).content.decode()

    assert [(person.key, person.load) for person in shown.context["people"]] == [
        (cast.officer.pk, 0),
        (cast.second_officer.pk, 0),
        (cast.technician.pk, 1),
        (cast.manager.pk, 0),
    ]
    assert "It is the turn of 周建国 now." in given
    assert "Whoever has time makes this call now." in anybody
    assert first_of(claim).caller is None


@pytest.mark.parametrize("to", ["", "x", "0", "agent", "neighbour", "suining_officer"])
def test_the_turn_is_given_to_nobody_who_is_not_in_the_list(as_user, cast, claim, to):
    person = getattr(cast, to, None)

    response = as_user("officer").post(f"{page_of(claim)}turn/", {"to": person.pk if person else to})

    assert response.status_code == 200
    assert first_of(claim).caller == cast.technician


def test_the_turn_of_a_call_that_is_over_is_no_question(as_user, cast, claim):
    client, url = as_user("officer"), f"{page_of(claim)}turn/"
    called(claim, by=cast.technician, now=NOW)

    asked = client.get(url, follow=True).content.decode()
    late = client.post(url, {"to": cast.manager.pk})

    assert "nobody has to call any more" in asked
    assert (late.status_code, "nobody has to call any more" in late.content.decode()) == (409, True)
    assert as_user("agent").get(url).status_code == 404
    assert as_user("suining_officer").get(url).status_code == 404


@pytest.fixture
def second(cast, claim):
    called(claim, by=cast.technician, stars=2, now=NOW)
    with seeing_everything():
        return FollowUp.objects.get(claim=claim, kind="second")


def test_a_low_second_call_asks_at_once_whether_the_claim_is_taken_up_again(as_user, cast, claim, second):
    client, url = as_user("officer"), f"{LIST}{second.pk}/"

    asked = client.post(url, answer(stars="1", answer="已经记下"), follow=True)
    page = asked.content.decode()
    version = asked.context["reopening"]["version"].value()
    empty = client.post(url, {"reopen": "1", "version": version})
    stale = client.post(url, {"reopen": "1", "version": version + 1, "reason": "说好的没有做到"})
    done = client.post(url, {"reopen": "1", "version": version, "reason": "说好的没有做到"})

    assert asked.redirect_chain == [(url, 302)]
    assert "Still not satisfied: take the claim up again?" in page
    assert (empty.status_code, "This field is required." in empty.content.decode()) == (200, True)
    assert (stale.status_code, "说好的没有做到" in stale.content.decode()) == (409, True)
    assert (done.status_code, done["Location"]) == (302, f"/claims/{claim.number}/")
    with seeing_everything():
        claim.refresh_from_db()
    assert (claim.round, claim.status) == (2, "in_progress")
    again = client.post(url, {"reopen": "1", "version": claim.version, "reason": "说好的没有做到"})
    assert again.status_code == 409
    assert "is over" not in client.get(url).content.decode()


def test_a_better_second_call_leads_back_to_the_list(as_user, second):
    client, url = as_user("officer"), f"{LIST}{second.pk}/"

    response = client.post(url, answer(stars="3", answer="已经记下"))
    forged = client.post(url, {"reopen": "1", "version": "1", "reason": "说好的没有做到"})

    assert (response.status_code, response["Location"]) == (302, LIST)
    assert forged.status_code == 409
    assert "Still not satisfied" not in client.get(url).content.decode()


def test_the_number_is_shown_on_request_and_leads_back_to_the_call(as_user, claim):
    client = as_user("technician")
    reveal = f"/claims/consumers/{claim.consumer_id}/?claim={claim.number}&follow_up="

    asked = client.get(page_of(claim)).content.decode()
    shown = client.post(f"{reveal}{first_of(claim).pk}", {"reason": "follow_up"}).content.decode()
    nonsense = client.get(f"{reveal}x")

    assert f"/claims/consumers/{claim.consumer_id}/" in asked
    assert "tel:" not in asked
    assert f'href="{page_of(claim)}"' in shown
    assert nonsense.context["follow_up"] is None


def test_today_says_how_many_calls_are_ones_own(as_user, claim):
    counts = [as_user(name).get("/").context["calls_count"].number for name in ("technician", "officer")]

    assert counts == [1, 0]
