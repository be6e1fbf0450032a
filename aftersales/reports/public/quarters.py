"""The quarterly report for everybody: what was promised, what was reached, in plain words. No account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from aftersales.lib.periods import Period, PeriodError, PeriodKind
from aftersales.reports import published
from aftersales.reports.edition_words import Told, Words, count_words, known, period_words, value_words
from aftersales.reports.models import Edition, PublishedEdition
from aftersales.web.charts import Chart, Line, Point, bar_chart, line_chart
from aftersales.web.formats import permille
from aftersales.web.paging import keyset_page

FORMS = ("xlsx", "csv", "pdf", "json")
PAGE_SIZE = 60
AT_A_GLANCE = (
    "filed",
    "response_median",
    "resolution_mean",
    "resolution_rate",
    "satisfaction",
    "compensated_amount",
)
"""What stands on top, in this order; the table below has every figure."""
IN_TREND = ("satisfaction", "resolution_rate")
KINDS_DRAWN = 8


def quarter_or_404(name: str) -> Period:
    try:
        period = Period.named(name)
    except PeriodError:
        raise Http404 from None
    if period.kind != PeriodKind.QUARTER:
        raise Http404
    return period


class ReportsView(TemplateView):
    """The published reports of one quarter by region, the newest quarter first."""

    template_name = "reports/public/quarters.html"

    def get_context_data(self, **kwargs):
        quarters = published.quarters()
        asked = self.request.GET.get("quarter", "")
        shown = next((each for each in quarters if each.name == asked), quarters[0] if quarters else None)
        page = None
        if shown:
            page = keyset_page(
                published.regions_of(shown),
                cursor=self.request.GET.get("cursor", ""),
                order=("level", "region_code"),
                size=PAGE_SIZE,
            )
        return super().get_context_data(
            quarters=[(each.name, period_words(each)) for each in quarters],
            shown=shown,
            title=shown and period_words(shown),
            list_page=page,
            groups=_by_level(page.rows) if page else [],
            **kwargs,
        )


class QuarterView(TemplateView):
    """One region's quarter as it was published; ?edition=1 opens an earlier edition."""

    template_name = "reports/public/quarter.html"

    def get_context_data(self, region_code: str, period: str, **kwargs):
        quarter = quarter_or_404(period)
        editions = published.editions_of(region_code, quarter)
        asked = self.request.GET.get("edition", "")
        row = next(
            (each for each in editions if str(each.number) == asked), editions[0] if editions else None
        )
        if row is None:
            raise Http404
        content = published.content_of(row)
        words = Words(content)
        told = [words.told(each) for each in content["figures"]]
        return super().get_context_data(
            row=row,
            newest=editions[0],
            earlier=editions[1:],
            title=period_words(quarter),
            content=content,
            is_hidden=bool(content.get("hidden")),
            glance=at_a_glance(told),
            told=told,
            charts=charts_of(content, words, published.trend(region_code, quarter)),
            children=children_of(content, words, quarter),
            completeness=completeness_of(content),
            rules=rules_of(content),
            forms=FORMS,
            **kwargs,
        )


def _by_level(rows: Sequence[PublishedEdition]) -> list[tuple[str, list[PublishedEdition]]]:
    """Neighbouring rows of one level of region under the name of the level."""
    names = dict(Edition._meta.get_field("level").flatchoices)
    return [(str(names[level]), list(same)) for level, same in groupby(rows, key=attrgetter("level"))]


def at_a_glance(told: Sequence[Told]) -> list[Told]:
    """The figures on top, without those that an old edition does not have."""
    by_code = {each.code: each for each in told}
    return [by_code[code] for code in AT_A_GLANCE if code in by_code]


def charts_of(content: Mapping, words: Words, trend: Sequence[PublishedEdition]) -> list[Chart]:
    """What can be drawn: claims by kind of goods, and two shares over the published quarters."""
    drawn = []
    kinds = kinds_of_goods(content)
    if kinds:
        points = [
            Point(words("goods", code), number, str(number) if is_all else f"≥ {number}")
            for code, number, is_all in kinds[:KINDS_DRAWN]
        ]
        drawn.append(bar_chart(_("Claims by kind of goods"), points))
    quarters = [(each.period, shares_of(published.content_of(each))) for each in trend]
    if sum(any(shares.values()) for _name, shares in quarters) > 1:
        lines = [
            Line(words("figure", code), [_share_point(name, shares.get(code)) for name, shares in quarters])
            for code in IN_TREND
        ]
        drawn.append(line_chart(_("Quarter by quarter, in per cent"), lines))
    return drawn


def kinds_of_goods(content: Mapping) -> list[tuple[str, int, bool]]:
    """Claims by kind of goods, the most first, and whether these are all: hidden counts come on top.

    Where a total is hidden, the counts of the same row that are shown are still a part of it.
    """
    totals: Counter[str] = Counter()
    incomplete = set()
    for row in content["classes"]["rows"]:
        number = known(row["total"])
        if number is None:
            incomplete.add(row["goods"])
            number = sum(known(count) or 0 for count in row["counts"])
        totals[row["goods"]] += number
    found = [(code, number, code not in incomplete) for code, number in totals.items() if number]
    return sorted(found, key=lambda each: (-each[1], each[0]))


def shares_of(content: Mapping) -> dict[str, int | None]:
    return {each["code"]: known(each["number"]) for each in content["figures"] if each["code"] in IN_TREND}


def _share_point(period: str, share: int | None) -> Point:
    if share is None:
        return Point(period[2:], None)
    return Point(period[2:], share / 10, permille(share))


def children_of(content: Mapping, words: Words, quarter: Period) -> dict[str, Any] | None:
    """The regions below with their figures; a link where they have a report of their own."""
    children = content["children"]
    if not children["rows"]:
        return None
    units = {each["code"]: each["unit"] for each in content["figures"]}
    known_codes = published.published_among([row["code"] for row in children["rows"]], quarter)
    return {
        "headings": [words("figure", code) for code in children["columns"]],
        "rows": [
            {
                "code": row["code"],
                "name": row["name"],
                "has_report": row["code"] in known_codes,
                "cells": [
                    value_words(value["number"], units.get(code, "count"))
                    for code, value in zip(children["columns"], row["values"], strict=True)
                ],
            }
            for row in children["rows"]
        ],
    }


def completeness_of(content: Mapping) -> list[dict[str, str]]:
    """By county: which stations reported and on how many days nothing was filed."""
    columns = ("stations", "stations_reporting", "days", "days_without_filing", "follow_ups_open")
    return [
        {"name": row["name"], **{column: count_words(row[column]) for column in columns}}
        for row in content["completeness"]
    ]


def rules_of(content: Mapping) -> list[tuple[str, str, date]]:
    """Which versions of the rules counted: kind, version, since when."""
    rules = content["rules"]
    return [
        (kind, str(each["version"]), date.fromisoformat(each["valid_from"]))
        for kind in ("compensation_policies", "clock_policies")
        for each in rules[kind]
    ]
