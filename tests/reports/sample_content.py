"""The content of a report as docs/rules/reports.md describes it: a city's quarter with everything in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256

from aftersales.reports.models import Edition

FROZEN_AT = datetime(2026, 10, 5, 2, 30, tzinfo=UTC)
FIGURES = (
    ("filed", "count", 1284, 1284, None, "登记工单", "统计期内登记的工单数。", "工单 %(count)s 件"),
    (
        "resolution_rate",
        "permille",
        934,
        1102,
        ("at_least", 900),
        "解决率",
        "已解决或已关闭 ÷ 已解决、已关闭或已拒绝。",
        "工单 %(count)s 件",
    ),
    (
        "response_median",
        "minutes",
        18,
        1260,
        ("at_most", 120),
        "首次响应时间中位数",
        "从登记到受理的分钟数，取中间值。",
        "已受理 %(count)s 件",
    ),
    (
        "resolution_mean",
        "minutes",
        3120,
        1029,
        ("at_most", 2880),
        "平均解决时间",
        "从登记到解决的分钟数的平均值。",
        "已解决 %(count)s 件",
    ),
    (
        "satisfaction",
        "permille",
        None,
        0,
        ("at_least", 920),
        "满意度",
        "4、5 星 ÷ 评分。",
        "已回答 %(count)s 件",
    ),
    (
        "compensated_amount",
        "fen",
        4_821_350,
        388,
        None,
        "已执行理赔金额",
        "退款、补发和优惠券的价值。",
        "理赔 %(count)s 件",
    ),
    ("reopened", "count", "small", 1284, None, "重新打开", "有第二轮处理的工单。", "工单 %(count)s 件"),
)
TOWNS = ("修文县", "开阳县", "息烽县", "清镇市")


def sample_content(*, number: int = 1, corrects: str | None = None, reason: str = "") -> dict:
    """A quarter of 贵阳市 with four counties."""
    values = [
        {
            "code": code,
            "unit": unit,
            "number": value,
            "behind": behind,
            "target": {"aim": target[0], "value": target[1]} if target else None,
        }
        for code, unit, value, behind, target, *_words in FIGURES
    ]
    words = {f"figure:{row[0]}": row[5] for row in FIGURES}
    words |= {f"formula:{row[0]}": row[6] for row in FIGURES}
    words |= {f"behind:{row[0]}": row[7] for row in FIGURES}
    words |= {"goods:fresh_fruit": "鲜果", "goods:appliance": "家用电器", "goods:seed": "种子种苗"}
    words |= {"nature:quality": "质量", "nature:logistics": "物流"}
    words |= {
        "group:open": "处理中",
        "group:resolved": "已解决",
        "group:rejected": "已拒绝",
        "group:withdrawn": "撤回或合并",
    }
    words |= {"department:market_regulation": "市场监管", "department:commerce": "商务"}
    words |= {"department:agriculture": "农业农村"}
    return {
        "schema": 1,
        "region": {"code": "520100000000", "name": "贵阳市", "level": 2},
        "period": {"kind": "quarter", "name": "2026-Q3", "first": "2026-07-01", "last": "2026-09-30"},
        "edition": {"number": number, "corrects": corrects, "reason": reason},
        "counted_at": "2026-10-05T02:10:00+00:00",
        "made_at": "2026-10-05T02:30:00+00:00",
        "hidden": None,
        "figures": values,
        "classes": {
            "groups": ["open", "resolved", "rejected", "withdrawn"],
            "rows": [
                {"goods": "fresh_fruit", "nature": "quality", "counts": [14, 801, 40, 21], "total": 876},
                {
                    "goods": "appliance",
                    "nature": "logistics",
                    "counts": ["withheld", 344, "small", 0],
                    "total": 402,
                },
                {"goods": "seed", "nature": "quality", "counts": ["small", "withheld", 0, 0], "total": 6},
            ],
            "totals": [None, 1149, "withheld", 21],
            "total": 1284,
        },
        "children": {
            "level": 3,
            "columns": ["filed", "resolution_rate", "response_median", "satisfaction", "compensated_amount"],
            "rows": [
                {
                    "code": f"5201{at}0000000",
                    "name": name,
                    "values": [
                        {"number": 600 - 150 * at if at < 3 else "small", "behind": 600 - 150 * at},
                        {"number": 950 - at, "behind": 500},
                        {"number": 15 + at, "behind": 590},
                        {"number": None, "behind": 0},
                        {"number": 1_000_050 * (at + 1), "behind": 120},
                    ],
                }
                for at, name in enumerate(TOWNS)
            ],
        },
        "completeness": [
            {
                "code": f"5201{at}0000000",
                "name": name,
                "stations": 10,
                "stations_reporting": 10 - at,
                "days": 92,
                "days_without_filing": at,
                "filed": 600 - 150 * at,
                "follow_ups_open": "small",
                "unclassified": 0,
            }
            for at, name in enumerate(TOWNS)
        ],
        "departments": {
            "market_regulation": values[:2],
            "commerce": values[2:4],
            "agriculture": values[5:],
        },
        "rules": {
            "figures": "f" * 64,
            "clock_policies": [
                {"county_code": "", "kind": "service", "version": 3, "valid_from": "2026-01-01"},
            ],
            "compensation_policies": [
                {"county_code": "520100000000", "kind": "share", "version": 2, "valid_from": "2026-03-01"},
            ],
        },
        "words": {"zh-hans": words, "en": words},
    }


def sample_edition(**edition) -> Edition:
    """The sample as an edition that is not stored."""
    content = json.dumps(sample_content(**edition), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Edition(
        pk=1,
        region_code="520100000000",
        region_name="贵阳市",
        level=2,
        kind="quarter",
        period="2026-Q3",
        number=edition.get("number", 1),
        content=content,
        sha256=sha256(content.encode()).hexdigest(),
        frozen_at=FROZEN_AT,
    )
