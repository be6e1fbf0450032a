"""Showing a frozen report to everybody."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.reports.models import Edition, Publication
from aftersales.reports.models.editions import EditionKind

FOREWORD_SIGNS = 2000


def publish(edition: Edition, *, foreword: str, by, now: datetime) -> Publication:
    """Show a quarter's edition to everybody, with some words in front of it; it stays public.

    Raises Refused("not_a_quarter"), Refused("superseded") for an edition that is corrected already,
    Refused("published"), Refused("too_long").
    """
    foreword = foreword.strip()
    if edition.kind != EditionKind.QUARTER:
        raise Refused(_("Quarterly reports are published."), code="not_a_quarter")
    if len(foreword) > FOREWORD_SIGNS:
        raise Refused(
            _("The foreword has at most %(most)s signs.") % {"most": FOREWORD_SIGNS}, code="too_long"
        )
    if Edition.objects.filter(corrects=edition).exists():
        raise Refused(_("There is a newer edition of this report. Publish that one."), code="superseded")
    if Publication.objects.filter(edition=edition).exists():
        raise Refused(_("This report is published already."), code="published")
    try:
        with transaction.atomic():
            publication = Publication.objects.create(
                edition=edition, foreword=foreword, published_by=by, published_at=now
            )
            trail.record(
                "report.published",
                by=by,
                obj=publication,
                county_code=edition.region_code,
                at=now,
                after=edition.trace,
            )
    except IntegrityError:
        raise Refused(_("This report is published already."), code="published") from None
    return publication
