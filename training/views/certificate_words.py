"""Certificates in words, in lists and as a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from aftersales.web import exports
from training.models import Certificate
from training.queries import certificates as reading
from training.queries.certificates import Qualification
from training.rules.certificates import Standing, grouped

STANDING_WORDS = {
    Standing.VALID: pgettext_lazy("certificate", "valid"),
    Standing.EXPIRED: pgettext_lazy("certificate", "expired"),
    Standing.REVOKED: pgettext_lazy("certificate", "revoked"),
    Standing.UNKNOWN: pgettext_lazy("certificate", "unknown"),
}
STANDING_TONES = {
    Standing.VALID: "good",
    Standing.EXPIRED: "warn",
    Standing.REVOKED: "bad",
    Standing.UNKNOWN: "neutral",
}


def with_words(rows: Iterable[Certificate], today: date) -> list[Certificate]:
    """The certificates, each with how it stands, in words and as a tone, and its number in groups."""
    found = list(rows)
    for row in found:
        row.standing = reading.standing_of(row, today)
        row.standing_words = STANDING_WORDS[row.standing]
        row.tone = STANDING_TONES[row.standing]
        row.shown_number = grouped(row.number)
        row.days_left = (row.valid_until - today).days
    return found


def certificates_export(
    rows: Iterable[Certificate], today: date, *, made_by: str, made_at: datetime
) -> exports.Export:
    """The list of certificates, one row each."""
    Column = exports.Column
    return exports.Export(
        title=_("Certificates"),
        columns=[
            Column(_("Certificate number"), width=20),
            Column(_("Holder"), width=14),
            Column(_("Station"), width=24),
            Column(_("Issued on"), "day", 14),
            Column(_("Valid until"), "day", 14),
            Column(_("State"), width=12),
            Column(_("Reason for revoking"), width=30),
        ],
        rows=(
            (
                grouped(row.number),
                row.holder_name,
                row.station.name,
                row.issued_on,
                row.valid_until,
                STANDING_WORDS[reading.standing_of(row, today)],
                row.revoked_reason,
            )
            for row in rows
        ),
        made_at=made_at,
        made_by=made_by,
    )


def candidates_export(
    agents: Iterable, results: Mapping[int, Qualification], *, made_by: str, made_at: datetime
) -> exports.Export:
    """Who qualifies and what the others lack, one row each."""
    Column = exports.Column
    return exports.Export(
        title=_("Who qualifies for the certificate"),
        columns=[
            Column(_("Name"), width=14),
            Column(_("Station"), width=24),
            Column(_("Qualifies"), width=10),
            Column(_("Certified until"), "day", 14),
            Column(_("Theory"), "percent", 10),
            Column(_("Practice"), "percent", 10),
            Column(_("What is missing"), width=60),
        ],
        rows=(
            (
                agent.user.full_name,
                agent.station.name,
                _("yes") if result.is_ready else _("no"),
                agent.running_until,
                share(result.sitting),
                share(result.practical),
                " ".join(result.missing),
            )
            for agent in agents
            for result in (results[agent.user_id],)
        ),
        made_at=made_at,
        made_by=made_by,
    )


def share(result) -> float | None:
    """The score of an exam as a share from 0 to 1; None without one."""
    return result.score_permille / 1000 if result is not None else None
