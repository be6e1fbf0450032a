"""What is said about the columns of a list: what may be empty is not called needed, and goes in empty."""

import pytest
from django.utils import translation

from aftersales.imports import filling
from aftersales.imports.kinds import KINDS
from tests.imports.test_pages import only, ran, sent

pytestmark = pytest.mark.django_db
MUST = "Has to be filled in."


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def must_be_filled_in(kind: str) -> list[str]:
    with translation.override("en"):
        return [column.name for column in KINDS[kind].layout if MUST in filling.note_of(column)]


def test_only_what_has_to_be_filled_in_is_said_to():
    assert must_be_filled_in("stations") == ["tier", "name", "region_code"]
    assert must_be_filled_in("parts") == ["code", "name", "appliance"]
    assert must_be_filled_in("calendar") == ["date", "is_workday"]


@pytest.mark.parametrize(
    ("user", "kind", "rows"),
    [
        (
            "manager",
            "stations",
            "tier,name,region_code,parent_region_code,lon,lat\nvillage,新村服务点,520123103204,,,\n",
        ),
        (
            "platform",
            "parts",
            "code,name,appliance,fits,price_yuan,old_part_comes_back,guide\n"
            "WM-NEW,洗衣机门锁,washing_machine,,,,\n",
        ),
    ],
)
def test_a_row_with_nothing_else_goes_in(as_user, cast, user, kind, rows):
    assert sent(as_user(user), kind, rows.encode(), name="list.csv").status_code == 302

    assert ran(only()) == "checked"

    row = only()
    assert (row.new_rows, row.refused_rows) == (1, 0)
