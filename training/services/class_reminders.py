"""Reminders of village classes: no plan near the month's end, the day before, and when nobody recorded it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from aftersales.lib.months import month_of, start_of
from aftersales.notices.posting import Message, post
from stations.models import Station
from stations.queries.staff import Staff
from training.models import VillageClass
from training.queries.village_classes import owing, to_come
from training.rules.classes import RECORD_REMINDER, ClassState, is_time_to_remind

READ_AT_ONCE = 500


def remind(*, now: datetime) -> int:
    """Tell people what is to be done about classes; each is told once, however often it runs.

    On the last ten days of a month: whoever works at a village point that owes a class and has none held or
    planned. The day before a class: whoever holds it. Three days after one that nobody recorded: the same
    person. Wants a scope that reaches everything. Returns how many messages are new.
    """
    today = timezone.localdate(now)
    new = _without_plan(today, now) if is_time_to_remind(today) else 0
    return new + _tomorrow(today, now) + _unrecorded(now)


def _without_plan(today: date, now: datetime) -> int:
    month = month_of(today)
    arranged = VillageClass.objects.filter(month=month).exclude(state=ClassState.CANCELLED)
    without = owing(month).exclude(pk__in=arranged.values("station_id")).order_by("pk")
    new, after = 0, 0
    while points := list(without.filter(pk__gt=after)[:READ_AT_ONCE]):
        new += post(_to_plan(points, month, now), now=now)
        after = points[-1].pk
    return new


def _to_plan(points: list[Station], month: date, now: datetime) -> list[Message]:
    staff = Staff(now=now)
    staff.read(points)
    return [
        Message(
            "village_class.not_planned",
            person,
            f"class of {month:%Y-%m} at {point.pk}",
            {"station": point.name, "month": f"{month:%Y-%m}"},
            f"{reverse('training:class_new')}?station={point.pk}",
            point.county_code,
        )
        for point in points
        for person in staff.heads_of(point)
    ]


def _tomorrow(today: date, now: datetime) -> int:
    first = start_of(today + timedelta(days=1))
    due = to_come(VillageClass.objects.filter(starts_at__gte=first, starts_at__lt=first + timedelta(days=1)))
    return _tell("village_class.tomorrow", due.filter(reminded_at__isnull=True), now)


def _unrecorded(now: datetime) -> int:
    due = to_come(VillageClass.objects.filter(starts_at__lte=now - RECORD_REMINDER))
    # Who was reminded the day before was reminded of something else.
    return _tell(
        "village_class.unrecorded",
        due.filter(Q(reminded_at__isnull=True) | Q(reminded_at__lt=F("starts_at"))),
        now,
    )


def _tell(event: str, classes: Iterable[VillageClass], now: datetime) -> int:
    rows = list(classes.select_related("station"))
    new = post(
        [
            Message(
                event,
                row.teacher_id,
                f"{event} {row.pk} {row.starts_at.isoformat()}",
                {"title": row.title, "station": row.station.name, "starts_at": row.starts_at.isoformat()},
                reverse("training:class_detail", args=[row.pk]),
                row.county_code,
            )
            for row in rows
        ],
        now=now,
    )
    VillageClass.objects.filter(pk__in=[row.pk for row in rows]).update(reminded_at=now)
    return new
