"""How figures are counted stands below their table, not in a column that a phone cannot show."""

import pytest

pytestmark = pytest.mark.django_db(databases=["default", "reports"])


@pytest.mark.parametrize("address", ["/reports/county-month/", "/dashboards/region/520123000000/"])
def test_definitions_unfold_below_the_table(cast, as_user, address):
    text = as_user("manager").get(address, {"county": "520123000000"}).content.decode()

    table, _mark, unfolded = text.partition("<details")

    assert "<dt>" in unfolded
    assert 'class="muted">' not in table.rpartition("<tbody>")[2].replace('<small class="muted">', "")


def test_a_report_loads_the_styles_of_its_tables(cast, as_user):
    text = as_user("manager").get("/reports/county-month/", {"county": "520123000000"}).content.decode()

    assert "web/boards.css" in text.partition("</head>")[0]
    assert '<div class="table-scroll tight">' in text
