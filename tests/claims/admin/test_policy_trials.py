"""The page that tries other rules on past claims, its sheet, and the way on to issuing them."""

from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from aftersales.audit.models import AuditEvent
from claims.models import Compensation, CompensationPolicy
from claims.services import compensation as service
from tests.claims.admin.test_policies import ADD, FORM
from tests.factories import (
    NOW,
    acting_as,
    make_claim,
    make_consumer,
    make_line,
    make_policy,
    seeing_everything,
)

PAGE = reverse("admin:claims_compensationpolicy_what_if")
XIUWEN, SUINING = "520123000000", "320324000000"
ASKED = {
    "tried": "1",
    "county": XIUWEN,
    "first_day": "2026-11-01",
    "last_day": "2026-11-30",
    **{
        name: value
        for name, value in FORM.items()
        if name not in ("county_code", "valid_from", "published_text")
    },
    "tolerance_permille": "0",
    "minimum_fen": "0",
    "photos_required": "0",
    "automatic_limit_fen": "50",
}


@pytest.fixture
def claim(cast):
    """Three of twenty peaches for 40 yuan are bad: 6 yuan."""
    make_policy(photos_required=0)
    return claim_at(cast, cast.guangcheng, cast.agent)


def claim_at(cast, station, agent):
    line = make_line(station, consumer=make_consumer(station))
    claim = make_claim(
        station,
        filed_by=agent,
        line=line,
        consumer=line.order.consumer,
        bad_milli=3000,
        procedure="quality_proportional",
    )
    with acting_as(agent):
        service.work_out(claim=claim, by=agent, now=NOW)
    return claim


def test_the_page_opens_with_what_is_in_force_and_tries_nothing(as_user, claim):
    page = as_user("manager").get(PAGE)

    assert page.status_code == 200
    assert "trial" not in page.context
    assert page.context["form"]["first_day"].value().isoformat() == "2026-10-01"
    assert page.context["form"]["last_day"].value().isoformat() == "2026-10-31"
    assert page.context["form"]["automatic_limit_fen"].value() == "50.00"


def test_other_rules_are_tried_on_the_claims_of_the_period(as_user, claim):
    page = as_user("manager").get(PAGE, {**ASKED, "kind": "tiers", "tiers": "30: 30\n100: 100"})

    (row,) = page.context["changed"]
    assert (row["number"], tuple(row["amount"]), row["difference"]) == (claim.number, (600, 1200), 600)
    assert page.context["trial"].total.difference == 600
    assert "+¥6.00" in page.content.decode()


def test_nothing_is_written_by_trying(as_user, claim):
    with seeing_everything():
        before = list(Compensation.objects.values()), CompensationPolicy.objects.count()

    as_user("manager").get(PAGE, {**ASKED, "multiplier_permille": "500"})

    with seeing_everything():
        assert (list(Compensation.objects.values()), CompensationPolicy.objects.count()) == before


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "tiers"},
        {"kind": "tiers", "tiers": "x"},
        {"multiplier_permille": "0"},
        {"first_day": "2026-12-01"},
        {"first_day": "2025-01-01"},
        {"last_day": ""},
        {"last_day": "tomorrow"},
        {"county": SUINING},
        {"county": "programme"},
        {"officer_limit_fen": "1"},
        {"cap_fen": "-1"},
    ],
)
def test_figures_that_do_not_fit_are_told_and_kept(as_user, claim, changed):
    page = as_user("manager").get(PAGE, {**ASKED, **changed})

    assert (page.status_code, page.context["form"].is_valid(), "trial" in page.context) == (200, False, False)
    assert page.context["form"]["fund_month_limit_fen"].value() == "30000"


def test_an_empty_form_is_told(as_user, claim):
    assert as_user("manager").get(PAGE, {"tried": "1"}).status_code == 200


def test_claims_of_other_counties_are_not_tried(as_user, cast, claim):
    claim_at(cast, cast.chenlou, cast.suining_agent)

    page = as_user("manager").get(PAGE, {**ASKED, "multiplier_permille": "500"})

    assert [row["number"] for row in page.context["changed"]] == [claim.number]


def test_the_platform_desk_tries_rules_of_the_programme(as_user, cast, claim):
    claim_at(cast, cast.chenlou, cast.suining_agent)

    page = as_user("platform").get(PAGE, {**ASKED, "county": "programme", "multiplier_permille": "500"})

    assert page.context["trial"].total.count == 2


def test_the_sheet_holds_every_row_with_numbers(as_user, cast, claim):
    response = as_user("manager").get(PAGE, {**ASKED, "multiplier_permille": "500", "export": "xlsx"})

    sheet = load_workbook(BytesIO(b"".join(response.streaming_content))).worksheets[1]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    (told,) = [row for row in rows if row[0] == claim.number]
    assert [float(each) for each in told[5:13]] == [3, 20, 40, 6, 3, -3, 6, 3]
    with seeing_everything():
        event = AuditEvent.objects.get(verb="report.exported")
    assert (event.county_code, event.after["report"], event.after["rows"]) == (XIUWEN, "policy_trial", 1)


def test_the_figures_go_on_to_be_issued(as_user, claim):
    client = as_user("manager")
    tried = {**ASKED, "kind": "tiers", "tiers": "30: 30\n100: 100", "includes_freight": "on", "cap_fen": "99"}

    form = client.get(client.get(PAGE, tried).context["issue_url"]).context["form"]

    assert urlsplit(client.get(PAGE, tried).context["issue_url"]).path == ADD
    assert (form["kind"].value(), form["tiers"].value(), form["cap_fen"].value()) == (
        "tiers",
        "30: 30\n100: 100",
        "99",
    )
    assert form["includes_freight"].value() is True
    assert form["county_code"].value() == XIUWEN


def test_figures_to_be_issued_can_be_tried_first(as_user, claim):
    client = as_user("manager")
    shown = client.post(ADD, {**FORM, "kind": "tiers", "tiers": "100: 100"})

    asked = {name: value for name, (value,) in parse_qs(urlsplit(shown.context["try_url"]).query).items()}

    assert (asked["kind"], asked["tiers"], asked["first_day"]) == ("tiers", "100: 100", "2026-10-01")
    assert client.get(shown.context["try_url"]).context["form"].is_valid()


@pytest.mark.parametrize("who", ["officer", "supervisor", "trainer", "administrator", "agent", "regulator"])
def test_nobody_else_tries_rules(as_user, cast, who):
    assert as_user(who).get(PAGE).status_code == 403


def test_queries_do_not_grow_with_claims(as_user, cast, claim, django_assert_max_num_queries):
    client = as_user("manager")
    for _number in range(5):
        claim_at(cast, cast.guangcheng, cast.agent)
    client.get(PAGE)

    with django_assert_max_num_queries(16):
        page = client.get(PAGE, {**ASKED, "multiplier_permille": "500"})

    assert page.context["trial"].total.count == 6
