"""Planned classes and mentorships of somebody who leaves: they stand on the list and go to a colleague."""

from datetime import date, timedelta

import pytest
from django.utils.translation import override

from aftersales.lib.errors import Refused
from stations.models import Agent
from stations.services import hand_over
from tests.factories import NOW, acting_as, seeing_everything
from training.models import Mentorship, VillageClass

TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def agent_of(user):
    with seeing_everything():
        return Agent.objects.select_related("user", "station").get(user=user)


@pytest.fixture
def held(cast):
    """Two classes the agent will hold and one that was held, and somebody the agent looks after."""
    here = {"station": cast.guangcheng, "county_code": cast.guangcheng.county_code}
    with seeing_everything():
        for days, title, state in (
            (9, "看懂吊牌", "planned"),
            (2, "怎么拍照", "planned"),
            (-9, "七天", "held"),
        ):
            moment = NOW + timedelta(days=days)
            VillageClass.objects.create(
                month=moment.date().replace(day=1),
                title=title,
                starts_at=moment,
                place="村委会",
                teacher=cast.agent,
                state=state,
                attended=12 if state == "held" else None,
                ended_at=NOW if state == "held" else None,
                planned_by=cast.agent,
                planned_at=NOW,
                **here,
            )
        Agent.objects.filter(user=cast.uncertified).update(certified_until=None)
        Mentorship.objects.create(
            mentor=cast.agent,
            trainee=cast.uncertified,
            from_on=date(2026, 10, 1),
            note="每周一次",
            station=cast.fangmaping,
            county_code=cast.fangmaping.county_code,
        )


def test_they_stand_on_the_list(cast, held):
    with acting_as(cast.manager):
        work = hand_over.open_work(agent_of(cast.agent))

    classes = VillageClass._base_manager.filter(state="planned").order_by("starts_at")
    assert [(each.kind, each.label, each.count) for each in work] == [
        ("classes", "planned classes", 2),
        ("mentorships", "people looked after as a mentor", 1),
    ]
    assert [(item.key, item.title, item.due_at) for item in work[0].items] == [
        (str(row.pk), title, row.starts_at)
        for row, title in zip(classes, ("怎么拍照", "看懂吊牌"), strict=True)
    ]
    assert work[0].items[0].detail == "广城村服务点 · 2026-11-22 10:30 · 村委会"
    assert (work[1].items[0].title, work[1].items[0].detail) == (
        "罗小军",
        "放马坪村服务点 · since 2026-10-01",
    )


def test_a_colleague_takes_them_over(cast, held):
    call = {"agent": agent_of(cast.agent), "to": agent_of(cast.technician), "by": cast.manager, "now": NOW}

    with acting_as(cast.manager):
        given = [hand_over.assign(kind=kind, **call) for kind in ("classes", "mentorships")]
        hand_over.refuse_while_open(agent_of(cast.agent))

    assert given == [2, 1]
    with seeing_everything():
        rows = VillageClass.objects.order_by("id").values_list("title", "teacher__username")
        assert list(rows) == [("看懂吊牌", "technician"), ("怎么拍照", "technician"), ("七天", "agent")]
        rows = Mentorship.objects.order_by("id").values_list(
            "mentor__username", "from_on", "until_on", "note"
        )
        assert list(rows) == [
            ("agent", date(2026, 10, 1), TODAY, "每周一次"),
            ("technician", TODAY, None, "每周一次"),
        ]


@pytest.mark.parametrize(
    ("kind", "to", "code"),
    [
        ("classes", "neighbour", "unknown_teacher"),
        ("mentorships", "uncertified", "mentor_is_another"),
    ],
)
def test_who_may_not_gets_none_of_them(cast, held, kind, to, code):
    with acting_as(cast.manager), pytest.raises(Refused) as refused:
        hand_over.assign(
            agent=agent_of(cast.agent), kind=kind, to=agent_of(getattr(cast, to)), by=cast.manager, now=NOW
        )

    assert refused.value.code == code
    with seeing_everything():
        assert VillageClass.objects.filter(teacher=cast.agent).count() == 3
        assert Mentorship.objects.filter(mentor=cast.agent, until_on__isnull=True).count() == 1


def test_nobody_leaves_with_a_class_on_the_calendar(cast, held):
    with acting_as(cast.manager), pytest.raises(Refused) as refused:
        hand_over.refuse_while_open(agent_of(cast.agent))

    assert refused.value.code == "open_work"
    assert "planned classes 2" in str(refused.value)
