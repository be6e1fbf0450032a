"""Which editions everybody may read, on the connection that cannot write."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db.models import F, Max, QuerySet, Window

from aftersales.lib.periods import Period
from aftersales.reports.connection import CONNECTION
from aftersales.reports.models import PublishedEdition, PublishedHead
from aftersales.reports.models.editions import EditionKind

QUARTERS_OF_A_TREND = 8


def quarters() -> list[Period]:
    """The quarters of which anything was published, newest first."""
    names = _editions().order_by("-period").values_list("period", flat=True).distinct()
    return [Period.named(name) for name in names]


def regions_of(period: Period) -> QuerySet:
    """The newest published edition of every region for a quarter, without what it says."""
    newest = (
        _editions()
        .filter(period=period.name)
        .annotate(newest=Window(Max("number"), partition_by=F("region_code")))
    )
    return newest.filter(number=F("newest")).defer("content")


def every_edition() -> QuerySet:
    """Every published edition of every quarter, without what it says."""
    return _editions().defer("content")


def editions_of(region_code: str, period: Period) -> list[PublishedEdition]:
    """Every published edition of a region and quarter, the newest first."""
    return list(_editions().filter(region_code=region_code, period=period.name).order_by("-number"))


def edition(region_code: str, period: Period, number: int) -> PublishedEdition | None:
    return _editions().filter(region_code=region_code, period=period.name, number=number).first()


def trend(region_code: str, period: Period) -> list[PublishedEdition]:
    """The newest editions of a region for the quarters up to one, oldest first."""
    names = [each.name for each in period.back(QUARTERS_OF_A_TREND)]
    rows = _editions().filter(region_code=region_code, period__in=names).order_by("period", "number")
    return list({row.period: row for row in rows}.values())


def published_among(codes: Iterable[str], period: Period) -> set[str]:
    """Those of some regions that have a published report for a quarter."""
    rows = _editions().filter(region_code__in=list(codes), period=period.name)
    return set(rows.values_list("region_code", flat=True))


def content_of(row: PublishedEdition) -> dict[str, Any]:
    """What an edition says; see docs/rules/reports.md."""
    return json.loads(row.content)


def heads() -> QuerySet:
    """The heads of the days, the newest first."""
    return PublishedHead.objects.using(CONNECTION).order_by("-day")


def _editions() -> QuerySet:
    return PublishedEdition.objects.using(CONNECTION).filter(kind=EditionKind.QUARTER)
