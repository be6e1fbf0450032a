"""What scripts rely on: the last line, refused rows on standard error, the exit status."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from aftersales.audit.models import AuditEvent
from stations.models import Region
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
