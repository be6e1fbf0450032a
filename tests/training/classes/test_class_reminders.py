"""Who is told what about classes, and that each is told once."""

from datetime import UTC, datetime, timedelta

import pytest

from aftersales.notices.models import Notice
from tests.factories import seeing_everything
from tests.training.village_class_cases import make_class
from training.models import VillageClass
from training.rules.classes import ClassState
from training.services import class_reminders

pytestmark = pytest.mark.django_db

EARLY = datetime(2026, 11, 20, 0, 20, tzinfo=UTC)
LATE = datetime(2026, 11, 21, 0, 20, tzinfo=UTC)  # the 21st in Shanghai, with ten days left


def remind(now) -> int:
    with seeing_everything():
        return class_reminders.remind(now=now)


def told() -> set[tuple]:
    return {(each.recipient.username, each.event) for each in Notice.objects.select_related("recipient")}


def test_points_without_a_plan_are_told_once_on_the_last_ten_days(cast):
    make_class(cast.guangcheng, cast.agent, starts_at=datetime(2026, 11, 28, 7, tzinfo=UTC))
    make_class(cast.liuguang, cast.neighbour, starts_at=datetime(2026, 11, 3, 7, tzinfo=UTC), state="held")
    make_class(cast.chenlou, cast.suining_agent, starts_at=LATE, state=ClassState.CANCELLED)

    assert [remind(EARLY), remind(LATE), remind(LATE + timedelta(days=3))] == [0, 2, 0]
    assert told() == {
        ("uncertified", "village_class.not_planned"),
        ("suining_agent", "village_class.not_planned"),
    }
    notice = Notice.objects.get(recipient=cast.uncertified)
    assert notice.params == {"station": "放马坪村服务点", "month": "2026-11"}
    assert notice.url == f"/training/classes/new/?station={cast.fangmaping.pk}"


def test_new_and_closed_points_owe_no_class(cast):
    with seeing_everything():
        stations = type(cast.guangcheng).objects
        stations.filter(pk=cast.guangcheng.pk).update(opened_on="2026-11-02")
        stations.filter(pk=cast.liuguang.pk).update(state="suspended")
        stations.filter(pk=cast.fangmaping.pk).update(opened_on="2026-11-01")

    remind(LATE)

    assert told() == {
        ("uncertified", "village_class.not_planned"),
        ("suining_agent", "village_class.not_planned"),
    }


def test_teacher_is_told_the_day_before_and_anew_when_it_was_moved(cast):
    tomorrow = datetime(2026, 11, 20, 16, tzinfo=UTC)  # the first moment of the 21st in Shanghai
    row = make_class(cast.guangcheng, cast.technician, starts_at=tomorrow)
    make_class(cast.guangcheng, cast.agent, starts_at=tomorrow - timedelta(seconds=1))
    make_class(cast.guangcheng, cast.agent, starts_at=tomorrow + timedelta(days=1))

    assert [remind(EARLY), remind(EARLY)] == [1, 0]
    with seeing_everything():
        VillageClass.objects.filter(pk=row.pk).update(
            starts_at=tomorrow + timedelta(hours=9), reminded_at=None
        )
    assert remind(EARLY) == 1
    assert told() == {("technician", "village_class.tomorrow")}


def test_class_that_nobody_recorded_is_asked_for_after_three_days(cast):
    began = EARLY - timedelta(days=3)
    make_class(cast.guangcheng, cast.agent, starts_at=began, reminded_at=began - timedelta(days=1))
    make_class(cast.liuguang, cast.neighbour, starts_at=began + timedelta(seconds=1))
    make_class(cast.fangmaping, cast.uncertified, starts_at=began, state="held")

    assert [remind(EARLY), remind(EARLY)] == [1, 0]
    assert told() == {("agent", "village_class.unrecorded")}
