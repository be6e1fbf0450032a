"""docs/rules/supervision.md, sections 1 to 3: opening a check, going through its claims, closing it."""

from datetime import timedelta

import pytest

from aftersales.lib.errors import Refused
from aftersales.lib.periods import Period
from aftersales.notices.models import Notice
from claims.models import Check, CheckItem, Holding
from claims.queries import supervision as reading
from claims.rules.supervision import DrawRule, draw
from claims.services import checks
from tests.claims.supervision.cases import (
    ALL,
    OCTOBER,
    SEED,
    ended_claim,
    events,
    go_through,
    make_finding,
    open_check,
    yes,
)
from tests.factories import NOW, acting_as, seeing_everything

LATER = NOW + timedelta(hours=1)


def refused(call, *args, **kwargs) -> str:
    with pytest.raises(Refused) as error:
        call(*args, **kwargs)
    return error.value.code


def numbers(check) -> set[str]:
    with seeing_everything():
        return set(CheckItem.objects.filter(check_round=check).values_list("claim__number", flat=True))


def test_a_check_draws_from_what_ended_in_its_county_and_period(cast):
    ours = [
        ended_claim(cast),
        ended_claim(cast, status="rejected", rejection_code="out_of_scope"),
        ended_claim(cast, status="withdrawn"),
    ]
    ended_claim(cast, status="resolved", closed_at=None)
    ended_claim(cast, closed_at=OCTOBER.ends_at)
    ended_claim(cast, closed_at=OCTOBER.starts_at - timedelta(microseconds=1))
    ended_claim(cast, cast.chenlou, filed_by=cast.suining_agent)

    check = open_check(cast)

    assert numbers(check) == {claim.number for claim in ours}
    assert (check.drawn_from, check.seed, check.follows) == (3, SEED, None)
    assert check.rule == {"permille": 1000, "least": 1, "most": 500, "checklist": "quality-1"}
    (event,) = events("check.opened")
    assert (event.actor_id, event.after["drawn"]) == (cast.supervisor.pk, 3)


def test_the_first_and_the_last_instant_of_a_period_belong_to_it(cast):
    first = ended_claim(cast, closed_at=OCTOBER.starts_at)
    last = ended_claim(cast, closed_at=OCTOBER.ends_at - timedelta(microseconds=1))

    assert numbers(open_check(cast)) == {first.number, last.number}


def test_what_the_inspector_had_a_hand_in_is_left_out(cast):
    ended_claim(cast, handler=cast.platform)
    ended_claim(cast, filed_by=cast.platform, handler=cast.agent)
    other = ended_claim(cast)
    nobodys = ended_claim(cast, handler=None)

    assert numbers(open_check(cast, by=cast.platform)) == {other.number, nobodys.number}


def test_what_was_drawn_for_the_theme_is_not_drawn_again(cast):
    first = ended_claim(cast)
    open_check(cast)
    second = ended_claim(cast)

    assert numbers(open_check(cast, kind="special")) == {second.number}
    assert numbers(open_check(cast, kind="special", theme="false_advertising")) == {
        first.number,
        second.number,
    }


def test_shirking_is_looked_for_where_claims_were_handed_on_refused_or_withdrawn(cast):
    ended_claim(cast)
    refused_one = ended_claim(cast, status="rejected", rejection_code="out_of_scope")
    withdrawn = ended_claim(cast, status="withdrawn")
    handed_on = ended_claim(cast)
    with seeing_everything():
        Holding.objects.create(
            claim=handed_on,
            county_code=handed_on.county_code,
            round=1,
            level=1,
            station=cast.liuguang_point,
            because="handed_up",
            from_at=handed_on.filed_at,
            until_at=handed_on.closed_at,
        )

    check = open_check(cast, theme="shirking")

    assert numbers(check) == {each.number for each in (refused_one, withdrawn, handed_on)}


def test_a_check_of_a_period_is_drawn_once(cast):
    ended_claim(cast), ended_claim(cast)
    open_check(cast, rule=DrawRule(0, 1, 1))

    assert refused(open_check, cast) == "checked_already"
    assert open_check(cast, department="commerce")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"period": Period.named("2026-11")}, "period_running"),
        ({"period": Period.named("2026-Q4")}, "period_running"),
        ({"period": Period.named("2026")}, "period_kind"),
        ({"period": Period.named("2026-10-10")}, "period_kind"),
        ({"period": Period.named("2026-09")}, "nothing_to_draw"),
        ({"seed": "guess"}, "unknown_seed"),
    ],
)
def test_a_check_that_cannot_be_opened_is_refused(cast, fields, code):
    ended_claim(cast)

    assert refused(open_check, cast, **fields) == code
    with seeing_everything():
        assert not Check.objects.exists()


def test_a_check_follows_the_last_one_of_its_theme_and_department(cast):
    ended_claim(cast), ended_claim(cast, closed_at=Period.named("2026-09").starts_at)
    ended_claim(cast, closed_at=Period.named("2026-08").starts_at)
    first = open_check(cast, period=Period.named("2026-08"))
    second = open_check(cast, period=Period.named("2026-09"))
    open_check(cast, period=Period.named("2026-09"), department="commerce", theme="false_advertising")

    third = open_check(cast)

    assert [first.follows, second.follows, third.follows] == [None, first, second]


def test_answers_are_noted_and_may_be_given_anew(cast):
    ended_claim(cast)
    check = open_check(cast)
    with acting_as(cast.supervisor):
        item = CheckItem.objects.get()
        first = checks.answer_item(item=item, answers=yes(check), seen=None, by=cast.supervisor, now=NOW)
        second = checks.answer_item(
            item=item,
            answers=yes(check, amount_by_rule="no"),
            remark="少算 3 元",
            seen=first.checked_at,
            by=cast.supervisor,
            now=LATER,
        )

    assert (second.answers["amount_by_rule"], second.remark, second.checked_at) == ("no", "少算 3 元", LATER)
    noted = events("check.claim_checked")
    assert [event.after for event in noted] == [
        {"position": 1, "no": []},
        {"position": 1, "no": ["amount_by_rule"]},
    ]
    assert {event.claim_id for event in noted} == {None}


def test_wrong_answers_are_refused(cast):
    ended_claim(cast)
    check = open_check(cast)
    with acting_as(cast.supervisor):
        item = CheckItem.objects.get()
        asked = {"item": item, "seen": None, "by": cast.supervisor, "now": NOW}
        missing = dict(yes(check))
        missing.pop("class_right")

        assert refused(checks.answer_item, answers=missing, **asked) == "answers_missing"
        assert (
            refused(checks.answer_item, answers=yes(check, class_right="maybe"), **asked) == "answers_missing"
        )
        assert refused(checks.answer_item, answers=yes(check, more="yes"), **asked) == "answers_missing"
        assert refused(checks.answer_item, answers=yes(check, class_right="no"), **asked) == "remark_missing"
        assert (
            refused(checks.answer_item, answers=yes(check), remark="打 13812345678", **asked)
            == "personal_data"
        )
        assert (
            refused(checks.answer_item, answers=yes(check), **{**asked, "seen": NOW}) == "changed_meanwhile"
        )
        assert CheckItem.objects.get().checked_at is None


def test_a_no_needs_no_remark_where_a_finding_says_it(cast):
    ended_claim(cast)
    check = open_check(cast)
    with acting_as(cast.supervisor):
        item = CheckItem.objects.select_related("claim__station").get()
    make_finding(cast, check, item=item, question="amount_by_rule")

    with acting_as(cast.supervisor):
        answered = checks.answer_item(
            item=item, answers=yes(check, amount_by_rule="no"), seen=None, by=cast.supervisor, now=NOW
        )

    assert answered.checked_at == NOW


def test_who_had_a_hand_in_a_claim_does_not_answer_about_it(cast):
    claim = ended_claim(cast)
    check = open_check(cast)
    with seeing_everything():
        claim.handler = cast.platform
        claim.save()
    with acting_as(cast.platform):
        item = CheckItem.objects.get()
        asked = {"item": item, "answers": yes(check), "seen": None, "now": NOW}

        assert refused(checks.answer_item, by=cast.platform, **asked) == "conflict"
        assert checks.answer_item(by=cast.supervisor, **asked)


def test_who_handled_a_claim_before_it_climbed_neither_draws_nor_judges_it(cast):
    claim, other = ended_claim(cast), ended_claim(cast)
    with seeing_everything():
        Holding.objects.filter(claim=claim).delete()
        Holding.objects.create(
            claim=claim,
            county_code=claim.county_code,
            round=1,
            level=0,
            because="filed",
            handler=cast.platform,
            from_at=claim.filed_at,
            until_at=claim.filed_at,
        )

    own = open_check(cast, by=cast.platform)
    with seeing_everything():
        assert [item.claim_id for item in CheckItem.objects.filter(check_round=own)] == [other.pk]
    theirs = open_check(cast, department="agriculture")
    with acting_as(cast.platform):
        item = CheckItem.objects.get(check_round=theirs, claim=claim)
        asked = {"item": item, "answers": yes(theirs), "seen": None, "now": NOW}

        assert refused(checks.answer_item, by=cast.platform, **asked) == "conflict"


def test_a_check_is_closed_when_everything_is_gone_through(cast):
    ended_claim(cast)
    check = open_check(cast)
    asked = {"check": check, "conclusion": "处理规范", "by": cast.supervisor, "now": LATER}
    with acting_as(cast.supervisor):
        assert refused(checks.close_check, **asked) == "items_open"
        assert refused(checks.close_check, **{**asked, "conclusion": "好"}) == "conclusion_missing"
    go_through(cast, check)
    with acting_as(cast.supervisor):
        closed = checks.close_check(**asked)
        item = CheckItem.objects.get()

        assert (closed.conclusion, closed.closed_by, closed.closed_at) == ("处理规范", cast.supervisor, LATER)
        assert refused(checks.close_check, **asked) == "check_closed"
        assert (
            refused(
                checks.answer_item, item=item, answers=yes(check), seen=NOW, by=cast.supervisor, now=LATER
            )
            == "check_closed"
        )
    assert list(Notice.objects.filter(event="check.closed").values_list("recipient", "params")) == [
        (cast.manager.pk, {"period": "2026-10", "number": 0, "theme": "quality"})
    ]


def test_the_sample_can_be_drawn_again_from_what_was_kept(cast):
    for day in range(1, 13):
        ended_claim(cast, day=day)
    with acting_as(cast.supervisor):
        found = reading.candidates("520123000000", OCTOBER, "quality", but=cast.supervisor)
    check = open_check(cast, rule=DrawRule(250, 1, 500), seed="")

    rule = DrawRule(check.rule["permille"], check.rule["least"], check.rule["most"])
    again = [each.key for each in draw((candidate for _pk, candidate in found), rule, check.seed)]
    with seeing_everything():
        kept = CheckItem.objects.filter(check_round=check).order_by("position")
        assert list(kept.values_list("claim__number", flat=True)) == again
    assert len(again) == 3


def test_a_preview_names_no_claim(cast):
    ended_claim(cast, goods_type="seed"), ended_claim(cast, cast.liuguang), ended_claim(cast)
    with acting_as(cast.supervisor):
        found = reading.candidates("520123000000", OCTOBER, "quality", but=cast.supervisor)

    shown = reading.preview(found, ALL.size(len(found)))

    assert shown == reading.Preview(3, 3, [("fresh_fruit", 2), ("seed", 1)], 2)


def test_the_checklists_are_sound():
    assert reading.checklist_faults() == []
    assert set(reading.checklists()) == {
        "quality-1",
        "false_advertising-1",
        "arbitrary_charges-1",
        "shirking-1",
    }
