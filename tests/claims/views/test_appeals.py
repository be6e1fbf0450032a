"""The letter of a refusal, and the appeal: at the station, on the public page, and its answer."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from claims.models import Appeal, Claim, Refusal
from claims.services import appeals, casework
from tests.factories import (
    NOW,
    acting_as,
    make_claim,
    make_consumer,
    make_line,
    make_policy,
    seeing_everything,
)

pytestmark = pytest.mark.django_db


def refuse(cast, *, by=None, code="other", text="The box was empty.", phone="13800134321", **fields) -> Claim:
    consumer = make_consumer(cast.guangcheng, phone=phone)
    line = make_line(cast.guangcheng, consumer=consumer)
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, line=line, consumer=consumer, **fields)
    by = by or cast.officer
    with acting_as(by):
        return casework.reject(claim=claim, code=code, text=text, by=by, now=NOW)


def file(claim, *, by, text="The box was full.") -> Appeal:
    with acting_as(by):
        return appeals.file(claim=claim, text=text, filed_how="phone", by=by, now=NOW)


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_the_letter_names_the_rule_with_its_numbers_and_what_can_be_done(cast, door):
    make_policy(version=3, tolerance_permille=50)
    claim = refuse(cast, code="below_tolerance", text="One leaf is yellow.", bad_milli=600)

    page = door(cast.agent).get(f"/claims/{claim.number}/refusal/")

    told = words(page)
    for sentence in (
        "One leaf is yellow.",
        "Of 20 pieces, 0.6 pieces are bad; that is 3.0%. Less than 5.0% is within the tolerance",
        "Published rules of compensation, section “The amount”, version 3, valid from 2020-01-01",
        "Appeal until 2026-12-07",
        "12315",
        "Consumer Rights Protection Law, article 39",
        "张*",
    ):
        assert sentence in told, sentence


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("already_settled", "¥0.00 of the ¥40.00 paid was granted"),
        ("no_evidence", "at least: 1"),
        ("too_late", "signed for on 2026-11-19 12:00 and the claim was filed on 2026-11-20 10:30"),
        ("misuse", "Provisions on the repair, replacement and return of certain goods, article 17."),
        ("no_return_right", "Consumer Rights Protection Law, article 25."),
    ],
)
def test_every_rule_is_told_with_its_facts(cast, door, code, says):
    claim = refuse(cast, code=code)

    assert says in words(door(cast.officer).get(f"/claims/{claim.number}/refusal/"))


def test_the_letter_stays_when_the_claim_goes_on(cast, door):
    claim = refuse(cast, text="First answer.")
    with acting_as(cast.agent):
        again = casework.reopen(claim=claim, reason="new photos", by=cast.agent, now=NOW)
        casework.reject(claim=again, code="other", text="Second answer.", by=cast.manager, now=NOW)
    client = door(cast.agent)

    assert "Second answer." in words(client.get(f"/claims/{claim.number}/refusal/"))
    assert "First answer." in words(client.get(f"/claims/{claim.number}/refusal/?round=1"))
    assert client.get(f"/claims/{claim.number}/refusal/?round=3").status_code == 404
    assert client.get(f"/claims/{claim.number}/refusal/?round=x").status_code == 200


def test_a_claim_that_was_never_refused_has_no_letter_and_no_appeal(cast, door):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    client = door(cast.agent)

    assert client.get(f"/claims/{claim.number}/refusal/").status_code == 404
    assert client.get(f"/claims/{claim.number}/appeal/").status_code == 404


def test_the_station_takes_an_appeal_down(cast, door):
    claim = refuse(cast)
    client = door(cast.agent)
    assert f"/claims/{claim.number}/appeal/" in words(client.get(f"/claims/{claim.number}/"))

    empty = client.post(f"/claims/{claim.number}/appeal/", {})
    assert empty.context["form"].errors.keys() == {"filed_how", "text"}
    answer = client.post(
        f"/claims/{claim.number}/appeal/", {"filed_how": "in_person", "text": "箱子是满的。"}
    )

    with seeing_everything():
        filed = Appeal.objects.get()
    assert answer.url == f"/claims/appeals/{filed.pk}/"
    assert (filed.text, filed.filed_by, filed.filed_how) == ("箱子是满的。", cast.agent, "in_person")
    page = client.get(answer.url)
    assert page.status_code == 200 and "answer_appeal" not in words(page)
    assert client.get(f"/claims/{claim.number}/appeal/").url == answer.url


def test_an_appeal_that_is_refused_keeps_what_was_typed(cast, door):
    claim = refuse(cast)
    file(claim, by=cast.agent)

    answer = door(cast.agent).post(
        f"/claims/{claim.number}/appeal/", {"filed_how": "phone", "text": "Once more."}
    )

    assert (answer.status_code, answer.context["form"].refused.code) == (409, "appealed_already")


def test_the_manager_answers_and_the_agent_cannot(cast, door):
    filed = file(refuse(cast), by=cast.agent)
    url = f"/claims/appeals/{filed.pk}/"
    values = {"decision": "uphold", "answer": "You are right."}

    assert door(cast.agent).post(url, values).status_code == 404
    assert door(cast.officer).post(url, values).status_code == 404
    manager = door(cast.manager)
    assert manager.get("/claims/appeals/").context["waiting_count"].number == 1
    assert manager.post(url, {}).context["form"].errors.keys() == {"decision", "answer"}
    assert manager.post(url, values).url == url
    with seeing_everything():
        assert (Appeal.objects.get().state, Claim.objects.get().status) == ("upheld", "in_progress")
    stale = manager.post(url, {**values, "decision": "dismiss"})
    assert (stale.status_code, stale.context["form"].refused.code) == (409, "appeal_answered")
    assert manager.get("/claims/appeals/").context["waiting_count"].number == 0


def test_who_is_involved_is_told_why_they_cannot_answer(cast, door):
    by_manager = file(refuse(cast), by=cast.manager)

    page = door(cast.manager).get(f"/claims/appeals/{by_manager.pk}/")

    assert "somebody else answers" in words(page)
    assert 'name="decision"' not in words(page)


def test_the_final_letter_carries_the_answer(cast, door):
    claim = refuse(cast)
    filed = file(claim, by=cast.agent)
    with acting_as(cast.manager):
        appeals.dismiss(appeal=filed, answer="The seal was whole.", by=cast.manager, now=NOW)

    told = words(door(cast.agent).get(f"/claims/{claim.number}/refusal/"))

    assert "Your appeal is dismissed" in told and "The seal was whole." in told
    assert "Appeal until" not in told


def public(settings) -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def token_of(client, claim) -> str:
    page = client.post("/track/", {"number": claim.number, "last_four": "4321"})
    return page.context["refusal_token"]


def test_the_consumer_prints_the_letter_and_appeals_without_an_account(cast, door, settings):
    claim = refuse(cast)
    client = public(settings)
    token = token_of(client, claim)

    told = words(client.post("/track/letter/", {"token": token}))
    assert "The box was empty." in told
    assert "张" not in told and "4321" not in told
    assert 'name="text"' in words(client.post("/track/appeal/", {"token": token}))
    short = client.post("/track/appeal/", {"token": token, "text": "no"})
    assert short.context["form"].errors.keys() == {"text"}
    filed = client.post("/track/appeal/", {"token": token, "text": "箱子是满的。"})
    assert "Your appeal is filed" in words(filed)
    with seeing_everything():
        assert (Appeal.objects.get().filed_how, Appeal.objects.get().filed_by) == ("own", None)
    again = client.post("/track/appeal/", {"token": token, "text": "箱子是满的。"})
    assert (again.status_code, again.context["form"].refused.code) == (409, "appealed_already")
    page = client.post("/track/", {"number": claim.number, "last_four": "4321"})
    assert "It is answered by 2026-12-04." in words(page)


@pytest.mark.parametrize("token", ["", "nonsense", "x" * 5000])
def test_without_a_token_nothing_is_shown(cast, door, settings, token):
    client = public(settings)

    assert client.post("/track/letter/", {"token": token}).url == "/track/"
    assert client.get("/track/letter/").url == "/track/"
    assert client.get("/track/appeal/").url == "/track/"
    answer = client.post("/track/appeal/", {"token": token, "text": "箱子是满的。"})
    assert (answer.status_code, answer.context["form"].refused.code) == (409, "token_invalid")


def test_a_token_of_another_purpose_opens_nothing(cast, door, settings):
    from django.core import signing

    claim = refuse(cast)
    with seeing_everything():
        key = Refusal.objects.get().pk
    other = signing.dumps([key, claim.number], salt="claims.score")

    assert public(settings).post("/track/letter/", {"token": other}).url == "/track/"


def test_a_list_takes_the_same_queries_however_long(cast, door):
    counts = []
    client = door(cast.manager)
    for number in (1, 3):
        file(refuse(cast, phone=f"1380013000{number}"), by=cast.agent)
        file(refuse(cast, phone=f"1380013000{number + 1}"), by=cast.agent)
        with CaptureQueriesContext(connection) as queries:
            client.get("/claims/appeals/")
        counts.append(len(queries))

    assert counts[0] == counts[1]
