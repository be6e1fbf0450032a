"""What lists and the page that learning begins with say at a glance."""

from datetime import date
from types import SimpleNamespace

import pytest
import time_machine

from tests.factories import NOW, make_agent, seeing_everything
from tests.training.lessons import make_course
from training.models import Course, VillageClass
from training.views.class_months import chart

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize("address", ["/training/", "/training/sittings/"])
def test_an_exam_that_asks_for_courses_first_is_not_shown_as_open(as_user, cast, address):
    page = as_user("agent").get(address).content.decode()
    Course.objects.update(retired_at=NOW)
    make_course(cast.trainer)
    without = as_user("agent").get(address).content.decode()

    assert (page.count("Courses first"), without.count("Courses first")) == (1, 0)
    assert without.count("Open to you") == page.count("Open to you") + 1


def test_county_staff_without_a_certificate_are_not_warned(as_user, cast):
    with seeing_everything():
        make_agent(cast.officer, cast.xiuwen_centre, certified_until=None)

    asked = [as_user(name).get("/training/").context["is_asked"] for name in ("uncertified", "officer")]

    assert asked == [True, False]


def test_classes_are_named_by_their_subject_in_the_administration(as_user, cast):
    with seeing_everything():
        held = VillageClass.objects.create(
            station=cast.agent.agent.station,
            title="怎么拍坏果",
            starts_at=NOW,
            month=NOW.date().replace(day=1),
            place="村委会",
            teacher=cast.agent,
            planned_by=cast.agent,
            planned_at=NOW,
            minutes=40,
        )

    page = as_user("platform").get("/admin/training/villageclass/").content.decode()

    assert f'<a href="/training/classes/{held.pk}/">怎么拍坏果</a>' in page


def test_twelve_months_stand_beside_each_other_under_the_chart():
    held = SimpleNamespace(share=None)
    year = [(date(2025 + month // 12, month % 12 + 1, 1), held) for month in range(11, 23)]

    svg = str(chart(year).svg)

    assert [f">{each}<" in svg for each in ("25-12", "26-01", "26-11")] == [True] * 3
    assert "2026-" not in svg
