"""Editions as they are frozen, written by hand, so that every number a page shows stands in the test."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from aftersales.lib.canonical import canonical, sha256
from aftersales.reports.models import Edition, Publication
from tests.factories import seeing_everything

NATION, XIUWEN = "000000000000", "520123000000"
FROZEN = datetime(2026, 10, 6, 2, tzinfo=UTC)
PUBLISHED = datetime(2026, 10, 12, 2, tzinfo=UTC)
WORDS = {
    "figure:filed": ("Claims filed", "登记工单"),
    "figure:satisfaction": ("Satisfaction", "满意度"),
    "figure:resolution_rate": ("Resolution rate", "办结率"),
    "figure:response_median": ("First response, median", "首次响应中位数"),
    "behind:filed": ("claims", "工单"),
    "behind:satisfaction": ("answers", "回答"),
    "goods:fresh_fruit": ("Fresh fruit", "鲜果"),
    "goods:appliance": ("Household appliances", "家电"),
    "nature:quality": ("Quality", "质量问题"),
    "group:open": ("Open", "处理中"),
    "group:resolved": ("Resolved", "已办结"),
}


def figure(code: str, number: Any, behind: Any, unit: str = "count", target=None) -> dict[str, Any]:
    return {"code": code, "number": number, "behind": behind, "unit": unit, "target": target}


def content_of(region: str, name: str, level: int, period: str, **changed) -> dict[str, Any]:
    """What a small edition says; `changed` replaces whole parts."""
    return {
        "schema": 1,
        "region": {"code": region, "name": name, "level": level},
        "period": {"kind": "quarter", "name": period, "first": "2026-07-01", "last": "2026-09-30"},
        "edition": {"number": 1, "corrects": None, "reason": ""},
        "counted_at": "2026-10-06T01:59:00+00:00",
        "made_at": "2026-10-06T02:00:00+00:00",
        "hidden": None,
        "figures": [
            figure("filed", 120, 120),
            figure("response_median", 95, 110, "minutes", {"aim": "at_most", "value": 120}),
            figure("resolution_rate", 937, 112, "permille"),
            figure("satisfaction", 905, 84, "permille", {"aim": "at_least", "value": 920}),
        ],
        "classes": {
            "groups": ["open", "resolved"],
            "rows": [
                {"goods": "fresh_fruit", "nature": "quality", "counts": [10, 90], "total": 100},
                {"goods": "appliance", "nature": "quality", "counts": ["small", "withheld"], "total": 20},
            ],
            "totals": [12, 108],
            "total": 120,
        },
        "children": {
            "level": 3,
            "columns": ["filed", "satisfaction"],
            "rows": [
                {
                    "code": XIUWEN,
                    "name": "修文县",
                    "values": [{"number": 80, "behind": 80}, {"number": None, "behind": 0}],
                },
                {
                    "code": "520121000000",
                    "name": "开阳县",
                    "values": [{"number": 40, "behind": 40}, {"number": "small", "behind": "small"}],
                },
            ],
        },
        "completeness": [
            {
                "code": XIUWEN,
                "name": "修文县",
                "stations": 12,
                "stations_reporting": 9,
                "days": 92,
                "days_without_filing": 3,
                "filed": 80,
                "follow_ups_open": "small",
                "unclassified": 0,
            }
        ],
        "departments": {"market_regulation": [], "commerce": [], "agriculture": []},
        "rules": {
            "figures": "f" * 64,
            "clock_policies": [
                {"county_code": "", "kind": "service", "version": 1, "valid_from": "2026-01-01"}
            ],
            "compensation_policies": [
                {"county_code": "", "kind": "share", "version": 2, "valid_from": "2026-05-01"}
            ],
        },
        "words": {
            "en": {key: english for key, (english, _chinese) in WORDS.items()},
            "zh-hans": {key: chinese for key, (_english, chinese) in WORDS.items()},
        },
        **changed,
    }


def make_edition(
    region: str = NATION,
    name: str = "全国",
    level: int = 0,
    period: str = "2026-Q3",
    *,
    corrects: Edition | None = None,
    **changed,
) -> Edition:
    number = corrects.number + 1 if corrects else 1
    text = canonical(content_of(region, name, level, period, **changed))
    with seeing_everything():
        row = Edition(
            region_code=region,
            region_name=name,
            level=level,
            kind="quarter" if "Q" in period else "month",
            period=period,
            number=number,
            corrects=corrects,
            reason="两个站点补报了工单" if corrects else "",
            content=text,
            sha256=sha256(text),
            frozen_at=FROZEN,
        )
        row.save(force_insert=True)
    return row


def make_published(*args, foreword: str = "", published_at: datetime = PUBLISHED, **kwargs) -> Edition:
    row = make_edition(*args, **kwargs)
    Publication(edition=row, foreword=foreword, published_at=published_at).save(force_insert=True)
    return row


def read(response) -> dict[str, Any]:
    return json.loads(response.content)
