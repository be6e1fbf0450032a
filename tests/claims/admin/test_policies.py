"""Rules of compensation in the admin: read, and issued as new versions."""

from datetime import date

import pytest
from django.urls import reverse

from aftersales.audit.models import AuditEvent
from claims.models import CompensationPolicy
from tests.factories import make_policy, seeing_everything

ADD = reverse("admin:claims_compensationpolicy_add")
LIST = reverse("admin:claims_compensationpolicy_changelist")
FORM = {
    "county_code": "520123000000",
    "valid_from": "2026-12-01",
    "kind": "share",
    "tiers": "",
    "tolerance_permille": "50",
    "multiplier_permille": "1000",
    "minimum_fen": "1.00",
    "cap_fen": "",
    "coupon_bonus_permille": "100",
    "coupon_days": "180",
    "photos_required": "2",
    "automatic_limit_fen": "30",
    "officer_limit_fen": "200",
    "station_day_limit_fen": "500",
    "fund_month_limit_fen": "30000",
    "claim_limit_fen": "5000",
    "person_day_limit_fen": "2000",
    "review_sample_permille": "50",
    "appeal_days": "15",
    "demand_days": "15",
    "incentive_fen": "5",
    "published_text": "坏多少赔多少。",
}


def versions(county="520123000000"):
    return list(
        CompensationPolicy.objects.filter(county_code=county)
        .order_by("version")
        .values_list("version", "valid_from", "automatic_limit_fen", "cap_fen", "photos_required")
    )


def send(client, **changed):
    """Press the button twice: the first time shows what changes, the second time issues it."""
    shown = client.post(ADD, {**FORM, **changed})
    if shown.status_code != 200 or not shown.context.get("proposal"):
        return shown
    return client.post(ADD, {**FORM, **changed, "seen": shown.context["form"]["seen"].value()})


def test_the_form_copies_what_is_in_force(as_user, cast):
    make_policy(county_code="520123000000", version=3, valid_from=date(2026, 5, 1), cap_fen=12_345)
    make_policy(county_code="520123000000", version=4, valid_from=date(2027, 5, 1), cap_fen=99_900)

    form = as_user("manager").get(ADD).context["form"]

    assert (form.initial["cap_fen"], form["cap_fen"].value()) == (12_345, "123.45")
    assert form.initial["valid_from"] == date(2026, 11, 21)
    assert form.fields["county_code"].choices == [("520123000000", "修文县")]


def test_a_new_version_is_issued_and_told_in_the_trail(as_user, cast):
    response = send(as_user("manager"))

    issued = CompensationPolicy.objects.get(county_code="520123000000")
    with seeing_everything():
        event = AuditEvent.objects.get(verb="policy.issued")
    assert response.url == reverse("admin:claims_compensationpolicy_change", args=[issued.pk])
    assert versions() == [(1, date(2026, 12, 1), 3_000, None, 2)]
    assert (issued.created_by, event.county_code, event.door) == (cast.manager, "520123000000", "admin")
    assert (event.before["automatic_limit_fen"], event.after["automatic_limit_fen"]) == (5_000, 3_000)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"valid_from": "2026-11-20"}, 409),
        ({"valid_from": "yesterday"}, 200),
        ({"automatic_limit_fen": "300"}, 409),
        ({"cap_fen": "0.50"}, 409),
        ({"tolerance_permille": "1001"}, 200),
        ({"multiplier_permille": "0"}, 200),
        ({"coupon_days": "-1"}, 200),
        ({"minimum_fen": "-1"}, 200),
        ({"minimum_fen": "1e309"}, 200),
        ({"county_code": ""}, 200),
        ({"county_code": "programme"}, 200),
        ({"county_code": "320324000000"}, 200),
        ({"published_text": "x" * 5001}, 200),
        ({"valid_from": "2028-01-01"}, 409),
        ({"kind": ""}, 200),
        ({"kind": "both"}, 200),
        ({"kind": "tiers"}, 409),
        ({"kind": "tiers", "tiers": "10: 10\n5: 5\n100: 100"}, 409),
        ({"kind": "tiers", "tiers": "10: 10\n100: 5"}, 409),
        ({"kind": "tiers", "tiers": "10: 10\n90: 90"}, 409),
        ({"kind": "tiers", "tiers": "10: 10\n100: 101"}, 409),
        ({"kind": "tiers", "tiers": "100: 100", "multiplier_permille": "900"}, 409),
        ({"kind": "tiers", "tiers": "\n".join(f"{n}: {n}" for n in range(80, 101))}, 409),
        ({"kind": "tiers", "tiers": "ten: ten"}, 200),
        ({"kind": "tiers", "tiers": "10.55: 10\n100: 100"}, 200),
        ({"kind": "tiers", "tiers": "-1: 10\n100: 100"}, 200),
        ({"kind": "tiers", "tiers": "9" * 700}, 200),
        ({"claim_limit_fen": ""}, 200),
        ({"review_sample_permille": "1001"}, 200),
        ({"appeal_days": "0"}, 200),
        ({"incentive_fen": "0.001"}, 200),
    ],
)
def test_what_makes_no_sense_or_lies_elsewhere_is_not_issued(as_user, cast, changed, status):
    response = send(as_user("manager"), **changed)

    assert (response.status_code, versions(), versions("320324000000")) == (status, [], [])
    assert len(versions("")) == 1


def test_the_platform_desk_issues_for_the_whole_programme(as_user, cast):
    client = as_user("platform")

    offered = [code for code, _name in client.get(ADD).context["form"].fields["county_code"].choices]
    send(client, county_code="programme")

    assert offered == ["programme", "320324000000", "520123000000"]
    assert [version for version, *_ in versions("")] == [1, 2]


def test_what_changes_is_shown_before_anything_is_issued(as_user, cast):
    page = as_user("manager").post(ADD, {**FORM, "kind": "tiers", "tiers": "30: 30\n100: 100", "seen": "x"})

    assert versions() == []
    assert [(each.before, each.after) for each in page.context["changes"]] == [
        ("By the bad share", "By a table of tiers"),
        ("nothing", "up to 30% → 30%, up to 100% → 100%"),
        ("0%", "5%"),
        ("100%", "nothing"),
        ("¥0.00", "¥1.00"),
        ("1", "2"),
        ("¥50.00", "¥30.00"),
        ("0%", "5%"),
        ("nothing", "坏多少赔多少。"),
    ]
    assert page.context["form"]["published_text"].value() == "坏多少赔多少。"


def test_figures_changed_after_they_were_shown_are_shown_again(as_user, cast):
    client = as_user("manager")
    seen = client.post(ADD, FORM).context["form"]["seen"].value()

    again = client.post(ADD, {**FORM, "cap_fen": "100", "seen": seen})

    assert (again.status_code, versions()) == (200, [])
    assert again.context["form"]["seen"].value() != seen


def test_what_came_into_force_meanwhile_is_shown_again(as_user, cast):
    client = as_user("manager")
    seen = client.post(ADD, FORM).context["form"]["seen"].value()
    make_policy(county_code="520123000000", version=1, valid_from=date(2026, 11, 1), photos_required=3)

    again = client.post(ADD, {**FORM, "seen": seen})

    assert (again.status_code, [version for version, *_ in versions()]) == (200, [1])


@pytest.mark.parametrize(
    "typed",
    [
        "10: 10\n30: 30\n100: 100",
        " 10% → 10% \r\n\r\n30% → 30%\r\n100%→100%",
        "10：10\n３０：３０\n100 100",
        "10.0, 10\n30; 30\n100 = 100",
    ],
)
def test_a_table_is_typed_as_people_write_it(as_user, cast, typed):
    send(as_user("manager"), kind="tiers", tiers=typed, includes_freight="on")

    issued = CompensationPolicy.objects.get(county_code="520123000000")
    assert (issued.kind, issued.includes_freight) == ("tiers", True)
    assert issued.tiers == [
        {"up_to_permille": 100, "pays_permille": 100},
        {"up_to_permille": 300, "pays_permille": 300},
        {"up_to_permille": 1000, "pays_permille": 1000},
    ]


def test_a_table_left_over_from_tiers_is_not_kept_with_shares(as_user, cast):
    send(as_user("manager"), tiers="100: 100")

    assert CompensationPolicy.objects.get(county_code="520123000000").tiers == []


def test_the_form_shows_the_table_in_force(as_user, cast):
    tiers = [{"up_to_permille": 125, "pays_permille": 100}, {"up_to_permille": 1000, "pays_permille": 1000}]
    make_policy(county_code="520123000000", version=1, kind="tiers", tiers=tiers)

    form = as_user("manager").get(ADD).context["form"]

    assert form["tiers"].value() == "12.5: 10\n100: 100"


def test_without_a_table_in_force_the_published_one_is_on_offer(as_user, cast):
    form = as_user("manager").get(ADD).context["form"]

    assert form["tiers"].value() == "10: 10\n30: 30\n50: 50\n80: 80\n100: 100"
    assert form["kind"].value() == "share"


def test_a_version_is_read_with_its_figures_and_what_changed(as_user, cast):
    policy = make_policy(county_code="520123000000", version=1, cap_fen=9900, valid_from=date(2026, 1, 1))

    page = as_user("manager").get(reverse("admin:claims_compensationpolicy_change", args=[policy.pk]))

    assert [(each.before, each.after) for each in page.context["changes"]] == [("no limit", "¥99.00")]
    assert ("fund_month_limit_fen", "¥30,000.00") in [
        (each.name, each.words) for each in page.context["said"]
    ]
    assert f"/rules/?version={policy.pk}&county=520123000000" in page.context["public_url"]
    assert as_user("officer").get(page.wsgi_request.path).context["next_url"] == ""


@pytest.mark.parametrize("who", ["officer", "supervisor", "trainer", "administrator", "agent", "regulator"])
def test_nobody_else_issues_rules(as_user, cast, who):
    assert as_user(who).post(ADD, FORM).status_code == 403
    assert versions() == []


def test_a_version_is_never_changed(as_user, cast):
    policy = make_policy(county_code="520123000000", version=1)
    url = reverse("admin:claims_compensationpolicy_change", args=[policy.pk])

    response = as_user("manager").post(url, {**FORM, "cap_fen": "1"})

    policy.refresh_from_db()
    assert (response.status_code, policy.cap_fen) == (403, None)


def test_the_list_says_which_version_is_in_force(as_user, cast):
    for version, day in ((1, date(2026, 1, 1)), (2, date(2026, 6, 1)), (3, date(2027, 1, 1))):
        make_policy(county_code="520123000000", version=version, valid_from=day)
    make_policy(county_code="320324000000", version=1)

    response = as_user("manager").get(LIST)

    admin = response.context["cl"].model_admin
    shown = [(row.county_code, row.version, admin.state(row)) for row in response.context["cl"].result_list]
    assert [(county, version) for county, version, _state in shown] == [
        ("", 1),
        ("520123000000", 3),
        ("520123000000", 2),
        ("520123000000", 1),
    ]
    assert [state.rpartition("</svg>")[2].removesuffix("</span>") for *_, state in shown] == [
        "in force",
        "not in force yet",
        "in force",
        "replaced",
    ]
