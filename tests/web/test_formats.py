from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from aftersales.web import formats, icons

NOW = datetime(2026, 11, 20, 16, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def rendered(source, **context):
    return Template("{% load web %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("{{ v|money }}", {1234: "¥12.34", 0: "¥0.00", -5: "-¥0.05", None: "", "": ""}),
        ("{{ v|quantity }}", {2500: "2.5", 3000: "3", 0: "0", None: "", "": ""}),
        ("{{ v|percent }}", {Decimal("0.925"): "92.5%", 0: "0.0%", 1: "100.0%", None: "—", "": "—"}),
        ("{{ v|percent:0 }}", {Decimal("0.925"): "92%"}),
        ("{{ v|phone_masked }}", {"13800001234": "138****1234", "": "", None: ""}),
        ("{{ v|moment }}", {NOW: "2026-11-21 00:05", None: ""}),
        ("{{ v|clock_time }}", {NOW: "00:05", None: ""}),
        ("{{ v|day }}", {NOW: "2026-11-21", date(2026, 11, 20): "2026-11-20", None: ""}),
    ],
)
def test_values_look_as_the_house_writes_them(source, shown):
    assert {value: rendered(source, v=value) for value in shown} == shown


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "0 min"),
        (59, "59 min"),
        (60, "1 h"),
        (61, "1 h 1 min"),
        (1439, "23 h 59 min"),
        (1440, "1 d"),
        (1565, "1 d 2 h"),
    ],
)
def test_a_span_has_at_most_two_units(minutes, words):
    assert formats.span(minutes) == words
    assert formats.span(-minutes) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (90 * 60, "1 h 30 min left"),
        (59, "0 min left"),
        (0, "0 min left"),
        (-1, "0 min over"),
        (-7200, "2 h over"),
    ],
)
def test_time_left_and_time_over(seconds, words):
    assert formats.time_left(NOW + timedelta(seconds=seconds), NOW) == words
    assert formats.time_left(None, NOW) == ""


@pytest.mark.parametrize(
    ("past", "words"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=2, minutes=40), "2 h ago"),
        (timedelta(days=3, hours=5), "3 d ago"),
        (timedelta(days=7), "2026-11-14"),
    ],
)
def test_how_long_ago_is_told_roughly_and_from_a_week_on_as_a_day(past, words):
    assert formats.ago(NOW - past, NOW) == words


def test_a_link_keeps_the_filters_of_the_page():
    request = RequestFactory().get("/list/", {"state": "open", "q": "a&b", "cursor": "old"})

    assert rendered("{% query cursor='new' %}", request=request) == "?state=open&amp;q=a%26b&amp;cursor=new"
    assert rendered("{% query cursor=None q='' %}", request=request) == "?state=open"


def test_every_icon_is_an_image_without_style_and_hidden_unless_it_is_named():
    for name in icons.PATHS:
        drawn = icons.icon(name)
        assert 'aria-hidden="true"' in drawn
        assert "style" not in drawn
    assert 'role="img" aria-label="&lt;call&gt;"' in icons.icon("phone", label="<call>")
    with pytest.raises(KeyError):
        icons.icon("nothing")


def test_a_badge_says_its_state_in_words_and_shape_and_escapes_it():
    drawn = rendered("{% badge text tone %}", text="<late>", tone="bad")

    assert "&lt;late&gt;" in drawn
    assert "<svg" in drawn
    with pytest.raises(KeyError):
        rendered("{% badge text 'pink' %}", text="x")


class Match:
    view_name = "accounts:profile"


@pytest.mark.parametrize(
    ("source", "marked"),
    [
        ('{% nav_link "accounts:profile" "Me" %}', True),
        ('{% nav_link "accounts:login" "In" %}', False),
        ('{% nav_link "accounts:login" "In" within="accounts:" %}', True),
        ('{% nav_link "accounts:login" "In" within="accounts:" unless="accounts:profile" %}', False),
    ],
)
def test_a_menu_link_is_marked_where_it_leads(source, marked):
    request = RequestFactory().get("/account/me/")
    request.resolver_match = Match()

    assert ('aria-current="page"' in rendered(source, request=request)) is marked


def test_a_menu_link_to_a_page_that_does_not_exist_is_nothing():
    assert rendered('{% nav_link "no:where" "Nowhere" %}').strip() == ""


@pytest.mark.parametrize(
    ("number", "written"),
    [(0, "0"), (999, "999"), (50_000, "50,000"), (1_234_567, "1,234,567"), (12.5, "12.5"), (None, "")],
)
def test_counts_are_written_whole(number, written):
    assert formats.counted(number) == written
