"""Frozen reports of a county in the small world of tests/rights/world.py, and what is shown to everybody."""

from __future__ import annotations

from aftersales.audit.models import DailyHead
from aftersales.lib.canonical import canonical, sha256
from aftersales.reports.models import Edition, Publication
from stations.models import Region
from tests.factories import NOW
from tests.reports.sample_content import sample_content


def published(county: str) -> tuple[Publication, DailyHead]:
    """What everybody may read: a quarter of the county, and the head of a day over every county's chain."""
    edition = frozen_report(county, period="2026-Q2")
    head, _made = DailyHead.objects.get_or_create(
        day=NOW.date(), defaults={"heads": [], "hash": "0" * 64, "made_at": NOW}
    )
    return Publication.objects.create(edition=edition, published_at=NOW), head


def frozen_report(county: str, period: str = "2026-Q3") -> Edition:
    """The county's quarter as it was frozen; nobody has published it."""
    name = Region.objects.get(code=county).name
    content = sample_content()
    content["region"] = {"code": county, "name": name, "level": 3}
    text = canonical(content)
    return Edition.objects.create(
        region_code=county,
        region_name=name,
        level=3,
        kind="quarter",
        period=period,
        number=1,
        content=text,
        sha256=sha256(text),
        frozen_at=NOW,
    )
