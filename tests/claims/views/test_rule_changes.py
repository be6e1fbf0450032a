"""The log of the rules without an account: every version with its days, and any two compared in words."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from claims.models import ClockPolicy, CompensationPolicy
from claims.queries import rule_log
from claims.queries.policies import policy_for
from claims.rules.policies import FIGURES
from claims.services import policies
from tests.factories import NOW, make_clock_policy, make_fund

XIUWEN = "520123000000"
CHANGES = reverse("public:rule_changes")
MONDAY = date(2026, 3, 9)


@pytest.fixture(autouse=True)
def _the_clock_stands(db):
    with time_machine.travel(NOW, tick=False):
        yield


def issue(by, *, county_code="", days=10, **figures):
    same = {name: getattr(policy_for(county_code, date(2026, 11, 1)), name) for name in FIGURES}
    return policies.issue(
        county_code=county_code,
        valid_from=(NOW + timedelta(days=days)).date(),
        figures={**same, **figures},
        by=by,
        now=NOW,
    )


def published_law(by, at: datetime) -> ClockPolicy:
    policy = make_clock_policy(kind="law", valid_from=MONDAY, state="draft")
    ClockPolicy.objects.filter(pk=policy.pk).update(state="in_force", published_by=by, published_at=at)
    return policy


def ask(client, **query):
    client.cookies["django_language"] = "en"
    response = client.get(CHANGES, query)
    assert response.status_code == 200
    return response


def compared(response):
    told = response.context["compared"]
    return told and (told["is_possible"], [(each.before, each.after) for each in told.get("changes", [])])


def test_the_log_names_every_version_with_its_days(client, cast):
    policy = issue(cast.platform, photos_required=2, cap_fen=9000)

    rows = ask(client).context["rows"]

    assert rows[0]["entry"].policy == policy
    assert (rows[0]["entry"].days_ahead, rows[0]["changed"], rows[0]["is_ahead"]) == (10, 2, True)
    first = [row for row in rows if row["entry"].before is None]
    assert {row["entry"].book for row in first} == {"compensation", "promises", "law"}
    assert [row["entry"].published_on for row in first] == [None] * len(first)


def test_the_link_of_a_version_tells_what_it_changed(client, cast):
    first = CompensationPolicy.objects.get(county_code="")
    policy = issue(cast.platform, photos_required=2)

    response = ask(client, before=f"compensation-{first.pk}", after=f"compensation-{policy.pk}")

    assert compared(response) == (True, [("1", "2")])
    assert f'before=compensation-{first.pk}&amp;after=compensation-{policy.pk}#compared"' in (
        response.content.decode()
    )
    backwards = ask(client, before=f"compensation-{policy.pk}", after=f"compensation-{first.pk}")
    assert compared(backwards) == (True, [("2", "1")])


def test_promises_are_compared_line_by_line(client):
    first = ClockPolicy.objects.get(kind="service", county_code="")
    later = make_clock_policy(valid_from=date(2026, 12, 1), changed={("first_response", ""): {"amount": 60}})

    response = ask(client, before=f"promises-{first.pk}", after=f"promises-{later.pk}")

    assert compared(response) == (True, [("2 h (opening hours)", "1 h (opening hours)")])


@pytest.mark.parametrize(
    "keys",
    [("compensation", "promises"), ("compensation", None), (None, "law")],
    ids=["two books", "one is missing", "the other is missing"],
)
def test_only_versions_of_the_same_rules_are_compared(client, keys):
    newest = {each.book: each.key for each in rule_log.entries("")}
    before, after = (newest.get(key, "") for key in keys)

    response = ask(client, before=before, after=after)

    assert compared(response) == (False, [])
    assert "Choose two versions of the same rules." in response.content.decode()


@pytest.mark.parametrize("nonsense", ["", "compensation-0", "x", "compensation-", "'><script>", "9" * 500])
def test_nonsense_falls_back_to_the_list(client, nonsense):
    response = ask(client, before=nonsense, after=nonsense, county=nonsense)

    assert compared(response) is None
    assert "<script>" not in response.content.decode()


def test_a_county_sees_its_own_versions_and_the_programmes_before_them(client, cast):
    make_fund(XIUWEN)
    own = issue(cast.platform, county_code=XIUWEN, photos_required=3)

    of_county = [row["entry"].policy for row in ask(client, county=XIUWEN).context["rows"]]
    of_programme = [row["entry"].policy for row in ask(client).context["rows"]]

    assert own in of_county and own not in of_programme
    assert CompensationPolicy.objects.get(county_code="") in of_county


def test_drafts_are_nobodys_business(client):
    draft = make_clock_policy(valid_from=date(2026, 12, 1), state="draft")

    assert draft not in [row["entry"].policy for row in ask(client).context["rows"]]


def test_a_limit_of_the_law_that_came_late_is_marked(client, cast):
    in_time = published_law(cast.platform, datetime(2026, 3, 12, 2, tzinfo=UTC))
    too_late = published_law(cast.platform, datetime(2026, 3, 13, 2, tzinfo=UTC))

    rows = {row["entry"].policy: row for row in ask(client).context["rows"]}

    assert (rows[in_time]["days_late"], rows[in_time]["was_late"]) == (3, False)
    assert (rows[too_late]["days_late"], rows[too_late]["was_late"]) == (4, True)


def test_the_page_costs_the_same_whatever_the_number_of_versions(client, cast, django_assert_num_queries):
    with django_assert_num_queries(6) as few:
        ask(client)
    for days in (10, 20, 30):
        issue(cast.platform, days=days, photos_required=days // 10 + 1)
        make_clock_policy(
            valid_from=date(2027, 1, days), changed={("first_response", ""): {"amount": 60 + days}}
        )

    with django_assert_num_queries(len(few)):
        ask(client)
