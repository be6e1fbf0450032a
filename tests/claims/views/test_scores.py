from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from claims.models import FollowUp, Score
from claims.views import scores as door
from tests.claims.follow_up_cases import settled
from tests.factories import make_claim, make_consumer, seeing_everything

NOW = timezone.now() - timedelta(days=1)
TRACK, SCORE = "/track/", "/track/score/"


@pytest.fixture
def claim(cast):
    consumer = make_consumer(cast.guangcheng, phone="17712345678")
    return settled(cast.guangcheng, handler=cast.agent, now=NOW, filed_at=NOW, consumer=consumer)


@pytest.fixture
def client():
    client = Client(headers={"accept-language": "en"})
    client.cookies["django_language"] = "en"
    with override("en"):
        yield client


def looked_up(client, claim):
    return client.post(TRACK, {"number": claim.number, "last_four": "5678"})


def token_of(response) -> str:
    return response.context["score_form"].initial["token"]


def scores() -> list[tuple]:
    with seeing_everything():
        return list(Score.objects.values_list("stars", "source", "comment"))


def test_the_consumer_scores_on_the_progress_page(client, claim):
    token = token_of(looked_up(client, claim))

    response = client.post(SCORE, {"token": token, "stars": "5", "comment": "谢谢"})

    assert (response.status_code, "Your score: 5 of 5." in response.content.decode()) == (200, True)
    assert scores() == [(5, "self", "谢谢")]
    again = looked_up(client, claim).content.decode()
    assert "You gave 5 of 5." in again
    assert "Send the score" not in again


def test_a_low_score_promises_a_call_and_opens_one(client, claim):
    response = client.post(SCORE, {"token": token_of(looked_up(client, claim)), "stars": "1"})

    assert "within 48 hours" in response.content.decode()
    with seeing_everything():
        assert FollowUp.objects.filter(kind="second", state="open").count() == 1


def test_sent_twice_it_is_kept_once(client, claim):
    given = {"token": token_of(looked_up(client, claim)), "stars": "4"}
    client.post(SCORE, given)

    response = client.post(SCORE, {**given, "stars": "1"})

    assert response.status_code == 409
    assert "already" in response.content.decode()
    assert scores() == [(4, "self", "")]


@pytest.mark.parametrize(
    ("token", "stars", "status"),
    [("", "5", 200), ("x:y:z", "5", 409), (None, "", 200), (None, "6", 200), (None, "五", 200)],
)
def test_without_a_token_of_ours_or_a_score_nothing_is_kept(client, claim, token, stars, status):
    ours = token_of(looked_up(client, claim))

    response = client.post(SCORE, {"token": ours if token is None else token, "stars": stars})

    assert (response.status_code, scores()) == (status, [])


def test_a_token_is_for_one_claim_and_one_hour(client, claim, monkeypatch):
    token = token_of(looked_up(client, claim))
    monkeypatch.setattr(door, "TOKEN_AGE", timedelta(seconds=-1))

    late = client.post(SCORE, {"token": token, "stars": "5"})

    assert (late.status_code, scores()) == (409, [])
    assert "Too much time has passed." in late.content.decode()


def test_an_open_claim_cannot_be_scored(client, cast):
    consumer = make_consumer(cast.guangcheng, phone="17712345678")
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, consumer=consumer)

    assert "score_form" not in looked_up(client, claim).context


def test_asking_for_the_page_alone_leads_to_the_progress_page(client, db):
    response = client.get(SCORE)

    assert (response.status_code, response["Location"]) == (302, TRACK)


def test_on_the_phone_of_somebody_who_works_on_claims_nobody_scores(as_user, cast, client, claim):
    token = token_of(looked_up(client, claim))

    for name in ("agent", "manager", "suining_agent"):
        staff = as_user(name)
        shown = looked_up(staff, claim)
        sent = staff.post(SCORE, {"token": token, "stars": "5"})

        assert "score_form" not in shown.context
        assert "scores on a phone of their own" in shown.content.decode()
        assert (sent.status_code, scores()) == (409, [])

    assert client.post(SCORE, {"token": token, "stars": "5"}).status_code == 200
