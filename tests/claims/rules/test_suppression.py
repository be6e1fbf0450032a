"""Nobody who adds and subtracts finds a small count out."""

import random
from itertools import product

import pytest

from aftersales.lib.figures import Figure, Unit, Value
from claims.rules.statistics import Hidden
from claims.rules.suppression import Reader, Sum, is_small, protected, rests_on_few

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


def found_out(counts, sums, marks):
    """The small counts that somebody finds who goes through all sums again and again, thirty times."""
    least = {key: counts[key] if key not in marks else int(marks[key] is SMALL) for key in counts}
    most = {key: counts[key] if key not in marks else (4 if marks[key] is SMALL else 10**9) for key in counts}
    for _round in range(30):
        for each in sums:
            known = not isinstance(each.total, tuple)
            low, high = (each.total, each.total) if known else (least[each.total], most[each.total])
            lows, highs = sum(least[part] for part in each.parts), sum(most[part] for part in each.parts)
            if not known:
                least[each.total], most[each.total] = max(low, lows), min(high, highs)
            for part in each.parts:
                first, last = least[part], most[part]
                least[part] = max(first, low - (highs - last))
                most[part] = min(last, high - (lows - first))
                lows, highs = lows + least[part] - first, highs + most[part] - last
    return {key for key, count in counts.items() if is_small(count) and least[key] == most[key]}


def country(dice, *, counties, kinds):
    """Tables of counties, two of each in a city, and of the country, all adding up; column totals known."""
    own = {
        (at,): [[dice.choice([0, 0, 0, 1, 1, 2, 4, 6, 15]) for _ in range(4)] for _ in range(kinds)]
        for at in range(counties)
    }
    below = {("city", at): [(at,), (at + 1,)] for at in range(0, counties, 2)}
    below["country",] = list(below)
    for place, parts in below.items():
        own[place] = [
            [sum(cells) for cells in zip(*rows, strict=True)]
            for rows in zip(*(own[part] for part in parts), strict=True)
        ]
    counts, sums = {}, []
    for place, rows in own.items():
        its_counts, its_sums = table(rows)
        counts |= {(place, *key): count for key, count in its_counts.items() if key[0] != "all"}
        for each in its_sums:
            if each.total[0] != "all":
                sums.append(Sum((place, *each.total), tuple((place, *part) for part in each.parts)))
            elif each.parts[0][0] != "all":
                sums.append(Sum(its_counts[each.total], tuple((place, *part) for part in each.parts)))
    for place, parts in below.items():
        sums += [Sum(key, tuple((part, *key[1:]) for part in parts)) for key in counts if key[0] == place]
    return counts, sums


@pytest.mark.parametrize("seed", range(8))
def test_only_what_nothing_helps_is_found_out_in_a_country(seed):
    counts, sums = country(random.Random(seed), counties=6, kinds=6)
    unseen = {key: SMALL if is_small(count) else WITHHELD for key, count in counts.items()}

    marks = protected(counts, sums)

    assert found_out(counts, sums, marks) == found_out(counts, sums, unseen)


def test_nothing_is_withheld_for_what_is_known_anyway():
    """Four ones that add up to a small number: who knows what "small" means knows them."""
    counts = {"a": 1, "b": 1, "c": 1, "d": 1, "all": 4, "other": 30, "whole": 34}
    sums = [Sum("all", ("a", "b", "c", "d")), Sum("whole", ("all", "other"))]

    assert protected(counts, sums) == dict.fromkeys(("a", "b", "c", "d", "all"), SMALL)


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
    assert found_out(counts, sums, marks) == set()


def test_a_large_table_is_gone_through_few_times(monkeypatch):
    """However many counts are given away, many are helped before the sums are gone through again."""
    counts, sums = table([[column % 3 + 1 for column in range(12)] for _row in range(12)])
    turns = []
    settle = Reader._settle
    monkeypatch.setattr(Reader, "_settle", lambda reader: turns.append(reader) or settle(reader))

    marks = protected(counts, sums)

    assert set(marks) >= {key for key, count in counts.items() if is_small(count)}
    assert len(turns) < 30


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


@pytest.mark.parametrize(
    ("unit", "number", "behind", "few"),
    [
        (Unit.SHARE, 1, 4, True),
        (Unit.SHARE, 1, 5, False),
        (Unit.SHARE, None, 0, False),
        (Unit.MINUTES, 3, 5, False),
        (Unit.COUNT, 3, 20, True),
        (Unit.COUNT, 0, 20, False),
        (Unit.COUNT, 5, 5, False),
        (Unit.COUNT, None, 0, False),
    ],
)
def test_a_value_rests_on_few_by_what_is_behind_it_and_if_it_counts_by_itself(unit, number, behind, few):
    figure = Figure("x", "", "", unit, "", "", reads=lambda _subject: (number, behind))
    assert rests_on_few(Value(figure, number, behind)) is few
