"""How complete a month is: the county's page, its table, and the figures behind them."""

import io
from datetime import UTC, date, datetime

import openpyxl
import pytest

from aftersales.audit.models import AuditEvent
from tests.factories import NOW, acting_as, seeing_everything
from tests.training.village_class_cases import make_class
from training.queries import village_classes as reading
from training.rules.classes import ClassState, Completeness, Standing

PAGE = "/training/classes/month/"
NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)
XIUWEN, SUINING = "520123000000", "320324000000"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_now")]


def on(day, month=11):
    return datetime(2026, month, day, 7, tzinfo=UTC)


@pytest.fixture
def county(cast):
    """Of the three village points one has held its class, one was to hold it, one cancelled it."""
    make_class(cast.guangcheng, cast.agent, starts_at=on(3), state=ClassState.HELD)
    make_class(cast.guangcheng, cast.agent, starts_at=on(28))
    make_class(cast.liuguang, cast.neighbour, starts_at=on(10))
    make_class(cast.fangmaping, cast.uncertified, starts_at=on(12), state=ClassState.CANCELLED)
    make_class(cast.fangmaping, cast.uncertified, starts_at=on(12, 10), state=ClassState.HELD)
    make_class(cast.liuguang_point, cast.technician, starts_at=on(12), state=ClassState.HELD)
    make_class(cast.chenlou, cast.suining_agent, starts_at=on(12), state=ClassState.HELD)
    return cast


def test_every_point_stands_as_its_best_class(county):
    with acting_as(county.manager):
        points = reading.points_of(NOVEMBER, county_code=XIUWEN, now=NOW)

    assert {each.station: (each.standing, each.latest and each.latest.starts_at) for each in points} == {
        county.guangcheng: (Standing.HELD, on(3)),
        county.liuguang: (Standing.UNRECORDED, on(10)),
        county.fangmaping: (Standing.MISSING, None),
    }


def test_counties_are_counted_within_reach(county):
    with acting_as(county.manager):
        ours = reading.completeness(NOVEMBER, county_codes=[XIUWEN, SUINING], now=NOW)
    with seeing_everything():
        both = reading.completeness(NOVEMBER, county_codes=[XIUWEN, SUINING], now=NOW)

    assert ours == {XIUWEN: Completeness(3, 1, 0, 1), SUINING: Completeness(0, 0)}
    assert both == {XIUWEN: Completeness(3, 1, 0, 1), SUINING: Completeness(1, 1)}


def test_months_count_points_that_owed_a_class_then(county):
    with seeing_everything():
        type(county.guangcheng).objects.filter(pk=county.guangcheng.pk).update(opened_on=date(2026, 10, 5))
    make_class(county.guangcheng, county.agent, starts_at=on(20, 10), state=ClassState.HELD)  # not owed
    with acting_as(county.manager):
        months = reading.months_held([NOVEMBER, OCTOBER], county_code=XIUWEN)

    assert months == [(OCTOBER, Completeness(2, 1)), (NOVEMBER, Completeness(3, 1))]


def test_page_shows_who_is_missing_and_how_townships_stand(as_user, county):
    response = as_user("manager").get(PAGE)

    assert response.context["whole"] == Completeness(3, 1, 0, 1)
    assert response.context["chosen"] == Standing.MISSING
    assert [each.station for each in response.context["points"]] == [county.fangmaping]
    assert response.context["townships"] == [
        (county.longchang_point, Completeness(1, 0)),
        (county.liuguang_point, Completeness(2, 1, 0, 1)),
    ]
    assert "33%" in response.content.decode()


def test_page_shows_any_standing_and_any_month(as_user, county):
    client = as_user("manager")

    held = client.get(f"{PAGE}?show=held")
    october = client.get(f"{PAGE}?month=2026-10")

    assert [each.station for each in held.context["points"]] == [county.guangcheng]
    assert october.context["whole"] == Completeness(3, 1)
    assert client.get(f"{PAGE}?show=nonsense").context["chosen"] == Standing.MISSING


@pytest.mark.parametrize(
    "query",
    [
        "month=2026-13",
        "month=x",
        "month=1999-01",
        "month=2031-01",
        "county=320324000000",
        "county=x",
        "format=pdf",
    ],
)
def test_what_is_not_there_is_not_found(as_user, county, query):
    assert as_user("manager").get(f"{PAGE}?{query}").status_code == 404


def test_platform_chooses_the_county(as_user, county):
    client = as_user("platform")

    assert client.get(f"{PAGE}?county={SUINING}").context["whole"] == Completeness(1, 1)
    assert len(client.get(PAGE).context["counties"]) == 2


def test_agent_sees_the_own_point_alone(as_user, county):
    assert as_user("agent").get(PAGE).context["whole"] == Completeness(1, 1)


def test_table_has_every_point_and_is_in_the_trail(as_user, county):
    response = as_user("trainer").get(f"{PAGE}?format=xlsx")

    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    rows = [row for row in book.worksheets[1].iter_rows(values_only=True) if any(row)]
    names = {each.name for each in (county.guangcheng, county.liuguang, county.fangmaping)}
    lines = {row[1]: row for row in rows if row[1] in names}
    assert set(lines) == names
    assert lines[county.guangcheng.name][2:4] == ("Held", "三张照片就够了")
    assert lines[county.guangcheng.name][6:] == (8, 40)
    assert lines[county.fangmaping.name][2:] == ("None yet", None, None, None, None, None)
    with seeing_everything():
        event = AuditEvent.objects.get(verb="village_class.exported")
    assert (event.county_code, event.after["rows"]) == (XIUWEN, 3)
