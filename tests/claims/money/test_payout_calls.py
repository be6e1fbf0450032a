"""Platforms that are called to pay refunds back: signed, under one number, and only where they are listed."""

import pytest
from django_q.models import OrmQ

from aftersales.accounts.models import system_user
from aftersales.notices.channels.gateway import signature
from aftersales.web.egress import CallFailed
from claims.models import Payout
from claims.services import payout_calls, payouts
from tests.claims.money.cases import XIUWEN, fill, read
from tests.claims.money.payout_cases import paid
from tests.factories import NOW, acting_as
from tests.receiver import Receiver, receiving

pytestmark = pytest.mark.django_db
SECRET = "a secret of the tests, thirty-two signs"


@pytest.fixture
def platform(settings):
    """A platform that answers; its name is that of the factory's orders."""
    with receiving(Receiver()) as receiver:
        settings.PAYOUT_GATEWAYS = {"platform 1": {"url": receiver.url, "secret": SECRET}}
        settings.PAYOUT_HOSTS = ["127.0.0.1"]
        settings.PAYOUT_LOCAL_GATEWAYS = True
        yield receiver


@pytest.fixture
def payout(cast, platform) -> Payout:
    fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    return paid(cast, channel="original")


def call(payout) -> str:
    return payout_calls.call(payout.pk, by=system_user(), now=NOW)


def test_a_platform_is_told_its_order_and_the_amount_and_nothing_of_the_person(payout, platform):
    assert call(payout) == "instructed"

    (told,) = platform.calls
    assert told.told == {
        "id": payout.number,
        "order": payout.claim.order_line.order.number,
        "article": "",
        "amount_fen": 600,
        "currency": "CNY",
        "claim": payout.claim.number,
        "decided_at": payout.made_at.isoformat(),
    }
    seconds = told.headers["Aftersales-Time"]
    assert told.headers["Aftersales-Id"] == payout.number
    assert told.headers["Aftersales-Signature"] == signature(SECRET, payout.number, seconds, told.body)
    assert read(payout).state == "instructed"


def test_a_job_that_runs_twice_calls_once(payout, platform):
    assert [call(payout), call(payout)] == ["instructed", "moved"]
    assert platform.ids == [payout.number]


@pytest.mark.parametrize("status", [302, 404, 500])
def test_another_answer_is_tried_again_under_the_same_number(payout, platform, status):
    platform.answer = lambda told: status if len(platform.calls) == 1 else 200
    with pytest.raises(CallFailed) as failed:
        call(payout)
    assert failed.value.code == f"http_{status}"
    assert read(payout).state == "to_instruct"

    assert call(payout) == "instructed"

    assert platform.ids == [payout.number, payout.number]


def test_only_listed_hosts_are_called(payout, platform, settings):
    settings.PAYOUT_HOSTS = []

    with pytest.raises(CallFailed) as failed:
        call(payout)

    assert (failed.value.code, platform.calls) == ("host_not_listed", [])


def test_what_a_person_has_worked_off_is_not_ordered_again(cast, payout, platform):
    with acting_as(cast.officer):
        payouts.instruct(payout=payout, by=cast.officer, now=NOW)

    assert (call(payout), platform.calls) == ("moved", [])


def test_a_person_who_is_faster_than_the_answer_wins(cast, payout, platform, monkeypatch):
    def post(place, body, headers):
        with acting_as(cast.officer):
            payouts.instruct(payout=payout, reference="by hand", by=cast.officer, now=NOW)
        return 200

    monkeypatch.setattr(payout_calls.egress, "post", post)

    assert call(payout) == "moved"
    assert (read(payout).state, read(payout).reference) == ("instructed", "by hand")


def test_a_call_is_enqueued_for_platforms_with_an_address_only(cast, payout, settings):
    queued = [line.task for line in OrmQ.objects.all()]
    assert [(line["func"], line["args"]) for line in queued if "instruct" in line["func"]] == [
        ("aftersales.ops.tasks.instruct_payout", (payout.pk,))
    ]

    settings.PAYOUT_GATEWAYS = {}
    paid(cast, channel="original")
    paid(cast, channel="cash")

    assert OrmQ.objects.count() == len(queued)
