"""Freezing and correcting: what was said about a period stays said."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from aftersales.audit import append_only
from aftersales.audit.models import AuditEvent
from aftersales.lib.canonical import canonical, sha256
from aftersales.lib.errors import Refused
from aftersales.lib.periods import Period
from aftersales.reports import freezing, reading
from aftersales.reports.models import Edition
from claims.models import Claim, CompensationPolicy, FigureProgress
from claims.services import figures
from stations.models import Region
from tests.factories import NOW, make_claim, seeing_everything
from tests.grounds import laid_once

pytestmark = pytest.mark.django_db(databases=["default", "reports"])
OCTOBER = Period.named("2026-10")
LATER = datetime(2026, 12, 5, 1, 30, tzinfo=UTC)
NATION, XIUWEN, SUINING = "000000000000", "520123000000", "320324000000"


def file_claims(cast, count, *, at=datetime(2026, 10, 12, 3, tzinfo=UTC), station=None, **fields):
    station = station or cast.guangcheng
    return [
        make_claim(
            station,
            filed_by=cast.agent if station.county_code == XIUWEN else cast.suining_agent,
            filed_at=at + timedelta(hours=each),
            **fields,
        )
        for each in range(count)
    ]


def counted(now=NOW):
    with seeing_everything():
        figures.rebuild(now=now)


@pytest.fixture
@laid_once
def october(cast):
    """In 修文 twelve claims, eight of them closed, and in 睢宁 nine; all of October."""
    file_claims(cast, 4, response_minutes=30)
    file_claims(cast, 8, status="closed", response_minutes=90, resolution_minutes=600)
    file_claims(cast, 9, station=cast.chenlou, goods_type="seed")
    counted()


def freeze(cast, period=OCTOBER, now=NOW, **asked):
    with seeing_everything():
        return freezing.freeze(period, by=cast.platform, now=now, **asked)


def test_every_region_from_the_county_up_is_frozen(cast, october):
    editions = freeze(cast)

    assert [(each.level, each.region_code, each.number) for each in editions] == [
        (0, NATION, 1),
        (1, "320000000000", 1),
        (1, "520000000000", 1),
        (2, "320300000000", 1),
        (2, "520100000000", 1),
        (3, SUINING, 1),
        (3, XIUWEN, 1),
    ]
    nation = reading.read(editions[0], "en")
    assert (nation.figures["filed"].number, nation.total) == (21, 21)
    assert [(row.code, row.values[0].number) for row in nation.children] == [
        ("320000000000", 9),
        ("520000000000", 12),
    ]


def test_freezing_again_gives_the_same_editions(cast, october):
    first = freeze(cast)
    file_claims(cast, 3)
    counted(LATER)

    again = freeze(cast, now=LATER)

    assert [(each.pk, each.content, each.sha256) for each in again] == [
        (each.pk, each.content, each.sha256) for each in first
    ]
    with seeing_everything():
        assert AuditEvent.objects.filter(verb="report.frozen").count() == 7


def test_a_frozen_report_reads_the_same_after_everything_has_changed(cast, october):
    [*_rest, xiuwen] = freeze(cast)
    before = reading.read(xiuwen, "zh-hans")
    with seeing_everything():
        Claim.objects.filter(county_code=XIUWEN).update(status="withdrawn", goods_type="tools")
        Region.objects.filter(code=XIUWEN).update(name="别的县")
        CompensationPolicy.objects.create(county_code=XIUWEN, version=7, valid_from=date(2026, 10, 2))
    counted(LATER)

    with seeing_everything():
        opened = Edition.objects.get(pk=xiuwen.pk)

    assert opened.content == xiuwen.content
    assert sha256(opened.content) == opened.sha256 == xiuwen.sha256
    assert reading.read(opened, "zh-hans") == before
    assert canonical(json.loads(opened.content)) == opened.content


def test_an_edition_is_neither_changed_nor_removed(cast, october):
    [nation, *_rest] = freeze(cast)

    with seeing_everything():
        for attempt in (
            lambda: Edition.objects.filter(pk=nation.pk).update(content="{}"),
            lambda: Edition.objects.filter(pk=nation.pk).delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                attempt()


@pytest.mark.parametrize(
    ("period", "now", "code"),
    [
        ("2026-11", NOW, "not_over"),
        ("2026-Q4", NOW, "not_over"),
        ("2026", LATER, "period_kind"),
        ("2026-10-12", LATER, "period_kind"),
        ("2026-11", LATER, "not_counted"),
    ],
)
def test_what_cannot_be_frozen(cast, october, period, now, code):
    with pytest.raises(Refused) as refused:
        freeze(cast, Period.named(period), now=now)

    assert refused.value.code == code
    with seeing_everything():
        assert not Edition.objects.exists()


def test_the_first_instant_after_a_month_is_the_first_at_which_it_can_be_frozen(cast, october):
    last, first = datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC), datetime(2026, 10, 31, 16, tzinfo=UTC)

    with pytest.raises(Refused) as refused:
        freeze(cast, now=last)
    assert refused.value.code == "not_over"
    assert len(freeze(cast, now=first)) == 7


def test_one_county_is_frozen_by_itself_and_the_others_later(cast, october):
    only = freeze(cast, region_code=XIUWEN)
    everything = freeze(cast)

    assert [each.region_code for each in only] == [XIUWEN]
    assert len(everything) == 7
    assert everything[-1].pk == only[0].pk


def test_a_quarter_freezes_its_months_first(cast, october):
    file_claims(cast, 6, at=datetime(2026, 7, 3, 2, tzinfo=UTC))
    counted()

    editions = freeze(cast, Period.named("2026-Q3"))

    with seeing_everything():
        periods = sorted(set(Edition.objects.values_list("period", flat=True)))
    assert periods == ["2026-07", "2026-08", "2026-09", "2026-Q3"]
    assert reading.read(editions[0]).figures["filed"].number == 6


def test_a_correction_is_a_new_edition_that_names_the_old_one_and_corrects_what_lies_above(cast, october):
    *_rest, suining, xiuwen = freeze(cast)
    file_claims(cast, 2)
    counted(LATER)

    with seeing_everything():
        new = freezing.correct(xiuwen, reason="两张工单 登记晚了", by=cast.platform, now=LATER)
        newest = freezing.newest(OCTOBER)

    assert (new.number, new.corrects_id, new.reason) == (2, xiuwen.pk, "两张工单 登记晚了")
    assert json.loads(new.content)["edition"] == {
        "number": 2,
        "corrects": xiuwen.sha256,
        "reason": "两张工单 登记晚了",
    }
    assert {code: edition.number for code, edition in newest.items()} == {
        NATION: 2,
        "520000000000": 2,
        "520100000000": 2,
        XIUWEN: 2,
        "320000000000": 1,
        "320300000000": 1,
        SUINING: 1,
    }
    assert [reading.read(each).figures["filed"].number for each in (xiuwen, new, newest[NATION])] == [
        12,
        14,
        23,
    ]
    assert suining.pk == newest[SUINING].pk


@pytest.mark.parametrize(
    ("reason", "changed", "again", "code"),
    [
        ("   x ", True, False, "reason"),
        ("x" * 301, True, False, "reason"),
        ("登记晚了两张", False, False, "nothing_changed"),
        ("登记晚了两张", True, True, "superseded"),
    ],
)
def test_what_is_not_corrected(cast, october, reason, changed, again, code):
    *_rest, xiuwen = freeze(cast)
    if changed:
        file_claims(cast, 2)
        counted(LATER)
    with seeing_everything():
        if again:
            freezing.correct(xiuwen, reason="登记晚了两天", by=cast.platform, now=LATER)
        kept = Edition.objects.count()

        with pytest.raises(Refused) as refused:
            freezing.correct(xiuwen, reason=reason, by=cast.platform, now=LATER)

        assert refused.value.code == code
        assert Edition.objects.count() == kept


def test_rules_of_the_period_are_named_and_no_others(cast, october):
    CompensationPolicy.objects.bulk_create(
        CompensationPolicy(county_code=county, version=version, valid_from=day)
        for county, version, day in (
            (XIUWEN, 11, date(2026, 9, 1)),
            (XIUWEN, 12, date(2026, 10, 20)),
            (XIUWEN, 13, date(2026, 11, 1)),
            (SUINING, 11, date(2026, 9, 1)),
        )
    )

    *_rest, xiuwen = freeze(cast)

    told = json.loads(xiuwen.content)["rules"]["compensation_policies"]
    assert [(each["county_code"], each["version"]) for each in told if each["county_code"]] == [
        (XIUWEN, 11),
        (XIUWEN, 12),
    ]


def test_completeness_tells_silent_stations_and_days(cast, october):
    [nation, *_rest] = freeze(cast)

    told = {row.code: row for row in reading.read(nation).completeness}

    assert (told[XIUWEN].stations, told[XIUWEN].stations_reporting, told[XIUWEN].filed) == (6, 1, 12)
    assert (told[XIUWEN].days, told[XIUWEN].days_without_filing) == (31, 30)
    assert (told[SUINING].stations, told[SUINING].stations_reporting) == (3, 1)


def test_command_prints_the_hash_of_the_country_last_and_again(cast, october, capsys, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)

    call_command("freeze_period", "2026-10")
    first = capsys.readouterr().out.splitlines()[-1]
    call_command("freeze_period", "2026-10")
    second = capsys.readouterr().out.splitlines()[-1]

    with seeing_everything():
        assert first == second == Edition.objects.get(region_code=NATION).sha256


@pytest.mark.parametrize("period", ["2026-13", "x", "2026-Q5", "2030-01"])
def test_command_refuses_what_is_no_closed_period(cast, october, period):
    with pytest.raises(CommandError):
        call_command("freeze_period", period)


def test_fingerprints_are_checked(cast, october, capsys):
    freeze(cast)

    call_command("verify_editions")
    assert capsys.readouterr().out.splitlines()[-1] == "damaged 0"

    append_only.remove(connection)
    with seeing_everything():
        row = Edition.objects.get(region_code=XIUWEN)
        Edition.objects.filter(pk=row.pk).update(content=row.content.replace('"number":12', '"number":11'))
    with pytest.raises(CommandError):
        call_command("verify_editions")
    assert capsys.readouterr().out.splitlines()[-1] == "damaged 1"
    with pytest.raises(reading.Damaged), seeing_everything():
        reading.read(Edition.objects.get(pk=row.pk))
    append_only.install(connection)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 10, 4, 15, 59, tzinfo=UTC), []),
        (datetime(2026, 10, 4, 16, 0, tzinfo=UTC), ["2026-09"]),
        (datetime(2026, 10, 9, 15, 59, tzinfo=UTC), ["2026-09"]),
        (datetime(2026, 10, 9, 16, 0, tzinfo=UTC), ["2026-07", "2026-08", "2026-09", "2026-Q3"]),
        (datetime(2026, 11, 4, 16, 0, tzinfo=UTC), ["2026-07", "2026-08", "2026-09", "2026-10", "2026-Q3"]),
    ],
)
def test_the_clock_freezes_months_from_the_fifth_and_quarters_from_the_tenth_on(cast, october, now, expected):
    with seeing_everything():
        FigureProgress.objects.update(folded_at=now)
        freezing.freeze_due(by=cast.platform, now=now)

        assert sorted(set(Edition.objects.values_list("period", flat=True))) == expected
