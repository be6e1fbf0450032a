"""Clock policies in the admin: read by many, drafted and published by those who keep them."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aftersales.accounts.roles import Role
from claims.models import ClockPolicy
from claims.services.clock_policy_lines import set_line
from tests.claims.clock_drafts import XIUWEN, drafted, line_set
from tests.factories import NOW, acting_as, give, make_clock_policy

LIST = reverse("admin:claims_clockpolicy_changelist")
ADD = reverse("admin:claims_clockpolicy_add")
SUINING = "320324000000"


def url(step, policy, **more):
    return reverse(f"admin:claims_clockpolicy_{step}", kwargs={"object_id": policy.pk, **more})


def test_the_list_says_how_each_version_stands(as_user, cast):
    make_clock_policy(XIUWEN, valid_from=date(2026, 1, 1))
    make_clock_policy(XIUWEN, valid_from=date(2026, 6, 1))
    make_clock_policy(XIUWEN, valid_from=date(2027, 1, 1))
    make_clock_policy(XIUWEN, state="dropped")
    make_clock_policy(XIUWEN, state="draft")
    make_clock_policy(SUINING)
    make_clock_policy("", state="draft")

    response = as_user("manager").get(LIST)

    page = response.context["cl"]
    assert [
        (row.kind, row.county_code, row.version, _words(page.model_admin.how_it_stands(row)))
        for row in page.result_list
    ] == [
        ("service", XIUWEN, 3, "not in force yet"),
        ("service", XIUWEN, 2, "in force"),
        ("service", XIUWEN, 5, "draft"),
        ("service", XIUWEN, 4, "dropped"),
        ("service", XIUWEN, 1, "replaced"),
        ("service", "", 1, "in force"),
        ("law", "", 2, "in force"),
        ("law", "", 1, "replaced"),
    ]


def _words(badge):
    return badge.rpartition("</svg>")[2].removesuffix("</span>")


def test_where_somebody_may_begin_a_draft(as_user, cast):
    offered = {
        who: [code for code, _name in as_user(who).get(ADD).context["form"].fields["place"].choices]
        for who in ("manager", "platform")
    }

    assert offered == {"manager": [XIUWEN], "platform": ["programme", "law", SUINING, XIUWEN]}


def test_a_desk_of_some_counties_does_not_keep_the_programme(as_user, cast):
    give(cast.nobody, Role.PLATFORM, region=SUINING)
    draft = drafted(cast.platform, "")
    client = as_user("nobody")

    places = client.get(ADD).context["form"].fields["place"].choices
    assert [code for code, _name in places] == [SUINING]
    assert client.get(url("change", draft)).status_code == 404
    assert client.post(url("publish", draft)).status_code == 404


@pytest.mark.parametrize("place", ["programme", "law", SUINING, "", "520123"])
def test_a_manager_drafts_for_the_own_county_alone(as_user, cast, place):
    client = as_user("manager")

    refused = client.post(ADD, {"place": place})
    begun = client.post(ADD, {"place": XIUWEN, "note": "更快"})

    draft = ClockPolicy.objects.get(state="draft")
    assert refused.status_code == 200
    assert (draft.county_code, draft.note, draft.created_by) == (XIUWEN, "更快", cast.manager)
    assert begun.url == url("change", draft)


def test_a_draft_that_exists_is_opened_instead_of_a_second_one(as_user, cast):
    draft = drafted(cast.manager)

    response = as_user("manager").post(ADD, {"place": XIUWEN})

    assert response.url == url("change", draft)
    assert ClockPolicy.objects.filter(county_code=XIUWEN).count() == 1


def test_a_version_is_read_in_words(as_user, cast):
    draft = drafted(cast.manager)
    line_set(draft, cast.manager, amount=6 * 60, source="售后处理时效表")
    line_set(draft, cast.manager, goods_type="seed", amount=90, basis="opening_hours_daily", climbs=False)

    response = as_user("manager").get(url("change", draft))

    handling = next(
        clock
        for family in response.context["families"]
        for clock in family.clocks
        if clock.clock == "handling"
    )
    assert [(each.about, each.amount, each.is_changed) for each in handling.lines] == [
        ("all others", "48 h (opening hours)", False),
        ("Other farm produce", "24 h (opening hours)", False),
        ("Fresh fruit", "6 h", True),
        ("Vegetables", "24 h", False),
        ("Meat and eggs", "24 h", False),
        ("Fish and seafood", "24 h", False),
        ("Household appliance", "48 h (opening hours)", False),
        ("Other agricultural inputs", "72 h (opening hours)", False),
        ("Seed and seedlings", "1 h 30 min (opening hours of every day)", True),
    ]
    others = {
        clock.clock: clock.lines[0].amount
        for family in response.context["families"]
        for clock in family.clocks
    }
    assert (others["first_response"], others["result_notice"], others["follow_up"]) == (
        "2 h (opening hours)",
        "3 working days",
        "7 d",
    )
    assert [(each.clock, each.about, each.before, each.after) for each in response.context["changes"]] == [
        ("Handling", "Fresh fruit", "24 h", "6 h"),
        ("Handling", "Seed and seedlings", "", "1 h 30 min (opening hours of every day) · warns at 80%"),
    ]
    assert others["village_response"] == "24 h"
    assert ("consumer", "Waiting for the consumer", "3 d") in response.context["pauses"]


def test_a_line_that_is_looser_is_named_before_publishing(as_user, cast):
    draft = drafted(cast.manager)
    line_set(draft, cast.manager, amount=30 * 60)

    page = as_user("manager").get(url("change", draft))

    assert page.context["looser"] == [
        {
            "name": "Handling: Fresh fruit",
            "mine": "30 h · warns at 80% · climbs at the end",
            "limit": "24 h · warns at 80% · climbs at the end",
        }
    ]


def test_history_leads_to_the_trail(as_user, cast):
    draft = drafted(cast.manager)
    with acting_as(cast.manager):
        set_line(
            policy=draft,
            clock="settlement",
            amount=60,
            basis="natural",
            warn_percent=80,
            climbs=False,
            by=cast.manager,
            now=NOW,
        )

    trail = as_user("manager").get(url("history", draft), follow=True)

    verbs = [event.verb for event in trail.context["cl"].result_list]
    assert verbs == ["clock_policy.line_set", "clock_policy.drafted"]


def test_a_page_costs_the_same_whatever_it_shows(as_user, cast):
    draft, client = drafted(cast.manager), as_user("manager")

    def statements():
        with CaptureQueriesContext(connection) as captured:
            client.get(url("change", draft))
        return len(captured)

    first = statements()
    for goods_type in ("seed", "feed", "clothing", "tools"):
        line_set(draft, cast.manager, goods_type=goods_type)

    assert statements() <= first
