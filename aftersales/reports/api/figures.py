"""Figures of counties as they may leave the county, and what each of them means."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.http import Http404
from django.utils import timezone, translation
from rest_framework import serializers
from rest_framework.response import Response

from aftersales.accounts.api_scopes import ApiScope
from aftersales.lib.figures import Aim
from aftersales.lib.periods import Period, PeriodError, PeriodKind
from aftersales.reports import county_month, editions, live_export, live_hiding
from aftersales.reports.api.shown import SHOWN, shown_as
from aftersales.reports.connection import CONNECTION
from aftersales.reports.edition_words import Words
from aftersales.reports.values import PERMILLE, number_in, unit_in
from aftersales.web.api.fields import Output
from aftersales.web.api.reference import ReferenceView
from claims.queries.figures import FIGURES, Figures, cells
from stations import queries
from stations.models import Region

EARLIEST = date(2020, 1, 1)
KINDS = (PeriodKind.MONTH, PeriodKind.QUARTER)
UNITS = ("count", "minutes", "fen", PERMILLE)


class TargetOut(Output):
    aim = serializers.ChoiceField([aim.value for aim in Aim])
    value = serializers.IntegerField(help_text="In the unit of the figure.")


class FigureOut(Output):
    code = serializers.CharField()
    name = serializers.CharField()
    formula = serializers.CharField(help_text="How it is worked out, in words.")
    unit = serializers.ChoiceField(UNITS, help_text="Shares are in permille, money in fen, times in minutes.")
    target = TargetOut(allow_null=True)
    more_is_better = serializers.BooleanField(allow_null=True)


class FiguresOut(Output):
    data = FigureOut(many=True)


class FigureValueOut(Output):
    code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.ChoiceField(UNITS)
    value = serializers.IntegerField(allow_null=True, help_text="null unless `shown` is `known`.")
    shown = serializers.ChoiceField(SHOWN)
    behind = serializers.IntegerField(allow_null=True, help_text="How many claims it rests on, where shown.")


class FigureRegionOut(Output):
    code = serializers.CharField()
    name = serializers.CharField()


class FigurePeriodOut(Output):
    kind = serializers.ChoiceField([kind.value for kind in KINDS])
    name = serializers.CharField()
    first = serializers.DateField()
    last = serializers.DateField()


class RegionFiguresOut(Output):
    region = FigureRegionOut()
    period = FigurePeriodOut()
    is_frozen = serializers.BooleanField(help_text="Frozen figures never change; others are of now.")
    edition = serializers.IntegerField(allow_null=True, help_text="Number of the frozen report.")
    sha256 = serializers.CharField(help_text="Fingerprint of the frozen report; empty where there is none.")
    counted_at = serializers.DateTimeField(allow_null=True, help_text="Up to when claims were counted.")
    figures = FigureValueOut(many=True)


class FiguresView(ReferenceView):
    """What every figure means: name, formula, unit and target."""

    scopes = {"GET": ApiScope.FIGURES_READ}
    for_consumers = False
    serializer_class = FiguresOut

    def get(self, request):
        """List what figures mean"""
        rows = [
            {
                "code": figure.code,
                "name": figure.name,
                "formula": figure.formula,
                "unit": unit_in(figure.unit),
                "target": figure.target
                and {"aim": figure.target.aim.value, "value": number_in(figure.unit, figure.target.value)},
                "more_is_better": figure.more_is_better,
            }
            for figure in FIGURES.values()
        ]
        return Response(self.shown({"data": rows}))


class RegionFiguresView(ReferenceView):
    """A county's month (2026-11) or quarter (2026-Q3), or a frozen report of a city or province; small
    counts are hidden as in published reports. Only of regions that lie inside those of the application."""

    scopes = {"GET": ApiScope.FIGURES_READ}
    for_consumers = False
    serializer_class = RegionFiguresOut

    def get(self, request, code, period):
        """Show the figures of a region"""
        asked = period_or_404(period)
        place = Region.objects.filter(pk=code).first()
        if place is None or not queries.reaches(place.code):
            raise Http404
        edition = editions.newest(place.code, asked)
        if edition is not None:
            return self.one(_frozen(edition))
        return self.one(_counted(place, asked))


def period_or_404(name: str) -> Period:
    """The month or quarter of this name that has begun by now."""
    try:
        period = Period.named(name)
    except PeriodError:
        raise Http404 from None
    if period.kind not in KINDS or not EARLIEST <= period.first <= timezone.localdate():
        raise Http404
    return period


def _frozen(edition) -> dict[str, Any]:
    content = json.loads(edition.content)
    return {
        **_told(content),
        "is_frozen": True,
        "edition": edition.number,
        "sha256": edition.sha256,
        "counted_at": content.get("counted_at"),
    }


def _counted(place: Region, period: Period) -> dict[str, Any]:
    """What would be shown to a reader outside the county today. Raises Http404 where no county is counted."""
    if place.code not in {each.code for each in county_month.places_in_reach()}:
        raise Http404
    counties = county_month.overview(period)
    report = live_export.report_of(
        code=place.code,
        name=place.name,
        period=period,
        figures=counties.get(place.code) or Figures(),
        marks=live_hiding.hidden_counties(counties).get(place.code, live_hiding.Marks()),
        counted_at=cells.counted_at(using=CONNECTION),
        made_by="",
        made_at=timezone.now(),
        language=translation.get_language(),
    )
    told = {**_told(report.content), "is_frozen": False, "edition": None, "sha256": ""}
    return {**told, "counted_at": report.content["counted_at"]}


def _told(content: dict[str, Any]) -> dict[str, Any]:
    words = Words(content)
    return {
        "region": content["region"],
        "period": content["period"],
        "figures": [
            {
                "code": each["code"],
                "name": words("figure", each["code"]),
                "unit": each["unit"],
                **shown_as(each["number"]),
                "behind": shown_as(each["behind"])["value"],
            }
            for each in content["figures"]
        ],
    }
