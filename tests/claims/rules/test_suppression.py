"""Nobody who adds and subtracts finds a small count out."""

import random
from itertools import product

import pytest

from claims.rules.statistics import Hidden
from claims.rules.suppression import Neighbourhood, Reader, Sum, is_small, protected

SMALL, WITHHELD = Hidden.SMALL, Hidden.WITHHELD


def table(rows):
    """A table with its totals: counts by (row, column), "all" being the total, and its sums."""
    width = len(rows[0])
    counts = {(at, column): count for at, row in enumerate(rows) for column, count in enumerate(row)}
    counts |= {(at, "all"): sum(row) for at, row in enumerate(rows)}
    counts |= {("all", column): sum(row[column] for row in rows) for column in range(width)}
    counts["all", "all"] = sum(map(sum, rows))
    names = [*range(len(rows)), "all"]
    sums = [Sum((at, "all"), tuple((at, column) for column in range(width))) for at in names]
    sums += [
        Sum(("all", column), tuple((at, column) for at in range(len(rows))))
        for column in [*range(width), "all"]
    ]
    return counts, sums


@pytest.mark.parametrize(
    ("counts", "sums", "hidden", "expected"),
    [
        ({"a": 5, "b": 0, "all": 5}, [Sum("all", ("a", "b"))], (), {}),
        ({"a": 3, "b": 9, "c": 20}, [Sum(32, ("a", "b", "c"))], (), {"a": SMALL, "b": WITHHELD}),
        ({"a": 4, "b": 5}, [], (), {"a": SMALL}),
        # Two ones that add up to two would be known; so a third goes.
        ({"a": 1, "b": 1, "c": 9}, [Sum(11, ("a", "b", "c"))], (), {"a": SMALL, "b": SMALL, "c": WITHHELD}),
        # Two fours that add up to eight as well.
        ({"a": 4, "b": 4, "c": 9}, [Sum(17, ("a", "b", "c"))], (), {"a": SMALL, "b": SMALL, "c": WITHHELD}),
        ({"a": 2, "b": 3, "c": 9}, [Sum(14, ("a", "b", "c"))], (), {"a": SMALL, "b": SMALL}),
        # Only a zero is left to hide behind.
        ({"a": 3, "b": 0}, [Sum(3, ("a", "b"))], (), {"a": SMALL, "b": WITHHELD}),
        # Alone in a sum that everybody knows nothing helps.
        ({"a": 3}, [Sum(3, ("a",))], (), {"a": SMALL}),
        ({"a": 7, "b": 9}, [Sum(16, ("a", "b"))], ("a",), {"a": WITHHELD}),
        ({"a": 0, "b": 3}, [Sum(3, ("a", "b"))], ("a",), {"a": WITHHELD, "b": SMALL}),
    ],
)
def test_what_is_hidden(counts, sums, hidden, expected):
    assert protected(counts, sums, hidden) == expected


def test_the_total_is_hidden_rather_than_a_larger_part():
    counts = {"a": 3, "b": 8, "all": 11, "other": 100, "whole": 111}
    sums = [Sum("all", ("a", "b")), Sum("whole", ("all", "other"))]

    assert protected(counts, sums) == {"a": SMALL, "b": WITHHELD}


def test_a_county_is_not_reckoned_from_its_city():
    """Two tables whose cells add up to a third: what one hides the others do not give away."""
    first, second = [[3, 20], [30, 40]], [[12, 25], [35, 45]]
    both = [[a + b for a, b in zip(*rows, strict=True)] for rows in zip(first, second, strict=True)]
    counts, sums = {}, []
    for name, rows in (("first", first), ("second", second), ("both", both)):
        own, own_sums = table(rows)
        counts |= {(name, *key): count for key, count in own.items()}
        sums += [Sum((name, *each.total), tuple((name, *part) for part in each.parts)) for each in own_sums]
    cells = list(table(first)[0])
    sums += [Sum(("both", *cell), (("first", *cell), ("second", *cell))) for cell in cells]

    marks = protected(counts, sums)

    assert marks["first", 0, 0] is SMALL
    assert ("second", 0, 0) in marks or ("both", 0, 0) in marks
    reader = Reader(counts, sums)
    assert reader.finds_out(marks, reader.ranges(marks)) == []


def test_what_lies_beside_hidden_counts_is_worked_out_once(monkeypatch):
    """However many counts of one large table are given away, each sum is read once for all of them."""
    counts, sums = table([[column % 3 + 1 for column in range(12)] for _row in range(12)])
    marks = {key: SMALL for key, count in counts.items() if is_small(count)}
    reader = Reader(counts, sums)
    ranges = reader.ranges(marks)
    read = []
    implied = reader.implied
    monkeypatch.setattr(reader, "implied", lambda line, ranges: read.append(line) or implied(line, ranges))
    look = Neighbourhood(reader, marks, ranges)

    found = {look.cheapest_beside(key)[0] for key in marks}

    assert found <= set(counts) - set(marks)
    assert len(read) == len(set(read)) <= len(sums)


def answers(rows, marks):
    """Every table of whole numbers that agrees with what is shown, found by trying all of them."""
    counts, _sums = table(rows)
    width = len(rows[0])
    largest = max(map(max, rows)) + 6

    def agrees(found, keys):
        return all(
            found[key] == counts[key] if key not in marks else marks[key] is not SMALL or is_small(found[key])
            for key in keys
        )

    def rows_at(at):
        spans = [range(largest) if (at, column) in marks else [rows[at][column]] for column in range(width)]
        for row in product(*spans):
            found = {(at, column): count for column, count in enumerate(row)} | {(at, "all"): sum(row)}
            if agrees(found, found):
                yield list(row)

    for tried in product(*(list(rows_at(at)) for at in range(len(rows)))):
        found, _sums = table(tried)
        if agrees(found, counts):
            yield found


@pytest.mark.parametrize("seed", range(20))
def test_every_small_count_could_be_another_one(seed):
    """By trying all tables, not by reasoning: each small count has two answers at least."""
    dice = random.Random(seed)
    rows = [[dice.choice([0, 1, 2, 3, 4, 5, 6, 9]) for _column in range(2)] for _row in range(3)]
    counts, sums = table(rows)

    marks = protected(counts, sums)
    possible = list(answers(rows, marks))

    small = [key for key, count in counts.items() if is_small(count)]
    assert all(key in marks for key in small)
    assert [key for key in small if len({found[key] for found in possible}) < 2] == []
