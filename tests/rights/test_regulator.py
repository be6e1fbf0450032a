"""A regulator reads reports and changes nothing, by whatever route."""

import pytest
from django.db import connection

from claims.models import Claim
from tests.rights.baits import bait
from tests.rights.examples import addresses
from tests.rights.matrix import Matrix
from tests.rights.routes import all_routes
from tests.rights.visitors import LastingVisitor, told
from tests.rights.watch import differences, fingerprint

METHODS = ("GET", "POST", "PUT", "DELETE")
# Beside reports and boards of regions: one's own account and messages, pages without one, monitors' answers.
OPEN_TO_A_REGULATOR = (
    "reports:",
    "dashboards:region",
    "dashboards:league",
    "accounts:",
    "notices:",
    "public:",
    "api_docs:",
    "training_public:",
    "report_public:",
    "ops:",
    "styleguide",
)


def test_no_route_changes_anything(world):
    regulator = LastingVisitor("regulator", world.users["regulator"])
    before = fingerprint()

    for village, methods in (("ours", METHODS), ("theirs", ("GET", "POST"))):
        for route, url in addresses(world, village):
            if "sign-out" in url or (village == "theirs" and not route.parameters):
                continue
            for method in methods:
                regulator.ask(method, url, bait(world.places[village]) if method == "POST" else None)

    assert differences(before, fingerprint()) == []
    assert regulator.get("/reports/").status == 200


def test_the_fingerprint_notices_one_changed_column(world):
    before = fingerprint()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE claims_claim SET batch = 'other' WHERE id = (SELECT min(id) FROM claims_claim)"
        )

    assert differences(before, fingerprint()) == ["claims_claim"]


def test_only_reports_and_pages_without_rows_answer(world, visitors):
    answered = [route.name for route, url in addresses(world) if visitors["regulator"].get(url).status == 200]

    assert [name for name in answered if not name.startswith(OPEN_TO_A_REGULATOR)] == []
    assert {"reports:index", "reports:county_month"} <= set(answered)


def test_the_matrix_grants_a_regulator_nothing_else():
    matrix = Matrix()
    granted = [
        (route.name, method)
        for route in all_routes()
        for method in ("GET", "POST")
        if not route.name.startswith(OPEN_TO_A_REGULATOR)
        if matrix.expected(route, method, "regulator") & {"ok", "absent", "bad"}
    ]

    assert granted == []


@pytest.mark.parametrize("form", ["", "csv", "xlsx"])
def test_reports_name_nobody(world, visitors, form):
    query = {"county": "520123000000", "month": "2026-11", **({"format": form} if form else {})}

    answer = visitors["regulator"].get("/reports/county-month/", query)

    marks = [
        mark
        for place in world.places.values()
        for mark in (place.marks.open_marks | place.marks.secret_marks)
    ]
    assert (answer.status, answer.shows(marks)) == (200, [])


@pytest.mark.parametrize("form", ["", "xlsx"])
@pytest.mark.parametrize("board", ["520123000000/", "520123000000/league/"])
def test_boards_of_regions_name_nobody(world, visitors, board, form):
    query = {"period": "2026-11", **({"format": form} if form else {})}

    answer = visitors["regulator"].get(f"/dashboards/region/{board}", query)

    marks = [
        mark
        for place in world.places.values()
        for mark in (place.marks.open_marks | place.marks.secret_marks)
    ]
    assert (answer.status, answer.shows(marks)) == (200, [])


def test_a_report_of_another_region_is_absent(visitors):
    there = visitors["regulator"].get("/reports/county-month/", {"county": "320324000000"})
    nowhere = visitors["regulator"].get("/reports/county-month/", {"county": "989898000000"})

    assert (there.status, nowhere.status) == (404, 404)
    assert told([there.alike({"county": "320324000000"})]) == told(
        [nowhere.alike({"county": "989898000000"})]
    )


@pytest.mark.parametrize("query", [{}, {"county": "320324000000"}, {"format": "csv"}, {"format": "xlsx"}])
def test_findings_are_those_in_reach_without_claims_and_persons(world, visitors, query):
    answer = visitors["regulator"].get("/reports/findings/", query)

    there = {mark for name in ("theirs", "their_county") for mark in world.places[name].marks.open_marks}
    ours = world.places["our_county"].marks
    assert (answer.status, answer.shows(there)) == (200, [])
    assert [word for word in ("finding", "rectification") if ours.word(word) in answer.told] == [
        "finding",
        "rectification",
    ]
    assert (
        answer.shows([ours.word("checkremark"), *(place.row(Claim).number for place in world.villages)]) == []
    )
