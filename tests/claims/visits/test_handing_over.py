"""Planned visits of somebody who leaves: they appear on the hand-over list and go to a colleague."""

from datetime import time

import pytest

from aftersales.lib.errors import Refused
from aftersales.notices.models import Notice
from claims.models import Visit
from claims.services.hand_over import VisitsPlanned
from stations.services import hand_over
from tests.claims.visits.visit_cases import MONDAY, make_visit, make_week, shanghai
from tests.factories import NOW, acting_as, make_claim, seeing_everything


@pytest.fixture
def visits(cast):
    """Two planned visits of the agent, in windows that the technician has too, and one that is over."""
    for user, station in ((cast.agent, cast.guangcheng), (cast.technician, cast.liuguang_point)):
        make_week(user, station, (0, time(8), 1), (0, time(10), 1))
    made = []
    for hour, state in ((10, "planned"), (8, "planned"), (14, "done")):
        claim = make_claim(cast.guangcheng, filed_by=cast.agent)
        made.append(make_visit(claim, starts_at=shanghai(MONDAY, hour), technician=cast.agent, state=state))
    return made


def give(cast, *, to, keys=None) -> int:
    return VisitsPlanned().assign(person=cast.agent, to=to, keys=keys, by=cast.manager, now=NOW)


def who_goes(visits) -> list[str]:
    with seeing_everything():
        return [str(Visit.objects.get(pk=visit.pk).technician) for visit in visits]


def test_they_are_listed_the_next_one_first(cast, visits):
    with acting_as(cast.manager):
        items = VisitsPlanned().items(person=cast.agent, limit=100)
        count = VisitsPlanned().count(person=cast.agent)

    assert count == 2
    assert [(item.key, item.url, item.due_at) for item in items] == [
        (str(visit.pk), f"/claims/visits/{visit.pk}/", visit.starts_at) for visit in (visits[1], visits[0])
    ]
    assert "2026-11-23 08:00–10:00" in items[0].detail


def test_they_keep_somebody_from_leaving(cast, visits):
    with acting_as(cast.manager), pytest.raises(Refused) as refused:
        hand_over.refuse_while_open(cast.agent.agent)

    assert refused.value.code == "open_work"


def test_a_colleague_takes_all_of_them_and_is_told(cast, visits):
    with acting_as(cast.manager):
        number = give(cast, to=cast.technician)

    assert number == 2
    assert who_goes(visits) == ["陈大勇", "陈大勇", "王秀兰"]
    events = Notice.objects.filter(event__startswith="visit.").values_list("event", "recipient__username")
    assert sorted(events) == [("visit.given", "technician")] * 2 + [("visit.taken_away", "agent")] * 2


def test_only_the_chosen_ones_go(cast, visits):
    with acting_as(cast.manager):
        number = give(cast, to=cast.technician, keys=[str(visits[0].pk), "x", "²"])

    assert number == 1
    assert who_goes(visits) == ["陈大勇", "王秀兰", "王秀兰"]


def test_one_that_does_not_fit_keeps_all_of_them(cast, visits):
    other = make_claim(cast.guangcheng, filed_by=cast.agent)
    make_visit(other, starts_at=shanghai(MONDAY, 10), technician=cast.technician)

    with acting_as(cast.manager), pytest.raises(Refused) as refused:
        give(cast, to=cast.technician)

    assert refused.value.code == "slot_taken"
    assert who_goes(visits) == ["王秀兰", "王秀兰", "王秀兰"]
