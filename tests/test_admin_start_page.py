"""The start page of the admin: what waits for whom, and under which headings its models stand."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aftersales.notices.models import Delivery, NoticeTemplate
from aftersales.ops.models import JobRun
from claims.models import CheckItem, Claim, Compensation, Deposit
from stations.models import CountyPhase, ProgrammePlan
from tests.claims.admin.rows import choose
from tests.factories import NOW, make_claim, make_fund, seeing_everything
from training.models import Question

START = reverse("admin:index")
REGISTERED = admin.site._registry
# Models that a county's manager does not look at.
FOR_OTHERS = (JobRun, Delivery, NoticeTemplate, Question, CheckItem, ProgrammePlan, CountyPhase)


@pytest.fixture(autouse=True)
def _the_clock_stands():
    with time_machine.travel(NOW, tick=False):
        yield


def list_url(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def page_url(model, key):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[key])


def lists_of(client):
    response = client.get(START)
    assert response.status_code == 200
    return {found.title: found for found in response.context["work_lists"]}


MONEY_LISTS = (
    "Refunds that did not arrive",
    "Differences of cash counts",
    "Overdue demands",
    "Disputes of advances to decide",
    "Second looks",
    "Follow-ups to call",
)
VISIT_LISTS = ("Visits nobody goes to yet", "Visits to agree again")
PROVIDER_LISTS = (
    "Statements of providers to send",
    "Statements of providers to pay",
    "Complaints about fees to answer",
)


@pytest.mark.parametrize(
    ("who", "titles"),
    [
        (
            "manager",
            {
                "To decide",
                "Approved, waiting for money",
                "Overdue claims",
                "Claims without anybody",
                "Clocks whose alarm failed",
                "Deposits to confirm",
                "Write-offs to confirm",
                "Funds that run low",
                "Village points without a certified agent",
                "Appeals to answer",
                "Payments of incentives to confirm",
                *MONEY_LISTS,
                *VISIT_LISTS,
                *PROVIDER_LISTS,
            },
        ),
        (
            "officer",
            {
                "To decide",
                "Approved, waiting for money",
                "Overdue claims",
                "Claims without anybody",
                "Deposits to confirm",
                "Funds that run low",
                "Village points without a certified agent",
                *MONEY_LISTS,
                *VISIT_LISTS,
                "Statements of providers to send",
            },
        ),
        ("trainer", {"Village points without a certified agent"}),
        ("supervisor", {"Funds that run low", "Village points without a certified agent"}),
        (
            "administrator",
            {"Village points without a certified agent", "Messages that were not delivered"},
        ),
    ],
)
def test_the_start_page_shows_what_one_may_see(as_user, who, titles):
    assert set(lists_of(as_user(who))) == titles


def test_each_list_counts_names_and_leads_to_its_rows(as_user, cast):
    fund = make_fund("520123000000", cash_fen=100_000)
    make_fund("320324000000", cash_fen=0)
    mine = choose(cast.guangcheng, agent=cast.agent)
    choose(cast.guangcheng, agent=cast.manager)
    choose(cast.chenlou, agent=cast.suining_agent)
    late = make_claim(
        cast.guangcheng, filed_by=cast.agent, handler=None, handling_due_at=NOW - timedelta(hours=30)
    )
    with seeing_everything():
        for proposer in (cast.officer, cast.manager):
            Deposit.objects.create(
                fund=fund,
                county_code=fund.county_code,
                amount_fen=5_000,
                reference=f"R-{proposer.pk}",
                proposed_by=proposer,
                proposed_at=NOW,
            )
    client = as_user("manager")

    found = lists_of(client)

    assert {title: each.count for title, each in found.items()} == {
        "To decide": "1",
        "Approved, waiting for money": "0",
        "Overdue claims": "1",
        "Claims without anybody": "1",
        "Clocks whose alarm failed": "0",
        "Deposits to confirm": "1",
        "Write-offs to confirm": "0",
        "Funds that run low": "1",
        "Village points without a certified agent": "1",
        "Appeals to answer": "0",
        "Payments of incentives to confirm": "0",
        **dict.fromkeys((*MONEY_LISTS, *VISIT_LISTS, *PROVIDER_LISTS), "0"),
    }
    assert found["To decide"].items[0].url == page_url(Compensation, mine.pk)
    assert (found["To decide"].items[0].text, found["To decide"].tone) == ("¥80.00", "warn")
    assert found["Overdue claims"].items[0].url == page_url(Claim, late.pk)
    assert found["Overdue claims"].items[0].text == "1 d 6 h over"
    assert found["Approved, waiting for money"].tone == "neutral"
    for each in found.values():
        if each.title not in {"Deposits to confirm", "Funds that run low"} and each.url.startswith(START):
            assert client.get(each.url).context["cl"].result_count == int(each.count), each.title


def test_approved_refunds_wait_for_money(as_user, cast):
    compensation = choose(cast.guangcheng, agent=cast.agent)
    coupon = choose(cast.guangcheng, agent=cast.agent, remedy="coupon")
    client = as_user("officer")
    for row in (compensation, coupon):
        chosen = {"action": "approve", "_selected_action": row.pk, f"version-{row.pk}": row.version}
        client.post(list_url(Compensation), {**chosen, "apply": "1"})

    found = lists_of(client)["Approved, waiting for money"]

    assert (found.count, [item.url for item in found.items]) == (
        "1",
        [page_url(Compensation, compensation.pk)],
    )
    assert client.get(found.url).context["cl"].result_count == 1


def test_counts_stop_at_fifty_and_five_rows_are_named(as_user, cast):
    for _number in range(51):
        make_claim(cast.guangcheng, filed_by=cast.agent, handler=None)

    found = lists_of(as_user("manager"))["Claims without anybody"]

    assert (found.count, len(found.items)) == ("50+", 5)


def test_the_start_page_costs_the_same_for_few_and_many(as_user, cast):
    client = as_user("manager")
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(START).status_code == 200
        counts.append(len(queries))
        for _number in range(6):
            choose(cast.guangcheng, agent=cast.agent, handler=None, handling_due_at=NOW - timedelta(hours=1))

    assert counts == [29, 29]


def test_models_stand_under_headings_that_say_what_they_are_about(as_user):
    groups = as_user("manager").get(START).context["app_list"]

    found = {str(group["name"]): [model["object_name"] for model in group["models"]] for group in groups}
    assert list(found) == [
        "Claims",
        "Clocks and hand-overs",
        "Home visits",
        "Spare parts",
        "Providers",
        "Orders and consumers",
        "Funds",
        "Supervision",
        "Network",
        "People",
        "Rules",
        "Courses and hours",
        "Exams and certificates",
        "Handbook and classes",
        "Other systems",
        "Audit trail",
    ]
    assert found["Claims"] == [
        "Claim",
        "Compensation",
        "LossLine",
        "Inspection",
        "Repair",
        "Diagnosis",
        "Refusal",
        "Appeal",
        "ReviewSample",
        "ClaimFlag",
        "Photo",
        "Coupon",
        "Reship",
        "MerchantRefund",
        "CustodyItem",
        "Stocktake",
        "FollowUp",
        "Score",
    ]
    assert found["Supervision"] == [
        "Check",
        "Finding",
        "Rectification",
        "Evaluation",
        "ImprovementMeasure",
    ]
    assert found["People"] == ["User", "Agent", "Posting", "Grant"]
    assert sorted(name for names in found.values() for name in names) == sorted(
        model.__name__ for model in REGISTERED if model not in FOR_OTHERS
    )


def test_what_runs_the_system_is_for_those_who_run_it(as_user):
    groups = as_user("platform").get(START).context["app_list"]

    operation = [group["models"] for group in groups if str(group["name"]) == "Operation"]
    assert [[model["object_name"] for model in models] for models in operation] == [["JobRun"]]
