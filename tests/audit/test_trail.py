"""Events cannot be changed, blocks seal them, and a change by force is found."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction

from aftersales.audit import append_only
from aftersales.audit.models import AuditBlock, AuditEvent
from aftersales.audit.sealing import SETTLED, first_broken_block, seal_due
from aftersales.audit.trail import record
from tests.factories import NOW, make_claim, seeing_everything


@pytest.fixture
def events(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    with seeing_everything():
        yield [
            record(f"claim.step_{step}", by=cast.agent, obj=claim, after={"step": step}, at=NOW)
            for step in range(3)
        ]


def test_record_takes_place_and_claim_from_the_object(cast, events):
    event = events[0]

    assert (event.claim_id, event.county_code, event.station_id, event.actor_name) == (
        int(event.object_id),
        "520123000000",
        cast.guangcheng.pk,
        "王秀兰",
    )


@pytest.mark.parametrize(
    "attempt",
    [
        lambda event: AuditEvent.objects.filter(pk=event.pk).update(reason="x"),
        lambda event: AuditEvent.objects.filter(pk=event.pk).delete(),
        lambda event: event.delete(),
        lambda event: event.save(),
        lambda event: AuditEvent.objects.bulk_update([event], ["reason"]),
    ],
    ids=["update", "delete", "delete one", "save", "bulk_update"],
)
def test_events_cannot_change_or_vanish(events, attempt):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        attempt(events[0])

    assert AuditEvent.objects.filter(verb__startswith="claim.step").count() == 3


def test_sealed_chain_is_whole_and_names_what_was_changed_by_force(events):
    sealed_at = events[-1].recorded_at + SETTLED + timedelta(seconds=1)
    assert seal_due(now=sealed_at) == 1
    assert seal_due(now=sealed_at) == 0
    assert first_broken_block() is None

    append_only.remove(connection)
    AuditEvent.objects.filter(pk=events[1].pk).update(reason="forged")

    broken = first_broken_block()
    assert (broken.county_code, broken.number, broken.why) == (
        "520123000000",
        1,
        "an event in it was changed",
    )


def test_missing_event_is_found(events):
    seal_due(now=events[-1].recorded_at + SETTLED + timedelta(seconds=1))

    append_only.remove(connection)
    AuditEvent.objects.filter(pk=events[1].pk).delete()

    assert first_broken_block().why == "it sealed 3 events, 2 are left"


def test_missing_block_is_found(cast, events):
    first = events[-1].recorded_at + SETTLED + timedelta(seconds=1)
    seal_due(now=first)
    with time_machine.travel(first, tick=False):
        record("claim.later", by=cast.agent, county_code="520123000000")
    seal_due(now=first + SETTLED + timedelta(seconds=1))
    assert AuditBlock.objects.count() == 2

    append_only.remove(connection)
    AuditBlock.objects.filter(number=1).delete()

    assert first_broken_block().why == "a block before it is missing"


def test_unsettled_events_are_not_sealed_yet(events):
    assert seal_due(now=events[-1].recorded_at) == 0


def test_missing_trigger_is_an_error_of_the_system_check(db):
    assert append_only.check_triggers(databases=["default"]) == []

    with connection.cursor() as cursor:
        on_table = " ON claims_movement" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER claims_movement_no_update{on_table}")

    assert [problem.id for problem in append_only.check_triggers(databases=["default"])] == ["audit.E001"]
