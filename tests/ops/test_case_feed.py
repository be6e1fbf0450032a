"""Cases to learn from closed claims: chosen by signs, and free of everything that leads to a person."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from aftersales.accounts.models import system_user
from aftersales.accounts.roles import Role
from aftersales.audit.models import AuditEvent
from aftersales.notices.models import Notice
from aftersales.ops import case_feed, tasks
from claims.models import Appeal, Compensation, CompensationPolicy, Refusal
from tests.factories import NOW, give, make_claim, make_consumer, make_line, make_user, seeing_everything
from training.models import CaseStudy

pytestmark = pytest.mark.django_db

XIUWEN, SUINING = "520123000000", "320324000000"
HOSTILE = "张三 13812345678 广城村三组 TB20261120778899 王秀兰 520123198001011234"


@pytest.fixture(autouse=True)
def in_chinese():
    with override("zh-hans"):
        yield


def appealed(cast, *, station=None, filed_by=None, days=9, **fields):
    """A closed claim that was refused, appealed against and heard again, with hostile words all over it."""
    station, person = station or cast.guangcheng, filed_by or cast.agent
    with seeing_everything():
        consumer = make_consumer(station, name="张三", address=HOSTILE)
        line = make_line(station, consumer=consumer)
        line.product = HOSTILE
        line.save()
        claim = make_claim(
            station,
            filed_by=person,
            line=line,
            consumer=consumer,
            status="closed",
            round=2,
            description=HOSTILE,
            reply_progress=HOSTILE,
            filed_at=NOW - timedelta(days=days + 2),
            resolved_at=NOW - timedelta(days=2),
            closed_at=NOW - timedelta(days=1),
            **fields,
        )
        place = {"station": station, "county_code": station.county_code}
        refusal = Refusal.objects.create(
            claim=claim,
            round=1,
            policy=CompensationPolicy.objects.get(county_code="", version=1),
            code="no_evidence",
            text=HOSTILE,
            bad_milli=3000,
            total_milli=20_000,
            paid_fen=4000,
            granted_fen=0,
            level="officer",
            refused_by=cast.officer,
            refused_at=NOW - timedelta(days=6),
            appeal_until=NOW.date(),
            **place,
        )
        Appeal.objects.create(
            refusal=refusal,
            claim=claim,
            text=HOSTILE,
            filed_how="phone",
            filed_by=person,
            filed_at=NOW - timedelta(days=5),
            answer_by=NOW.date(),
            refused_by=cast.officer,
            needs_level="manager",
            state="upheld",
            answer=HOSTILE,
            level="manager",
            answered_by=cast.manager,
            answered_at=NOW - timedelta(days=4),
            **place,
        )
        Compensation.objects.create(
            claim=claim,
            round=2,
            policy=CompensationPolicy.objects.get(county_code="", version=1),
            bad_milli=7000,
            total_milli=24_000,
            paid_fen=48_037,
            amount_fen=14_011,
            state="executed",
            remedy="refund",
            payout_method="cash",
            worked_out_by=person,
            worked_out_at=NOW - timedelta(days=3),
            chosen_at=NOW - timedelta(days=3),
            asked_how="present",
            needs_level="officer",
            level="officer",
            approved_by=cast.officer,
            decided_at=NOW - timedelta(days=3),
            executed_at=NOW - timedelta(days=2),
            executed_by=cast.officer,
            **place,
        )
    return claim


def propose():
    with seeing_everything():
        return case_feed.propose(by=system_user(), now=NOW)


def test_a_case_tells_what_happened_in_codes_and_counts(cast):
    appealed(cast)

    assert propose() == 1
    case = CaseStudy.objects.get()
    assert (case.goods_type, case.problem, case.county_code, case.what_to_learn) == (
        "fresh_fruit",
        "quality",
        XIUWEN,
        "",
    )
    with override("en"):
        told = case_feed.words_of(next(iter(_stories(cast))), next(iter(_stories(cast))).candidate)
    assert told == {
        "title": "Fresh fruit, Quality: refused, then heard again",
        "what_happened": "A villager reported Fresh fruit; kind of problem: Quality, severity: Minor.\n"
        "About 29 % of the goods were affected.\nAt first the claim was refused. Reason: No usable evidence.",
        "what_was_done": "The villager appealed; somebody else at a higher level upheld the appeal.\n"
        "Remedy: Refund, 50 to 200 yuan.\nLiable in the end: Merchant.\n"
        "Days from report to remedy: 9; rounds: 2.",
    }


def _stories(cast):
    from claims.models import Claim

    with seeing_everything():
        return list(case_feed._stories(Claim.objects.filter(status="closed")))


def test_nothing_that_leads_to_a_person_is_in_a_case(cast):
    claim = appealed(cast)

    propose()
    case = CaseStudy.objects.get()
    row = " ".join(
        str(getattr(case, field.name)) for field in CaseStudy._meta.fields if field.name != "proposed_by"
    )
    with seeing_everything():
        secrets = [
            *HOSTILE.split(),
            "张三",
            claim.number,
            claim.order_line.order.number,
            claim.order_line.product,
            claim.station.name,
            claim.consumer.phone_masked,
            claim.liable_party.name,
            cast.agent.full_name,
            cast.officer.full_name,
            "140.11",
            "480.37",
            claim.filed_at.date().isoformat(),
        ]
    assert [each for each in secrets if each in row] == []
    with seeing_everything():
        event = AuditEvent.objects.get(verb="case_study.proposed")
        notices = list(Notice.objects.filter(event="case_study.proposed").values("params", "key", "url"))
    told = f"{event.after} {event.reason} {notices}"
    assert [each for each in secrets if each in told] == []


def test_the_same_claim_is_proposed_once_also_after_it_was_dropped(cast):
    appealed(cast)

    assert [propose(), propose()] == [1, 0]
    CaseStudy.objects.update(dropped_at=NOW)
    assert propose() == 0


def test_two_of_a_county_and_one_of_a_class(cast):
    appealed(cast)
    appealed(cast)
    appealed(cast, nature="logistics")
    appealed(cast, goods_type="seed")
    appealed(cast, station=cast.chenlou, filed_by=cast.suining_agent)

    assert propose() == 3
    counties = CaseStudy.objects.values_list("county_code", flat=True)
    assert sorted(counties) == sorted([XIUWEN, XIUWEN, SUINING])
    assert len(set(CaseStudy.objects.filter(county_code=XIUWEN).values_list("goods_type", "problem"))) == 2


def test_a_full_desk_is_given_no_more(cast):
    appealed(cast)
    for number in range(10):
        CaseStudy.objects.create(
            title="x",
            goods_type="seed",
            what_happened="x",
            what_was_done="x",
            county_code=XIUWEN,
            claim_digest=f"{number:064}",
            proposed_at=NOW,
            proposed_by=cast.trainer,
        )

    assert propose() == 0
    CaseStudy.objects.filter(claim_digest=f"{9:064}").update(dropped_at=NOW)
    assert propose() == 1


def test_ordinary_open_and_old_claims_are_left_alone(cast):
    with seeing_everything():
        make_claim(cast.guangcheng, filed_by=cast.agent, status="closed", closed_at=NOW)
        make_claim(cast.guangcheng, filed_by=cast.agent, status="in_progress", round=3, level=2)
    old = appealed(cast)
    with seeing_everything():
        type(old).objects.filter(pk=old.pk).update(closed_at=NOW - timedelta(days=15))

    assert propose() == 0


def test_trainers_of_the_county_are_told_once(cast):
    other = make_user("suining_trainer")
    give(other, Role.TRAINER, region=SUINING)
    appealed(cast)

    propose()
    propose()

    told = Notice.objects.filter(event="case_study.proposed").values_list("recipient", "params", "url")
    assert list(told) == [
        (cast.trainer.pk, {"count": 1, "county": "修文县"}, "/training/cases/desk/"),
    ]


def test_without_a_trainer_the_platform_desk_is_told(cast):
    appealed(cast, station=cast.chenlou, filed_by=cast.suining_agent)

    propose()

    told = Notice.objects.filter(event="case_study.proposed").values_list("recipient", flat=True)
    assert list(told) == [cast.platform.pk]


def test_the_task_proposes(cast, monkeypatch):
    appealed(cast)
    monkeypatch.setattr(tasks.timezone, "now", lambda: NOW)

    tasks.propose_cases()

    assert CaseStudy.objects.count() == 1


def test_reading_takes_the_same_queries_for_one_and_for_many(cast, django_assert_max_num_queries):
    for nature in ("quality", "logistics", "service", "price"):
        appealed(cast, nature=nature)

    with seeing_everything(), django_assert_max_num_queries(9):
        from claims.models import Claim

        assert len(list(case_feed._stories(Claim.objects.filter(status="closed")))) == 4
