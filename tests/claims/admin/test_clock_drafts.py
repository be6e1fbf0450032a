"""The pages on which a draft is changed, previewed and published."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from claims.models import ClaimClock, ClockPolicy
from claims.queries.clock_policies import allowances_of, policy_on
from tests.claims.clock_drafts import XIUWEN, drafted, line_set
from tests.factories import NOW, make_claim, make_clock_policy, seeing_everything

LIST = reverse("admin:claims_clockpolicy_changelist")
ADD = reverse("admin:claims_clockpolicy_add")
SUINING = "320324000000"


def url(step, policy, **more):
    return reverse(f"admin:claims_clockpolicy_{step}", kwargs={"object_id": policy.pk, **more})


def fingerprint(policy):
    return allowances_of([policy.pk])[policy.pk].fingerprint


def state_of(policy):
    return ClockPolicy.objects.get(pk=policy.pk).state


def test_a_line_is_changed_added_and_taken_out(as_user, cast):
    client, draft = as_user("manager"), drafted(cast.manager)
    fruit = draft.rules.get(goods_type="fresh_fruit")
    form = client.get(url("line_change", draft, line_id=fruit.pk)).context["form"]
    values = {"amount": "12", "measure": "hours", "warn_percent": "70", "climbs": "on", "source": "县规"}

    changed = client.post(url("line_change", draft, line_id=fruit.pk), values)
    added = client.post(
        url("line", draft),
        {
            **values,
            "clock": "settlement",
            "goods_type": "feed",
            "nature": "price",
            "severity": "",
            "climbs": "",
        },
    )
    vegetables = draft.rules.get(goods_type="vegetables")
    client.post(url("line_remove", draft, line_id=vegetables.pk))

    assert (form.initial["amount"], form.initial["measure"], sorted(form.fields)) == (
        24,
        "hours",
        ["amount", "climbs", "measure", "source", "warn_percent"],
    )
    assert changed.url == f"{url('change', draft)}#clock-handling"
    assert added.url == f"{url('change', draft)}#clock-settlement"
    fruit.refresh_from_db()
    assert (fruit.amount, fruit.basis, fruit.warn_percent, fruit.climbs, fruit.source) == (
        720,
        "natural",
        70,
        True,
        "县规",
    )
    assert draft.rules.filter(clock="settlement", goods_type="feed", nature="price", amount=720).exists()
    assert not draft.rules.filter(goods_type="vegetables").exists()


@pytest.mark.parametrize(
    ("measure", "amount", "kept"),
    [
        ("minutes", "45", (45, "natural")),
        ("days", "5", (7200, "natural")),
        ("opening_hours", "3", (180, "opening_hours")),
        ("opening_minutes", "30", (30, "opening_hours")),
        ("daily_hours", "2", (120, "opening_hours_daily")),
        ("daily_minutes", "20", (20, "opening_hours_daily")),
        ("working_days", "7", (7, "working_days")),
        ("calendar_days", "60", (60, "calendar_days")),
    ],
)
def test_amounts_are_given_as_people_say_them_and_shown_so_again(as_user, cast, measure, amount, kept):
    client, draft = as_user("manager"), drafted(cast.manager)
    fruit = draft.rules.get(goods_type="fresh_fruit")
    values = {"amount": amount, "measure": measure, "warn_percent": "0", "source": ""}

    client.post(url("line_change", draft, line_id=fruit.pk), values)

    fruit.refresh_from_db()
    shown = client.get(url("line_change", draft, line_id=fruit.pk)).context["form"].initial
    assert (fruit.amount, fruit.basis) == kept
    assert (str(shown["amount"]), shown["measure"]) == (amount, measure)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"amount": "0"}, 200),
        ({"amount": "9999999999"}, 200),
        ({"amount": "4", "measure": "minutes"}, 409),
        ({"amount": "400", "measure": "working_days"}, 409),
        ({"measure": "moons"}, 200),
        ({"warn_percent": "100"}, 200),
        ({"source": "x" * 121}, 200),
    ],
)
def test_what_makes_no_sense_is_told_in_the_form(as_user, cast, changed, status):
    client, draft = as_user("manager"), drafted(cast.manager)
    fruit = draft.rules.get(goods_type="fresh_fruit")
    values = {"amount": "12", "measure": "hours", "warn_percent": "70", "source": "", **changed}

    response = client.post(url("line_change", draft, line_id=fruit.pk), values)

    fruit.refresh_from_db()
    assert (response.status_code, fruit.amount) == (status, 1440)
    assert response.context["form"].errors


def test_a_longest_pause_is_changed(as_user, cast):
    client, draft = as_user("manager"), drafted(cast.manager)
    page = url("pause", draft, reason="merchant")

    shown = client.get(page).context["form"].initial
    client.post(page, {"amount": "36", "measure": "hours"})

    assert shown == {"amount": 2, "measure": "days"}
    assert draft.pause_rules.get(reason="merchant").max_minutes == 36 * 60
    assert client.get(url("pause", draft, reason="moon")).status_code == 404


def publishing(draft, **changed):
    values = {
        "seen": fingerprint(draft),
        "valid_from": "2026-12-01",
        "note": "水果更快",
        "has_seen_preview": "on",
    }
    return {name: value for name, value in {**values, **changed}.items() if value is not None}


def test_publishing_asks_for_the_preview_and_a_day(as_user, cast):
    client, draft = as_user("manager"), drafted(cast.manager)
    line_set(draft, cast.manager)

    page = client.get(url("publish", draft))
    unseen = client.post(url("publish", draft), publishing(draft, has_seen_preview=None))
    today = client.post(url("publish", draft), publishing(draft, valid_from="2026-11-20"))
    assert state_of(draft) == "draft"
    done = client.post(url("publish", draft), publishing(draft))

    assert url("preview", draft) in page.content.decode()
    assert page.context["form"].initial["valid_from"] == date(2026, 11, 21)
    assert (unseen.status_code, today.status_code, done.url) == (200, 409, url("change", draft))
    assert policy_on(XIUWEN, date(2026, 12, 1)) == draft
    assert ClockPolicy.objects.get(pk=draft.pk).note == "水果更快"


def test_a_draft_changed_in_another_tab_is_looked_at_again(as_user, cast):
    client, draft = as_user("manager"), drafted(cast.manager)
    line_set(draft, cast.manager)
    seen = client.get(url("publish", draft)).context["form"].initial["seen"]
    line_set(draft, cast.manager, amount=660)

    response = client.post(url("publish", draft), publishing(draft, seen=seen))

    assert (response.url, state_of(draft)) == (url("publish", draft), "draft")


def test_a_manager_is_told_what_is_looser_and_the_platform_desk_may(as_user, cast):
    draft = drafted(cast.manager)
    line_set(draft, cast.manager, amount=30 * 60)

    refused = as_user("manager").post(url("publish", draft), publishing(draft))
    allowed = as_user("platform").post(url("publish", draft), publishing(draft))

    assert refused.status_code == 409
    assert refused.context["form"].refused.code == "looser_than_programme"
    assert (allowed.status_code, state_of(draft)) == (302, "in_force")


@pytest.mark.parametrize("step", ["line", "preview", "publish", "drop"])
def test_what_is_no_draft_is_not_worked_on(as_user, cast, step):
    published, dropped = make_clock_policy(XIUWEN), make_clock_policy(XIUWEN, state="dropped")
    draft = drafted(cast.manager)
    client = as_user("manager")

    assert [client.get(url(step, policy)).status_code for policy in (published, dropped, draft)] == [
        403,
        403,
        200,
    ]


@pytest.mark.parametrize("step", ["line", "preview", "publish", "drop"])
def test_the_programmes_draft_is_the_platform_desks(as_user, cast, step):
    promises, law = drafted(cast.platform, ""), drafted(cast.platform, "", "law")

    assert [as_user("platform").get(url(step, each)).status_code for each in (promises, law)] == [200, 200]
    assert [as_user("manager").get(url(step, each)).status_code for each in (promises, law)] == [404, 404]
    assert as_user("officer").get(url(step, promises)).status_code == 403


def test_dropping(as_user, cast):
    draft = drafted(cast.manager)

    response = as_user("manager").post(url("drop", draft))

    assert (response.url, state_of(draft)) == (LIST, "dropped")


def test_a_law_is_entered_with_its_source(as_user, cast):
    client, draft = as_user("platform"), drafted(cast.platform, "", "law")
    mediation = draft.rules.get(clock="mediation")
    page = url("line_change", draft, line_id=mediation.pk)
    values = {"amount": "30", "measure": "calendar_days", "warn_percent": "80"}

    refused = client.post(page, {**values, "source": ""})
    client.post(page, {**values, "source": "新办法第九条"})

    mediation.refresh_from_db()
    assert "source" in refused.context["form"].errors
    assert (mediation.amount, mediation.source) == (30, "新办法第九条")


def test_the_preview_counts_the_month_and_links_the_claims(as_user, cast):
    draft = drafted(cast.manager)
    line_set(draft, cast.manager)
    filed_at = NOW.replace(month=10, day=14)
    claim = make_claim(
        cast.guangcheng, filed_by=cast.agent, goods_type="fresh_fruit", filed_at=filed_at, with_clocks=True
    )
    with seeing_everything():
        clocks = ClaimClock.objects.filter(claim=claim)
        clocks.update(stopped_at=filed_at + timedelta(hours=13), outcome="met", next_alarm_at=None)
    client = as_user("manager")

    page = client.get(url("preview", draft))
    september = client.get(url("preview", draft), {"month": "2026-09"})
    nonsense = client.get(url("preview", draft), {"month": "2031-13"})

    handling = next(each for each in page.context["clocks"] if each["total"]["clock"] == "Handling")
    total = handling["total"]
    assert (total["count"], total["late_before"], total["late_after"], total["more_late"]) == (1, 0, 1, 1)
    assert (total["left_before"], total["left_after"]) == ("11 h", "1 h over")
    assert [(each["number"], each["is_late"]) for each in page.context["changed"]] == [(claim.number, True)]
    assert reverse("admin:claims_claim_change", args=[claim.pk]) in page.content.decode()
    assert (page.context["month"], len(page.context["months"])) == ("2026-10", 12)
    assert (september.context["clocks"], september.context["found"].claims) == ([], 0)
    assert nonsense.context["month"] == "2026-10"
