"""The county's month: figures, suppression, reach, exports, and a connection that cannot write."""

import io
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import openpyxl
import pytest
from django.db import connection
from django.urls import reverse

from aftersales.accounts.roles import Role
from aftersales.audit.models import AuditEvent
from aftersales.lib.periods import Period
from aftersales.reports import county_month
from aftersales.reports.models import ReportCase
from claims.models import Compensation, CompensationPolicy
from claims.queries.figures import cases, cells
from claims.rules.satisfaction import Satisfaction
from claims.services import figures, scores
from tests.claims.figures.counted import figures_of
from tests.claims.follow_up_cases import called, settled
from tests.factories import NOW, acting_as, give, make_claim, seeing_everything

pytestmark = pytest.mark.django_db(databases=["default", "reports"])
NOVEMBER = Period.named("2026-11")
URL = "/reports/county-month/"


def of_november():
    """修文 as reports read it in the reach of whoever asks."""
    return cells.of_region("520123000000", NOVEMBER, using="reports")


def counted():
    with seeing_everything():
        figures.rebuild(now=NOW)


def pay(claim, amount_fen, level="rule"):
    with seeing_everything():
        Compensation.objects.create(
            claim=claim,
            station=claim.station,
            county_code=claim.county_code,
            policy=CompensationPolicy.objects.get(county_code="", version=1),
            bad_milli=1000,
            total_milli=20_000,
            paid_fen=4000,
            amount_fen=amount_fen,
            state="executed",
            remedy="refund",
            level=level,
            worked_out_by=claim.filed_by,
            worked_out_at=NOW,
            executed_at=NOW,
        )


@pytest.fixture
def november(cast):
    """In 修文 six claims on fruit, one paid and one refused, and one on an appliance; one more elsewhere."""
    fruit = [
        make_claim(cast.guangcheng, filed_by=cast.agent, response_minutes=minutes)
        for minutes in (5, 10, 15, 20)
    ]
    resolved = make_claim(
        cast.liuguang, filed_by=cast.neighbour, status="closed", response_minutes=130, resolution_minutes=300
    )
    pay(resolved, 600)
    make_claim(cast.liuguang, filed_by=cast.neighbour, status="rejected", rejection_code="too_late")
    make_claim(cast.guangcheng, filed_by=cast.agent, goods_type="appliance")
    make_claim(cast.chenlou, filed_by=cast.suining_agent)
    make_claim(cast.guangcheng, filed_by=cast.agent, filed_at=datetime(2026, 10, 31, 15, 59, tzinfo=UTC))
    counted()
    return fruit


def test_figures_of_the_month(cast, november):
    with acting_as(cast.regulator):
        found = of_november()

    assert (found.filed, found.open, found.resolved, found.rejected) == (7, 5, 1, 1)
    assert (found.compensated, found.compensated_fen, found.by_rule) == (1, 600, 1)
    assert (found.response_median, found.response_p90, found.response_in_time) == (
        15,
        130,
        pytest.approx(0.8),
    )
    assert (found.resolution_median, found.resolution_mean) == (300, 300)
    assert (found.satisfaction, found.follow_up_rate) == (Satisfaction(), 0)


def test_scores_become_satisfaction_and_calls_the_follow_up_rate(cast):
    for stars in ((5,), (4,), (5, 2)):
        claim = settled(cast.guangcheng, handler=cast.agent)
        follow_up = called(claim, by=cast.technician, stars=stars[0])
        for own in stars[1:]:
            scores.score_by_consumer(follow_up=follow_up, stars=own, now=NOW)
    for outcomes in (("refused",), ("unreachable",) * 3, ("unreachable",), ()):
        claim = settled(cast.guangcheng, handler=cast.agent)
        for days, outcome in enumerate(outcomes):
            called(claim, by=cast.technician, outcome=outcome, now=NOW + timedelta(days=days))
    make_claim(cast.guangcheng, filed_by=cast.agent)
    counted()

    with acting_as(cast.regulator):
        reported = of_november()
    with acting_as(cast.manager):
        shown = figures_of(cases())

    for found in (reported, shown):
        assert (found.filed, found.resolved) == (8, 7)
        assert found.satisfaction == Satisfaction(
            answered=3, satisfied=2, low=1, refused=1, unreachable=1, open=2
        )
        assert found.satisfaction.rate == Fraction(2, 3)
        assert (found.followed_up, found.follow_up_rate) == (5, Fraction(5, 7))


def test_small_counts_are_hidden_from_the_regulator_and_shown_to_the_county(cast, november):
    with acting_as(cast.regulator):
        found = of_november()

    hidden = [(row.counts, row.total) for row in county_month.class_rows(found, hide_small=True)]
    shown = [(row.counts, row.total) for row in county_month.class_rows(found, hide_small=False)]

    assert hidden == [(("<5", "<5", "<5", "0"), "—"), (("<5", "0", "0", "0"), "<5")]
    assert shown == [(("4", "1", "1", "0"), "6"), (("1", "0", "0", "0"), "1")]


def test_a_regulator_reads_no_small_figure_of_a_month_that_is_not_frozen(client, cast, november):
    client.force_login(cast.regulator)
    client.cookies["django_language"] = "en"

    page = client.get(URL, {"county": "520123000000", "month": "2026-11"})
    row = client.get("/reports/", {"period": "2026-11"}).context["rows"][0]

    rows = {row.name: (row.value, row.behind) for row in page.context["figure_rows"]}
    assert rows["Claims filed"] == ("7", "")
    assert {rows[name] for name in ("Claims with compensation", "Compensation carried out")} == {("<5", "")}
    assert {rows[name] for name in ("Resolution rate", "Resolution, mean", "Approved by rule")} == {
        ("<5", "")
    }
    assert rows["First response, median"][0] == "15 min"
    assert row["words"] == ["7", "5", "1", "<5", "15 min", "<5"]


def test_a_county_with_few_claims_is_hidden_whole_until_the_month_is_frozen(client, cast):
    make_claim(cast.guangcheng, filed_by=cast.agent, response_minutes=5)
    make_claim(cast.guangcheng, filed_by=cast.agent, response_minutes=7)
    for _each in range(9):
        make_claim(cast.chenlou, filed_by=cast.suining_agent, response_minutes=8)
    counted()
    give(cast.regulator, Role.REGULATOR)
    client.force_login(cast.regulator)
    few = "520123000000"

    page = client.get(URL, {"county": few, "month": "2026-11"}).context
    rows = client.get("/reports/", {"period": "2026-11"}).context["rows"]
    text = b"".join(
        client.get(URL, {"county": few, "month": "2026-11", "format": "csv"}).streaming_content
    ).decode()

    assert {row.value for row in page["figure_rows"]} == {"<5"}
    assert page["class_rows"] == []
    assert {row["place"].code: row["words"] for row in rows}[few] == ["<5"] * 6
    assert not any(number in text for number in ("5 min", "7 min"))
    values = [line.split(",")[3] for line in text.splitlines() if line.count(",") >= 4]
    assert not any(value.strip('"').isdigit() for value in values)


def test_the_county_itself_reads_every_figure(client, cast, november):
    client.force_login(cast.manager)
    client.cookies["django_language"] = "en"

    page = client.get(URL, {"county": "520123000000", "month": "2026-11"})

    rows = {row.name: row.value for row in page.context["figure_rows"]}
    assert (rows["Claims with compensation"], rows["Compensation carried out"]) == ("1", "¥6.00")
    assert client.get("/reports/", {"period": "2026-11"}).context["rows"][0]["words"][3] == "¥6.00"


def test_page_says_no_data_instead_of_a_good_grade(client, cast):
    client.force_login(cast.regulator)
    client.cookies["django_language"] = "en"

    page = client.get(URL, {"county": "520123000000", "month": "2026-11"})

    rows = {row.name: row.value for row in page.context["figure_rows"]}
    assert (rows["Satisfaction"], rows["Resolution rate"]) == ("no data", "no data")


@pytest.mark.parametrize(
    ("who", "county", "status"),
    [
        ("regulator", "520123000000", 200),
        ("regulator", "320324000000", 404),
        ("regulator", "999999000000", 404),
        ("manager", "520123000000", 200),
        ("suining_manager", "520123000000", 404),
        ("platform", "320324000000", 200),
        ("agent", "520123000000", 403),
        ("nobody", "520123000000", 403),
    ],
)
def test_who_may_read_which_county(client, cast, who, county, status):
    client.force_login(getattr(cast, who))

    assert client.get(URL, {"county": county}).status_code == status


@pytest.mark.parametrize("month", ["2026-13", "x", "2019-12", "2999-01", "2026-11-01"])
def test_months_that_cannot_be_asked_for(client, cast, month):
    client.force_login(cast.regulator)

    assert client.get(URL, {"month": month}).status_code == 404


def test_reports_take_no_other_method(client, cast):
    client.force_login(cast.regulator)

    assert [getattr(client, method)(URL).status_code for method in ("post", "put", "patch", "delete")] == [
        405
    ] * 4


def test_exports_open_and_leave_one_event_each(client, cast, november):
    client.force_login(cast.regulator)

    book = client.get(URL, {"county": "520123000000", "month": "2026-11", "format": "xlsx"})
    text = client.get(URL, {"county": "520123000000", "month": "2026-11", "format": "csv"})

    sheets = openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content)))
    assert len(sheets.sheetnames) == 3
    assert b"".join(text.streaming_content).startswith(b"\xef\xbb\xbf")
    with seeing_everything():
        events = list(AuditEvent.objects.filter(verb="report.exported").order_by("id"))
    assert [event.after["form"] for event in events] == ["xlsx", "csv"]
    assert {len(event.after["sha256"]) for event in events} == {64}


def test_constant_number_of_queries(client, cast, november, django_assert_max_num_queries):
    client.force_login(cast.regulator)

    with django_assert_max_num_queries(11):
        client.get(reverse("reports:index"), {"month": "2026-11"})
    with django_assert_max_num_queries(11):
        client.get(URL, {"county": "520123000000", "month": "2026-11"})


def test_view_holds_no_person(db):
    with connection.cursor() as cursor:
        columns = {
            column.name for column in connection.introspection.get_table_description(cursor, "report_case")
        }

    assert columns == {field.column for field in ReportCase._meta.fields}
    assert not columns & {"consumer_id", "description", "filed_by_id", "number", "order_line_id"}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the file is opened read-only on SQLite alone")
def test_sqlite_report_connection_cannot_write(tmp_path):
    import sqlite3

    path = tmp_path / "data.sqlite3"
    sqlite3.connect(path).execute("CREATE TABLE t (x)")
    read_only = sqlite3.connect(f"file:{path}?mode=ro", uri=True)

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        read_only.execute("INSERT INTO t VALUES (1)")
