"""Lists of parts: what comes with the programme, and `import_parts` with its last line and exit status."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command

from claims.models import Part
from claims.models.diagnoses import ApplianceChoices
from claims.services import part_lists
from tests.claims.parts.cases import events, make_part

pytestmark = pytest.mark.django_db

HEADING = "code,name,appliance,fits,price_yuan,old_part_comes_back,guide\n"
TITLES = (
    "Part number, Name of the part, Appliance, Fits, Price (yuan), The old part comes back, How to replace it"
)
BELT = "x-belt,三角带,washing_machine,通用,12.5,no,断电。|换上新带。\n"


def run(*arguments):
    """Exit status, lines on standard output, lines on standard error."""
    out, err = StringIO(), StringIO()
    try:
        call_command("import_parts", *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as ended:
        return ended.code, out.getvalue().splitlines(), err.getvalue().splitlines()
    return 0, out.getvalue().splitlines(), err.getvalue().splitlines()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "parts.csv"


def test_a_list_goes_in_and_changes_nothing_the_second_time(path):
    path.write_text(HEADING + BELT, encoding="utf-8")

    assert run(path) == (0, ["imported 1, updated 0, unchanged 0, refused 0"], [])
    assert run(path) == (0, ["imported 0, updated 0, unchanged 1, refused 0"], [])

    part = Part.objects.values().get(code="X-BELT")
    assert {name: part[name] for name in part if name != "id"} == {
        "code": "X-BELT",
        "name": "三角带",
        "appliance": "washing_machine",
        "fits": "通用",
        "guide": "断电。\n换上新带。",
        "price_fen": 1250,
        "old_part_comes_back": False,
        "retired_at": None,
    }
    (event,) = events("part.imported")
    assert (event.before, event.after["price_fen"], event.after["guide"]) == (None, 1250, 9)


def test_a_changed_row_changes_its_part_and_no_other(path):
    other = make_part("X-PUMP", guide="断电。")
    path.write_text(HEADING + BELT, encoding="utf-8")
    run(path)

    path.write_text(HEADING + BELT.replace("12.5,no", "13,是"), encoding="utf-8")

    assert run(path) == (0, ["imported 0, updated 1, unchanged 0, refused 0"], [])
    belt = Part.objects.get(code="X-BELT")
    assert (belt.price_fen, belt.old_part_comes_back) == (1300, True)
    assert events("part.imported")[-1].before == {"price_fen": 1250, "old_part_comes_back": False}
    other.refresh_from_db()
    assert other.guide == "断电。"


def test_every_bad_row_is_named_with_its_line_and_the_others_go_in(path):
    rows = [
        BELT,
        ",无号,washing_machine,,1,no,\n",
        "X-2,,washing_machine,,1,no,\n",
        "X-3,件,toaster,,1,no,\n",
        "X-4,件,washing_machine,,1.234,no,\n",
        "X-5,件,washing_machine,,-1,no,\n",
        "X-6,件,washing_machine,,1,maybe,\n",
        f"X-7,{'长' * 81},washing_machine,,1,no,\n",
        "X-BELT,又一条,washing_machine,,1,no,\n",
        "X-8,件,washing_machine,,1,no,,,多\n",
        f"X-9,件,washing_machine,,1,no,{'长' * 2001}\n",
        "X-10,控\u0007制,washing_machine,,1,no,\n",
        "X-11,好的,water_pump,,,,\n",
        "X/12,件,washing_machine,,1,no,\n",
    ]
    path.write_text(HEADING + "".join(rows), encoding="utf-8")

    appliances = ", ".join(ApplianceChoices.values)
    assert run(path) == (
        1,
        ["imported 2, updated 0, unchanged 0, refused 12"],
        [
            f"{path}:{line}: {reason}"
            for line, reason in (
                (3, "code is empty"),
                (4, "name is empty"),
                (5, f"the appliance must be one of {appliances}"),
                (6, "price_yuan must be an amount with at most two decimals, such as 12.50"),
                (7, "price_yuan must be an amount with at most two decimals, such as 12.50"),
                (8, "old_part_comes_back must be yes or no"),
                (9, "name has more than 80 signs"),
                (10, "the part is in the list already"),
                (11, "the line has more cells than the heading"),
                (12, "guide has more than 2000 signs"),
                (13, "name contains signs that cannot be printed"),
                (15, "code may hold letters, digits and hyphens only, such as WM-PUMP"),
            )
        ],
    )
    assert set(Part.objects.filter(code__startswith="X-").values_list("code", "price_fen")) == {
        ("X-BELT", 1250),
        ("X-11", 0),
    }


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "1: the file is empty"),
        (b"code,name\n1,2\n", f"1: the heading must name the columns {TITLES}"),
        ((HEADING + BELT).encode("gbk"), "2: the file is not UTF-8; save it as CSV UTF-8"),
    ],
)
def test_a_file_that_is_none_is_refused_as_a_whole(path, content, reason):
    path.write_bytes(content)

    assert run(path) == (1, ["imported 0, updated 0, unchanged 0, refused 1"], [f"{path}:{reason}"])


def test_the_parts_of_the_programme_are_there_after_every_migration():
    config = apps.get_app_config("claims")
    assert Part.objects.count() >= 30
    assert not Part.objects.filter(guide="").exists()
    kept = Part.objects.get(code="WM-BELT")
    Part.objects.filter(pk=kept.pk).update(name="别的名字")
    Part.objects.filter(code="GE-FUSE").delete()

    part_lists.ensure_programme_parts(config)

    kept.refresh_from_db()
    assert kept.name == "别的名字"
    fuse = Part.objects.get(code="GE-FUSE")
    assert fuse.guide.splitlines()[0] == "断电。"


def test_the_list_of_the_programme_is_one_that_can_be_imported():
    assert run(part_lists.PROGRAMME_LIST)[1] == [
        f"imported 0, updated 0, unchanged {Part.objects.count()}, refused 0"
    ]
