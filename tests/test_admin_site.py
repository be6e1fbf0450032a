"""The admin as a whole: who comes in and how, what waits on its start page, and what no list gives away."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from aftersales.audit.models import AuditEvent
from aftersales.notices.models import Delivery, NoticeTemplate
from aftersales.ops.models import JobRun
from claims.models import Claim, Compensation, Deposit
from stations.access.middleware import door_of
from tests.claims.admin.rows import choose, make_rows
from tests.factories import NOW, make_claim, make_fund, seeing_everything

SIGN_IN = reverse("accounts:login")
START = reverse("admin:index")
SITE = admin.site
# Models that a county's manager does not look at.
FOR_THE_DESK = (JobRun, Delivery, NoticeTemplate)
REGISTERED = sorted(SITE._registry.items(), key=lambda pair: pair[0]._meta.label_lower)
EVERY_ROLE = (
    "agent",
    "technician",
    "officer",
    "manager",
    "trainer",
    "supervisor",
    "platform",
    "regulator",
    "administrator",
    "nobody",
)


@pytest.fixture(autouse=True)
def _the_clock_stands():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ours(cast):
    return make_rows(cast.guangcheng, agent=cast.agent, officer=cast.second_officer, manager=cast.manager)


def list_url(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def page_url(model, key, page="change"):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=[key])


# --- coming in ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/claims/claim/?status=all", "/admin/claims/claim/1/change/"]
)
def test_strangers_are_led_to_our_own_sign_in_page(client, db, path):
    response = client.get(path, follow=True)

    leads_to, _status = response.redirect_chain[-1]
    assert leads_to.startswith(f"{SIGN_IN}?next=/admin/")
    assert "django" not in response.content.decode().lower().replace("django_language", "")


def test_signing_in_leads_back_to_the_page_that_was_asked_for(client, cast):
    asked = "/admin/claims/claim/?status=all"
    response = client.get(asked, follow=True)
    form = {"username": "manager", "password": "orchard-lantern-42", "next": response.context["next"]}

    assert client.post(SIGN_IN, form).url == asked


def test_the_throttle_holds_for_the_admin_too(client, cast, settings):
    settings.AXES_ENABLED = True
    for _attempt in range(5):
        client.post(reverse("admin:login"), {"username": "manager", "password": "wrong"}, follow=True)
        client.post(SIGN_IN, {"username": "manager", "password": "wrong", "next": START})

    response = client.post(SIGN_IN, {"username": "manager", "password": "orchard-lantern-42", "next": START})

    assert response.status_code != 302


@pytest.mark.parametrize("who", ["agent", "technician", "regulator", "nobody"])
@pytest.mark.parametrize("path", ["", "claims/claim/", "jsi18n/", "autocomplete/", "login/", "logout/"])
def test_who_may_not_use_the_admin_is_told_so(as_user, who, path):
    response = as_user(who).get(f"{START}{path}", follow=True)

    assert response.status_code == 403
    assert "Your account may not do this" in response.content.decode()


def test_the_admins_own_password_page_is_ours(as_user):
    client = as_user("manager")

    assert client.get(reverse("admin:password_change")).url == reverse("accounts:password_change")
    assert client.get(reverse("admin:login")).url == START


def test_signing_out_leads_to_the_sign_in_page(as_user):
    assert as_user("manager").post(reverse("admin:logout")).url == SIGN_IN


@pytest.mark.parametrize(
    ("path", "door"),
    [
        ("/admin/", "admin"),
        ("/api/v1/claims/", "api"),
        ("/claims/", "page"),
        ("/", "page"),
        ("/administer", "page"),
    ],
)
def test_the_trail_names_the_door(path, door):
    assert door_of(path) == door


def test_what_is_done_in_the_admin_is_told_with_its_door(as_user, cast):
    compensation = choose(cast.guangcheng, agent=cast.agent)
    as_user("officer").post(
        list_url(Compensation),
        {
            "action": "approve",
            "_selected_action": compensation.pk,
            f"version-{compensation.pk}": compensation.version,
            "apply": "1",
        },
    )

    with seeing_everything():
        event = AuditEvent.objects.get(verb="compensation.approved")
    assert (event.door, event.actor_id, event.address) == ("admin", cast.officer.pk, "127.0.0.1")


# --- what is registered ---------------------------------------------------------------------------


def test_only_models_of_our_own_are_registered():
    ours = ("aftersales.", "stations.", "claims.", "training.")

    assert [model for model, _admin in REGISTERED if not model.__module__.startswith(ours)] == []
    assert {"axes", "django_q", "auth", "sessions", "admin"} & {
        m._meta.app_label for m, _ in REGISTERED
    } == set()


def test_another_packages_model_cannot_be_registered():
    schedule = apps.get_model("django_q", "Schedule")

    SITE.register(schedule)

    assert not SITE.is_registered(schedule)


@pytest.mark.parametrize("who", EVERY_ROLE)
@pytest.mark.parametrize(
    "path",
    [
        "django_q/schedule/add/",
        "django_q/task/",
        "django_q/success/",
        "django_q/ormq/",
        "axes/accessattempt/",
        "auth/group/",
        "sessions/session/",
        "admin/logentry/",
        "r/1/1/",
    ],
)
def test_operator_screens_are_out_of_reach(as_user, who, path):
    assert as_user(who).get(f"{START}{path}").status_code in (403, 404)


def test_no_model_of_another_package_has_an_address():
    for label in ("django_q_schedule", "axes_accessattempt", "auth_group"):
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:{label}_changelist")
    with pytest.raises(NoReverseMatch):
        reverse("admin:view_on_site", args=[1, 1])


# --- the start page -------------------------------------------------------------------------------


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
        "Network",
        "People",
        "Rules",
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
    assert found["People"] == ["User", "Agent", "Posting", "Grant"]
    assert sorted(name for names in found.values() for name in names) == sorted(
        model.__name__ for model, _admin in REGISTERED if model not in FOR_THE_DESK
    )


def test_what_runs_the_system_is_for_those_who_run_it(as_user):
    groups = as_user("platform").get(START).context["app_list"]

    operation = [group["models"] for group in groups if str(group["name"]) == "Operation"]
    assert [[model["object_name"] for model in models] for models in operation] == [["JobRun"]]


def test_every_page_of_the_admin_keeps_to_the_content_policy(as_user, ours):
    client = as_user("manager")
    urls = [START, *(list_url(model) for model, _admin in REGISTERED), page_url(Claim, ours.claim.pk)]

    for url in urls:
        text = client.get(url).content.decode()
        assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>|\sstyle=|\son[a-z]+=\"", text) == [], url
