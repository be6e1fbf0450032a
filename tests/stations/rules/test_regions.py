import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.rules.regions import (
    COUNTYLESS_CITIES,
    DIGITS,
    NATION,
    Level,
    RegionCodeError,
    ancestors,
    code_range,
    contains,
    county_code,
    is_county_like,
    level_of,
    nearest_ancestor,
    parent_among,
    parent_code,
    prefix,
)
from tests import golden
from tests.property import cases

CODES = golden.rows("region_codes")


@st.composite
def codes(draw):
    """A code without gaps, of any level below the nation."""
    level = draw(st.integers(1, 5))
    parts = [
        f"{draw(st.integers(1, 10**width - 1)):0{width}d}" if position < level else "0" * width
        for position, width in enumerate((2, 2, 2, 3, 3))
    ]
    return "".join(parts)


@pytest.mark.parametrize("row", CODES, ids=lambda row: row["code"])
def test_real_codes(row):
    code = row["code"]

    assert {
        "level": level_of(code).name.lower(),
        "prefix": prefix(code),
        "parent": parent_code(code) or "",
        "county": county_code(code),
    } == {key: row[key] for key in ("level", "prefix", "parent", "county")}


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("", "not_digits"),
        ("32032410221", "wrong_length"),
        ("3203241022170", "wrong_length"),
        ("320324", "wrong_length"),
        ("32032410221X", "not_digits"),
        ("３２０３２４１０２２１７", "not_digits"),
        (" 20324102217", "not_digits"),
        ("320300102000", "gap"),
        ("320324000217", "gap"),
        ("320000000001", "gap"),
        ("320024000000", "gap"),
        ("000024000000", "gap"),
        ("440000003000", "gap"),
        ("441900000001", "gap"),
    ],
)
def test_codes_that_cannot_be_official_are_refused(code, error):
    with pytest.raises(RegionCodeError) as refused:
        level_of(code)

    assert refused.value.code == error


def test_the_nation_is_above_everything():
    assert (level_of(NATION), prefix(NATION), parent_code(NATION), ancestors(NATION)) == (
        Level.NATION,
        "",
        None,
        (),
    )
    assert all(contains(NATION, row["code"]) for row in CODES)


def test_levels_are_ordered_from_the_nation_down():
    assert Level.NATION < Level.PROVINCE < Level.CITY < Level.COUNTY < Level.TOWNSHIP < Level.VILLAGE


@pytest.mark.parametrize(
    ("code", "above"),
    [
        ("320324102217", ("320324102000", "320324000000", "320300000000", "320000000000")),
        ("441900003000", ("441900000000", "440000000000")),
        ("441900003001", ("441900003000", "441900000000", "440000000000")),
        ("320000000000", ()),
    ],
)
def test_ancestors_come_nearest_first(code, above):
    assert ancestors(code) == above


def test_the_nearest_ancestor_that_exists_is_the_parent():
    existing = {"110000000000", "110101000000"}

    assert nearest_ancestor("110101001000", existing) == "110101000000"
    assert nearest_ancestor("110101000000", existing) == "110000000000"
    assert nearest_ancestor("320324102217", existing) is None


@pytest.mark.parametrize(
    ("outer", "inner", "inside"),
    [
        ("320324000000", "320324102217", True),
        ("320324000000", "320324000000", True),
        ("320324102217", "320324000000", False),
        ("320324000000", "320325102217", False),
        ("320300000000", "320324000000", True),
        ("441900000000", "441900003000", True),
        ("520100000000", "520123000000", True),
        ("520123000000", "520100000000", False),
    ],
)
def test_inside(outer, inner, inside):
    assert contains(outer, inner) is inside


@pytest.mark.parametrize(
    ("of", "low_high"),
    [
        ("", ("000000000000", "999999999999")),
        ("32", ("320000000000", "329999999999")),
        ("320324", ("320324000000", "320324999999")),
        ("320324102217", ("320324102217", "320324102217")),
    ],
)
def test_a_range_holds_everything_below_a_prefix(of, low_high):
    assert code_range(of) == low_high


@pytest.mark.parametrize(
    ("bad", "error"), [("3", "wrong_length"), ("32032", "wrong_length"), ("3x", "not_digits")]
)
def test_a_prefix_ends_between_levels(bad, error):
    with pytest.raises(RegionCodeError) as refused:
        code_range(bad)

    assert refused.value.code == error


@pytest.mark.parametrize(
    ("code", "stands"),
    [
        ("320324000000", True),
        ("441900000000", True),
        ("320300000000", False),
        ("441900003000", False),
        ("320324102000", False),
    ],
)
def test_counties_and_what_stands_in_for_one(code, stands):
    assert is_county_like(code) is stands


@cases
@given(codes(), codes())
def test_being_inside_is_being_in_the_range(outer, inner):
    low, high = code_range(prefix(outer))

    assert contains(outer, inner) == (low <= inner <= high)


@cases
@given(codes())
def test_every_ancestor_contains_the_place_and_is_higher(code):
    above = ancestors(code)

    assert all(contains(one, code) and level_of(one) < level_of(code) for one in above)
    if code[:4] not in COUNTYLESS_CITIES:
        assert [level_of(one) for one in above] == list(range(level_of(code) - 1, 0, -1))


@cases
@given(st.text("0123456789", min_size=12, max_size=12))
def test_any_twelve_digits_have_a_level_or_are_refused(code):
    try:
        level = level_of(code)
    except RegionCodeError as refused:
        assert refused.code == "gap"
    else:
        assert set(code[DIGITS[level] :]) <= {"0"}
        assert level == Level.NATION or code[: DIGITS[level]].rstrip("0") != ""


@pytest.mark.parametrize(
    ("code", "existing", "parent"),
    [
        ("520123103204", {"520123103000", "520123000000"}, "520123103000"),
        ("520123103204", {"520123000000", "520100000000"}, None),
        ("520123103000", {"520123000000"}, "520123000000"),
        ("520123103000", {"520100000000", "520000000000"}, None),
        ("520123000000", {"520100000000", "520000000000"}, "520100000000"),
        ("520123000000", {"520000000000"}, "520000000000"),
        ("520123000000", set(), None),
        ("520000000000", {"110000000000"}, None),
        ("441900003000", {"441900000000"}, "441900000000"),
    ],
)
def test_an_imported_place_needs_what_lies_above_it(code, existing, parent):
    assert parent_among(code, existing) == parent
