"""Pages of subscriptions: a secret shown once, a test with its result, stopping, and sending again."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersales.audit.models import AuditEvent
from aftersales.integration.models import ApiClient, WebhookDelivery, WebhookEvent, WebhookSubscription
from tests.api_world import make_client
from tests.factories import NOW, make_party, seeing_everything
from tests.integration.listening import SUINING, XIUWEN, address_of, allow, listen, make_events, standing
from tests.receiver import Receiver, receiving

PAGES = "/integration/subscriptions/"
ADDRESS = "https://shop.example/hook"


@pytest.fixture(autouse=True)
def _morning(time_machine, settings):
    time_machine.move_to(NOW + timedelta(minutes=1), tick=False)
    allow(settings, "shop.example", "127.0.0.1")


@pytest.fixture
def manager(as_user):
    return as_user("manager")


@pytest.fixture
def listener(cast):
    return listen(ADDRESS)


def page_of(listener) -> str:
    return f"{PAGES}{listener.subscription.pk}/"


def form(key: str = "a-form-key-of-tests", **fields) -> dict:
    return {"form_key": key, **fields}


def secrets_in(answer) -> list[str]:
    return re.findall(r"afw_[A-Za-z0-9_-]{43}", answer.content.decode())


def deliveries() -> list[tuple]:
    with seeing_everything():
        return list(WebhookDelivery.objects.order_by("pk").values_list("state", "tries", "last_error"))


def test_a_manager_subscribes_and_sees_the_secret_once(manager, cast):
    client = make_client(make_party("platform"), region=XIUWEN)
    given = form(client=client.pk, url=ADDRESS, events=["claim.filed"], description="refunds")

    first, again = manager.post(f"{PAGES}new/", given), manager.post(f"{PAGES}new/", given)

    with seeing_everything():
        (row,) = WebhookSubscription.objects.values("client", "url", "events", "created_by", "county_code")
    assert row == {
        "client": client.pk,
        "url": ADDRESS,
        "events": ["claim.filed"],
        "created_by": cast.manager.pk,
        "county_code": XIUWEN,
    }
    assert len(set(secrets_in(first))) == 1
    assert (first["Cache-Control"], secrets_in(again)) == ("no-store", [])


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"url": "https://elsewhere.example/"}, 409),
        ({"url": "shop.example"}, 409),
        ({"url": ""}, 200),
        ({"events": []}, 200),
        ({"events": ["ping"]}, 200),
        ({"client": "7' OR 1"}, 200),
        ({"form_key": ""}, 200),
        ({"description": "x" * 200}, 200),
    ],
)
def test_a_wrong_form_keeps_what_was_typed(manager, cast, change, status):
    client = make_client(make_party("platform"), region=XIUWEN)
    given = form(client=client.pk, url=ADDRESS, events=["*"], description="kept words")

    answer = manager.post(f"{PAGES}new/", {**given, **change})

    assert answer.status_code == status
    with seeing_everything():
        assert WebhookSubscription.objects.count() == 0
    if "description" not in change:
        assert "kept words" in answer.content.decode()


def test_a_test_tells_at_once_what_came_of_it(manager, cast):
    with receiving(Receiver()) as receiver:
        listener = listen(address_of(receiver))
        arrived = manager.post(f"{page_of(listener)}test/", follow=True)
        receiver.answer = lambda call: 503
        failed = manager.post(f"{page_of(listener)}test/", follow=True)

    assert [call.told["kind"] for call in receiver.calls] == ["ping", "ping"]
    assert deliveries() == [("delivered", 1, ""), ("waiting", 1, "http_503")]
    assert [row.level_tag for row in arrived.context["messages"]] == ["success"]
    (told,) = failed.context["messages"]
    assert (told.level_tag, "503" in str(told)) == ("error", True)


def test_a_suspended_application_is_not_even_sent_a_test(manager, listener):
    with seeing_everything():
        ApiClient.objects.update(is_suspended=True)

    answer = manager.post(f"{page_of(listener)}test/", follow=True)

    assert "This application is suspended." in answer.content.decode()
    assert deliveries() == []


def test_stopping_resuming_and_ending_ask_once_more(manager, listener):
    steps = []
    for step in ("stop", "resume", "end"):
        asked = manager.get(f"{page_of(listener)}{step}/")
        done = manager.post(f"{page_of(listener)}{step}/", form())
        steps.append((asked.status_code, done.status_code, *standing(listener.subscription, "is_active")))
    again = manager.post(f"{page_of(listener)}end/", form())

    assert steps == [(200, 302, False), (200, 302, True), (200, 302, False)]
    assert again.status_code == 409
    with seeing_everything():
        verbs = list(AuditEvent.objects.filter(verb__startswith="webhook.").values_list("verb", flat=True))
    assert sorted(verbs) == ["webhook.ended", "webhook.resumed", "webhook.stopped", "webhook.subscribed"]
    assert manager.get(f"{page_of(listener)}no-such-step/").status_code == 404


def test_what_was_given_up_is_sent_again_one_or_all(manager, listener):
    make_events(listener, 3)
    with seeing_everything():
        WebhookDelivery.objects.update(state="dead", tries=17, last_error="timeout")
        first = WebhookDelivery.objects.earliest("pk").pk

    dead = manager.get(page_of(listener), {"state": "dead"})
    manager.post(f"/integration/deliveries/{first}/replay/")
    one = deliveries()
    manager.post(f"{page_of(listener)}replay/", form())

    assert dead.content.decode().count("AS00000") == 3
    assert one == [("waiting", 0, ""), ("dead", 17, "timeout"), ("dead", 17, "timeout")]
    assert deliveries() == [("waiting", 0, "")] * 3


def test_a_change_of_the_address_is_checked_and_kept(manager, listener):
    page = f"{page_of(listener)}edit/"
    given = form(url=f"{ADDRESS}/new", events=["claim.filed"], description="")

    changed, same = manager.post(page, given), manager.post(page, given)

    assert (changed.status_code, same.status_code) == (302, 409)
    assert standing(listener.subscription, "url", "events", "version") == (
        f"{ADDRESS}/new",
        ["claim.filed"],
        2,
    )


def test_a_new_secret_is_shown_once(manager, listener):
    page = f"{page_of(listener)}secret/"

    asked, made = manager.get(page), manager.post(page, form())
    again = manager.post(page, form())

    assert (asked.status_code, secrets_in(asked)) == (200, [])
    assert len(set(secrets_in(made))) == 1 and secrets_in(made)[0] != listener.secret
    assert secrets_in(again) == []
    assert standing(listener.subscription, "version") == (2,)


def test_subscriptions_of_another_county_are_not_there(manager, cast):
    theirs = listen(ADDRESS, client=make_client(make_party("platform"), region=SUINING, name="theirs"))
    make_events(theirs, 1)
    with seeing_everything():
        delivery = WebhookDelivery.objects.get().pk

    answers = [manager.get(f"{page_of(theirs)}{step}") for step in ("", "edit/", "secret/", "stop/")]
    answers += [manager.post(f"{page_of(theirs)}test/")]
    answers += [manager.post(f"/integration/deliveries/{delivery}/replay/")]

    assert [answer.status_code for answer in answers] == [404] * 6
    assert "theirs" not in manager.get(PAGES).content.decode()


@pytest.mark.parametrize("state", ["", "active", "failing", "stopped", "ended", "nonsense"])
def test_the_list_is_narrowed_and_says_when_it_is_empty(manager, listener, state):
    answer = manager.get(PAGES, {"state": state, "q": "application"})

    assert answer.status_code == 200
    assert (ADDRESS in answer.content.decode()) == (state in ("", "active", "nonsense"))


def test_pages_cost_the_same_however_much_there_is(manager, listener):
    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert manager.get(address).status_code == 200
        return len(asked)

    make_events(listener, 1)
    before = [cost(PAGES), cost(page_of(listener))]
    for number in range(4):
        listen(f"{ADDRESS}/{number}", client=listener.client)
    with seeing_everything():
        WebhookDelivery.objects.all().delete()
        WebhookEvent.objects.all().delete()
    make_events(listener, 25)

    assert [cost(PAGES), cost(page_of(listener))] == before
