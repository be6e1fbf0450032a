"""Drawings of time: as long as what they stand for, told by pattern and shape, folded when long."""

import xml.etree.ElementTree as ElementTree
from datetime import date, datetime, timedelta

import pytest

from aftersales.web import day_charts
from aftersales.web.day_charts import DayCell, DayRow, Mark, Span, hour_chart, week_chart

FRIDAY = date(2026, 11, 20)
NAMES = {
    "counted": "计入",
    "open": "营业",
    "paused": "暂停",
    "off": "休息",
    "start": "起",
    "warn": "预警",
    "due": "到期",
}
HOSTILE = "<script>\"'&</script>"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute)


def drawn(rows, spans, marks=()):
    svg = hour_chart("时间", rows, spans, marks=marks, names=NAMES, description="文字")
    return ElementTree.fromstring(str(svg)), str(svg)


def texts(picture):
    return [each.text for each in picture.iter("text")]


def bars(picture, fill):
    return [
        float(each.get("width"))
        for each in picture.iter("rect")
        if each.get("fill") == fill and each.get("height") == "13"
    ]


def test_bars_are_as_long_as_their_hours_and_end_at_midnight():
    rows = [DayRow(FRIDAY, "五"), DayRow(FRIDAY + timedelta(days=1), "六")]

    picture, _svg = drawn(rows, [Span(at(20, 12), at(21, 6), "counted")])

    first, second, sample = bars(picture, day_charts.COUNTED)
    assert first == pytest.approx(2 * second, abs=0.2)
    assert sample == 18
    assert texts(picture)[:5] == ["0", "6", "12", "18", "24"]


def test_only_hours_worth_seeing_are_drawn():
    picture, _svg = drawn([DayRow(FRIDAY, "五")], [Span(at(20, 8, 30), at(20, 18), "open")])

    assert texts(picture)[:6] == ["8", "10", "12", "14", "16", "18"]


def test_the_legend_names_what_is_drawn_and_nothing_else():
    rows = [DayRow(FRIDAY, "五"), DayRow(FRIDAY + timedelta(days=1), "六", is_off=True)]
    spans = [Span(at(20, 9), at(20, 10), "counted"), Span(at(20, 10), at(20, 12), "paused")]

    picture, svg = drawn(rows, spans, [Mark(at(20, 9), "start"), Mark(at(20, 12), "due")])

    assert texts(picture)[-5:] == ["计入", "暂停", "休息", "起", "到期"]
    assert svg.count('fill="url(#paused)"') == 2
    assert svg.count('fill="url(#off)"') == 2
    assert " style=" not in svg


def test_long_drawings_leave_out_days_that_look_alike_but_none_with_a_mark():
    rows = [DayRow(FRIDAY + timedelta(days=number), f"日{number}") for number in range(60)]
    spans = [Span(at(20, 0), at(20, 0) + timedelta(days=60), "counted")]
    marks = [Mark(at(20, 0), "start"), Mark(at(20, 0) + timedelta(days=30), "warn")]

    picture, _svg = drawn(rows, spans, marks)

    shown = [text for text in texts(picture) if text.startswith(("日", "⋮"))]
    assert [text[0] for text in shown] == ["日", "日", "⋮", "日", "日", "日", "⋮", "日"]
    assert [text for text in shown if text.startswith("日")] == ["日0", "日1", "日29", "日30", "日31", "日59"]


def test_short_drawings_show_every_day():
    rows = [DayRow(FRIDAY + timedelta(days=number), f"日{number}") for number in range(14)]

    picture, _svg = drawn(rows, [Span(at(20, 0), at(20, 0) + timedelta(days=14), "counted")])

    assert [text for text in texts(picture) if text.startswith("日")] == [
        f"日{number}" for number in range(14)
    ]


def test_hostile_text_is_escaped():
    _picture, svg = drawn([DayRow(FRIDAY, HOSTILE, HOSTILE)], [Span(at(20, 9), at(20, 10), "counted")])

    assert HOSTILE not in svg


def test_weeks_put_each_day_under_its_weekday():
    cells = [DayCell(FRIDAY + timedelta(days=number), str(number), "counted") for number in range(12)]
    cells[0] = DayCell(FRIDAY, kind="out", shape="start")

    svg = week_chart("周", cells, weekdays="一二三四五六日", names=NAMES, description="")
    picture = ElementTree.fromstring(str(svg))

    boxes = [each for each in picture.iter("rect") if each.get("rx") == "5"]
    wide = 360 / 7
    assert [round((float(box.get("x")) - 1) / wide) for box in boxes] == [4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 0, 1]
    assert [float(box.get("y")) for box in boxes[2:4]] == [23, 65]
    days = [text for text in texts(picture) if "-" in text or text.isdigit()]
    assert days[:5] == ["11-20", "21", "1", "22", "2"]
    assert "12-1" in days
