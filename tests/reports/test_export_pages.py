"""Pages of exports: who sees which, what is asked for, decided and fetched, and downloads that are noted."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from aftersales.audit.models import AuditEvent
from aftersales.reports import export_making, exporting
from aftersales.reports.models import Edition, ReportExport
from tests.factories import make_claim, seeing_everything
from tests.reports.sample_content import sample_edition

pytestmark = pytest.mark.django_db(databases=["default", "reports"])
XIUWEN = "520123000000"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(autouse=True)
def _english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def month(cast) -> str:
    """The running month, in which two claims of 修文 were filed."""
    now = timezone.now()
    for _claim in range(2):
        make_claim(cast.guangcheng, filed_by=cast.agent, filed_at=now)
    return f"{timezone.localdate(now):%Y-%m}"


def at(name, *args) -> str:
    return reverse(f"reports:{name}", args=args)


def rows() -> list[ReportExport]:
    with seeing_everything():
        return list(ReportExport.objects.order_by("id"))


def ask(client, who, month, **changed):
    client.force_login(who)
    return client.post(at("export_new"), {"region": XIUWEN, "period": month, "form": "csv", **changed})


def make(row) -> ReportExport:
    export_making.make(row.pk, now=timezone.now())
    with seeing_everything():
        return ReportExport.objects.get(pk=row.pk)


def link(page) -> str:
    return at("export_file", page.context["row"].pk, page.context["link"])


def test_asked_for_made_and_fetched(client, cast, month):
    answer = ask(client, cast.regulator, month)
    [row] = rows()

    assert answer.headers["Location"] == at("export_detail", row.pk)
    waiting = client.get(answer.headers["Location"]).content.decode()
    make(row)
    ready = client.get(at("export_detail", row.pk))
    file = client.get(link(ready))
    assert ('http-equiv="refresh"' in waiting, 'http-equiv="refresh"' in ready.content.decode()) == (
        True,
        False,
    )
    assert b"".join(file.streaming_content).startswith(b"\xef\xbb\xbf")
    assert (file.headers["Cache-Control"], file.headers["Content-Type"]) == (
        "private, no-store",
        "text/csv; charset=utf-8",
    )
    assert "attachment" in file.headers["Content-Disposition"]


def test_somebody_else_gets_nothing_and_ends_the_link(client, cast, month):
    ask(client, cast.manager, month)
    row = make(rows()[0])
    client.force_login(cast.manager)
    old = link(client.get(at("export_detail", row.pk)))

    client.force_login(cast.regulator)
    stolen = client.get(old)
    client.force_login(cast.manager)
    page = client.get(at("export_detail", row.pk))

    assert (stolen.status_code, client.get(old).status_code) == (404, 404)
    assert (link(page) != old, client.get(link(page)).status_code) == (True, 200)


def test_a_file_is_gone_after_a_day(client, cast, month):
    ask(client, cast.manager, month)
    row = make(rows()[0])
    page = link(client.get(at("export_detail", row.pk)))
    with seeing_everything():
        ReportExport.objects.update(kept_until=timezone.now() - timedelta(seconds=1))

    assert client.get(page).status_code == 404
    shown = client.get(at("export_detail", row.pk))
    assert (shown.context["link"], "no longer kept" in shown.content.decode()) == ("", True)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("manager", 200),
        ("regulator", 404),
        ("officer", 200),
        ("suining_manager", 404),
        ("platform", 200),
        ("agent", 403),
        ("nobody", 403),
    ],
)
def test_who_sees_the_export_of_an_officer(client, cast, month, who, status):
    ask(client, cast.officer, month)

    client.force_login(getattr(cast, who))

    assert client.get(at("export_detail", rows()[0].pk)).status_code == status


def test_the_log_shows_ones_own_and_for_managers_everybodys(client, cast, month):
    for who in (cast.officer, cast.regulator, cast.manager):
        ask(client, who, month)

    def listed(who, **query):
        client.force_login(who)
        return {row.asked_by for row in client.get(at("export_list"), query).context["list_page"]}

    assert listed(cast.regulator, whose="all") == {cast.regulator}
    assert listed(cast.manager) == {cast.manager}
    assert listed(cast.manager, whose="all") == {cast.officer, cast.regulator, cast.manager}
    assert listed(cast.suining_manager, whose="all") == set()
    assert listed(cast.platform, whose="all", q="修文") == {cast.officer, cast.regulator, cast.manager}
    assert listed(cast.platform, whose="all", q="不存在") == set()


@pytest.mark.parametrize(
    "changed",
    [
        {"region": "320324000000"},
        {"region": "000000000000"},
        {"region": "x"},
        {"period": "2019-01"},
        {"period": "2026-13"},
        {"period": ""},
        {"form": "pdf"},
        {"form": ""},
    ],
)
def test_what_cannot_be_asked_for_keeps_what_was_chosen(client, cast, month, changed):
    answer = ask(client, cast.manager, month, **changed)

    assert (answer.status_code, rows()) == (200, [])
    assert answer.context["form"].data["form"] == changed.get("form", "csv")


def test_a_month_without_claims_is_refused_at_its_field(client, cast):
    answer = ask(client, cast.manager, f"{timezone.localdate():%Y-%m}")

    assert (answer.status_code, list(answer.context["form"].errors)) == (409, ["period"])


def test_a_large_list_waits_for_the_platform_desk(client, cast, month, monkeypatch):
    monkeypatch.setattr(exporting, "APPROVAL_ABOVE", 1)
    ask(client, cast.manager, month)
    [row] = rows()
    own = client.post(at("export_approve", row.pk)).status_code
    client.force_login(cast.platform)
    waiting = list(client.get(at("export_list")).context["held"])
    blank = client.post(at("export_refuse", row.pk), {"reason": ""})
    approved = client.post(at("export_approve", row.pk))
    again = client.post(at("export_approve", row.pk))

    assert (own, waiting) == (404, [row])
    assert (blank.status_code, list(blank.context["refusal"].errors)) == (200, ["reason"])
    assert (approved.status_code, again.status_code, rows()[0].state) == (302, 409, "waiting")


def test_a_large_list_is_refused_with_a_reason(client, cast, month, monkeypatch):
    monkeypatch.setattr(exporting, "APPROVAL_ABOVE", 1)
    ask(client, cast.manager, month)
    [row] = rows()
    client.force_login(cast.platform)

    client.post(at("export_refuse", row.pk), {"reason": "一个月就够了"})

    client.force_login(cast.manager)
    assert "一个月就够了" in client.get(at("export_detail", row.pk)).content.decode()


def test_who_decides_reads_large_numbers_and_is_asked_once_more(client, cast, month, monkeypatch):
    monkeypatch.setattr(exporting, "APPROVAL_ABOVE", 1)
    ask(client, cast.manager, month)
    with seeing_everything():
        ReportExport.objects.update(count=123_456)
    client.force_login(cast.platform)
    listed = client.get(at("export_list")).content.decode()
    page = client.get(at("export_detail", rows()[0].pk)).content.decode()

    assert ("Rows: 123,456" in listed, "<dd>123,456</dd>" in page) == (True, True)
    assert ("Let this list be made?" in page, "Reason for refusing" in page) == (True, True)


def test_only_who_asked_gives_it_up(client, cast, month):
    ask(client, cast.officer, month)
    [row] = rows()
    client.force_login(cast.manager)
    by_another = client.post(at("export_stop", row.pk)).status_code
    client.force_login(cast.officer)
    first, second = (client.post(at("export_stop", row.pk)).status_code for _time in range(2))

    assert (by_another, first, second, rows()[0].state) == (404, 302, 409, "stopped")


@pytest.mark.parametrize("form", ["xlsx", "csv", "pdf"])
def test_a_download_of_a_frozen_report_is_noted_and_has_the_same_bytes(client, cast, form):
    edition = sample_edition()
    edition.pk, edition.frozen_by = None, cast.platform
    with seeing_everything():
        edition.save(force_insert=True)
        edition = Edition.objects.get()
    client.force_login(cast.platform)

    assert client.head(at("edition_file", edition.pk, form)).status_code == 200
    assert not rows()
    first, second = (b"".join(client.get(at("edition_file", edition.pk, form))) for _time in range(2))

    noted = rows()
    assert first == second
    assert [(row.what, row.form, row.state, row.region_code, row.fetched) for row in noted] == [
        ("edition", form, "done", edition.region_code, 1)
    ] * 2
    assert {row.edition_id for row in noted} == {edition.pk}
    with seeing_everything():
        events = AuditEvent.objects.filter(verb="report.exported")
        assert [event.after["sha256"] for event in events] == [noted[0].sha256] * 2
    client.force_login(cast.suining_manager)
    assert client.get(at("edition_file", edition.pk, form)).status_code == 404


def test_an_unknown_form_is_absent(client, cast):
    client.force_login(cast.platform)

    assert client.get(at("edition_file", 1, "exe")).status_code == 404


def test_the_running_month_is_taken_away_with_numbers_and_says_it_is_not_frozen(client, cast, month):
    client.force_login(cast.manager)

    answer = client.get(at("county_month"), {"county": XIUWEN, "month": month, "format": "xlsx"})

    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    cover = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    assert "not frozen: figures can still change" in cover
    assert str(cast.manager) in cover
    numbers = [book["Figures"].cell(row=row, column=2).value for row in range(4, 6)]
    assert isinstance(numbers[0], int)
    assert [(row.what, row.form, row.asked["period"]) for row in rows()] == [("county_month", "xlsx", month)]


def test_constant_number_of_queries(client, cast, month, django_assert_max_num_queries):
    for _time in range(3):
        ask(client, cast.manager, month)
    client.force_login(cast.manager)

    with django_assert_max_num_queries(7):
        client.get(at("export_list"), {"whose": "all"})
    with django_assert_max_num_queries(8):
        client.get(at("export_new"))
    with django_assert_max_num_queries(6):
        client.get(at("export_detail", rows()[0].pk))
