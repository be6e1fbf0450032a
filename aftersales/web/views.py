"""The style guide: every component on one page, with sample data. Served in development only."""

import math
from datetime import datetime, time, timedelta

from django import forms
from django.contrib import messages
from django.shortcuts import render
from django.utils import timezone

from aftersales.web import charts, day_charts, maps, paging
from aftersales.web.ladder import LadderRung, ladder
from aftersales.web.qr import qr_svg
from aftersales.web.service_forms import (
    ChineseNameField,
    KeyedForm,
    LineField,
    NoteField,
    PhoneField,
    QuantityField,
    YuanField,
)
from aftersales.web.urgency import urgency

FRAMES = {"agent", "board", "public", "print"}
REMEDIES = [("refund", "退款"), ("reship", "补发"), ("coupon", "优惠券")]
TONES = {
    "已办结": "good",
    "处理中": "info",
    "等待": "wait",
    "即将超时": "warn",
    "已超时": "bad",
    "已撤销": "neutral",
}
TOWNSHIPS = ("谷堡镇", "六广镇", "龙场镇", "洒坪镇")
VILLAGES = (
    "龙泉",
    "平寨",
    "大木",
    "新场",
    "石厂",
    "折溪",
    "金堡",
    "营脚",
    "索桥",
    "红旗",
    "永兴",
    "长田",
    "三合",
    "云盘",
)


class SampleForm(KeyedForm):
    """One field of each kind."""

    name = ChineseNameField(label="村民姓名")
    phone = PhoneField(label="手机号码", help_text="用于回访和查询进度，只有经办人能看到全号。")
    bad = QuantityField(label="坏果数量")
    total = QuantityField(label="总数量")
    paid = YuanField(label="实付金额")
    goods = forms.ChoiceField(
        label="商品类别", choices=[("fruit", "鲜果"), ("seed", "种子"), ("fan", "家电")]
    )
    remedy = forms.ChoiceField(label="村民选择", widget=forms.RadioSelect, choices=REMEDIES)
    order = LineField(label="订单号", max_length=40, required=False)
    note = NoteField(label="情况说明", max_length=500, required=False, help_text="例如：打开箱子时有霉味。")
    photos = forms.FileField(
        label="坏果照片",
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*", "data-photos": ""}),
    )
    agreed = forms.BooleanField(label="村民已口头同意由代办员代为申请")


def styleguide(request):
    """Show the components in the frame that `?frame=` names; `?errors=1` shows the form refused."""
    now = timezone.now()
    frame = request.GET.get("frame")
    messages.success(request, "工单 XW-2611-0042 已登记，请提醒村民保留坏果。")
    messages.warning(request, "同一手机号还有一张未办结的工单。")
    context = {
        "frame_template": f"frames/{frame if frame in FRAMES else 'agent'}.html",
        "place": "修文县 · 谷堡镇 · 折溪村服务点",
        "form": SampleForm(
            {"name": "杨<b>", "phone": "123", "bad": "-1"} if "errors" in request.GET else None
        ),
        "tones": TONES.items(),
        "queue": [
            _waiting("猕猴桃 3 件坏果", "杨**", now + timedelta(minutes=35), "warn", "待受理"),
            _waiting("玉米种子不出苗", "李**", now - timedelta(hours=2), "bad", "处理中"),
            _waiting("电风扇不转", "王**", now + timedelta(days=2), "good", "已受理"),
        ],
        "steps": [
            {"label": "登记", "state": "done"},
            {"label": "受理", "state": "done"},
            {"label": "核定", "state": "now"},
            {"label": "赔付", "state": ""},
            {"label": "回访", "state": ""},
        ],
        "events": [
            _event("理赔已批准", "理赔专员 周**", now, "good", "金额 ¥15.00，由商家承担。"),
            _event("升级到乡镇", "系统", now - timedelta(hours=3), "warn"),
            _event("已登记", "代办员 罗**", now - timedelta(days=1)),
        ],
        "page": paging.Page(rows=[1], previous="a", next="b"),
        "count": paging.CappedCount(1000, is_capped=True),
        "now": now,
        "bars": _bars(),
        "lines": _lines(),
        "map": _map(),
        "hours": _hours(),
        "ladder": _ladder(),
        "urgencies": [
            urgency(now + timedelta(hours=left), now, is_paused=left == 9) for left in (-2, 1, 9, 50)
        ],
        "qr": qr_svg("https://example.org/track/", label="查询进度"),
    }
    return render(request, "web/styleguide.html", context)


def _waiting(title, who, due, tone, state):
    return {"title": title, "who": who, "due": due, "tone": tone, "state": state}


def _event(title, who, at, tone="", text=""):
    return {"title": title, "who": who, "at": at, "tone": tone, "text": text}


def _bars() -> charts.Chart:
    shares = dict(zip(TOWNSHIPS, (0.97, 0.934, 0.88, None), strict=True))
    points = [charts.Point(name, share, f"{share:.1%}" if share else "") for name, share in shares.items()]
    return charts.bar_chart("满意率", points, target=charts.Point("目标", 0.92, "92.0%"))


def _lines() -> charts.Chart:
    filed = [round(40 + 25 * math.sin(month / 2) + month * 2) for month in range(12)]
    handled = [None if month == 3 else max(number - 6, 0) for month, number in enumerate(filed)]
    lines = [
        charts.Line(name, [charts.Point(f"{month + 1} 月", number) for month, number in enumerate(numbers)])
        for name, numbers in (("登记", filed), ("办结", handled))
    ]
    return charts.line_chart("每月工单", lines, width=charts.WIDE, height=280)


def _hours():
    start, due = datetime(2026, 11, 20, 16, 40), datetime(2026, 11, 24, 9, 10)
    days = [start.date() + timedelta(days=number) for number in range(5)]
    rows = [day_charts.DayRow(day, f"{day:%m-%d}", is_off=day.weekday() > 4) for day in days]
    at = [datetime.combine(days[3], time(hour)) for hour in (8, 12, 14, 18)]
    spans = [
        day_charts.Span(start, start.replace(hour=18, minute=0), "counted"),
        day_charts.Span(at[0], at[1], "paused"),
        day_charts.Span(at[2], at[3], "open"),
        day_charts.Span(due.replace(hour=8, minute=0), due, "counted"),
    ]
    names = {
        "counted": "计入",
        "open": "营业但不计",
        "paused": "暂停",
        "off": "休息日",
        "start": "开始",
        "due": "到期",
    }
    marks = [day_charts.Mark(start, "start"), day_charts.Mark(due, "due")]
    return day_charts.hour_chart("时效", rows, spans, marks=marks, names=names, description="示例")


def _ladder():
    held = {"村级服务点": 14, "乡镇备用处理点": 4, "县域共配售后中心": 2, "平台": 0}
    rungs = [
        LadderRung(name, [("负责", count), ("已超时", count // 4)], is_alarmed=count > 3)
        for name, count in held.items()
    ]
    return ladder("各级现状", rungs)


def _map():
    styles = {
        "county": maps.PointStyle("县域共配售后中心", 10, "#b2460a", 15),
        "township": maps.PointStyle("乡镇备用处理点", 7, "#1c5478", 14),
        "village": maps.PointStyle("村级服务点", 4.5, "#1b5e43", 12),
    }
    places = [maps.MapPoint("c", 106.59, 26.84, "修文县中心", "county")]
    for quarter, township in enumerate(TOWNSHIPS):
        lon, lat = _around(106.59, 26.84, quarter * math.pi / 2 + 0.5, 0.14)
        places.append(maps.MapPoint(township, lon, lat, township, "township", "c", "#", "12 张工单"))
        for index, village in enumerate(VILLAGES[quarter::4]):
            spot = _around(lon, lat, quarter + index * 1.9, 0.045 + 0.012 * index)
            places.append(
                maps.MapPoint(
                    village, *spot, f"{village}村", "village", township, "#", "3 张工单", radius_km=3
                )
            )
    return maps.draw_map("服务网点", places, styles)


def _around(lon: float, lat: float, angle: float, far: float) -> tuple[float, float]:
    return lon + far * math.cos(angle), lat + far * math.sin(angle)
