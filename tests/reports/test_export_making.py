"""Lists of claims in the background: who gets which rows, slices, approval, links, and files that go away."""

import csv
import hashlib
import io
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django_q.models import OrmQ

from aftersales.accounts.roles import Role
from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.lib.periods import SHANGHAI, Period
from aftersales.reports import case_lists, export_files, export_making, exporting
from aftersales.reports.models import ReportExport
from claims.models.choices import GoodsTypeChoices, StatusChoices
from claims.services import figures
from stations.models import Grant
from tests.factories import NOW, acting_as, give, make_claim, seeing_everything

pytestmark = pytest.mark.django_db(databases=["default", "reports"])
NOVEMBER = Period.named("2026-11")
XIUWEN, NATION = "520123000000", "000000000000"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def claims(cast):
    """Six claims on fruit and one on an appliance in 修文, one in another county, one of another month."""
    for hour in range(6):
        make_claim(
            cast.guangcheng, filed_by=cast.agent, filed_at=NOW - timedelta(hours=hour), response_minutes=hour
        )
    make_claim(
        cast.guangcheng, filed_by=cast.agent, goods_type="appliance", filed_at=NOW - timedelta(hours=9)
    )
    make_claim(cast.chenlou, filed_by=cast.suining_agent, filed_at=NOW)
    make_claim(cast.guangcheng, filed_by=cast.agent, filed_at=datetime(2026, 10, 31, 15, 59, tzinfo=UTC))


def asked(who, *, region=XIUWEN, form="csv", period=NOVEMBER, name="修文县") -> ReportExport:
    with acting_as(who):
        return exporting.ask(region_code=region, region_name=name, period=period, form=form, by=who, now=NOW)


def fresh(row) -> ReportExport:
    with seeing_everything():
        return ReportExport.objects.get(pk=row.pk)


def made(row) -> ReportExport:
    assert export_making.make(row.pk, now=NOW) == "done"
    return fresh(row)


def lines(row) -> list[list[str]]:
    content = export_files.path_of(row).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def code_of(call, *args, **named) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **named)
    return refused.value.code


def verbs(row) -> list[str]:
    with seeing_everything():
        return list(
            AuditEvent.objects.filter(object_type="reports.reportexport", object_id=str(row.pk))
            .order_by("id")
            .values_list("verb", flat=True)
        )


def test_asking_enqueues_once_and_making_gives_the_whole_file(cast, claims):
    row = asked(cast.manager)

    assert (row.state, row.count, OrmQ.objects.count()) == ("waiting", 7, 1)
    row = made(row)
    content = export_files.path_of(row).read_bytes()
    assert (row.done, row.byte_size, row.sha256) == (7, len(content), hashlib.sha256(content).hexdigest())
    assert row.kept_until == NOW + timedelta(hours=24)
    assert verbs(row) == ["report_export.asked", "report_export.made"]
    assert [path.suffix for path in export_files.folder().iterdir()] == [".csv"]


def test_who_may_see_claims_gets_station_and_moment_newest_first(cast, claims):
    rows = lines(made(asked(cast.manager)))

    assert len(rows) == 8
    assert len(rows[0]) == 17
    assert {row[1] for row in rows[1:]} == {cast.guangcheng.name}
    filed = [row[2] for row in rows[1:]]
    assert filed == sorted(filed, reverse=True)
    assert filed[0] == f"{NOW.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def counted():
    with seeing_everything():
        figures.rebuild(now=NOW)


def test_a_regulator_gets_months_without_stations_and_nothing_the_report_hides(cast, claims):
    for hours in range(6):
        filed = {"filed_at": NOW - timedelta(hours=hours)}
        make_claim(cast.guangcheng, filed_by=cast.agent, goods_type="grain_oil", **filed)
        make_claim(cast.chenlou, filed_by=cast.suining_agent, **filed)
    for _each in range(2):
        make_claim(cast.guangcheng, filed_by=cast.agent, status="rejected", rejection_code="too_late")
    counted()

    with translation.override("en"):
        rows = lines(made(asked(cast.regulator)))[1:]
        refused, appliance = str(StatusChoices("rejected").label), str(GoodsTypeChoices("appliance").label)

    assert {row[1] for row in rows} == {"2026-11"}
    assert not any(cast.guangcheng.name in cell for row in rows for cell in row)
    # Six of fruit, six of grain, one appliance, and two of fruit that were refused.
    assert len(rows) == 15
    assert [row[3:6] for row in rows if row[6] == refused] == [["not shown", "", ""]] * 2
    assert appliance not in {row[3] for row in rows}
    # Of thirteen open ones the appliance is not what is left when the others are taken off.
    assert sum(row[3] == "not shown" and row[6] != refused for row in rows) > 1


def test_a_regulator_gets_no_claim_of_a_county_with_few_of_them(cast):
    for _each in range(2):
        make_claim(cast.guangcheng, filed_by=cast.agent)
    for _each in range(6):
        make_claim(cast.chenlou, filed_by=cast.suining_agent)
    counted()
    give(cast.regulator, Role.REGULATOR)

    assert code_of(asked, cast.regulator) == "nothing_to_export"
    whole = made(asked(cast.regulator, region=NATION, name="全国"))

    assert "修文县" not in {row[0] for row in lines(whole)}
    assert whole.count == len(lines(whole)) - 1
    assert len(lines(made(asked(cast.manager)))) == 3


def test_what_rests_on_few_claims_is_empty_in_the_list_of_a_regulator(cast):
    for minutes in (5, 7):
        make_claim(cast.guangcheng, filed_by=cast.agent, response_minutes=minutes)
    for _each in range(6):
        make_claim(cast.guangcheng, filed_by=cast.agent)
    counted()

    assert [row[8] for row in lines(made(asked(cast.regulator)))[1:]] == [""] * 8
    assert sorted(row[9] for row in lines(made(asked(cast.manager)))[1:])[-2:] == ["5", "7"]


def test_a_workbook_has_numbers_and_says_what_it_is(cast, claims):
    row = made(asked(cast.manager, form="xlsx"))

    book = openpyxl.load_workbook(io.BytesIO(export_files.path_of(row).read_bytes()))
    cover, data = book.worksheets
    facts = [cell.value for line in cover.iter_rows() for cell in line if cell.value is not None]
    assert {XIUWEN, "2026-11", str(cast.manager)} <= set(facts)
    assert data.max_row == 8
    minutes = [data.cell(row=line, column=10).value for line in range(2, 9)]
    assert minutes == [0, 1, 2, 3, 4, 5, None]


def test_it_is_made_within_the_reach_of_who_asked(cast, claims):
    here = lines(made(asked(cast.manager, region=XIUWEN)))
    everywhere = lines(made(asked(cast.platform, region=NATION, name="全国")))

    assert (len(here), len(everywhere)) == (8, 9)
    with acting_as(cast.manager):
        assert case_lists.count(NATION, NOVEMBER, most=100) == 7


def test_who_may_no_longer_read_reports_gets_nothing(cast, claims):
    row = asked(cast.regulator)
    with seeing_everything():
        Grant.objects.filter(user=cast.regulator).update(withdrawn_at=NOW)

    assert export_making.make(row.pk, now=NOW) == "failed"
    assert (fresh(row).file_name, bool(fresh(row).problem)) == ("", True)
    assert verbs(row) == ["report_export.asked", "report_export.failed"]


def test_slices_give_the_same_bytes_as_one_run(cast, claims, monkeypatch):
    whole = made(asked(cast.manager))
    monkeypatch.setattr(export_making, "TOLD_EVERY", 2)
    monkeypatch.setattr(export_making, "SLICE_SECONDS", -1)
    row = asked(cast.manager)

    states = [export_making.make(row.pk, now=NOW) for _slice in range(4)]

    assert states == ["working", "working", "working", "done"]
    assert fresh(row).sha256 == whole.sha256
    keys = {job.task["kwargs"]["key"] for job in OrmQ.objects.all()}
    assert {f"report_export:{row.pk}:{number}" for number in range(4)} <= keys


def test_a_killed_slice_begins_again_where_the_last_one_ended(cast, claims, monkeypatch):
    whole = made(asked(cast.manager))
    monkeypatch.setattr(export_making, "TOLD_EVERY", 2)
    monkeypatch.setattr(export_making, "SLICE_SECONDS", -1)
    row = asked(cast.manager)
    export_making.make(row.pk, now=NOW)
    with export_files.part(row) as file:
        file.seek(0, 2)
        file.write(b"half a li")
    monkeypatch.setattr(export_making, "SLICE_SECONDS", 60)

    assert made(row).sha256 == whole.sha256


def test_a_part_that_is_lost_is_begun_anew(cast, claims, monkeypatch):
    whole = made(asked(cast.manager))
    monkeypatch.setattr(export_making, "TOLD_EVERY", 2)
    monkeypatch.setattr(export_making, "SLICE_SECONDS", -1)
    row = asked(cast.manager)
    export_making.make(row.pk, now=NOW)
    export_files.drop(row)
    monkeypatch.setattr(export_making, "SLICE_SECONDS", 60)

    assert made(row).sha256 == whole.sha256


def test_of_two_at_once_one_is_turned_away(cast, claims):
    row = asked(cast.manager)

    with export_files.part(row):
        assert code_of(export_making.make, row.pk, now=NOW) == "export_running"
    assert made(row).state == "done"
    assert export_making.make(row.pk, now=NOW) == "done"
    assert verbs(row) == ["report_export.asked", "report_export.made"]


def test_above_the_limit_a_second_person_decides(cast, claims, monkeypatch):
    monkeypatch.setattr(exporting, "APPROVAL_ABOVE", 6)
    row = asked(cast.manager)

    assert (row.state, OrmQ.objects.count()) == ("held", 0)
    assert export_making.make(row.pk, now=NOW) == "held"
    assert code_of(exporting.approve, row, by=cast.manager, now=NOW) == "own_export"
    with acting_as(cast.platform):
        exporting.approve(row, by=cast.platform, now=NOW)
        assert code_of(exporting.approve, row, by=cast.platform, now=NOW) == "export_not_held"
    row = made(row)
    assert (row.decided_by, row.state) == (cast.platform, "done")
    assert verbs(row) == ["report_export.asked", "report_export.approved", "report_export.made"]


def test_at_the_limit_nobody_has_to_decide(cast, claims, monkeypatch):
    monkeypatch.setattr(exporting, "APPROVAL_ABOVE", 7)

    assert asked(cast.manager).state == "waiting"


def test_a_refusal_gives_a_reason(cast, claims, monkeypatch):
    monkeypatch.setattr(exporting, "APPROVAL_ABOVE", 6)
    row = asked(cast.manager)

    with acting_as(cast.platform):
        blank = code_of(exporting.refuse, row, reason=" ", by=cast.platform, now=NOW)
        exporting.refuse(row, reason="一个月就够了", by=cast.platform, now=NOW)

    assert (blank, fresh(row).state, fresh(row).problem) == ("reason_missing", "refused", "一个月就够了")


@pytest.mark.parametrize(
    ("form", "most", "code"), [("csv", 6, "too_many_rows"), ("xlsx", 6, "too_many_rows"), ("xlsx", 7, "")]
)
def test_no_form_holds_more_than_its_limit(cast, claims, monkeypatch, form, most, code):
    monkeypatch.setitem(exporting.MOST, form, most)

    if code:
        assert code_of(asked, cast.manager, form=form) == code
        assert not ReportExport._base_manager.exists()
    else:
        assert asked(cast.manager, form=form).count == 7


def test_nothing_to_export_and_a_fourth_unfinished_one_are_refused(cast, claims):
    assert code_of(asked, cast.manager, period=Period.named("2025-01")) == "nothing_to_export"
    for _time in range(3):
        asked(cast.manager)
    assert code_of(asked, cast.manager) == "exports_open"
    assert asked(cast.regulator).state == "waiting"


def test_stopped_while_it_is_written_nothing_is_left(cast, claims, monkeypatch):
    monkeypatch.setattr(export_making, "TOLD_EVERY", 2)
    monkeypatch.setattr(export_making, "SLICE_SECONDS", -1)
    row = asked(cast.manager)
    export_making.make(row.pk, now=NOW)

    with acting_as(cast.manager):
        exporting.stop(fresh(row), by=cast.manager, now=NOW)
        again = code_of(exporting.stop, fresh(row), by=cast.manager, now=NOW)

    assert (export_making.make(row.pk, now=NOW), again) == ("stopped", "export_ended")
    assert list(export_files.folder().iterdir()) == []


def test_only_who_asked_can_fetch_and_somebody_else_ends_the_link(cast, claims):
    row = made(asked(cast.manager))
    token = exporting.token_of(row)

    def fetch(token, who, now=NOW):
        file = exporting.fetch(fresh(row), token, by=who, now=now)
        return None if file is None else file.read()

    content = export_files.path_of(row).read_bytes()
    assert fetch(token, cast.manager) == content
    assert fetch(token[:-1] + "x", cast.manager) is None
    assert fetch(token, cast.platform) is None
    assert fetch(token, cast.manager) is None
    assert fetch(exporting.token_of(fresh(row)), cast.manager) == content
    assert fetch(exporting.token_of(fresh(row)), cast.manager, NOW + timedelta(hours=24)) is None
    assert verbs(row)[2:] == [
        "report_export.fetched",
        "report_export.link_ended",
        "report_export.fetched",
    ]
    assert fresh(row).fetched == 2


def test_after_a_day_the_file_is_gone_and_what_never_ended_is_given_up(cast, claims):
    kept, stuck = made(asked(cast.manager)), asked(cast.manager)

    assert export_making.sweep(now=NOW + timedelta(hours=23)) == 0
    assert export_making.sweep(now=NOW + timedelta(hours=24, seconds=1)) == 1

    assert (fresh(kept).file_name, fresh(kept).sha256 == kept.sha256) == ("", True)
    assert (fresh(stuck).state, list(export_files.folder().iterdir())) == ("failed", [])


def test_memory_and_statements_do_not_grow_with_the_rows(cast, claims, monkeypatch):
    monkeypatch.setattr(case_lists, "FETCHED_AT_ONCE", 2)
    with acting_as(cast.manager), CaptureQueriesContext(connection) as few:
        read = list(case_lists.read(XIUWEN, NOVEMBER))

    statements = [query["sql"] for query in few if "report_case" in query["sql"]]
    assert (len(read), len(statements)) == (7, 1)
    if connection.vendor == "postgresql":
        assert statements[0].startswith("DECLARE") and "WITH HOLD" not in statements[0]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="the plan of PostgreSQL")
@pytest.mark.parametrize("after", [None, (XIUWEN, NOW, 7)])
def test_rows_come_from_an_index_in_their_order(cast, claims, after):
    with connection.cursor() as cursor, acting_as(cast.platform):
        # Over a handful of rows sorting is always cheaper: what is asked is whether it can be left out.
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_seqscan = off")
        with CaptureQueriesContext(connection) as asked_for:
            list(case_lists.read(NATION, NOVEMBER, after=after))
        declared = next(query["sql"] for query in asked_for if "report_case" in query["sql"])
        statement = declared[declared.index("SELECT") :]
        cursor.execute(f"EXPLAIN {statement}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert ("claim_county_recent" in plan, "Sort" in plan) == (True, False)
