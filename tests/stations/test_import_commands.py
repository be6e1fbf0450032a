"""What scripts rely on: the last line, refused rows on standard error, the exit status."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from aftersales.audit.models import AuditEvent
from stations.models import Region, WorkCalendarDay
from stations.services import calendar
from tests.factories import seeing_everything

PLACES = "code,name\n520000000000,贵州省\n520100000000,贵阳市\n"


def run(*arguments, **options):
    """Exit status, lines on standard output, lines on standard error."""
    out, err = StringIO(), StringIO()
    status = 0
    with override("en"):
        try:
            call_command(*map(str, arguments), stdout=out, stderr=err, **options)
        except SystemExit as ended:
            status = ended.code
    return status, out.getvalue().splitlines(), err.getvalue().splitlines()


def test_everything_in_ends_with_status_0(db, tmp_path):
    path = tmp_path / "places.csv"
    path.write_text(PLACES)

    assert run("import_regions", path) == (0, ["imported 2, updated 0, unchanged 0, refused 0"], [])
    assert run("import_regions", path) == (0, ["imported 0, updated 0, unchanged 2, refused 0"], [])
    with seeing_everything():
        opened = AuditEvent.objects.filter(verb="scope.opened").values_list("reason", flat=True)
        assert list(opened) == ["import_regions", "import_regions"]


def test_a_refused_row_ends_with_status_1_and_its_line(db, tmp_path):
    path = tmp_path / "places.csv"
    path.write_text(PLACES + "5201,short\n")

    assert run("import_regions", path) == (
        1,
        ["imported 2, updated 0, unchanged 0, refused 1"],
        [f"{path}:4: the code must have 12 digits"],
    )


def test_all_or_nothing_is_an_option(db, tmp_path):
    path = tmp_path / "places.csv"
    path.write_text(PLACES + "5201,short\n")

    status, out, _err = run("import_regions", path, all_or_nothing=True)

    assert (status, out[-1]) == (1, "imported 0, updated 0, unchanged 0, refused 3")
    assert not Region.objects.exists()


def test_places_and_changes_in_one_call_are_one_tally(db, tmp_path):
    path, changes = tmp_path / "places.csv", tmp_path / "changes.csv"
    path.write_text(PLACES + "520123000000,修文县\n")
    changes.write_text(
        "county_code,code_2016,name_2016,code_2023,name_2023,change\n"
        "520123000000,,,520123002000,阳明洞街道,new\n"
        "520123000000,,,320123002000,别处,new\n"
    )

    assert run("import_regions", path, changes=str(changes)) == (
        1,
        ["imported 4, updated 0, unchanged 0, refused 1"],
        [f"{changes}:3: 320123002000 lies in another county"],
    )


def test_stations_end_the_same_way(db, tmp_path):
    path = tmp_path / "stations.csv"
    path.write_text("tier,name,region_code,parent_region_code,lon,lat\nshop,店,520123000000,,,\n")

    assert run("import_stations", path) == (
        1,
        ["imported 0, updated 0, unchanged 0, refused 1"],
        [f"{path}:2: the tier must be county, township or village"],
    )


@pytest.mark.parametrize("command", ["import_regions", "import_stations"])
def test_a_file_that_is_not_there_is_told_before_anything_happens(db, tmp_path, command):
    with pytest.raises(CommandError, match="no such file"):
        run(command, tmp_path / "absent.csv")
    with seeing_everything():
        assert not AuditEvent.objects.exists()


def test_places_need_a_file(db):
    with pytest.raises(CommandError, match="Name a FILE"):
        run("import_regions")


CALENDAR = (
    "date,is_workday,kind,holiday_zh\n2027-02-11,0,holiday_swapped,春节\n2027-02-20,1,makeup_workday,春节\n"
)


def test_a_calendar_goes_in_once(db, tmp_path):
    path = tmp_path / "calendar.csv"
    path.write_text(CALENDAR + "2028-03-01,1,workday,\n")

    assert run("import_calendar", path) == (0, ["imported 1, updated 2, unchanged 0, refused 0"], [])
    assert run("import_calendar", path) == (0, ["imported 0, updated 0, unchanged 3, refused 0"], [])
    rows = WorkCalendarDay.objects.filter(date__in=["2027-02-11", "2027-02-20"])
    assert list(rows.values_list("kind", "holiday_name", "source", "is_confirmed")) == [
        ("holiday_swapped", "春节", "calendar.csv", True),
        ("makeup_workday", "春节", "calendar.csv", True),
    ]


def test_what_ships_with_the_product_is_unchanged_by_importing_it(db):
    path = Path(calendar.__file__).parents[1] / "data" / "cn_workdays_2023_2026.csv"

    assert run("import_calendar", path) == (0, ["imported 0, updated 0, unchanged 1461, refused 0"], [])


def test_a_calendar_without_kinds_keeps_those_that_fit(db, tmp_path):
    path = tmp_path / "calendar.csv"
    path.write_text(
        "date,is_workday\n2026-02-14,1\n2026-02-17,0\n2027-02-20,1\n2027-02-11,0\n2027-02-12,false\n"
    )

    status, out, _err = run("import_calendar", path, source="国办发明电〔2026〕9号", provisional=True)

    assert (status, out[-1]) == (0, "imported 0, updated 5, unchanged 0, refused 0")
    assert list(
        WorkCalendarDay.objects.filter(source="国办发明电〔2026〕9号").values_list("kind", "holiday_name")
    ) == [
        ("makeup_workday", "春节"),
        ("holiday", "春节"),
        ("holiday", ""),
        ("holiday", ""),
        ("makeup_workday", ""),
    ]


def test_a_name_of_a_holiday_is_looked_at_without_kinds_too(db, tmp_path):
    path = tmp_path / "calendar.csv"
    names = ("节" * 41, "春\x00节", "春节")
    rows = [f"2026-02-{day},0,{name}" for day, name in zip((17, 18, 19), names, strict=True)]
    path.write_text("date,is_workday,holiday_zh\n" + "\n".join(rows))

    status, out, err = run("import_calendar", path, source="国办发明电〔2026〕9号")

    told = "the name of the holiday has more than 40 signs or cannot be printed"
    assert (status, out[-1]) == (1, "imported 0, updated 0, unchanged 1, refused 2")
    assert err == [f"{path}:{line}: {told}" for line in (2, 3)]


def test_refused_days_of_a_calendar_stop_no_others(db, tmp_path):
    path = tmp_path / "calendar.csv"
    rows = [
        "2027-02-30,1,,",
        "1999-01-01,1,,",
        "2027-02-11,maybe,,",
        "2027-02-11,0,feast,",
        "2027-02-11,1,holiday,春节",
        "2027-02-11,1,makeup_workday,春节",
        f"2027-02-11,0,holiday,{'节' * 41}",
        "2027-02-11,0,holiday_swapped,春节",
        "2027-02-11,0,holiday_swapped,春节",
    ]
    path.write_text("date,is_workday,kind,holiday_zh\n" + "\n".join(rows))

    assert run("import_calendar", path) == (
        1,
        ["imported 0, updated 1, unchanged 0, refused 8"],
        [
            f"{path}:2: the date must look like 2026-02-14",
            f"{path}:3: the year must lie between 2001 and 2099",
            f"{path}:4: is_workday must be 1 or 0",
            f"{path}:5: the kind must be one of "
            "workday, weekend, holiday, holiday_swapped, holiday_weekend, makeup_workday",
            f"{path}:6: kind and is_workday say different things",
            f"{path}:7: this kind does not fit the day of the week",
            f"{path}:8: the name of the holiday has more than 40 signs or cannot be printed",
            f"{path}:10: the day is in the list already",
        ],
    )


def test_years_are_seeded_provisionally(db):
    assert run("seed_calendar", 2028, 2029) == (0, ["imported 731, updated 0, unchanged 0, refused 0"], [])
    assert run("seed_calendar", 2028, 2026) == (0, ["imported 0, updated 0, unchanged 731, refused 0"], [])
    assert not WorkCalendarDay.objects.filter(date__year=2028, is_confirmed=True).exists()
    with pytest.raises(CommandError, match="2001"):
        run("seed_calendar", 1990)
