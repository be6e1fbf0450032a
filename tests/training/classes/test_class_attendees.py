"""Names on the list of a class: sealed, with consent, shown for a reason, erased after a year."""

from datetime import UTC, datetime, timedelta

import pytest

from aftersales.accounts.models import system_user
from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from tests.factories import NOW, acting_as, seeing_everything
from tests.training.village_class_cases import YESTERDAY, make_class
from training.models import Attendee
from training.rules.classes import ClassState
from training.services import class_attendees, village_classes

pytestmark = pytest.mark.django_db

NAMES = ["张桂英", "  李 明 ", ""]


def put_on(cast, row, names=NAMES, consent_how="spoken"):
    with acting_as(cast.agent):
        return class_attendees.add(row, names=names, consent_how=consent_how, by=cast.agent, now=NOW)


def refusal(call, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.code


def told() -> str:
    """All that the trail says."""
    with seeing_everything():
        return repr(list(AuditEvent.objects.values()))


def test_names_are_sealed_and_masked_and_the_trail_counts_them(cast):
    row = make_class(cast.guangcheng, cast.agent)

    put_on(cast, row)

    with seeing_everything():
        rows = list(Attendee.objects.all())
    assert [(each.name_masked, each.consent_how) for each in rows] == [("张**", "spoken"), ("李**", "spoken")]
    assert not any("桂英" in repr(vars(each)) for each in rows)
    assert len({each.person_key for each in rows}) == 2
    assert "'names': 2" in told()
    assert "桂英" not in told()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"names": ["", "  "]}, "name_missing"),
        ({"names": ["张" * 41]}, "too_long"),
        ({"consent_how": ""}, "consent_missing"),
        ({"consent_how": "none"}, "consent_missing"),
        ({"names": ["张三"] * 201}, "too_many_names"),
    ],
)
def test_list_refuses_what_does_not_fit(cast, changes, code):
    row = make_class(cast.guangcheng, cast.agent)

    assert refusal(put_on, cast, row, **changes) == code
    with seeing_everything():
        assert not Attendee.objects.exists()


def test_list_takes_two_hundred_names_in_all(cast):
    row = make_class(cast.guangcheng, cast.agent)

    put_on(cast, row, names=["张三"] * 199)
    put_on(cast, row, names=["李四"])

    assert refusal(put_on, cast, row, names=["王五"]) == "too_many_names"


def test_list_of_a_held_class_has_at_most_who_came_and_a_cancelled_one_none(cast):
    held = make_class(cast.guangcheng, cast.agent, starts_at=YESTERDAY, state=ClassState.HELD)
    cancelled = make_class(cast.guangcheng, cast.agent, state=ClassState.CANCELLED)

    put_on(cast, held, names=["张三"] * 8)

    assert refusal(put_on, cast, held, names=["李四"]) == "more_than_came"
    assert refusal(put_on, cast, cancelled) == "class_ended"


def test_names_are_shown_to_who_says_why_and_the_trail_keeps_it(cast):
    row = make_class(cast.guangcheng, cast.agent)
    put_on(cast, row)
    with acting_as(cast.manager):
        for reason in ("", " 核 ", "核" * 301):
            assert refusal(class_attendees.reveal, row, reason=reason, by=cast.manager, now=NOW) in {
                "reason_missing",
                "too_long",
            }

        names = class_attendees.reveal(row, reason="核对签到表", by=cast.manager, now=NOW)

    assert names == ["张桂英", "李 明"]
    with seeing_everything():
        event = AuditEvent.objects.get(verb="personal.revealed")
    assert (event.actor_id, event.reason, event.after) == (
        cast.manager.pk,
        "核对签到表",
        {"fields": ["name"], "names": 2},
    )


def test_empty_list_has_nothing_to_show(cast):
    row = make_class(cast.guangcheng, cast.agent)
    with acting_as(cast.agent):
        wrong = refusal(class_attendees.reveal, row, reason="核对签到表", by=cast.agent, now=NOW)

    assert wrong == "nobody_on_list"


def test_who_takes_the_consent_back_is_gone(cast):
    row = make_class(cast.guangcheng, cast.agent)
    first, _second = put_on(cast, row)
    with acting_as(cast.agent):
        class_attendees.take_off(first, by=cast.agent, now=NOW)

        assert [each.name_masked for each in Attendee.objects.all()] == ["李**"]
        assert refusal(class_attendees.take_off, first, by=cast.agent, now=NOW) == "unknown_attendee"


def test_list_of_another_place_does_not_exist(cast):
    row = make_class(cast.guangcheng, cast.agent)
    (first, _second) = put_on(cast, row)
    who = {"by": cast.suining_manager, "now": NOW}
    with acting_as(cast.suining_manager):
        codes = [
            refusal(class_attendees.add, row, names=["张三"], consent_how="spoken", **who),
            refusal(class_attendees.reveal, row, reason="核对签到表", **who),
            refusal(class_attendees.take_off, first, **who),
        ]

    assert codes == ["unknown_class", "unknown_class", "unknown_attendee"]


def test_names_of_more_than_twelve_months_ago_are_erased_once(cast):
    old, kept = (
        make_class(cast.guangcheng, cast.agent, starts_at=datetime(2025, month, 28, tzinfo=UTC))
        for month in (10, 11)
    )
    put_on(cast, old)
    put_on(cast, kept)
    with seeing_everything():
        done = [class_attendees.erase(by=system_user(), now=NOW) for _turn in range(2)]

        masks = list(Attendee.objects.order_by("id").values_list("name_masked", "name_sealed", "consent_how"))
        event = AuditEvent.objects.get(verb="village_class.names_erased")
    assert done == [2, 0]
    assert masks[:2] == [("", "", "spoken")] * 2
    assert [mask for mask, _sealed, _consent in masks[2:]] == ["张**", "李**"]
    assert (event.county_code, event.after) == ("520123000000", {"names": 2})


def test_erased_names_cannot_be_shown(cast):
    row = make_class(cast.guangcheng, cast.agent, starts_at=NOW - timedelta(days=500))
    put_on(cast, row)
    with seeing_everything():
        class_attendees.erase(by=system_user(), now=NOW)

        assert refusal(class_attendees.reveal, row, reason="核对签到表", by=cast.manager, now=NOW) == (
            "nobody_on_list"
        )


@pytest.mark.parametrize("step", ["hold", "correct"])
def test_names_that_come_while_the_count_is_recorded_are_not_more_than_came(cast, monkeypatch, step):
    state = ClassState.HELD if step == "correct" else ClassState.PLANNED
    row = make_class(cast.guangcheng, cast.agent, starts_at=YESTERDAY, state=state)
    counted = village_classes.checked_count

    def others_add_names(row, attended):
        found = counted(row, attended)
        class_attendees.add(row, names=["张一", "张二", "张三"], consent_how="spoken", by=cast.agent, now=NOW)
        return found

    monkeypatch.setattr(village_classes, "checked_count", others_add_names)
    with acting_as(cast.agent), pytest.raises(Refused) as refused:
        getattr(village_classes, step)(
            row, attended=2, report="看了照片", version=row.version, by=cast.agent, now=NOW
        )

    assert refused.value.code == "fewer_than_names"
    row.refresh_from_db()
    assert (row.state, row.version) == (state, 1)
