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
    "published_text": "坏多少赔多少。",
}


def versions(county="520123000000"):
    return list(
        CompensationPolicy.objects.filter(county_code=county)
        .order_by("version")
        .values_list("version", "valid_from", "automatic_limit_fen", "cap_fen", "photos_required")
    )


def test_the_form_copies_what_is_in_force(as_user, cast):
    make_policy(county_code="520123000000", version=3, valid_from=date(2026, 5, 1), cap_fen=12_345)
    make_policy(county_code="520123000000", version=4, valid_from=date(2027, 5, 1), cap_fen=99_900)

    form = as_user("manager").get(ADD).context["form"]

    assert (form.initial["cap_fen"], form["cap_fen"].value()) == (12_345, "123.45")
    assert form.initial["valid_from"] == date(2026, 11, 21)
    assert form.fields["county_code"].choices == [("520123000000", "修文县")]


def test_a_new_version_is_issued_and_told_in_the_trail(as_user, cast):
    response = as_user("manager").post(ADD, FORM)

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
    ],
)
def test_what_makes_no_sense_or_lies_elsewhere_is_not_issued(as_user, cast, changed, status):
    response = as_user("manager").post(ADD, {**FORM, **changed})

    assert (response.status_code, versions(), versions("320324000000")) == (status, [], [])
    assert len(versions("")) == 1


def test_the_platform_desk_issues_for_the_whole_programme(as_user, cast):
    client = as_user("platform")

    offered = [code for code, _name in client.get(ADD).context["form"].fields["county_code"].choices]
    client.post(ADD, {**FORM, "county_code": "programme"})

    assert offered == ["programme", "320324000000", "520123000000"]
    assert [version for version, *_ in versions("")] == [1, 2]


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
