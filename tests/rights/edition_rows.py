"""A frozen report of a county in the small world of tests/rights/world.py."""

from __future__ import annotations

from aftersales.lib.canonical import canonical, sha256
from aftersales.reports.models import Edition
from stations.models import Region
from tests.factories import NOW
from tests.reports.sample_content import sample_content


def frozen_report(county: str) -> Edition:
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
        period="2026-Q3",
        number=1,
        content=text,
        sha256=sha256(text),
        frozen_at=NOW,
    )
