"""Every door, method and kind of caller of the API stands in the matrix, and is answered by it."""

import pytest
from django.db.models import Q

from claims.queries import partners
from tests.rights.api_callers import STOPPED, make_callers
from tests.rights.api_examples import PARAMETERS
from tests.rights.api_walk import WORDS, ApiMatrix, methods_of, narrowings, read, walk
from tests.rights.routes import api_routes
from tests.rights.visitors import told

KINDS = ("unscoped", "own", "neighbour", "elsewhere", "partner", "consumer", "stranger")
every_kind = pytest.mark.parametrize("kind", [*KINDS, *STOPPED])


def unlisted(matrix: ApiMatrix) -> list[str]:
    """What has to be added to the file, as sentences."""
    return [
        f"tests/rights/api_matrix.csv: a line {route.name}, {method}, … with one of {', '.join(WORDS)} "
        f"for each of {', '.join(KINDS)}"
        for route in api_routes()
        for method in methods_of(route)
        if (route.name, method) not in matrix.lines
    ]


def left_over(matrix: ApiMatrix) -> list[str]:
    """Lines and examples about doors and methods that are no more."""
    known = {(route.name, method) for route in api_routes() for method in methods_of(route)}
    names = {route.name for route in api_routes()}
    return sorted(
        {f"{name} {method}" for name, method in matrix.lines.keys() - known} | (PARAMETERS.keys() - names)
    )


def test_every_door_has_its_lines():
    assert unlisted(ApiMatrix()) == []


def test_no_line_of_a_door_is_left_over():
    assert left_over(ApiMatrix()) == []


def test_missing_lines_of_a_door_are_named():
    lines = [line for line in read() if (line["url"], line["method"]) != ("api:claims", "POST")]
    renamed = [{**line, "url": "api:klagen" if line["url"] == "api:claim" else line["url"]} for line in lines]

    assert [sentence.split(" with ")[0] for sentence in unlisted(ApiMatrix(lines))] == [
        "tests/rights/api_matrix.csv: a line api:claims, POST, …"
    ]
    assert left_over(ApiMatrix(renamed)) == ["api:klagen GET"]


def test_every_parameter_of_a_door_has_an_example():
    examples = {route.name: PARAMETERS.get(route.name, ()) for route in api_routes()}

    assert [route.name for route in api_routes() if len(route.parameters) != len(examples[route.name])] == []


def test_lines_of_doors_speak_the_words_of_the_matrix():
    lines, matrix = read(), ApiMatrix()

    assert matrix.kinds == KINDS
    assert len(lines) == len(matrix.lines)
    assert [line["url"] for line in lines if {line[kind] for kind in KINDS} - WORDS.keys()] == []


@pytest.mark.walk
@every_kind
def test_every_door_answers_by_the_matrix(kind, world):
    callers, rows = make_callers(world)

    assert not (wrong := list(walk(callers[kind], world, rows, ApiMatrix()))), told(wrong)


@pytest.mark.parametrize(
    ("kind", "village"),
    [
        ("neighbour", "ours"),
        ("own", "next_door"),
        ("own", "theirs"),
        ("elsewhere", "ours"),
        ("partner", "ours"),
        ("stranger", "ours"),
        ("consumer", "next_door"),
    ],
)
def test_filters_tell_nothing_of_rows_of_others(kind, village, world):
    callers, rows = make_callers(world)

    assert not (wrong := list(narrowings(callers[kind], world, rows, village))), told(wrong)


def test_the_walk_notices_rows_of_another_party(world, monkeypatch):
    callers, rows = make_callers(world)
    monkeypatch.setattr(partners, "concerns", lambda caller: Q())
    monkeypatch.setattr(partners, "concerns_claim", lambda caller, claim="": Q())

    read = " ".join(walk(callers["neighbour"], world, rows, ApiMatrix()))
    asked = " ".join(narrowings(callers["neighbour"], world, rows, "ours"))

    assert "GET api:claims shows" in read
    assert "GET api:claim: 200" in read
    assert world.places["ours"].marks.stem in read
    assert "api:claims {'number': 'claim:proposed'}" in asked
