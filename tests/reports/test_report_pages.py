"""Pages of frozen reports: who reads and keeps them, what they say, and what odd input gets."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from aftersales.audit.models import AuditEvent
from aftersales.lib.periods import Period
from aftersales.ops import tasks
from aftersales.reports import freezing
from aftersales.reports.models import Edition, Publication
from claims.services import figures
from tests.factories import NOW, make_claim, seeing_everything
from tests.grounds import laid_once

pytestmark = pytest.mark.django_db(databases=["default", "reports"])
QUARTER = Period.named("2026-Q3")
AUGUST = Period.named("2026-08")
NATION, CITY, XIUWEN, SUINING = "000000000000", "520100000000", "520123000000", "320324000000"


def file_claims(cast, count, *, station=None, **fields):
    at = datetime(2026, 8, 12, 3, tzinfo=UTC)
    for each in range(count):
        make_claim(
            station or cast.guangcheng, filed_by=cast.agent, filed_at=at + timedelta(hours=each), **fields
        )


def counted():
    with seeing_everything():
        figures.rebuild(now=NOW)


@pytest.fixture
@laid_once
def third_quarter(cast):
    """In 修文 fifteen claims, in 睢宁 seven. The editions of the quarter by region."""
    file_claims(cast, 15, response_minutes=30)
    file_claims(cast, 7, station=cast.chenlou)
    counted()
    with seeing_everything():
        freezing.freeze(QUARTER, by=cast.platform, now=NOW)
        return freezing.newest(QUARTER)


@pytest.fixture
def frozen(third_quarter, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return third_quarter


def as_(client, who):
    client.force_login(who)
    client.cookies["django_language"] = "en"
    return client


def test_tree_of_the_period_shows_what_is_in_reach(client, cast, frozen):
    page = as_(client, cast.regulator).get("/reports/", {"period": "2026-Q3"})

    rows = [(row["edition"].region_code, row["figures"][0].value) for row in page.context["frozen"]]
    assert rows == [(CITY, "15"), (XIUWEN, "15")]
    assert page.context["may_freeze"] is False


@pytest.mark.parametrize("asked", ["2026-Q5", "2026", "2026-10-01", "x", "2999-01", "2019-12", "٢٠٢٦-01"])
def test_periods_that_are_none(client, cast, asked):
    assert as_(client, cast.platform).get("/reports/", {"period": asked}).status_code == 404


def test_an_edition_says_what_was_frozen_and_what_it_would_be_today(client, cast, frozen):
    file_claims(cast, 2)
    counted()

    page = as_(client, cast.regulator).get(f"/reports/editions/{frozen[XIUWEN].pk}/")

    rows = {row.code: (row.value, row.today) for row in page.context["rows"]}
    assert rows["filed"] == ("15", "17")
    assert rows["response_median"] == ("30 min", "")
    assert rows["satisfaction"] == ("no data", "")
    assert page.context["moved"] == 1
    assert page.context["totals"] == ["15", "0", "0", "0", "15"]


@pytest.mark.parametrize("department", ["market_regulation", "commerce", "agriculture"])
def test_each_department_has_its_view(client, cast, frozen, department):
    page = as_(client, cast.regulator).get(
        f"/reports/editions/{frozen[XIUWEN].pk}/", {"department": department}
    )

    told = page.context["content"].departments[department]
    assert [row.code for row in page.context["rows"]] == [entry.code for entry in told]
    assert page.status_code == 200


def test_the_bytes_of_an_edition_have_its_fingerprint(client, cast, frozen):
    answer = as_(client, cast.regulator).get(f"/reports/editions/{frozen[CITY].pk}/content.json")

    assert hashlib.sha256(answer.content).hexdigest() == frozen[CITY].sha256
    with seeing_everything():
        event = AuditEvent.objects.filter(verb="report.exported").get()
    assert event.after["sha256"] == frozen[CITY].sha256


@pytest.mark.parametrize(
    ("who", "region", "status"),
    [
        ("regulator", XIUWEN, 200),
        ("regulator", CITY, 200),
        ("regulator", NATION, 404),
        ("regulator", SUINING, 404),
        ("manager", XIUWEN, 200),
        ("manager", CITY, 404),
        ("supervisor", CITY, 200),
        ("platform", NATION, 200),
        ("platform", SUINING, 200),
        ("agent", XIUWEN, 403),
    ],
)
def test_who_reads_which_edition(client, cast, frozen, who, region, status):
    browser, pk = as_(client, getattr(cast, who)), frozen[region].pk

    paths = (
        f"editions/{pk}/",
        f"editions/{pk}/content.json",
        f"editions/{pk}/compare/",
        f"regions/{region}/",
    )
    assert [browser.get(f"/reports/{path}").status_code for path in paths] == [status] * 4


def test_two_editions_side_by_side(client, cast, frozen):
    with seeing_everything():
        august = freezing.newest(AUGUST)[XIUWEN]
    file_claims(cast, 3)
    counted()
    with seeing_everything():
        new = freezing.correct(frozen[XIUWEN], reason="补登三张工单", by=cast.platform, now=NOW)
    browser = as_(client, cast.regulator)

    page = browser.get(f"/reports/editions/{new.pk}/compare/", {"with": frozen[XIUWEN].pk})

    filed = page.context["steps"][0]
    assert (filed.before, filed.after, filed.change.words) == ("15", "18", "+20.0%")
    assert (page.context["before"].number, page.context["after"].number) == (1, 2)
    others = {each.pk for each in page.context["others"]}
    assert {august.pk, frozen[XIUWEN].pk} < others
    for odd in (frozen[SUINING].pk, new.pk, "x", "9" * 30):
        assert browser.get(f"/reports/editions/{new.pk}/compare/", {"with": odd}).status_code == 404


def test_history_lists_every_edition_and_unknown_places_are_not_there(client, cast, frozen):
    browser = as_(client, cast.regulator)

    rows = browser.get(f"/reports/regions/{XIUWEN}/").context["page"].rows

    assert [(row.period, row.number) for row in rows] == [
        ("2026-Q3", 1),
        ("2026-09", 1),
        ("2026-08", 1),
        ("2026-07", 1),
    ]
    assert [
        browser.get(f"/reports/regions/{code}/").status_code for code in (SUINING, "x", "999999000000")
    ] == [404] * 3


def test_a_closed_month_is_shown_frozen(client, cast, frozen):
    asked = {"county": XIUWEN, "month": "2026-08"}
    file_claims(cast, 1)
    counted()

    outside = as_(client, cast.regulator).get("/reports/county-month/", asked)
    inside = as_(client, cast.manager).get("/reports/county-month/", asked)

    with seeing_everything():
        august = freezing.newest(AUGUST)[XIUWEN]
    assert (outside.status_code, outside["Location"]) == (302, f"/reports/editions/{august.pk}/")
    filed = inside.context["figure_rows"][0]
    assert (filed.frozen, filed.value) == ("15", "16")


def test_the_platform_freezes_a_month(client, cast, frozen):
    browser = as_(client, cast.platform)
    file_claims(cast, 1)
    counted()

    refused = [
        browser.post("/reports/freeze/", {"period": period}).context["form"].errors.keys()
        for period in ("", "x", "2026-08", "2026-11", "2026-Q4", "2999-01")
    ]
    asked = browser.post("/reports/freeze/", {"period": "2026-10"})
    waiting = browser.get("/reports/freeze/2026-10/")
    (line,) = OrmQ.objects.all()
    task = line.task
    assert refused == [{"period"}] * 6
    assert (asked.status_code, asked["Location"]) == (302, "/reports/freeze/2026-10/")
    assert (waiting.status_code, 'http-equiv="refresh"' in waiting.content.decode()) == (200, True)
    assert (task["func"], task["args"]) == (
        "aftersales.ops.tasks.freeze_period",
        ("2026-10", cast.platform.pk),
    )

    tasks.freeze_period(*task["args"])

    done = browser.get("/reports/freeze/2026-10/")
    with seeing_everything():
        nation = Edition.objects.get(region_code=NATION, period="2026-10")
    assert (done.status_code, done["Location"]) == (302, f"/reports/editions/{nation.pk}/")
    assert nation.frozen_by_id == cast.platform.pk


def test_a_quarter_says_which_of_its_months_are_frozen(client, cast, frozen):
    browser = as_(client, cast.platform)
    page = browser.get("/reports/freeze/2026-Q2/")

    assert page.context["months"] == [("2026-04", False), ("2026-05", False), ("2026-06", False)]
    for never in ("2026-13", "2026-Q4", "2026-11", "2026-10-31", "2026", "x"):
        assert browser.get(f"/reports/freeze/{never}/").status_code == 404


def test_the_platform_corrects_with_a_reason(client, cast, frozen):
    browser, url = as_(client, cast.platform), f"/reports/editions/{frozen[XIUWEN].pk}/correct/"

    nothing = browser.post(url, {"reason": "补登一张工单"})
    file_claims(cast, 1)
    counted()
    empty = browser.post(url, {"reason": " "})
    done = browser.post(url, {"reason": "补登一张工单"})
    stale = browser.post(url, {"reason": "又补登一张工单"})

    assert nothing.context["form"].refused.code == "nothing_changed"
    assert "reason" in empty.context["form"].errors
    with seeing_everything():
        new = freezing.newest(QUARTER)[XIUWEN]
    assert (new.number, done["Location"]) == (2, f"/reports/editions/{new.pk}/")
    assert stale.context["form"].refused.code == "superseded"
    old = browser.get(f"/reports/editions/{frozen[XIUWEN].pk}/")
    assert old.context["corrected_by"].pk == new.pk


def test_the_platform_publishes_a_quarter_once(client, cast, frozen):
    browser, url = as_(client, cast.platform), f"/reports/editions/{frozen[CITY].pk}/publish/"

    long = browser.post(url, {"foreword": "好" * 2001})
    done = browser.post(url, {"foreword": "第三季度的情况。"})
    again = browser.post(url, {"foreword": ""})

    assert "foreword" in long.context["form"].errors
    assert done.status_code == 302
    assert again.context["form"].refused.code == "published"
    with seeing_everything():
        assert list(Publication.objects.values_list("edition_id", "foreword", "published_by_id")) == [
            (frozen[CITY].pk, "第三季度的情况。", cast.platform.pk)
        ]
        august = freezing.newest(AUGUST)[CITY]
    assert browser.get(f"/reports/editions/{august.pk}/publish/").status_code == 404
    assert browser.post(f"/reports/editions/{august.pk}/publish/", {}).status_code == 404


@pytest.mark.parametrize("who", ["manager", "supervisor", "regulator"])
def test_nobody_else_keeps_reports(client, cast, frozen, who):
    browser, pk = as_(client, getattr(cast, who)), frozen[XIUWEN].pk

    paths = ("freeze/", f"editions/{pk}/correct/", f"editions/{pk}/publish/")
    assert [browser.post(f"/reports/{path}", {}).status_code for path in paths] == [403] * 3


def test_queries_do_not_grow_with_regions(client, cast, frozen, django_assert_max_num_queries):
    browser = as_(client, cast.platform)

    for path in ("?period=2026-Q3", f"editions/{frozen[NATION].pk}/", f"regions/{NATION}/"):
        with django_assert_max_num_queries(12):
            browser.get(f"/reports/{path}")
