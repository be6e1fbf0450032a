"""Offering claims to people: after filing, after a refusal, after silence, and when nobody is left."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersales.accounts.models import User
from aftersales.accounts.roles import Role
from aftersales.audit.models import AuditEvent
from aftersales.notices.models import Notice
from claims.models import Claim, Holding, Offer
from claims.queries.dispatch import Pool, claims_to_rank
from claims.services import casework, dispatch, handlers
from tests.factories import (
    NOW,
    acting_as,
    give,
    make_agent,
    make_claim,
    make_consumer,
    make_user,
    seeing_everything,
)

HOUR = timedelta(hours=1)


def waiting_claim(cast, station=None, **fields):
    """A claim that came by phone at ten past ten: nobody has answered it, nobody handles it."""
    fields = {
        "status": "submitted",
        "handler": None,
        "channel": "phone",
        "filed_at": NOW - timedelta(minutes=20),
        **fields,
    }
    return make_claim(station or cast.guangcheng, filed_by=cast.agent, **fields)


def offers_of(claim):
    with seeing_everything():
        rows = Offer.objects.filter(claim=claim).order_by("id")
        return [(row.person.username, row.state, row.rank, row.score) for row in rows]


def open_offer(claim):
    with seeing_everything():
        return Offer.objects.get(claim=claim, state="open")


def told(event):
    return {
        (notice.recipient.username, tuple(sorted(notice.params.items())), notice.url)
        for notice in Notice.objects.filter(event=event)
    }


def verbs(claim):
    with seeing_everything():
        return list(
            AuditEvent.objects.filter(claim_id=claim.pk).order_by("id").values_list("verb", flat=True)
        )


def test_the_best_person_is_asked_and_has_an_hour_of_opening_hours(cast):
    claim = waiting_claim(cast)

    with acting_as(cast.agent):
        done = dispatch.offer(claim=claim, by=cast.agent, now=NOW)

    assert done == dispatch.Dispatched(offered=1)
    offer = open_offer(claim)
    assert (offer.person, offer.rank, offer.level, offer.round, offer.by) == (cast.agent, 1, 0, 1, cast.agent)
    assert (offer.offered_at, offer.answer_by) == (NOW, NOW + HOUR)
    assert offer.reasons == [
        {"code": "same_station", "points": 45},
        {"code": "load", "points": 15, "number": 0},
        {"code": "distance", "points": 6, "number": 0},
    ]
    assert told("claim.offered") == {
        (
            "agent",
            (
                ("answer_by_at", (NOW + HOUR).isoformat()),
                ("number", claim.number),
                ("station", "广城村服务点"),
            ),
            f"/claims/offers/{offer.pk}/",
        )
    }
    assert verbs(claim) == ["offer.made"]


def test_an_offer_late_in_the_day_is_answered_in_the_morning_of_the_next_working_day(cast):
    """Friday 17:40: twenty minutes are left until six, forty count on Monday from half past eight."""
    claim = waiting_claim(cast)
    late = NOW + timedelta(hours=7, minutes=10)

    dispatch.offer(claim=claim, by=cast.agent, now=late)

    assert open_offer(claim).answer_by == NOW + timedelta(days=3) - timedelta(hours=1, minutes=20)


def test_offering_again_changes_nothing(cast):
    claim = waiting_claim(cast)
    dispatch.offer(claim=claim, by=cast.agent, now=NOW)

    again = dispatch.offer(claim=claim, by=cast.agent, now=NOW + timedelta(minutes=5))

    assert again == dispatch.Dispatched()
    assert len(offers_of(claim)) == 1


@pytest.mark.parametrize(
    "fields",
    [{"status": "withdrawn"}, {"status": "accepted", "handler": "technician"}],
    ids=["ended", "handled"],
)
def test_claims_that_need_nobody_are_offered_to_nobody(cast, fields):
    fields = {**fields, "handler": getattr(cast, fields["handler"]) if "handler" in fields else None}
    claim = waiting_claim(cast, **fields)

    assert dispatch.offer(claim=claim, by=cast.agent, now=NOW) == dispatch.Dispatched()
    assert offers_of(claim) == []


def test_a_refusal_passes_the_claim_on_until_nobody_is_left(cast):
    claim = waiting_claim(cast)
    dispatch.offer(claim=claim, by=cast.agent, now=NOW)

    asked = []
    for minutes, name in enumerate(("agent", "technician", "officer", "second_officer"), start=1):
        person = getattr(cast, name)
        with acting_as(person):
            offer = open_offer(claim)
            asked.append(offer.person)
            done = handlers.decline(
                offer=offer, reason="too_busy", by=person, now=NOW + timedelta(minutes=minutes)
            )

    assert asked == [cast.agent, cast.technician, cast.officer, cast.second_officer]
    assert done == dispatch.Dispatched(unassigned=1)
    assert [state for _name, state, *_rest in offers_of(claim)] == ["declined"] * 4
    assert told("claim.unassigned") == {
        (
            name,
            (("number", claim.number), ("station", "广城村服务点")),
            f"/claims/{claim.number}/dispatch/",
        )
        for name in ("technician", "manager")
    }
    assert verbs(claim) == ["offer.made", "offer.declined"] * 4 + ["claim.unassigned"]


def test_silence_passes_the_claim_on_and_tells_who_was_silent(cast):
    claim = waiting_claim(cast)
    dispatch.offer(claim=claim, by=cast.agent, now=NOW)

    in_time = dispatch.lapse(now=NOW + HOUR)
    lapsed = dispatch.lapse(now=NOW + HOUR + timedelta(minutes=1))
    again = dispatch.lapse(now=NOW + HOUR + timedelta(minutes=1))

    assert (in_time, lapsed, again) == (0, 1, 0)
    assert [row[:2] for row in offers_of(claim)] == [("agent", "silent"), ("technician", "open")]
    assert told("claim.offer_silent") == {
        ("agent", (("number", claim.number),), f"/claims/offers/{offers_pk(claim, 'silent')}/")
    }
    assert verbs(claim) == ["offer.made", "offer.silent", "offer.made"]


def offers_pk(claim, state):
    with seeing_everything():
        return Offer.objects.get(claim=claim, state=state).pk


def test_who_was_silent_below_is_asked_again_where_the_claim_has_climbed_to(cast):
    claim = waiting_claim(cast)
    moment = NOW
    for _count in range(3):
        dispatch.offer(claim=claim, by=cast.agent, now=moment)
        moment += timedelta(days=7)
        dispatch.lapse(now=moment)
    with seeing_everything():
        assert [row[0] for row in offers_of(claim)] == ["agent", "technician", "officer", "officer2"]
        Offer.objects.filter(claim=claim, state="open").update(state="silent", answered_at=moment)
        Claim.objects.filter(pk=claim.pk).update(level=2, holder=cast.xiuwen_centre)

    dispatch.offer(claim=claim, by=cast.agent, now=moment)

    assert [row[:2] for row in offers_of(claim)][-1] == ("officer", "open")


def test_who_was_silent_is_asked_again_when_the_claim_comes_back(cast):
    claim = waiting_claim(cast)
    dispatch.offer(claim=claim, by=cast.agent, now=NOW)
    dispatch.lapse(now=NOW + 2 * HOUR)
    back = NOW + timedelta(days=3)
    with seeing_everything():
        Offer.objects.filter(claim=claim, state="open").update(state="silent", answered_at=back)
        Holding.objects.create(
            claim=claim,
            county_code=claim.county_code,
            round=1,
            level=0,
            turn=2,
            station=cast.guangcheng,
            because="sent_back",
            from_at=back,
        )

    dispatch.offer(claim=claim, by=cast.agent, now=back)

    assert [row[:2] for row in offers_of(claim)][-1] == ("agent", "open")


def test_an_open_offer_of_the_lower_level_is_taken_back_after_a_climb(cast):
    claim = waiting_claim(cast)
    dispatch.offer(claim=claim, by=cast.agent, now=NOW)
    with seeing_everything():
        Claim.objects.filter(pk=claim.pk).update(level=1, holder=cast.liuguang_point)

    dispatch.offer(claim=claim, by=cast.officer, now=NOW + timedelta(minutes=10))

    assert offers_of(claim) == [("agent", "withdrawn", 1, 66), ("technician", "open", 1, 60)]
    assert verbs(claim) == ["offer.made", "offer.withdrawn", "offer.made"]


def test_the_platform_desk_is_asked_at_the_top(cast):
    claim = waiting_claim(cast, level=3, holder=None)

    dispatch.offer(claim=claim, by=cast.officer, now=NOW)

    assert offers_of(claim) == [("platform", "open", 1, 15)]


def test_people_without_certificate_and_consumers_themselves_are_not_asked(cast):
    beyond = waiting_claim(cast, cast.fangmaping)
    consumer = make_consumer(cast.guangcheng)
    with seeing_everything():
        consumer.user = cast.agent
        consumer.save()
    own = waiting_claim(cast, consumer=consumer)

    for claim in (beyond, own):
        dispatch.offer(claim=claim, by=cast.officer, now=NOW)

    assert offers_of(beyond)[0][0] == "officer"
    assert offers_of(own)[0][0] == "technician"


def test_who_speaks_the_dialect_and_knows_the_goods_comes_first(cast):
    fluent = make_user("fluent", full_name="韦春花", county="520123000000")
    give(fluent, "agent", station=cast.guangcheng)
    make_agent(fluent, cast.guangcheng)
    with seeing_everything():
        agent = fluent.agent
        agent.dialects, agent.skills = "布依语、西南官话", ["produce"]
        agent.save()
    consumer = make_consumer(cast.guangcheng)
    with seeing_everything():
        consumer.dialect = "布依语"
        consumer.save()
    claim = waiting_claim(cast, consumer=consumer)

    dispatch.offer(claim=claim, by=cast.agent, now=NOW)

    assert offers_of(claim) == [("fluent", "open", 1, 96)]


def test_who_says_away_is_not_asked_about_anything_else_that_day(cast):
    first, second = waiting_claim(cast), waiting_claim(cast)
    dispatch.offer(claim=first, by=cast.agent, now=NOW)
    with acting_as(cast.agent):
        handlers.decline(offer=open_offer(first), reason="away", by=cast.agent, now=NOW)

    dispatch.offer(claim=second, by=cast.agent, now=NOW + HOUR)
    third = waiting_claim(cast)
    dispatch.offer(claim=third, by=cast.agent, now=NOW + timedelta(days=1))

    assert [offers_of(claim)[-1][0] for claim in (first, second, third)] == [
        "technician",
        "technician",
        "agent",
    ]


def test_nobody_who_has_left_is_told_that_nobody_is_left(cast):
    claim = waiting_claim(cast, level=3, holder=None)
    second = make_user("platform2")
    give(second, Role.PLATFORM)
    User.objects.filter(pk=cast.platform.pk).update(is_active=False)

    with seeing_everything():
        (row,) = claims_to_rank([claim.pk])
        heads = Pool([row], now=NOW).heads(row)

    assert heads == [second.pk]


def test_many_claims_are_shared_out_by_load_and_cost_what_a_few_cost(cast):
    colleague = make_user("colleague", full_name="李小梅", county="520123000000")
    give(colleague, "agent", station=cast.guangcheng)
    make_agent(colleague, cast.guangcheng)

    def offered(number):
        claims = [waiting_claim(cast) for _count in range(number)]
        with CaptureQueriesContext(
            connection,
        ) as captured:
            done = dispatch.offer_all([claim.pk for claim in claims], by=cast.officer, now=NOW)
        assert done == dispatch.Dispatched(offered=number)
        return claims, len(captured)

    few, cost_of_few = offered(2)
    many, cost_of_many = offered(10)

    assert cost_of_many == cost_of_few <= 15
    asked = [offers_of(claim)[0][0] for claim in (*few, *many)]
    assert {name: asked.count(name) for name in set(asked)} == {"agent": 6, "colleague": 6}


def test_claims_for_which_nobody_is_left_are_told_to_a_head_in_one_message(cast):
    with seeing_everything():
        for grant in cast.agent.grants.all() | cast.officer.grants.all() | cast.second_officer.grants.all():
            grant.withdrawn_at = NOW - HOUR
            grant.save()
        agent = cast.technician.agent
        agent.certified_until = None
        agent.save()
    claims = [waiting_claim(cast) for _count in range(3)]

    done = dispatch.offer_all([claim.pk for claim in claims], by=cast.manager, now=NOW)

    assert done == dispatch.Dispatched(unassigned=3)
    assert told("claim.unassigned_many") == {
        (name, (("count", 3),), "/claims/?nobody=on") for name in ("technician", "manager")
    }


def test_a_batch_with_one_bad_claim_lapses_the_rest(cast, monkeypatch):
    claims = [waiting_claim(cast) for _count in range(3)]
    dispatch.offer_all([claim.pk for claim in claims], by=cast.agent, now=NOW)
    whole = dispatch.Pool.ranking

    def ranking(pool, claim):
        if claim.pk == claims[1].pk:
            raise RuntimeError("poisoned")
        return whole(pool, claim)

    monkeypatch.setattr(dispatch.Pool, "ranking", ranking)

    assert dispatch.lapse(now=NOW + 2 * HOUR) == 2
    assert [offers_of(claim)[0][1] for claim in claims] == ["silent", "open", "silent"]


def test_an_ended_claim_and_one_that_somebody_took_on_are_on_offer_no_more(cast):
    ended, taken, own = (waiting_claim(cast) for _count in range(3))
    dispatch.offer_all([ended.pk, taken.pk, own.pk], by=cast.agent, now=NOW)
    reply = {"progress": "正在处理", "finish_at": NOW + 5 * HOUR, "method": "按规则"}

    with acting_as(cast.officer):
        casework.withdraw(claim=ended, reason="村民撤回", by=cast.officer, now=NOW + HOUR)
        casework.accept(claim=taken, by=cast.officer, now=NOW + HOUR, **reply)
    with acting_as(cast.agent):
        casework.accept(claim=own, by=cast.agent, now=NOW + HOUR, **reply)

    assert [offers_of(claim)[0][:2] for claim in (ended, taken, own)] == [
        ("agent", "withdrawn"),
        ("agent", "withdrawn"),
        ("agent", "accepted"),
    ]
