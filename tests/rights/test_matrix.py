"""Every URL, method and role stands in the matrix, and nothing else does."""

import pytest

from aftersales.accounts.roles import ROLE_PERMISSIONS, Role
from tests.rights.examples import PARAMETERS, Nowhere, values_for
from tests.rights.matrix import PAGES, ROLE_OF, WORDS, Matrix, read
from tests.rights.routes import all_routes, model_page, registered_models
from tests.rights.world import ROLES

LETTERS = {"v": "view", "a": "add", "c": "change"}
# What opens a model where it is not the permission of its own name.
VERBS = {
    ("claims.deposit", "a"): "claims.deposit_into_fund",
    ("claims.fund", "a"): "claims.open_fund",
    ("stations.regionchange", "v"): "stations.view_region",
}
LINE = "{name}, GET, … and {name}, POST, … with one of {words} for each of {roles}"


def unlisted(matrix: Matrix) -> list[str]:
    """What has to be added to the files, as sentences."""
    found = []
    for route in all_routes():
        about = model_page(route)
        if about is not None:
            if about[0]._meta.label_lower not in matrix.models:
                found.append(f"tests/rights/admin.csv: a line for {about[0]._meta.label_lower}")
        elif not all((route.name, method) in matrix.pages for method in ("GET", "POST")):
            line = LINE.format(name=route.name, words=", ".join(WORDS), roles=", ".join(ROLES))
            found.append(f"tests/rights/pages.csv: lines {line}")
    return sorted(set(found))


def left_over(matrix: Matrix) -> list[str]:
    """Lines about URLs and models that are no more."""
    names = {route.name for route in all_routes()}
    return sorted(
        {name for name, _method in matrix.pages if name not in names}
        | (matrix.models.keys() - registered_models().keys())
        | (PARAMETERS.keys() - names)
    )


def test_every_url_has_its_lines():
    assert unlisted(Matrix()) == []


def test_no_line_is_left_over():
    assert left_over(Matrix()) == []


def test_missing_lines_are_named():
    pages, models = [line for name in PAGES for line in read(name)], read("admin.csv")
    without_claims = [row for row in pages if row["url"] != "claims:claim_detail"]
    without_stations = [row for row in models if row["model"] != "stations.station"]
    renamed = [{**row, "url": "heim" if row["url"] == "home" else row["url"]} for row in pages]

    told = unlisted(Matrix(without_claims, without_stations))
    assert [sentence[:56] for sentence in told] == [
        "tests/rights/admin.csv: a line for stations.station",
        "tests/rights/pages.csv: lines claims:claim_detail, GET, ",
    ]
    assert left_over(Matrix(renamed, models)) == ["heim"]


def test_every_url_can_be_built(world):
    """Raises NoExample, which says what to add, for parameters that nobody has thought of."""
    for route in all_routes():
        assert route.url(values_for(route, Nowhere())).startswith("/")


def test_every_role_has_a_column():
    assert set(Role.values) <= set(ROLES)


@pytest.mark.parametrize("name", [*PAGES, "admin.csv"])
def test_lines_speak_the_words_of_the_matrix(name):
    rows = read(name)

    if name in PAGES:
        wrong = [row["url"] for row in rows if {row[role] for role in ROLES} - WORDS.keys()]
        assert len(rows) == len({(row["url"], row["method"]) for row in rows})
    else:
        wrong = [
            row["model"] for row in rows if {row[role] for role in ROLES} - {"-", "v", "va", "vc", "vac"}
        ]
        assert len(rows) == len({row["model"] for row in rows})
    assert wrong == []


def test_admin_lines_stay_within_the_permissions():
    beyond = [
        (row["model"], column, letter)
        for row in read("admin.csv")
        for column, role in ROLE_OF.items()
        for letter in row[column].strip("-")
        if _permission(row["model"], letter) not in ROLE_PERMISSIONS[Role(role)]
    ]
    assert beyond == []


def test_who_sees_a_model_sees_it_in_the_admin():
    """A permission on a registered model that opens no page would be a promise that nobody keeps."""
    rows = {row["model"]: row for row in read("admin.csv")}
    unkept = [
        (model, column)
        for model, row in rows.items()
        for column, role in ROLE_OF.items()
        if "accounts.use_admin" in ROLE_PERMISSIONS[Role(role)]
        if _permission(model, "v") in ROLE_PERMISSIONS[Role(role)] and "v" not in row[column]
    ]
    assert unkept == []


def _permission(model: str, letter: str) -> str:
    app, _dot, name = model.partition(".")
    return VERBS.get((model, letter), f"{app}.{LETTERS[letter]}_{name}")
