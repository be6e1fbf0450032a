"""The public page of promises: what is in force, and what changed when."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from claims.queries.clock_policies import policy_on
from tests.factories import NOW, make_clock_policy, make_fund

CLOCKS = reverse("public:clocks")
XIUWEN = "520123000000"


@pytest.fixture(autouse=True)
def _the_clock_stands():
    with time_machine.travel(NOW, tick=False):
        yield


def ask(client, **query):
    client.cookies["django_language"] = "en"
    return client.get(CLOCKS, query)


def amounts(response, clock):
    return [
        (line.about, line.amount)
        for each in response.context["policies"]
        for family in each["families"]
        for words in family.clocks
        if words.clock == clock
        for line in words.lines
    ]


def history(response):
    return [
        [
            (
                each["policy"].valid_from.isoformat(),
                each["is_in_force"],
                each["is_ahead"],
                *((change.about, change.before, change.after) for change in each["changes"]),
            )
            for each in kind
        ]
        for kind in response.context["histories"]
    ]


@pytest.mark.django_db
def test_the_programmes_promises_and_the_law_in_plain_words(client):
    response = ask(client)

    assert amounts(response, "first_response") == [("all claims", "2 h (opening hours)")]
    assert ("Fresh fruit", "24 h") in amounts(response, "handling")
    assert amounts(response, "complaint_handling") == [("all claims", "7 working days")]
    assert amounts(response, "mediation") == [("all claims", "60 calendar days")]
    assert [family.family for each in response.context["policies"] for family in each["families"]] == [
        "promise",
        "hand_over",
        "law",
    ]
    page = response.content.decode()
    assert all(words in page for words in ("2020-01-01", "2026-04-15", "Version 1", "总局令第121号"))
    assert history(response) == [
        [("2020-01-01", True, False)],
        [
            (
                "2026-04-15",
                True,
                False,
                (
                    "all claims",
                    "45 working days [市场监督管理投诉举报处理暂行办法]",
                    "60 calendar days [总局令第121号]",
                ),
            ),
            ("2020-01-01", False, False),
        ],
    ]


@pytest.mark.django_db
def test_a_county_shows_its_own_versions_and_those_before(client, cast):
    make_fund(XIUWEN)
    quick = {"amount": 720, "basis": "natural", "climbs": True, "source": "售后处理时效表"}
    own = make_clock_policy(XIUWEN, valid_from=date(2026, 6, 1), changed={("handling", "fresh_fruit"): quick})
    make_clock_policy(XIUWEN, valid_from=date(2027, 1, 1))
    make_clock_policy(XIUWEN, state="draft", changed={("handling", "fresh_fruit"): {"amount": 60}})

    response = ask(client, county=XIUWEN)

    assert ("Fresh fruit", "12 h") in amounts(response, "handling")
    assert history(response)[0] == [
        ("2027-01-01", False, True, ("Fresh fruit", "12 h", "24 h")),
        ("2026-06-01", True, False, ("Fresh fruit", "24 h", "12 h")),
        ("2020-01-01", False, False),
    ]
    assert response.context["policies"][0]["policy"] == own


@pytest.mark.django_db
def test_an_old_version_is_read_in_full_and_a_draft_is_not(client, cast):
    make_fund(XIUWEN)
    first = policy_on(XIUWEN, date(2026, 1, 1))
    own = make_clock_policy(XIUWEN, valid_from=date(2026, 6, 1))
    draft = make_clock_policy(XIUWEN, state="draft")

    old = ask(client, county=XIUWEN, version=first.pk)
    hidden = ask(client, county=XIUWEN, version=draft.pk)
    elsewhere = ask(client, version=own.pk)

    assert [each["policy"] for each in old.context["policies"]] == [first]
    assert (hidden.context["shown"], elsewhere.context["shown"]) == (None, None)


@pytest.mark.django_db
@pytest.mark.parametrize("query", [{"county": "1"}, {"version": "x"}, {"version": "9" * 40}])
def test_nonsense_falls_back_to_the_programme(client, query):
    response = ask(client, **query)

    assert (response.status_code, response.context["county"], response.context["shown"]) == (200, None, None)


@pytest.mark.django_db
def test_the_rules_of_compensation_lead_here(client, cast):
    make_fund(XIUWEN)
    make_clock_policy(
        XIUWEN,
        valid_from=date(2026, 6, 1),
        changed={("handling", "fresh_fruit"): {"amount": 720, "basis": "natural"}},
    )

    client.cookies["django_language"] = "en"
    page = client.get("/rules/", {"county": XIUWEN})

    assert [amount for _words, amount in page.context["promises"]] == [
        "12 h",
        "24 h (opening hours)",
        "48 h (opening hours)",
        "72 h (opening hours)",
        "48 h (opening hours)",
    ]
    assert f'href="{CLOCKS}?county={XIUWEN}"' in page.content.decode()
