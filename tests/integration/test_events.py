"""What other systems are told of: made from the trail, once, for whom it concerns, without a name in it."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ

from aftersales.accounts.models import system_user
from aftersales.audit import trail
from aftersales.audit.models import AuditEvent
from aftersales.audit.verbs import LABELS
from aftersales.integration.event_kinds import MADE_FROM, Kind, kind_of
from aftersales.integration.models import EventProgress, WebhookEvent
from aftersales.integration.services import event_retention, events
from claims.models import Order, OrderLine
from claims.services import casework
from tests.api_world import make_client
from tests.factories import NOW, acting_as, make_party, seeing_everything
from tests.integration.listening import (
    SUINING,
    XIUWEN,
    allow,
    claim_on,
    fold,
    listen,
    minutes,
    told,
    waiting,
)

REPLY = {"progress": "已受理", "finish_at": NOW + timedelta(days=1), "method": "核实照片"}
ADDRESS = "https://shop.example/hook"


@pytest.fixture(autouse=True)
def _hosts(settings):
    allow(settings, "shop.example")


@pytest.fixture
def platform(db, cast):
    """The platform of every order, in one county, subscribed to everything."""
    return listen(ADDRESS)


def accept(claim, by, at=NOW):
    with acting_as(by):
        return casework.accept(claim=claim, by=by, now=at, **REPLY)


def test_every_verb_that_is_told_is_a_verb_of_the_trail():
    assert set(MADE_FROM) - set(LABELS) == set()
    assert set(Kind) - set(MADE_FROM.values()) == {Kind.PING}


@pytest.mark.parametrize(
    ("verb", "clock", "kind"),
    [
        ("claim.ran_out", "handling", "claim.promise_missed"),
        ("claim.climbed", "handling", "claim.promise_missed"),
        ("claim.climbed", "village_response", "claim.escalated"),
        ("claim.ran_out", "village_response", None),
        ("claim.handed_up", None, "claim.escalated"),
        ("personal.revealed", None, None),
    ],
)
def test_only_the_promise_and_the_way_up_are_told_of_clocks(verb, clock, kind):
    assert kind_of(verb, {"clock": clock} if clock else None) == kind


def test_a_step_is_told_in_codes_and_numbers(platform, cast):
    claim = claim_on(cast.guangcheng, by=cast.agent)
    accept(claim, cast.agent)

    assert fold() == 1

    with seeing_everything():
        event = WebhookEvent.objects.get()
        line = OrderLine.objects.select_related("order").get(pk=claim.order_line_id)
        step = AuditEvent.objects.get(verb="claim.accepted")
    assert events.document(event) == {
        "id": str(events.public_id(platform.client.pk, step.pk)),
        "kind": "claim.accepted",
        "occurred_at": NOW.isoformat(),
        "data": {
            "claim": claim.number,
            "order": line.order.number,
            "order_id": line.order_id,
            "order_line": line.pk,
            "sku": "",
            "station": cast.guangcheng.pk,
            "county": XIUWEN,
            "status": "accepted",
        },
    }
    assert waiting("subscription", "state", "tries", "next_try_at") == [
        (platform.subscription.pk, "waiting", 0, NOW)
    ]


def test_what_was_rolled_back_is_told_to_nobody(platform, cast):
    claim = claim_on(cast.guangcheng, by=cast.agent)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        accept(claim, cast.agent)
        raise ZeroDivisionError

    assert (fold(), told()) == (0, [])


def test_an_event_is_made_once_however_often_the_trail_is_read(platform, cast):
    accept(claim_on(cast.guangcheng, by=cast.agent), cast.agent)

    assert [fold(minutes(each)) for each in range(3)] == [1, 0, 0]

    with seeing_everything():
        EventProgress.objects.update(last_event_id=0)
    assert fold() == 0
    assert told() == [(platform.client.pk, "claim.accepted")]


def test_what_becomes_visible_late_behind_newer_events_is_told_too(platform, cast):
    """Numbers are given when an event is written, and transactions commit in any order."""
    claim = claim_on(cast.guangcheng, by=cast.agent)
    with seeing_everything():
        late = trail.prepare("claim.started", by=cast.agent, obj=claim, at=NOW)
        trail.record("claim.accepted", by=cast.agent, obj=claim, at=NOW)
        newest = AuditEvent.objects.latest("pk").pk
    fold()
    with seeing_everything():
        known = EventProgress.objects.get().last_event_id
        late.pk = newest + 1
        late.save(force_insert=True)

    assert known < newest
    assert fold() == 1
    assert told() == [(platform.client.pk, "claim.accepted"), (platform.client.pk, "claim.started")]


def test_what_has_settled_is_read_no_more(platform, cast, time_machine):
    accept(claim_on(cast.guangcheng, by=cast.agent), cast.agent)
    with seeing_everything():
        newest = AuditEvent.objects.latest("pk")

    fold(newest.recorded_at + timedelta(minutes=3))

    with seeing_everything():
        assert EventProgress.objects.values_list("last_event_id", flat=True).get() == newest.pk


def test_only_whom_the_order_names_is_told_and_only_where_it_has_a_grant(platform, cast):
    usual, other = make_party("platform"), make_party("platform", "another platform")
    merchant = make_client(make_party("merchant"), region=XIUWEN)
    make_client(make_party("logistics"), region=SUINING)
    make_client(other, region=XIUWEN)
    everywhere = make_client(other)
    partner = make_client(make_party("partner"), region=XIUWEN)
    ours = claim_on(cast.guangcheng, by=cast.agent)
    theirs = claim_on(cast.chenlou, by=cast.suining_agent, platform=other)
    entered = claim_on(cast.fangmaping, by=partner.user)
    with seeing_everything():
        for claim in (ours, theirs, entered):
            trail.record("claim.started", by=system_user(), obj=claim, at=NOW)

    fold()

    with seeing_everything():
        found = {(row.client_id, row.data["claim"]) for row in WebhookEvent.objects.all()}
        logistics = {row.client_id for row in WebhookEvent.objects.filter(client__party__kind="logistics")}
    assert usual == platform.client.party
    assert found - {(each, theirs.number) for each in logistics} == {
        (platform.client.pk, ours.number),
        (platform.client.pk, entered.number),
        (merchant.pk, ours.number),
        (merchant.pk, entered.number),
        (partner.pk, entered.number),
        (everywhere.pk, theirs.number),
    }


def test_nothing_is_told_of_the_time_before_an_application_was_registered(platform, cast):
    claim = claim_on(cast.guangcheng, by=cast.agent)
    with seeing_everything():
        trail.record("claim.started", by=cast.agent, obj=claim, at=NOW - timedelta(seconds=1))

    assert fold() == 0


def test_a_subscription_gets_the_kinds_it_asked_for(db, cast):
    some = listen(ADDRESS, kinds=["claim.started"])
    claim = claim_on(cast.guangcheng, by=cast.agent)
    with seeing_everything():
        for verb in ("claim.accepted", "claim.started"):
            trail.record(verb, by=cast.agent, obj=claim, at=NOW)

    fold()

    assert [kind for _client, kind in told()] == ["claim.accepted", "claim.started"]
    assert waiting("subscription", "event__kind") == [(some.subscription.pk, "claim.started")]


def test_a_changed_order_names_what_changed_and_not_what_stands_there_now(platform, cast):
    claim = claim_on(cast.guangcheng, by=cast.agent)
    with seeing_everything():
        order = Order.objects.get(lines=claim.order_line_id)
        after = {"state": "cancelled", "freight_fen": 600, "consumer_id": 8, "note": "张桂英"}
        trail.record("order.changed", by=cast.agent, obj=order, after=after, at=NOW)
        line = OrderLine.objects.get(pk=claim.order_line_id)
        trail.record("order.line_changed", by=cast.agent, obj=line, after={"paid_fen": 1}, at=NOW)

    fold()

    with seeing_everything():
        told_data = list(WebhookEvent.objects.order_by("id").values_list("data", flat=True))
    common = {"order": order.number, "order_id": order.pk, "station": order.station_id, "county": XIUWEN}
    assert told_data == [
        {**common, "changed": ["consumer", "freight", "state"], "state": "cancelled"},
        {**common, "changed": ["paid"]},
    ]


def test_forty_events_cost_what_two_cost(platform, cast):
    claims = [claim_on(cast.guangcheng, by=cast.agent) for _ in range(3)]

    def cost(number: int) -> int:
        with seeing_everything():
            for each in range(number):
                trail.record("claim.started", by=cast.agent, obj=claims[each % 3], at=NOW)
        with CaptureQueriesContext(connection) as asked:
            assert fold() == number
        return len(asked)

    fold()

    assert cost(2) == cost(40)


def test_a_step_calls_for_its_telling_once_it_is_committed(
    platform, cast, django_capture_on_commit_callbacks
):
    claim = claim_on(cast.guangcheng, by=cast.agent)
    fold()
    OrmQ.objects.all().delete()

    def queued() -> list[str]:
        return [line.func() for line in OrmQ.objects.order_by("id")]

    with django_capture_on_commit_callbacks(execute=True) as callbacks, seeing_everything():
        for verb in ("claim.started", "claim.put_on_hold", "personal.revealed"):
            trail.record(verb, by=cast.agent, obj=claim, at=NOW)
    first = queued()
    with django_capture_on_commit_callbacks(execute=True), seeing_everything():
        trail.record("claim.resumed", by=cast.agent, obj=claim, at=NOW)

    assert len(callbacks) >= 1
    assert first == queued() == ["aftersales.ops.tasks.tell_events"]
    fold()
    assert queued()[1:] == ["aftersales.ops.tasks.send_events"]


def test_nobody_is_called_where_nobody_has_subscribed(db, cast, django_capture_on_commit_callbacks):
    make_client(make_party("platform"), region=XIUWEN)
    claim = claim_on(cast.guangcheng, by=cast.agent)
    fold()

    with django_capture_on_commit_callbacks(execute=True), seeing_everything():
        trail.record("claim.started", by=cast.agent, obj=claim, at=NOW)

    assert OrmQ.objects.count() == 0


def test_old_events_go_with_their_deliveries(platform, cast):
    accept(claim_on(cast.guangcheng, by=cast.agent), cast.agent)
    fold()

    kept = event_retention.purge(now=NOW + event_retention.KEPT)
    gone = event_retention.purge(now=NOW + event_retention.KEPT + timedelta(seconds=1))

    assert (kept, gone, told(), waiting("pk")) == (0, 1, [], [])
