"""How much an application asks: by day, by hour, by token, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from aftersales.integration import queries
from aftersales.integration.queries import Usage
from aftersales.integration.services.usage import KEPT_DAYS
from aftersales.integration.views.clients import ClientPage
from aftersales.web.charts import WIDE, Chart, Line, Point, line_chart

DAYS = 30


class UsagePage(ClientPage):
    """The last 30 days, and the hours of one of them."""

    http_method_names = ["get", "head", "options"]

    def get(self, request, pk):
        client, now = self.client(pk), timezone.now()
        today = timezone.localdate(now)
        day = self._day(today)
        first = today - timedelta(days=DAYS - 1)
        by_day = queries.by_day(client, first=first, last=today)
        days = {f"{at:%m-%d}": its for at, its in by_day.items()}
        hours = {f"{at:02d}:00": its for at, its in queries.by_hour(client, day).items()}
        since = timezone.make_aware(datetime(first.year, first.month, first.day))
        context = {
            "client": client,
            "total": Usage(*(sum(getattr(each, name) for each in days.values()) for name in queries.COUNTS)),
            "tables": [
                (_chart(_("Requests of each day"), days), days),
                (_chart(_("Requests of each hour of %(day)s") % {"day": day.isoformat()}, hours), hours),
            ],
            "tokens": queries.by_token(client, since=since, until=now + timedelta(minutes=1)),
            "day": day,
            "earliest": today - timedelta(days=KEPT_DAYS),
            "today": today,
            "shown_days": DAYS,
        }
        return render(request, "integration/usage.html", context)

    def _day(self, today: date) -> date:
        """The day that was asked for, today unless it is one of those that are kept."""
        try:
            asked = parse_date(self.request.GET.get("day", ""))
        except ValueError:
            asked = None
        is_kept = asked is not None and today - timedelta(days=KEPT_DAYS) <= asked <= today
        return asked if is_kept else today


def _chart(title: str, told: Mapping[str, Usage]) -> Chart:
    lines = [
        Line(_("all requests"), [Point(label, its.requests) for label, its in told.items()]),
        Line(
            _("without success"), [Point(label, its.requests - its.answered) for label, its in told.items()]
        ),
    ]
    return line_chart(title, lines, width=WIDE)
