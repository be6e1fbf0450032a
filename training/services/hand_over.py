"""What somebody who leaves hands over: classes they will hold, and people they look after."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.accounts.models import User
from aftersales.web import formats
from stations.services.hand_over import OpenItem
from training.models import Mentorship, VillageClass
from training.rules.classes import ClassState
from training.services import mentorships, village_classes


class ClassesPlanned:
    """What stations.services.hand_over asks about village classes: those that a person will hold."""

    label = gettext_lazy("planned classes")

    def count(self, *, person: User) -> int:
        """How many planned classes this account holds, as far as whoever looks can see them."""
        return _planned_by(person).count()

    def items(self, *, person: User, limit: int) -> Sequence[OpenItem]:
        """The classes, the next one first; their key is the number of the row."""
        rows = _planned_by(person).select_related("station").order_by("starts_at", "id")
        return [
            OpenItem(
                key=str(row.pk),
                title=row.title,
                detail=f"{row.station} · {formats.moment(row.starts_at)} · {row.place}",
                url=reverse("training:class_detail", args=[row.pk]),
                due_at=row.starts_at,
            )
            for row in rows[:limit]
        ]

    def assign(self, *, person: User, to: User, keys: Sequence[str] | None, by: User, now: datetime) -> int:
        """Let somebody else hold these classes, or all with None: all, or none. The new teacher is told.

        Raises what village_classes.change refuses: "unknown_teacher" for somebody who does not work there.
        """
        rows = list(_chosen(_planned_by(person), keys).select_related("station", "article"))
        with transaction.atomic():
            for row in rows:
                village_classes.change(
                    row,
                    version=row.version,
                    title=row.title,
                    starts_at=row.starts_at,
                    place=row.place,
                    teacher=to,
                    article=row.article,
                    minutes=row.minutes,
                    by=by,
                    now=now,
                )
        return len(rows)


class PeopleLookedAfter:
    """What stations.services.hand_over asks about mentors: the people they look after."""

    label = gettext_lazy("people looked after as a mentor")

    def count(self, *, person: User) -> int:
        """How many people this account looks after, as far as whoever looks can see them."""
        return _mentored_by(person).count()

    def items(self, *, person: User, limit: int) -> Sequence[OpenItem]:
        """The people, the longest looked after first; their key is the number of the row."""
        rows = _mentored_by(person).select_related("trainee", "station").order_by("from_on", "id")
        return [
            OpenItem(
                key=str(row.pk),
                title=str(row.trainee),
                detail=_("%(station)s · since %(day)s")
                % {"station": row.station, "day": formats.day(row.from_on)},
            )
            for row in rows[:limit]
        ]

    def assign(self, *, person: User, to: User, keys: Sequence[str] | None, by: User, now: datetime) -> int:
        """Let somebody else look after these people, or all with None: all, or none.

        What was stays as it was: one mentorship ends, another begins. Raises what mentorships.begin refuses.
        """
        rows = list(_chosen(_mentored_by(person), keys).select_related("trainee"))
        today = timezone.localdate(now)
        with transaction.atomic():
            for row in rows:
                last = max(row.from_on, today)
                mentorships.end(row, until_on=last, by=by, now=now)
                mentorships.begin(to, row.trainee, from_on=last, note=row.note, by=by, now=now)
        return len(rows)


def _planned_by(person: User) -> QuerySet[VillageClass]:
    return VillageClass.objects.filter(teacher=person, state=ClassState.PLANNED)


def _mentored_by(person: User) -> QuerySet[Mentorship]:
    return Mentorship.objects.filter(mentor=person, until_on__isnull=True)


def _chosen(rows: QuerySet, keys: Sequence[str] | None) -> QuerySet:
    if keys is not None:
        rows = rows.filter(pk__in=[int(key) for key in keys if key.isascii() and key.isdigit()])
    return rows.order_by("id")
