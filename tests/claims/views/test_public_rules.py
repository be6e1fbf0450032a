"""The public page of the rules: what is in force, worked examples, and every version with its days."""

from datetime import date

import pytest
import time_machine

from claims.rules.damage_tiers import DEFAULT_TIERS, written
from tests.factories import NOW, make_fund, make_policy

XIUWEN = "520123000000"
TIERS = {"kind": "tiers", "tiers": written(DEFAULT_TIERS)}


@pytest.fixture
def pages(client, cast, settings):
    make_fund(XIUWEN)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    with time_machine.travel(NOW, tick=False):
        yield lambda **asked: client.get("/rules/", asked)


def of_county(**fields):
    return make_policy(county_code=XIUWEN, **fields)


def shown(page):
    return [
        (
            each["policy"].county_code,
            each["policy"].version,
            each["last_day"],
            each["is_in_force"],
            each["is_ahead"],
            [(change.before, change.after) for change in each["changes"]],
        )
        for each in page.context["versions"]
    ]


def test_examples_follow_the_version(pages):
    of_county(version=1, valid_from=date(2026, 1, 1), includes_freight=True, **TIERS)

    programme, county = pages(), pages(county=XIUWEN)

    assert [each["amount_fen"] for each in programme.context["examples"]] == [600, 1663, 2990]
    assert [each["paid_fen"] for each in county.context["examples"]] == [4600, 4590, 3590]
    assert [each["amount_fen"] for each in county.context["examples"]] == [1380, 2295, 3590]
    assert [tier.up_to_permille for tier in county.context["tiers"]] == [100, 300, 500, 800, 1000]
    assert "up to 30%" in county.content.decode()
    assert programme.context["tiers"] == ()


def test_every_version_is_listed_with_its_days_and_what_changed(pages):
    of_county(version=1, valid_from=date(2026, 3, 1), cap_fen=10_000)
    of_county(version=2, valid_from=date(2026, 6, 1), cap_fen=10_000, fund_month_limit_fen=1)
    of_county(
        version=3, valid_from=date(2027, 1, 1), cap_fen=10_000, published_text="坏多少赔多少。", **TIERS
    )
    make_policy(version=2, valid_from=date(2026, 5, 1), photos_required=3)

    assert shown(pages(county=XIUWEN)) == [
        (
            XIUWEN,
            3,
            None,
            False,
            True,
            [
                ("By the bad share", "By a table of tiers"),
                (
                    "nothing",
                    "up to 10% → 10%, up to 30% → 30%, up to 50% → 50%, up to 80% → 80%, up to 100% → 100%",
                ),
                ("100%", "nothing"),
                ("nothing", "坏多少赔多少。"),
            ],
        ),
        (XIUWEN, 2, date(2026, 12, 31), True, False, []),
        (XIUWEN, 1, date(2026, 5, 31), False, False, [("no limit", "¥100.00")]),
        ("", 1, date(2026, 2, 28), False, False, []),
    ]
    assert shown(pages()) == [
        ("", 2, None, True, False, [("1", "3")]),
        ("", 1, date(2026, 4, 30), False, False, []),
    ]


def test_a_version_can_be_read_in_full(pages):
    ahead = of_county(version=1, valid_from=date(2027, 1, 1), tolerance_permille=50)

    page = pages(county=XIUWEN, version=str(ahead.pk))

    assert (page.context["policy"], page.context["shown"]) == (ahead, ahead)
    assert page.context["tolerance"] == 5
    assert ("Nothing is due below", "5%") in [(each.label, each.words) for each in page.context["said"]]


@pytest.mark.parametrize("version", ["", "0", "x", "9" * 40, "-1"])
def test_an_unknown_version_shows_what_is_in_force(pages, version):
    page = pages(version=version)

    assert (page.status_code, page.context["policy"].version, page.context["shown"]) == (200, 1, None)


def test_a_version_of_another_county_is_not_shown_as_this_countys(pages):
    other = make_policy(county_code="320324000000", version=1, valid_from=date(2026, 1, 1))

    assert pages(county=XIUWEN, version=str(other.pk)).context["policy"].county_code == ""


def test_figures_between_county_and_stations_are_not_published(pages):
    page = pages().content.decode()

    assert "A fund advances on one claim at most" in page
    assert "A person pays out in a day at most" not in page


def test_queries_do_not_grow_with_versions(pages, django_assert_max_num_queries):
    for number in range(2, 12):
        make_policy(version=number, valid_from=date(2026, 1, number))

    with django_assert_max_num_queries(12):
        pages()
