"""Charts, maps and QR codes: well-formed, escaped, without style, and true to their numbers."""

import xml.etree.ElementTree as ElementTree
from math import hypot

import pytest

from aftersales.web import charts, maps, svg
from aftersales.web.qr import qr_svg

HOSTILE = "<script>\"'&</script>"


def parsed(drawing):
    return ElementTree.fromstring(str(drawing))


def found(drawing, tag):
    return list(parsed(drawing).iter(tag))


def texts(drawing):
    return [each.text for each in found(drawing, "text")]


POINTS = [
    charts.Point("谷堡镇", 0.97, "97.0%"),
    charts.Point(HOSTILE, 0.485, "48.5%"),
    charts.Point("洒坪镇", None),
]


def test_bars_are_as_long_as_their_numbers_and_unknown_is_not_zero():
    chart = charts.bar_chart("满意率", POINTS)

    bars = [each for each in found(chart.svg, "rect") if each.get("fill") == charts.SERIES[0][0]]
    first, half, none = (float(bar.get("width")) for bar in bars)
    assert first == pytest.approx(2 * half, abs=0.1)
    assert none == 0
    assert texts(chart.svg)[-3:] == ["97.0%", "48.5%", "—"]


def test_the_table_beside_has_every_number_and_the_target():
    chart = charts.bar_chart("满意率", POINTS, target=charts.Point("目标", 0.92, "92.0%"))

    assert chart.rows == [["谷堡镇", "97.0%"], [HOSTILE, "48.5%"], ["洒坪镇", "—"], ["目标", "92.0%"]]


def test_a_line_has_a_gap_where_a_value_is_unknown():
    values = [1, 2, None, 4]
    line = charts.Line("登记", [charts.Point(str(i), value) for i, value in enumerate(values)])

    chart = charts.line_chart("每月", [line], target=charts.Point("目标", 3))

    (path,) = found(chart.svg, "path")
    assert path.get("d").count("M") == 2
    assert len(found(chart.svg, "circle")) == 3
    assert chart.rows == [["0", "1"], ["1", "2"], ["2", "—"], ["3", "4"]]


def test_lines_differ_in_more_than_colour():
    lines = [charts.Line(str(i), [charts.Point("a", 1), charts.Point("b", 2)]) for i in range(4)]

    paths = found(charts.line_chart("x", lines).svg, "path")

    assert len({path.get("stroke-dasharray") for path in paths}) == 4


@pytest.mark.parametrize(
    "points", [[], [charts.Point("a", None)], [charts.Point("a", 0)], [charts.Point("a", 5)]]
)
def test_charts_of_little_or_nothing_can_be_drawn(points):
    assert parsed(charts.bar_chart("x", points).svg).get("role") == "img"
    assert parsed(charts.line_chart("x", [charts.Line("l", points)]).svg).get("role") == "img"
    assert parsed(charts.line_chart("x", []).svg).get("role") == "img"


@pytest.mark.parametrize(
    ("value", "ceiling"),
    [(0, 1), (-3, 1), (1, 1), (1.01, 2), (2.2, 2.5), (4, 5), (51, 100), (0.3, 0.5), (1000, 1000)],
)
def test_axes_end_at_a_round_number(value, ceiling):
    assert svg.round_ceiling(value) == pytest.approx(ceiling)


def test_a_long_label_is_cut_to_its_room():
    assert svg.shortened("县域共配售后中心", 60) == "县域共…"
    assert svg.shortened("县域", 60) == "县域"


STYLES = {
    "county": maps.PointStyle("County", 10, "#b2460a"),
    "village": maps.PointStyle("Village", 4, "#1b5e43"),
}


def village(key, lon, lat, **more):
    return maps.MapPoint(key, lon, lat, more.pop("label", key), "village", **more)


def circles(drawing, fill):
    return [each for each in found(drawing, "circle") if each.get("fill") == fill]


def test_distances_on_the_map_are_in_proportion_whatever_the_direction():
    places = [
        maps.MapPoint("c", 106.6, 26.8, "c", "county"),
        village("e", 106.7, 26.8),
        village("n", 106.6, 26.9),
    ]
    view = maps.Projection.around(places, 720, 620)

    centre, east, north = (view.place(each.lon, each.lat) for each in places)
    to_east = hypot(east[0] - centre[0], east[1] - centre[1])
    to_north = hypot(north[0] - centre[0], north[1] - centre[1])
    assert to_north == pytest.approx(view.units(0.1 * 111.32))
    assert to_east / to_north == pytest.approx(0.8923, abs=0.001)
    assert east[0] > centre[0]
    assert north[1] < centre[1]


def test_everything_lies_inside_the_picture_and_the_picture_is_not_too_high():
    places = [village(str(i), 106 + i * 0.001, 26 + i * 0.5) for i in range(5)]

    drawing = maps.draw_map("x", places, STYLES, width=720, highest=620)

    width, height = (float(number) for number in parsed(drawing).get("viewBox").split()[2:])
    dots = [each for each in circles(drawing, "#1b5e43") if each.get("stroke") == svg.PAPER]
    assert len(dots) == 5
    assert all(0 < float(dot.get("cx")) < width and 0 < float(dot.get("cy")) < height for dot in dots)
    assert height <= 620 + maps.LEGEND_HEIGHT


def test_a_way_goes_from_point_to_point_with_arrows_and_leaves_out_what_is_not_there():
    places = [village(key, 106 + east, 26) for key, east in (("a", 0), ("b", 0.4), ("c", 0.8))]

    drawing = maps.draw_map("x", places, STYLES, route=["a", "nowhere", "b", "c", "a"])

    legs = [each.get("d") for each in found(drawing, "path") if each.get("stroke") == maps.WAY]
    spots = {
        each.find("title").text: f"{each.get('cx')} {each.get('cy')}"
        for each in found(drawing, "circle")
        if each.find("title") is not None
    }
    lines = [leg for leg in legs if leg.count("L") == 1]
    ends = [tuple(leg.removeprefix("M").split("L")) for leg in lines]
    assert len(legs) == 2 * len(lines) == 6
    assert [[f"{float(x):g} {float(y):g}" for x, y in map(str.split, pair)] for pair in ends] == [
        [f"{float(x):g} {float(y):g}" for x, y in (spots[a].split(), spots[b].split())]
        for a, b in ("ab", "bc", "ca")
    ]


def test_a_mark_is_written_into_a_dot_that_is_wide_enough():
    places = [
        village("a", 106, 26, mark="7"),
        village("b", 106.4, 26, mark="10·11·12"),
        village("c", 106, 26.4),
    ]

    drawing = maps.draw_map("x", places, STYLES)

    boxes = {
        each.find("title").text: each for each in found(drawing, "rect") if each.find("title") is not None
    }
    assert list(boxes) == ["10·11·12 · b", "7 · a"]
    assert float(boxes["10·11·12 · b"].get("width")) > svg.text_width("10·11·12", maps.MARK_SIZE)
    assert {"7", "10·11·12"} <= set(texts(drawing))


def test_a_legend_takes_as_many_rows_as_it_needs_and_stays_inside():
    styles = {str(i): maps.PointStyle("一二三四五六七八九十十一", 5, f"#00000{i}") for i in range(6)}
    places = [maps.MapPoint(str(i), 106 + i, 26, str(i), str(i)) for i in range(6)]

    drawing = maps.draw_map("x", places, styles, width=720, highest=620)

    _, _, width, height = (float(number) for number in parsed(drawing).get("viewBox").split())
    inner = float(found(drawing, "svg")[-1].get("height"))
    said = [each for each in found(drawing, "text") if each.text == "一二三四五六七八九十十一"]
    assert len({each.get("y") for each in said}) == 2
    assert all(float(each.get("y")) < height for each in said)
    assert all(float(each.get("x")) + svg.text_width(each.text) <= width for each in said)
    assert height == pytest.approx(inner + 2 * maps.LEGEND_HEIGHT, abs=0.5)


def test_a_place_is_tied_to_its_parent_only_when_the_parent_is_shown():
    places = [
        maps.MapPoint("c", 106.6, 26.8, "c", "county"),
        village("a", 106.7, 26.8, parent_key="c"),
        village("b", 106.6, 26.9, parent_key="elsewhere"),
    ]

    assert len(found(maps.draw_map("x", places, STYLES), "line")) == 1


def test_rings_show_the_service_radius_at_the_scale_of_the_map():
    places = [village("a", 106.6, 26.8, radius_km=3), village("b", 106.8, 26.9)]
    view = maps.Projection.around(places, 720, 620)

    drawing = maps.draw_map("x", places, STYLES)
    without = maps.draw_map("x", places, STYLES, with_rings=False)

    (ring,) = [each for each in found(drawing, "circle") if each.get("fill-opacity")]
    assert float(ring.get("r")) == pytest.approx(view.units(3), abs=0.1)
    assert not [each for each in found(without, "circle") if each.get("fill-opacity")]


def test_labels_do_not_cover_one_another_and_more_important_ones_come_first():
    crowd = [village(f"村{i}", 106.6 + i * 0.00001, 26.8) for i in range(40)]
    places = [*crowd, maps.MapPoint("c", 106.6001, 26.8, "修文县中心", "county"), village("远", 106.9, 26.9)]

    shown = texts(maps.draw_map("x", places, STYLES))

    assert "修文县中心" in shown
    assert "远" in shown
    assert len([each for each in shown if each.startswith("村")]) < 40


def test_places_link_and_tell_their_note_and_nothing_in_them_is_markup():
    places = [
        village("a", 106.6, 26.8, label=HOSTILE, note=HOSTILE, url='/x/?a=1&b="'),
        village("b", 106.7, 26.8),
    ]

    drawing = maps.draw_map(HOSTILE, places, STYLES)

    (link,) = found(drawing, "a")
    assert link.get("href") == '/x/?a=1&b="'
    assert HOSTILE in link.get("aria-label")
    assert not found(drawing, "script")


def test_a_map_of_nothing_is_nothing_and_of_one_place_can_be_drawn():
    assert maps.draw_map("x", [], STYLES) == ""
    assert len(circles(maps.draw_map("x", [village("a", 106.6, 26.8)], STYLES), "#1b5e43")) == 2


@pytest.mark.parametrize(
    "drawing",
    [
        charts.bar_chart(HOSTILE, POINTS, target=charts.Point(HOSTILE, 0.9)).svg,
        charts.line_chart(HOSTILE, [charts.Line(HOSTILE, POINTS)], target=charts.Point(HOSTILE, 0.9)).svg,
        maps.draw_map(HOSTILE, [village("a", 106.6, 26.8, label=HOSTILE)], STYLES),
        qr_svg("https://example.org/?a=1&b=2", label=HOSTILE),
    ],
)
def test_drawings_carry_no_style_and_no_script_and_have_a_name(drawing):
    root = parsed(drawing)

    assert (root.get("role"), root.get("aria-label")) == ("img", HOSTILE)
    assert not [each for each in root.iter() if each.get("style") or each.get("class") == "style"]
    assert not {each.tag for each in root.iter()} & {"script", "style", "foreignObject"}
