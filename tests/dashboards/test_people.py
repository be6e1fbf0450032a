"""The load board: who has how much in hand, as far as the person who looks can see."""

from datetime import timedelta

import pytest
import time_machine
from django.utils.translation import override

from aftersales.dashboards.people import load_bar, load_board
from claims.models import Offer
from claims.queries.loads import Load
from stations.models import Region
from tests.factories import NOW, acting_as, make_agent, make_claim, seeing_everything

PAGE = "/dashboards/people/520123000000/"


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


@pytest.fixture
def busy(cast):
    """Two open claims of the agent, one of them late; one by the neighbour, one offered, one for nobody."""
    make_agent(cast.officer, cast.xiuwen_centre)
    make_claim(cast.guangcheng, filed_by=cast.agent)
    make_claim(cast.guangcheng, filed_by=cast.agent, next_due_at=NOW - timedelta(hours=1))
    make_claim(cast.guangcheng, filed_by=cast.agent, status="closed")
    make_claim(cast.liuguang, filed_by=cast.neighbour)
    make_claim(cast.fangmaping, filed_by=cast.uncertified, handler=cast.manager)
    make_claim(cast.chenlou, filed_by=cast.suining_agent)
    nobodys = [
        make_claim(cast.guangcheng, filed_by=cast.agent, status="submitted", handler=None)
        for _count in range(2)
    ]
    with seeing_everything():
        Offer.objects.create(
            claim=nobodys[0],
            county_code=nobodys[0].county_code,
            round=1,
            level=0,
            person=cast.agent,
            rank=1,
            score=60,
            offered_at=NOW,
            answer_by=NOW + timedelta(hours=1),
        )


def board_for(user):
    with acting_as(user):
        return load_board(Region.objects.get(code="520123000000"), now=NOW)


def rows(board):
    return [
        (group.name, row.name, row.load.open, row.load.offers, row.load.late, row.most, row.is_certified)
        for group in board["groups"]
        for row in group.rows
    ]


def test_a_county_sees_all_townships_the_most_loaded_first(cast, busy):
    board = board_for(cast.manager)

    assert rows(board) == [
        ("六广镇", "王秀兰", 2, 1, 1, 20, True),
        ("六广镇", "杨光明", 1, 0, 0, 20, True),
        ("六广镇", "陈大勇", 0, 0, 0, 40, True),
        ("Others", "周建国", 1, 0, 0, 80, True),
        ("修文县县域共配售后中心", "刘敏", 0, 0, 0, 80, True),
        ("龙场街道", "罗小军", 0, 0, 0, 20, False),
    ]
    assert [board[name] for name in ("people", "open_count", "late_count", "full_count", "nobodys")] == [
        6,
        4,
        1,
        0,
        1,
    ]


def test_a_township_sees_its_own_people(cast, busy):
    assert rows(board_for(cast.technician)) == [
        ("六广镇", "王秀兰", 2, 1, 1, 20, True),
        ("六广镇", "杨光明", 1, 0, 0, 20, True),
        ("六广镇", "陈大勇", 0, 0, 0, 40, True),
    ]


def test_the_page_takes_few_queries_whatever_is_on_it(cast, busy, as_user, django_assert_max_num_queries):
    client = as_user("manager")

    with time_machine.travel(NOW), django_assert_max_num_queries(8):
        page = client.get(PAGE)

    assert page.status_code == 200
    assert "2 / 20" in page.content.decode()


@pytest.mark.parametrize(
    ("who", "status"), [("technician", 200), ("manager", 200), ("suining_manager", 404), ("agent", 403)]
)
def test_who_sees_the_board(cast, as_user, who, status):
    assert as_user(who).get(PAGE).status_code == status


def test_a_bar_is_as_long_as_the_limit_or_as_what_is_above_it():
    assert 'width="120" height="16"' in load_bar(Load(open=5), 20)
    assert 'width="80" height="16"' in load_bar(Load(open=30), 20)
    assert 'aria-label="in hand: 5, late: 2, offers: 1, at most 20"' in load_bar(
        Load(open=5, late=2, offers=1), 20
    )
