from datetime import timedelta

import pytest

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import Claim, ClaimClock, Compensation
from claims.services import compensation, merging
from claims.services.happenings import record_event
from tests.factories import NOW, acting_as, make_claim, make_consumer, make_line, seeing_everything
from tests.processes import at_once


@pytest.fixture
def pair(cast):
    """Two open claims on one order line."""
    line, consumer = make_line(cast.guangcheng), make_consumer(cast.guangcheng)
    return [make_claim(cast.guangcheng, filed_by=cast.agent, line=line, consumer=consumer) for _ in range(2)]


def refusal(**arguments):
    with pytest.raises(Refused) as refused:
        merging.merge(now=NOW, **arguments)
    return refused.value.code


@pytest.mark.parametrize("newer_first", [True, False])
def test_merging_ends_the_duplicate_and_keeps_both_numbers(cast, pair, newer_first):
    duplicate, into = reversed(pair) if newer_first else pair

    with acting_as(cast.agent):
        merged = merging.merge(duplicate=duplicate, into=into, by=cast.agent, now=NOW, expected_version=1)
        kept = Claim.objects.get(pk=into.pk)
        events = {event.claim_id: event for event in AuditEvent.objects.all()}

    assert (merged.number, merged.status, merged.merged_into_id, merged.closed_at) == (
        duplicate.number,
        "merged",
        into.pk,
        NOW,
    )
    assert (kept.number, kept.status, kept.merged_into_id, kept.version) == (into.number, "accepted", None, 2)
    assert len(events) == 2
    assert (
        events[duplicate.pk].verb,
        events[duplicate.pk].after["merged_into"],
        events[duplicate.pk].reason,
    ) == (
        "claim.merged",
        into.pk,
        into.number,
    )
    assert (events[into.pk].verb, events[into.pk].after, events[into.pk].reason) == (
        "claim.duplicate_merged_in",
        {"duplicate": duplicate.pk},
        duplicate.number,
    )


@pytest.mark.parametrize("newer_first", [True, False])
def test_danger_and_limits_set_by_law_go_on_with_the_other_claim(cast, pair, newer_first):
    duplicate, into = reversed(pair) if newer_first else pair
    later = NOW + timedelta(hours=5)
    with acting_as(cast.agent):
        for event in ("marked_urgent", "authority_accepted"):
            duplicate = record_event(claim=duplicate, event=event, at=NOW, by=cast.agent, now=NOW)

        merging.merge(duplicate=duplicate, into=into, by=cast.agent, now=later)

        kept = Claim.objects.get(pk=into.pk)
        clocks = ClaimClock.objects.exclude(clock__in=["handling", "first_response", "fresh_inspection"])
        found = list(clocks.order_by("claim", "clock").values_list("claim", "clock", "started_at", "outcome"))
        event = AuditEvent.objects.get(claim_id=into.pk)
    assert kept.is_urgent
    assert event.after == {"duplicate": duplicate.pk, "is_urgent": True}
    waits = ["mediation", "urgent_first", "urgent_solved"]
    assert sorted(found) == sorted(
        [(into.pk, clock, NOW, "running") for clock in waits]
        + [(duplicate.pk, clock, NOW, "void") for clock in waits]
    )


def test_an_undecided_compensation_of_the_duplicate_is_voided(cast, pair):
    duplicate, into = pair
    with acting_as(cast.agent):
        theirs = compensation.work_out(claim=duplicate, by=cast.agent, now=NOW)
        kept = compensation.work_out(claim=into, by=cast.agent, now=NOW)

        merging.merge(duplicate=duplicate, into=into, by=cast.agent, now=NOW)

        states = dict(Compensation.objects.values_list("pk", "state"))
    assert states == {theirs.pk: "voided", kept.pk: "proposed"}


def test_a_duplicate_with_an_approved_amount_is_not_merged(cast, pair):
    duplicate, into = pair
    with acting_as(cast.agent):
        proposal = compensation.work_out(claim=duplicate, by=cast.agent, now=NOW)
    with seeing_everything():
        Compensation.objects.filter(pk=proposal.pk).update(state="approved", remedy="coupon")

    with acting_as(cast.agent):
        assert refusal(duplicate=duplicate, into=into, by=cast.agent) == "compensation_approved"
        assert merging.merge(duplicate=into, into=duplicate, by=cast.agent, now=NOW).status == "merged"


def test_the_same_phone_at_two_stations_is_one_case_for_the_county(cast):
    claims = [
        make_claim(station, filed_by=cast.agent, consumer=make_consumer(station, phone="13800001111"))
        for station in (cast.guangcheng, cast.liuguang)
    ]

    with acting_as(cast.agent):
        assert refusal(duplicate=claims[0], into=claims[1], by=cast.agent) == "unknown_claim"
        assert refusal(duplicate=claims[1], into=claims[0], by=cast.agent) == "unknown_claim"
    with acting_as(cast.officer):
        assert merging.merge(duplicate=claims[1], into=claims[0], by=cast.officer, now=NOW).status == "merged"


def test_claims_of_different_people_on_different_orders_stay_apart(cast, pair):
    stranger = make_claim(cast.guangcheng, filed_by=cast.agent)

    with acting_as(cast.agent):
        assert refusal(duplicate=stranger, into=pair[0], by=cast.agent) == "different_case"


def test_claims_of_two_counties_stay_apart(cast):
    claims = [
        make_claim(station, filed_by=cast.agent, consumer=make_consumer(station, phone="13800001111"))
        for station in (cast.guangcheng, cast.chenlou)
    ]

    with acting_as(cast.platform):
        assert refusal(duplicate=claims[0], into=claims[1], by=cast.platform) == "different_case"


def test_nothing_is_merged_into_itself_or_into_what_has_ended(cast, pair):
    duplicate, into = pair
    ended = make_claim(
        cast.guangcheng, filed_by=cast.agent, line=into.order_line, consumer=into.consumer, status="resolved"
    )

    with acting_as(cast.agent):
        assert refusal(duplicate=duplicate, into=duplicate, by=cast.agent) == "same_claim"
        assert refusal(duplicate=duplicate, into=ended, by=cast.agent) == "target_ended"
        assert refusal(duplicate=ended, into=into, by=cast.agent) == "illegal_move"
        assert refusal(duplicate=duplicate, into=into, by=cast.agent, expected_version=9) == "stale"
        assert set(Claim.objects.values_list("version", flat=True)) == {1}


def test_a_merge_into_a_claim_that_has_just_ended_is_refused(cast, pair):
    duplicate, into = pair
    with seeing_everything():
        Claim.objects.filter(pk=into.pk).update(status="withdrawn", version=2)

    with acting_as(cast.agent):
        assert refusal(duplicate=duplicate, into=into, by=cast.agent) == "stale"
        assert Claim.objects.get(pk=duplicate.pk).status == "accepted"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_claims_are_not_merged_into_each_other(transactional_db, cast):
    line, consumer = make_line(cast.guangcheng), make_consumer(cast.guangcheng)

    def merge(duplicate, into):
        with acting_as(cast.agent):
            return merging.merge(duplicate=duplicate, into=into, by=cast.agent, now=NOW).pk

    for _round in range(5):
        first, second = (
            make_claim(cast.guangcheng, filed_by=cast.agent, line=line, consumer=consumer) for _ in range(2)
        )
        outcomes = at_once(merge, [(first, second), (second, first)] * 4)

        with seeing_everything():
            states = sorted(
                Claim.objects.filter(pk__in=[first.pk, second.pk]).values_list("status", flat=True)
            )
        assert states == ["accepted", "merged"]
        assert sorted(outcome.error for outcome in outcomes) == [""] + ["Refused"] * 7
