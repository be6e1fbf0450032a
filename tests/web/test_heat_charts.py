"""Sheets of shaded numbers: shades, sums, what is not known."""

import pytest

from aftersales.web.charts import Line, Point
from aftersales.web.heat_charts import SHADES, heat_chart, shade_of

LINES = [
    Line("Fruit", [Point("01", 0), Point("02", 10), Point("03", None)]),
    Line("<b>Tea</b>", [Point("01", 1), Point("02", 5), Point("03", 4)]),
]


@pytest.mark.parametrize(
    ("value", "shade"), [(None, 0), (0, 0), (1, 1), (19, 1), (20, 2), (79, 4), (80, 5), (99, 5), (100, 5)]
)
def test_shades_go_up_in_fifths_of_the_largest(value, shade):
    assert shade_of(value, 100) == shade


def test_the_numbers_travel_with_the_drawing():
    chart = heat_chart("Season", LINES, total="sum")

    assert chart.headings == ["", "01", "02", "03", "sum"]
    assert chart.rows == [["Fruit", "0", "10", "—", "10"], ["<b>Tea</b>", "1", "5", "4", "10"]]


def test_cells_are_shaded_and_texts_escaped():
    drawn = heat_chart("Season", LINES).svg

    assert drawn.count(f'fill="{SHADES[5]}"') == 1
    assert drawn.count(f'fill="{SHADES[0]}"') == 1
    assert "<b>Tea" not in drawn and "&lt;b&gt;Tea" in drawn
    assert "style=" not in drawn


def test_nothing_to_draw():
    assert heat_chart("Season", []).rows == []
