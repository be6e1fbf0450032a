"""Freezing the reports of a period, and correcting what was frozen. docs/rules/reports.md."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aftersales.audit import trail
from aftersales.audit.models import AuditEvent
from aftersales.lib.canonical import canonical, sha256
from aftersales.lib.errors import Refused
from aftersales.lib.periods import SHANGHAI, Period, PeriodKind
from aftersales.reports.contents import Report, everything_about, published_counts
from aftersales.reports.hiding import Key, seen_through_months
from aftersales.reports.material import Material
from aftersales.reports.models import Edition
from aftersales.web.queueing import enqueue
from claims.queries.figures import cells
from claims.rules.statistics import Hidden
from stations.rules.regions import NATION, prefix

REASON_SIGNS = 300
LEAST_REASON = 5
DAYS_LEFT_OPEN = {PeriodKind.MONTH: 5, PeriodKind.QUARTER: 10}
"""How many days after a period it is frozen by itself."""
WAIT = ("not_counted", "nothing_to_freeze")
"""Refusals that pass by themselves."""


def freeze(period: Period, *, by, now: datetime, region_code: str | None = None) -> list[Edition]:
    """Freeze a month or a quarter that is over, for every region from the county up, or for those in one.

    What is frozen already stays as it is, so that freezing again gives the same editions. A quarter freezes
    its months first, so that none of them comes later and shows what the quarter hides. Returns the newest
    editions of the period by region, the country's first.

    Raises what `check_freezable` raises, and Refused("nothing_to_freeze").
    """
    check_freezable(period, now=now)
    if period.kind == PeriodKind.QUARTER:
        for month in period.months():
            freeze(month, by=by, now=now)
    inside = prefix(region_code) if region_code else ""
    known = newest(period)
    material = everything_about(period)
    report = Report(material, now=now, before=_kept_hidden(material))
    wanted = [code for code in report.material.places if code.startswith(inside)]
    missing = [code for code in wanted if code not in known]
    if not wanted:
        raise Refused(_("There is no station and no claim to report on."), code="nothing_to_freeze")
    editions = [
        _edition(report, code, number=1, corrects=None, reason="", by=by, now=now) for code in missing
    ]
    try:
        with transaction.atomic():
            _keep(editions, by=by, now=now)
    except IntegrityError:
        # Somebody froze the same period at the same moment: theirs stands.
        pass
    return sorted(
        (edition for code, edition in newest(period).items() if code.startswith(inside)),
        key=lambda edition: (edition.level, edition.region_code),
    )


def check_freezable(period: Period, *, now: datetime) -> None:
    """Raise Refused("period_kind"), Refused("not_over"), or Refused("not_counted") while the figures are not
    counted up to the end of the period."""
    if period.kind not in (PeriodKind.MONTH, PeriodKind.QUARTER):
        raise Refused(_("Only months and quarters are frozen."), code="period_kind")
    if not period.is_over(now.astimezone(SHANGHAI).date()):
        raise Refused(
            _("%(period)s is not over yet. It can be frozen from the day after its last.")
            % {"period": period.name},
            code="not_over",
        )
    counted_at = cells.counted_at()
    if counted_at is None or counted_at < period.ends_at:
        raise Refused(
            _("The figures are not counted up to the end of the period. Try again in some minutes."),
            code="not_counted",
        )


def ask(period: Period, *, by, now: datetime) -> None:
    """Have a period frozen in the background: hiding small counts everywhere takes longer than a page may.

    Raises what `check_freezable` raises.
    """
    check_freezable(period, now=now)
    with transaction.atomic():
        enqueue("aftersales.ops.tasks.freeze_period", period.name, by.pk)


def correct(edition: Edition, *, reason: str, by, now: datetime) -> Edition:
    """Freeze a region's period anew, as an edition that names the one it corrects, and why.

    The regions above are corrected with it, as far as what they say changes. What the corrected edition hid
    stays hidden. Returns the new edition of the region.

    Raises Refused("reason"), Refused("superseded") for an edition that is corrected already,
    Refused("nothing_changed").
    """
    reason = " ".join(reason.split())
    if not LEAST_REASON <= len(reason) <= REASON_SIGNS:
        raise Refused(
            _("Say in %(least)s to %(most)s signs why the report is corrected.")
            % {"least": LEAST_REASON, "most": REASON_SIGNS},
            code="reason",
        )
    period = Period.named(edition.period)
    known = newest(period)
    if known[edition.region_code].pk != edition.pk:
        raise Refused(_("There is a newer edition of this report. Correct that one."), code="superseded")
    material = everything_about(period)
    report = Report(material, now=now, before=_kept_hidden(material) | _hidden_in(known.values()))
    chain = [edition.region_code]
    while (place := report.material.places.get(chain[-1])) and place.parent:
        chain.append(place.parent)
    corrected = []
    for code in chain:
        old = known.get(code)
        if old is None or code not in report.material.places:
            continue
        if says(json.loads(old.content)) != says(json.loads(canonical(report.content(code)))):
            corrected.append(
                _edition(report, code, number=old.number + 1, corrects=old, reason=reason, by=by, now=now)
            )
    if not corrected or corrected[0].region_code != edition.region_code:
        raise Refused(
            _("Nothing would change: the figures are still those of the frozen report."),
            code="nothing_changed",
        )
    try:
        with transaction.atomic():
            _keep(corrected, by=by, now=now)
    except IntegrityError:
        raise Refused(
            _("There is a newer edition of this report. Correct that one."), code="superseded"
        ) from None
    return corrected[0]


def newest(period: Period, *, using: str = "default") -> dict[str, Edition]:
    """The newest edition of every region for a period, whoever asks."""
    with trail.system_scope("editions of a period", quiet=True):
        rows = Edition.objects.using(using).filter(period=period.name).order_by("number")
        return {edition.region_code: edition for edition in rows}


def is_frozen(period: Period) -> bool:
    """Whether the report of any region is frozen for a period, whoever asks."""
    with trail.system_scope("editions of a period", quiet=True):
        return Edition.objects.filter(period=period.name).exists()


def nation_hash(editions: Iterable[Edition]) -> str:
    """The fingerprint of the whole country's edition among these; "" without one."""
    return next((edition.sha256 for edition in editions if edition.region_code == NATION), "")


def says(content: dict[str, Any]) -> dict[str, Any]:
    """What a content says, apart from when it was made and in which edition."""
    return {
        name: value
        for name, value in content.items()
        if name not in ("edition", "counted_at", "made_at", "words")
    }


def _kept_hidden(material: Material) -> set[Key]:
    """What a quarter hides so that none of its frozen months is given away."""
    period = material.period
    if period.kind != PeriodKind.QUARTER:
        return set()
    shown: dict[str, dict[Key, int | Hidden]] = {}
    for month in period.months():
        shown[month.name] = {}
        for edition in newest(month).values():
            shown[month.name] |= published_counts(json.loads(edition.content))
    return seen_through_months(material, shown)


def _hidden_in(editions: Iterable[Edition]) -> set[Key]:
    hidden = set()
    for edition in editions:
        counts = published_counts(json.loads(edition.content))
        hidden |= {key for key, count in counts.items() if isinstance(count, Hidden)}
    return hidden


def _edition(
    report: Report, code: str, *, number: int, corrects: Edition | None, reason: str, by, now: datetime
) -> Edition:
    content = report.content(code)
    content["edition"] = {
        "number": number,
        "corrects": corrects and corrects.sha256,
        "reason": reason,
    }
    text = canonical(content)
    place, period = report.material.places[code], report.material.period
    return Edition(
        region_code=code,
        region_name=place.name,
        level=place.level,
        kind=period.kind.value,
        period=period.name,
        number=number,
        corrects=corrects,
        reason=reason,
        content=text,
        sha256=sha256(text),
        frozen_by=by,
        frozen_at=now,
    )


def _keep(editions: list[Edition], *, by, now: datetime) -> None:
    """Write editions and one event each, into the chain of the county where it is one."""
    Edition.objects.bulk_create(editions)
    AuditEvent.objects.bulk_create(
        [
            trail.prepare(
                "report.corrected" if edition.corrects_id else "report.frozen",
                by=by,
                obj=edition,
                county_code=edition.region_code,
                at=now,
                after=edition.trace,
                reason=edition.reason,
            )
            for edition in editions
        ]
    )


def freeze_due(*, by, now: datetime) -> list[Edition]:
    """Freeze the last month from the 5th of the next one on, and the last quarter from the 10th.

    Until then claims of the last days are answered and consumers asked. Whatever is older is frozen by hand.
    Returns the editions that were made.
    """
    today = now.astimezone(SHANGHAI).date()
    made = []
    for kind, days in DAYS_LEFT_OPEN.items():
        period = Period.of(today, kind).previous
        if (today - period.last).days < days or is_frozen(period):
            continue
        try:
            made += freeze(period, by=by, now=now)
        except Refused as refused:
            if refused.code not in WAIT:
                raise
    return made


def damaged() -> list[Edition]:
    """Editions whose content does not match its fingerprint, or whose chain of corrections is broken."""
    with trail.system_scope("check the fingerprints of reports", quiet=True):
        fingerprints = dict(Edition.objects.order_by().values_list("pk", "sha256"))
        return [
            edition
            for edition in Edition.objects.order_by("pk").iterator(chunk_size=50)
            if sha256(edition.content) != edition.sha256 or not _fits(edition, fingerprints)
        ]


def _fits(edition: Edition, fingerprints: dict[int, str]) -> bool:
    """Whether the content names the region, the period and the edition that the row does."""
    content = json.loads(edition.content)
    return (
        content["region"]["code"] == edition.region_code
        and content["period"]["name"] == edition.period
        and content["edition"]["number"] == edition.number
        and content["edition"]["corrects"] == fingerprints.get(edition.corrects_id)
    )
