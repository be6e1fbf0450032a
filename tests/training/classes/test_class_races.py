"""With real processes: what several people do with a class at the same moment."""

from collections import Counter

import pytest

from aftersales.lib.errors import Refused
from tests.cast import make_cast
from tests.factories import NOW, seeing_everything
from tests.processes import at_once
from tests.training.village_class_cases import TOMORROW, YESTERDAY, make_class
from training.models import Attendee, HourEntry, VillageClass
from training.rules.classes import MOST_NAMES, ClassState
from training.services import class_attendees, village_classes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def cast(transactional_db):
    return make_cast()


def told(outcomes) -> Counter:
    return Counter(outcome.value if not outcome.error else outcome.message for outcome in outcomes)


def coded(call):
    def answered(*arguments):
        with seeing_everything():
            try:
                return call(*arguments)
            except Refused as refused:
                return refused.code

    return answered


def test_station_has_one_class_at_a_moment_whoever_plans_it(cast):
    @coded
    def plan(by):
        planned = village_classes.plan(
            cast.guangcheng,
            title="三张照片就够了",
            starts_at=TOMORROW,
            place="服务点院子",
            teacher=cast.agent,
            minutes=40,
            by=by,
            now=NOW,
        )
        return planned.state

    outcomes = told(at_once(plan, [(by,) for by in (cast.agent, cast.technician, cast.manager) * 2]))

    assert outcomes == {"planned": 1, "class_then_already": 5}


def test_class_ends_once_whoever_records_or_cancels_it(cast):
    row = make_class(cast.guangcheng, cast.agent, starts_at=YESTERDAY)

    @coded
    def end(how, by):
        if how == "hold":
            return village_classes.hold(row, attended=8, report="看了照片", by=by, now=NOW).state
        return village_classes.cancel(row, reason="下大雨", by=by, now=NOW).state

    outcomes = told(at_once(end, [(how, cast.agent) for how in ("hold", "cancel") * 3]))

    ended = outcomes.pop(ClassState.HELD, 0), outcomes.pop(ClassState.CANCELLED, 0)
    assert sum(ended) == 1
    assert set(outcomes) <= {"class_ended", "changed_meanwhile"}
    with seeing_everything():
        assert HourEntry.objects.count() == ended[0]
        assert VillageClass.objects.get().version == 2


def test_list_keeps_to_its_limit_whoever_adds_to_it(cast):
    row = make_class(cast.guangcheng, cast.agent)

    @coded
    def add(first):
        names = [f"张{first}"] * 60
        return len(class_attendees.add(row, names=names, consent_how="spoken", by=cast.agent, now=NOW))

    outcomes = told(at_once(add, [(number,) for number in "一二三四五六"]))

    assert outcomes == {60: MOST_NAMES // 60, "too_many_names": 6 - MOST_NAMES // 60}
    with seeing_everything():
        assert Attendee.objects.count() == 180
