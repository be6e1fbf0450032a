"""The issue library as pages and in the administration."""

import io

import pytest
from openpyxl import load_workbook

from aftersales.audit.models import AuditEvent
from claims.models import Issue
from tests.claims.diagnosis.cases import WORDS, found, washer_claim
from tests.factories import seeing_everything

LIST, TABLE = "/claims/issues/", "/claims/issues/table/"
ADMIN = "/admin/claims/issue/"


@pytest.fixture
def counted(cast):
    """Two diagnoses at the agent's station, one next door."""
    with seeing_everything():
        ours = washer_claim(cast.guangcheng, cast.agent)
        found(ours, "WM-12", "visit_with_part")
        found(ours, "WM-10", "solved_by_phone")
        found(washer_claim(cast.liuguang, cast.neighbour), "WM-12", "visit_with_part")


def text_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("", "FR-01", "GE-99"),
        ("?q=排水泵", "WM-12", "FR-01"),
        ("?appliance=phone", "PH-01", "WM-12"),
        ("?cause=installation&appliance=washing_machine", "WM-20", "WM-12"),
        ("?q=没有这种毛病", "No known fault fits", "WM-12"),
        ("?appliance=boat", "FR-01", "No known fault fits"),
        ("?cursor=nonsense", "FR-01", "No known fault fits"),
    ],
)
def test_the_library_is_searched_and_narrowed(as_user, cast, query, there, gone):
    page = text_of(as_user("agent").get(f"{LIST}{query}"))

    assert there in page
    assert gone not in page


def test_a_retired_fault_is_not_listed_and_can_be_read(as_user, cast):
    issue = Issue.objects.get(code="WM-12")
    client = as_user("platform")
    client.post(
        ADMIN, {"action": "retire", "_selected_action": issue.pk, "apply": "1", "with-reason": "重复"}
    )

    assert "No known fault fits" in text_of(as_user("agent").get(f"{LIST}?q=WM-12"))
    assert "No known fault fits" not in text_of(as_user("agent").get(f"{LIST}?q=WM-13"))
    assert "no longer in use" in text_of(as_user("agent").get(f"{LIST}{issue.pk}/"))


def test_a_fault_tells_how_often_it_was_found_here(as_user, counted):
    issue = Issue.objects.get(code="WM-12")

    pages = {name: text_of(as_user(name).get(f"{LIST}{issue.pk}/")) for name in ("agent", "manager")}

    assert '<b class="num">1</b>' in pages["agent"]
    assert '<b class="num">2</b>' in pages["manager"]
    assert "六广村服务点" in pages["manager"] and "六广村服务点" not in pages["agent"]
    assert as_user("agent").get(f"{LIST}999999/").status_code == 404


def test_the_table_counts_within_reach(as_user, counted):
    client = as_user("manager")
    page = text_of(client.get(TABLE))
    written = client.get(f"{TABLE}?format=xlsx")

    assert "of 3 diagnoses" in page
    sheet = load_workbook(io.BytesIO(b"".join(written.streaming_content))).worksheets[1]
    rows = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    (washer,) = [row for row in rows if row and row[0] == "Washing machine"]
    assert washer == ["Washing machine", 3, 1, 0, 2, 0, 1, 0, 0, 0, 0, 0]
    assert AuditEvent._base_manager.get(verb="report.exported").after["report"] == "issues"
    assert client.get(f"{TABLE}?format=pdf").status_code == 404


def test_without_a_diagnosis_the_table_says_where_one_begins(as_user, cast):
    assert "No diagnosis yet" in text_of(as_user("agent").get(TABLE))


def test_the_platform_keeps_the_library(as_user, cast):
    client = as_user("platform")

    added = client.post(f"{ADMIN}add/", {"code": "wm-90", **WORDS}, follow=True)
    issue = Issue.objects.get(code="WM-90")
    client.post(f"{ADMIN}{issue.pk}/details/", {**WORDS, "cause": "刹车带松"})

    assert "WM-90" in text_of(added)
    issue.refresh_from_db()
    assert issue.cause == "刹车带松"
    again = client.post(f"{ADMIN}add/", {"code": "WM-90", **WORDS})
    assert again.status_code == 409
    assert "There is a known fault with this code." in again.content.decode()
    empty = client.post(f"{ADMIN}add/", {})
    assert "This field is required." in text_of(empty)


def test_a_county_reads_the_library_and_changes_nothing(as_user, cast):
    issue = Issue.objects.get(code="WM-12")
    client = as_user("manager")

    answers = (
        client.get(ADMIN).status_code,
        client.get(f"{ADMIN}{issue.pk}/change/").status_code,
        client.post(f"{ADMIN}add/", {"code": "WM-90", **WORDS}).status_code,
        client.post(f"{ADMIN}{issue.pk}/details/", WORDS).status_code,
    )
    client.post(
        ADMIN, {"action": "retire", "_selected_action": issue.pk, "apply": "1", "with-reason": "重复"}
    )

    assert answers == (200, 200, 403, 403)
    issue.refresh_from_db()
    assert issue.retired_at is None
    assert not Issue.objects.filter(code="WM-90").exists()


def test_diagnoses_are_read_in_the_administration_within_reach(as_user, counted):
    page = text_of(as_user("manager").get("/admin/claims/diagnosis/"))
    other = text_of(as_user("suining_manager").get("/admin/claims/diagnosis/"))

    assert page.count("WM-12") == 2
    assert "WM-12" not in other
