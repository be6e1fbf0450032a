"""Subscriptions, deliveries and the feed as a program keeps and reads them."""

import pytest

from aftersales.accounts.api_scopes import ApiScope
from aftersales.accounts.roles import Role
from aftersales.audit import trail
from aftersales.integration.models import WebhookDelivery, WebhookSubscription
from aftersales.web.models import SubmissionKey
from tests.api_world import Api, make_client, make_token
from tests.factories import NOW, give, make_party, seeing_everything
from tests.integration.listening import SUINING, XIUWEN, Listener, allow, claim_on, fold, make_events

ADDRESS = "https://shop.example/hook"


@pytest.fixture(autouse=True)
def _hosts(settings):
    allow(settings, "shop.example")


@pytest.fixture
def client(db, cast):
    return make_client(make_party("platform"), region=XIUWEN)


@pytest.fixture
def api(client):
    return Api(make_token(client, [ApiScope.WEBHOOKS_KEEP])[1])


@pytest.fixture
def stranger(db, cast):
    return Api(make_token(make_client(make_party("platform", "another"), region=XIUWEN))[1])


def subscribe(api, **fields):
    answer = api.post("webhooks/", {"url": ADDRESS, "events": ["*"], **fields})
    assert answer.status_code == 201, answer.content
    return answer.json()


def row(pk: int) -> WebhookSubscription:
    with seeing_everything():
        return WebhookSubscription.objects.select_related("client").get(pk=pk)


def test_a_subscription_is_told_with_its_secret_once_and_to_the_same_key(api):
    body = {"url": ADDRESS, "events": ["payout.ordered", "claim.filed"], "description": " refunds "}

    first = api.post("webhooks/", body, key="the-first-one")
    again = api.post("webhooks/", body, key="the-first-one")
    read = api.get(f"webhooks/{first.json()['id']}/")

    told = first.json()
    assert told == {
        "id": told["id"],
        "url": ADDRESS,
        "events": ["claim.filed", "payout.ordered"],
        "description": "refunds",
        "is_active": True,
        "stopped_reason": "",
        "failing_since": None,
        "secret_prefix": told["secret"][:10],
        "former_secret_until": None,
        "created_at": told["created_at"],
        "version": 1,
        "secret": told["secret"],
    }
    assert told["secret"].startswith("afw_") and len(told["secret"]) > 40
    assert (again.json(), again["Idempotency-Replayed"]) == (told, "true")
    assert read.json() == {name: value for name, value in told.items() if name != "secret"}
    assert read["ETag"] == '"1"'


def test_no_table_holds_the_secret_in_the_clear(api):
    told = subscribe(api)

    kept = SubmissionKey.objects.values_list("response", flat=True)
    with seeing_everything():
        stored = list(WebhookSubscription.objects.values())

    assert told["secret"] not in f"{list(kept)}{stored}"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"url": "https://elsewhere.example/hook"}, "host_not_listed"),
        ({"url": "ftp://shop.example/hook"}, "bad_url"),
        ({"url": "https://a:b@shop.example/hook"}, "bad_url"),
        ({"url": "https://shop.example/hook#there"}, "bad_url"),
    ],
)
def test_an_address_that_may_not_be_called_is_refused(api, change, code):
    answer = api.post("webhooks/", {"url": ADDRESS, "events": ["*"], **change})

    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert answer.json()["errors"][0]["pointer"] == "/url"


@pytest.mark.parametrize(
    "change",
    [
        {"events": []},
        {"events": ["ping"]},
        {"events": "claim.filed"},
        {"url": "x" * 301},
        {"url": "https://shop.example/\x00"},
        {"secret": "mine"},
        {"description": "x" * 121},
    ],
)
def test_nonsense_is_told_by_field(api, change):
    answer = api.post("webhooks/", {"url": ADDRESS, "events": ["*"], **change})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert answer.json()["errors"][0]["pointer"].startswith(f"/{next(iter(change))}")


def test_one_address_once_and_ten_in_all(api):
    subscribe(api)
    twice = api.post("webhooks/", {"url": ADDRESS, "events": ["*"]})
    for number in range(9):
        subscribe(api, url=f"{ADDRESS}/{number}")
    eleventh = api.post("webhooks/", {"url": f"{ADDRESS}/more", "events": ["*"]})

    assert twice.json()["code"] == "already_subscribed"
    assert eleventh.json()["code"] == "too_many_subscriptions"
    assert len(api.get("webhooks/").json()["data"]) == 10


def test_a_change_needs_the_version_it_is_a_change_of(api):
    pk = subscribe(api)["id"]

    bare = api.patch(f"webhooks/{pk}/", {"events": ["claim.filed"]})
    changed = api.patch(f"webhooks/{pk}/", {"events": ["claim.filed"], "is_active": False}, version=1)
    late = api.patch(f"webhooks/{pk}/", {"is_active": True}, version=1)
    same = api.patch(f"webhooks/{pk}/", {"is_active": False}, version=3)
    resumed = api.patch(f"webhooks/{pk}/", {"is_active": True}, version=3)

    assert (bare.status_code, bare.json()["code"]) == (428, "version_missing")
    told = changed.json()
    assert (told["events"], told["is_active"], told["stopped_reason"], changed["ETag"]) == (
        ["claim.filed"],
        False,
        "by_application",
        '"3"',
    )
    assert (late.status_code, late.json()["code"], late.json()["current"]["version"]) == (409, "stale", 3)
    assert (same.status_code, same.json()["version"]) == (200, 3)
    assert (resumed.json()["is_active"], resumed.json()["stopped_reason"]) == (True, "")


def test_an_ended_subscription_is_not_there_any_more(api):
    pk = subscribe(api)["id"]

    ended = api.delete(f"webhooks/{pk}/", **{"if-match": '"1"'})
    again = api.delete(f"webhooks/{pk}/", **{"if-match": '"1"'})

    assert (ended.status_code, ended.content) == (204, b"")
    assert [again.status_code, api.get(f"webhooks/{pk}/").status_code] == [404, 404]
    assert api.get("webhooks/").json()["data"] == []


def test_a_new_secret_and_the_former_one_for_a_day(api):
    old = subscribe(api)

    new = api.post(f"webhooks/{old['id']}/secret/", {}, key="a-new-secret").json()
    replayed = api.post(f"webhooks/{old['id']}/secret/", {}, key="a-new-secret").json()
    newer = api.post(f"webhooks/{old['id']}/secret/", {}).json()
    outdated = api.post(f"webhooks/{old['id']}/secret/", {}, key="a-new-secret").json()

    assert len({old["secret"], new["secret"], newer["secret"]}) == 3
    assert replayed == new
    assert (new["version"], new["former_secret_until"] is not None) == (2, True)
    assert outdated == {**new, "secret": None}


def test_a_test_waits_to_be_sent_to_this_subscription_alone(api, client):
    pk = subscribe(api)["id"]
    subscribe(api, url=f"{ADDRESS}/2")

    sent = api.post(f"webhooks/{pk}/test/", {})
    listed = api.get(f"webhooks/{pk}/deliveries/")

    assert (sent.status_code, sent.json()["kind"], sent.json()["state"]) == (202, "ping", "waiting")
    assert listed.json()["data"] == [sent.json()]
    with seeing_everything():
        assert list(WebhookDelivery.objects.values_list("subscription", flat=True)) == [pk]
    assert api.get("events/").json()["data"] == []


def test_what_was_given_up_is_found_and_sent_again(api):
    pk = subscribe(api)["id"]
    make_events(Listener(row(pk).client, row(pk), ""), 2)
    with seeing_everything():
        dead = WebhookDelivery.objects.earliest("pk")
        WebhookDelivery.objects.filter(pk=dead.pk).update(state="dead", tries=17, last_error="timeout")

    listed = api.get(f"webhooks/{pk}/deliveries/", {"state": "dead"}).json()["data"]
    again = api.post(f"deliveries/{dead.pk}/replay/", {})
    api.patch(f"webhooks/{pk}/", {"is_active": False}, version=1)
    stopped = api.post(f"deliveries/{dead.pk}/replay/", {})

    assert [(each["id"], each["tries"], each["error"], each["next_try_at"]) for each in listed] == [
        (dead.pk, 17, "timeout", None)
    ]
    assert (again.status_code, again.json()["state"], again.json()["tries"]) == (202, "waiting", 0)
    assert (stopped.status_code, stopped.json()["code"]) == (409, "subscription_stopped")


def test_the_feed_goes_on_behind_what_the_reader_has(api, client, cast):
    claim = claim_on(cast.guangcheng, by=cast.agent)
    with seeing_everything():
        for verb in ("claim.accepted", "claim.started", "claim.put_on_hold"):
            trail.record(verb, by=cast.agent, obj=claim, at=NOW)
    fold()

    first = api.get("events/", {"limit": "1"}).json()
    rest = api.get("events/", {"after": first["data"][0]["id"]}).json()["data"]
    nothing = api.get("events/", {"after": rest[-1]["id"]}).json()
    some = api.get("events/", {"kind": "claim.started"}).json()["data"]
    gone = api.get("events/", {"after": "00000000-0000-4000-8000-000000000000"})

    assert [each["kind"] for each in first["data"] + rest] == [
        "claim.accepted",
        "claim.started",
        "claim.on_hold",
    ]
    assert (nothing["data"], nothing["next"]) == ([], None)
    assert some == [rest[0]]
    assert some[0]["data"]["claim"] == claim.number
    assert (gone.status_code, gone.json()["errors"][0]["code"]) == (400, "event_gone")


def test_kinds_are_told_in_both_languages(api):
    kinds = api.get("events/kinds/", **{"accept-language": "en"}).json()["kinds"]

    assert kinds[0] == {"kind": "claim.filed", "kind_text": "Claim filed"}
    assert "ping" not in [each["kind"] for each in kinds]


def test_another_application_finds_nothing_of_it(api, stranger):
    pk = subscribe(api)["id"]
    make_events(Listener(row(pk).client, row(pk), ""), 1)
    with seeing_everything():
        delivery = WebhookDelivery.objects.get().pk

    answers = [
        stranger.get(f"webhooks/{pk}/"),
        stranger.patch(f"webhooks/{pk}/", {"is_active": False}, version=1),
        stranger.delete(f"webhooks/{pk}/", **{"if-match": '"1"'}),
        stranger.post(f"webhooks/{pk}/test/", {}),
        stranger.post(f"webhooks/{pk}/secret/", {}),
        stranger.get(f"webhooks/{pk}/deliveries/"),
        stranger.post(f"deliveries/{delivery}/replay/", {}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 7
    assert stranger.get("events/").json()["data"] == stranger.get("webhooks/").json()["data"] == []


def test_an_application_of_two_counties_keeps_its_subscriptions_too(client, api, cast):
    """Its own rows belong to no county, so no scope of counties reaches them."""
    give(client.user, Role.INTEGRATION, region=SUINING)
    with seeing_everything():
        type(client).objects.filter(pk=client.pk).update(county_code="")

    pk = subscribe(api)["id"]
    sent = api.post(f"webhooks/{pk}/test/", {}).json()
    answers = [
        api.get(f"webhooks/{pk}/deliveries/").json()["data"],
        api.post(f"deliveries/{sent['id']}/replay/", {}).status_code,
        api.patch(f"webhooks/{pk}/", {"is_active": False}, version=1).status_code,
        api.patch(f"webhooks/{pk}/", {"is_active": True}, version=2).status_code,
        api.post(f"webhooks/{pk}/secret/", {}).status_code,
        api.delete(f"webhooks/{pk}/", **{"if-match": '"4"'}).status_code,
    ]

    assert answers == [[sent], 202, 200, 200, 201, 204]


def test_a_list_of_deliveries_costs_the_same_however_long(api, django_assert_max_num_queries):
    pk = subscribe(api)["id"]
    make_events(Listener(row(pk).client, row(pk), ""), 60)
    api.get("token/")

    with django_assert_max_num_queries(8):
        answer = api.get(f"webhooks/{pk}/deliveries/")

    assert len(answer.json()["data"]) == 50
