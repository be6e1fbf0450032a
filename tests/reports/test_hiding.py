"""What the reports of one period hide, no other of them gives away."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest

from aftersales.lib.periods import Period
from aftersales.reports import freezing
from aftersales.reports.contents import published_counts
from aftersales.reports.hiding import GROUPS, TOTAL, Key
from claims.rules.statistics import Hidden
from claims.rules.suppression import is_small
from claims.services import figures
from stations.models import Region
from tests.factories import NOW, make_claim, make_regions, make_station, seeing_everything

pytestmark = pytest.mark.django_db(databases=["default", "reports"])
OCTOBER = Period.named("2026-10")
XIUWEN, KAIYANG, CITY, NATION = "520123000000", "520121000000", "520100000000", "000000000000"


@pytest.fixture
def kaiyang(cast):
    """A second county in 贵阳, so that one city has two."""
    make_regions()
    for code, name, level, parent in (
        (KAIYANG, "开阳县", 3, CITY),
        ("520121100000", "城关镇", 4, KAIYANG),
        ("520121100201", "城关村", 5, "520121100000"),
    ):
        Region.objects.create(code=code, name=name, level=level, parent_id=parent)
    return make_station("village", "520121100201", name="城关村服务点")


def file_claims(cast, station, count, *, day=12, month=10, **fields):
    at = datetime(2026, month, day, 3, tzinfo=UTC)
    return [
        make_claim(station, filed_by=cast.agent, filed_at=at + timedelta(minutes=each), **fields)
        for each in range(count)
    ]


def freeze(cast, period=OCTOBER, now=NOW):
    with seeing_everything():
        figures.rebuild(now=now)
        return {
            edition.region_code: json.loads(edition.content)
            for edition in freezing.freeze(period, by=cast.platform, now=now)
        }


def shown_of(contents):
    counts = {}
    for content in contents.values():
        counts |= published_counts(content)
    return counts


def test_a_cell_hidden_in_a_county_is_hidden_in_its_sister_or_its_city(cast, kaiyang):
    file_claims(cast, cast.guangcheng, 9)
    file_claims(cast, cast.guangcheng, 3, goods_type="seed")
    file_claims(cast, kaiyang, 20)
    file_claims(cast, kaiyang, 8, goods_type="seed")

    counts = shown_of(freeze(cast))

    first, sister, city = (counts[Key(code, "open", "seed", "quality")] for code in (XIUWEN, KAIYANG, CITY))
    assert first is Hidden.SMALL
    assert isinstance(sister, Hidden) or isinstance(city, Hidden)
    assert counts[Key(XIUWEN, "filed")] == 12


def test_a_county_with_few_claims_is_hidden_wholly_and_so_is_what_gives_it_away(cast, kaiyang):
    file_claims(cast, cast.guangcheng, 3)
    file_claims(cast, kaiyang, 20)

    contents = freeze(cast)

    assert [contents[code]["hidden"] for code in (XIUWEN, KAIYANG, CITY, NATION)] == [
        "small",
        "withheld",
        None,
        None,
    ]
    told = json.dumps({code: contents[code]["figures"] for code in (XIUWEN, KAIYANG)})
    assert all(
        value[name] in ("small", "withheld")
        for code in (XIUWEN, KAIYANG)
        for value in contents[code]["figures"]
        for name in ("number", "behind")
    ), told
    rows = {row["code"]: row for row in contents[CITY]["completeness"]}
    assert (rows[XIUWEN]["filed"], rows[KAIYANG]["filed"]) == ("small", "withheld")
    assert [row["values"][0]["number"] for row in contents[CITY]["children"]["rows"]] == ["withheld", "small"]


def test_a_county_without_claims_is_told_as_it_is(cast, kaiyang):
    file_claims(cast, cast.guangcheng, 7)

    contents = freeze(cast)

    assert contents[KAIYANG]["hidden"] is None
    assert contents[KAIYANG]["classes"]["total"] == 0
    values = {value["code"]: value["number"] for value in contents[KAIYANG]["figures"]}
    assert (values["filed"], values["satisfaction"], values["resolution_rate"]) == (0, None, None)


def test_rates_of_few_and_amounts_of_few_are_hidden(cast):
    file_claims(cast, cast.guangcheng, 6)
    file_claims(cast, cast.guangcheng, 2, status="closed", response_minutes=10, resolution_minutes=60)

    [nation, *_rest] = freeze(cast).values()

    values = {value["code"]: (value["number"], value["behind"]) for value in nation["figures"]}
    assert values["filed"] == (8, 8)
    assert values["response_median"] == ("small", "small")
    assert values["resolution_rate"] == ("small", 2)
    assert values["compensated"] == (0, 8)
    assert values["mean_compensation"] == (None, 0)


def test_a_quarter_does_not_give_a_hidden_month_away(cast):
    for month in (7, 8, 9):
        file_claims(cast, cast.guangcheng, 10, month=month)
    file_claims(cast, cast.guangcheng, 3, month=7, goods_type="seed")
    file_claims(cast, cast.guangcheng, 6, month=8, goods_type="seed")
    file_claims(cast, cast.guangcheng, 7, month=9, goods_type="seed")

    quarter = shown_of(freeze(cast, Period.named("2026-Q3")))
    months = [shown_of(freeze(cast, month)) for month in Period.named("2026-Q3").months()]

    seed = Key(XIUWEN, "open", "seed", "quality")
    assert [month[seed] for month in months] == [Hidden.SMALL, 6, 7]
    assert isinstance(quarter[seed], Hidden)
    assert quarter[Key(XIUWEN, "filed")] == 46


def test_townships_are_not_reckoned_from_each_other(cast):
    file_claims(cast, cast.guangcheng, 20)
    file_claims(cast, cast.fangmaping, 3)

    [row] = [content for code, content in freeze(cast).items() if code == XIUWEN]

    filed = [each["values"][0]["number"] for each in row["children"]["rows"]]
    assert sorted(filed) == ["small", "withheld"]


def test_a_correction_goes_on_hiding_what_was_hidden(cast, kaiyang):
    file_claims(cast, cast.guangcheng, 9)
    file_claims(cast, cast.guangcheng, 3, goods_type="seed")
    file_claims(cast, kaiyang, 20)
    file_claims(cast, kaiyang, 8, goods_type="seed")
    freeze(cast)
    file_claims(cast, cast.guangcheng, 5, goods_type="seed")

    with seeing_everything():
        figures.rebuild(now=NOW)
        old = freezing.newest(OCTOBER)[XIUWEN]
        new = freezing.correct(old, reason="补登五张工单", by=cast.platform, now=NOW)

    counts = published_counts(json.loads(new.content))
    assert counts[Key(XIUWEN, "open", "seed", "quality")] is Hidden.WITHHELD
    assert counts[Key(XIUWEN, "filed")] == 17


@pytest.mark.parametrize("seed", range(3))
def test_no_published_sum_gives_a_small_count_away(cast, kaiyang, seed):
    """Whoever takes every number of every edition and goes by single sums finds nothing hidden out."""
    dice = random.Random(seed)
    for station in (cast.guangcheng, cast.fangmaping, kaiyang, cast.chenlou):
        for goods in ("fresh_fruit", "seed", "appliance"):
            for nature in ("quality", "logistics"):
                file_claims(cast, station, dice.choice([0, 1, 3, 6, 9]), goods_type=goods, nature=nature)

    contents = freeze(cast)
    counts = shown_of(contents)

    with seeing_everything():
        figures_of = freezing.Report.of(OCTOBER, now=NOW).material.figures
    true = {
        Key(code, TOTAL, goods, nature): found.by_class_and_status[goods, nature, status]
        for code, found in figures_of.items()
        for goods, nature, status in found.by_class_and_status
    }
    assert all(
        isinstance(counts.get(key, Hidden.SMALL), Hidden) for key, count in true.items() if is_small(count)
    )
    for line in lines_of(contents, counts):
        hidden = [count for count in line if isinstance(count, Hidden)]
        assert len(hidden) != 1 or hidden == [Hidden.WITHHELD], line


def lines_of(contents, counts):
    """Every sum that editions publish: of rows, of columns whose total is shown, of places over others."""
    for code, content in contents.items():
        if not content["hidden"]:
            cells = [key for key in counts if key.region == code and key.goods]
            classes = sorted({(key.goods, key.nature) for key in cells})
            for each in classes:
                yield [counts[Key(code, group, *each)] for group in (*GROUPS, TOTAL)]
            for group in (*GROUPS, TOTAL):
                yield [counts[Key(code, group, *each)] for each in classes]
    for above, below in ((NATION, ("520000000000", "320000000000")), (CITY, (XIUWEN, KAIYANG))):
        if any(contents[code]["hidden"] for code in (above, *below)):
            continue
        for key in counts:
            if key.region == above:
                yield [counts[key], *(counts.get(Key(code, *key[1:]), 0) for code in below)]
