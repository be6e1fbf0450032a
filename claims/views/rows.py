"""Claims as rows of a list, written in Python: lists are the hottest pages.

A row is a dictionary of `COLUMNS`. Every text is escaped here, once; everything else in a row is made here.
"""

from collections.abc import Iterable
from datetime import datetime
from html import escape
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from aftersales.web.formats import day, moment
from aftersales.web.templatetags.web import badge, due_mark
from claims.models.choices import LevelChoices, NatureChoices, SeverityChoices, StatusChoices
from claims.rules.status import Status
from claims.views.tones import STATUS_TONES, urgency_of

COLUMNS = (
    "id",
    "number",
    "status",
    "filed_at",
    "next_due_at",
    "nature",
    "severity",
    "order_line_id",
    "order_line__product",
    "consumer__name_masked",
    "consumer__phone_masked",
    "station__name",
    "handler__full_name",
    "station_id",
    "holder_id",
    "holder__name",
    "level",
)
TEXTS = (
    "number",
    "order_line__product",
    "consumer__name_masked",
    "consumer__phone_masked",
    "station__name",
    "handler__full_name",
    "holder__name",
)
TABLE_ROW = (
    '<tr><th scope="row"><a href="{url}">{number}</a></th><td>{due}</td><td>{order_line__product}</td>'
    "<td>{consumer__name_masked}<br><small>{consumer__phone_masked}</small></td><td>{station__name}{held}</td>"
    '<td class="nowrap">{nature}<br><small>{severity}</small></td><td>{badge}</td>'
    '<td class="nowrap">{handled}</td><td class="nowrap">{filed}</td></tr>\n'
)
CARD = (
    '<li class="item tone-{tone}"><div><h3><a href="{url}">{order_line__product}</a></h3>'
    '<p class="muted">{consumer__name_masked} <span class="nowrap">{number}</span>{where}</p></div>'
    '<p class="row">{due_or_day}{badge}</p></li>\n'
)
NOBODY = "<b>{}</b>"


def values(claims: QuerySet) -> QuerySet:
    """The columns of a list, as dictionaries."""
    return claims.values(*COLUMNS)


def table_rows(rows: Iterable[dict[str, Any]], now: datetime) -> SafeString:
    """The body of a table for a screen."""
    return _written(TABLE_ROW, rows, now, shows_station=True)


def cards(rows: Iterable[dict[str, Any]], now: datetime, *, shows_station: bool = False) -> SafeString:
    """The items of a list for a phone."""
    return _written(CARD, rows, now, shows_station=shows_station)


def _written(shape: str, rows: Iterable[dict[str, Any]], now: datetime, *, shows_station: bool) -> SafeString:
    address = reverse("claims:claim_detail", args=["NUMBER"])
    badges: dict[str, str] = {}
    natures, severities = dict(NatureChoices.choices), dict(SeverityChoices.choices)
    parts = []
    for row in rows:
        cells = {name: escape(row[name] or "") for name in TEXTS}
        status = row["status"]
        if status not in badges:
            badges[status] = badge(StatusChoices(status).label, STATUS_TONES[Status(status)])
        urgency = urgency_of(status, row["next_due_at"], now)
        due = due_mark(urgency) if urgency else ""
        filed_on = f'<span class="muted">{day(row["filed_at"])}</span>'
        held = escape(_holder_words(row)) if urgency else ""
        handled = cells["handler__full_name"] or (NOBODY.format(escape(_("nobody yet"))) if urgency else "")
        where = f" · {cells['station__name']}" if shows_station else ""
        if held:
            where += f"<br>{held}"
        parts.append(
            shape.format_map(
                {
                    **cells,
                    "url": address.replace("NUMBER", cells["number"]),
                    "badge": badges[status],
                    "tone": urgency.tone if urgency else STATUS_TONES[Status(status)],
                    "nature": escape(str(natures[row["nature"]])),
                    "severity": escape(str(severities[row["severity"]])),
                    "filed": moment(row["filed_at"]),
                    "due": due,
                    "due_or_day": due or filed_on,
                    "where": where,
                    "held": f"<br><small>{held}</small>" if held else "",
                    "handled": handled,
                }
            )
        )
    return mark_safe("".join(parts))


def _holder_words(row: dict[str, Any]) -> str:
    """Who is responsible, where that is not the station at which the claim was filed."""
    if row["holder_id"] == row["station_id"]:
        return ""
    # No station holds a claim at the platform desk, or where a county has no centre.
    holder = row["holder__name"] or str(LevelChoices(row["level"]).label)
    if row["handler__full_name"]:
        return _("now with %(holder)s") % {"holder": holder}
    return _("waits to be taken over by %(holder)s") % {"holder": holder}
