"""Freezing and correcting: what was said about a period stays said."""

from datetime import UTC, datetime, timedelta

import pytest

from aftersales.lib.periods import Period
from aftersales.reports import freezing, reading
from claims.services import figures
from tests.factories import NOW, make_claim, seeing_everything

pytestmark = pytest.mark.django_db(databases=["default", "reports"])
OCTOBER = Period.named("2026-10")
LATER = datetime(2026, 12, 5, 1, 30, tzinfo=UTC)
NATION, XIUWEN, SUINING = "000000000000", "520123000000", "320324000000"


def file_claims(cast, count, *, at=datetime(2026, 10, 12, 3, tzinfo=UTC), station=None, **fields):
    station = station or cast.guangcheng
    return [
        make_claim(
            station,
            filed_by=cast.agent if station.county_code == XIUWEN else cast.suining_agent,
            filed_at=at + timedelta(hours=each),
            **fields,
        )
        for each in range(count)
    ]


def counted(now=NOW):
    with seeing_everything():
        figures.rebuild(now=now)


@pytest.fixture
def october(cast):
    """In 修文 twelve claims, eight of them closed, and in 睢宁 nine; all of October."""
    file_claims(cast, 4, response_minutes=30)
    file_claims(cast, 8, status="closed", response_minutes=90, resolution_minutes=600)
    file_claims(cast, 9, station=cast.chenlou, goods_type="seed")
    counted()


def freeze(cast, period=OCTOBER, now=NOW, **asked):
    with seeing_everything():
        return freezing.freeze(period, by=cast.platform, now=now, **asked)


def test_every_region_from_the_county_up_is_frozen(cast, october):
    editions = freeze(cast)

    assert [(each.level, each.region_code, each.number) for each in editions] == [
        (0, NATION, 1),
        (1, "320000000000", 1),
        (1, "520000000000", 1),
        (2, "320300000000", 1),
        (2, "520100000000", 1),
        (3, SUINING, 1),
        (3, XIUWEN, 1),
    ]
    nation = reading.read(editions[0], "en")
    assert (nation.figures["filed"].number, nation.total) == (21, 21)
    assert [(row.code, row.values[0].number) for row in nation.children] == [
        ("320000000000", 9),
        ("520000000000", 12),
    ]
