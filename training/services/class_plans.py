"""What may stand in the plan of a village class, and in its record. docs/rules/village-classes.md."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.lib.errors import Refused
from aftersales.lib.months import month_of
from stations.models import Station
from training.models import Article, Attendee, VillageClass
from training.queries.village_classes import current_version, teachers_for
from training.rules.classes import (
    BACKDATED,
    LONGEST_MINUTES,
    MOST_PEOPLE,
    PLANNED_AHEAD,
    SHORTEST_MINUTES,
)
from training.services.class_texts import given

TITLE_SIGNS, PLACE_SIGNS = 80, 80


def checked_plan(
    station: Station,
    *,
    title: str,
    starts_at: datetime,
    place: str,
    teacher: User,
    article: Article | None,
    minutes: int,
    now: datetime,
    known: VillageClass | None = None,
) -> dict:
    """The values of a plan as they are kept.

    What was planned before (`known`) may stay: a time however old it is, a teacher of the township whom the
    village does not choose. Raises Refused: "too_far_back", "too_far_ahead", "minutes_out_of_range",
    "unknown_teacher", "unknown_article", "text_missing", "too_long", "phone_in_text".
    """
    if known is None or starts_at != known.starts_at:
        _check_time(starts_at, now)
    if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
        raise Refused(
            _("A class takes from %(least)s to %(most)s minutes.")
            % {"least": SHORTEST_MINUTES, "most": LONGEST_MINUTES},
            code="minutes_out_of_range",
            field="minutes",
        )
    if (known is None or teacher.pk != known.teacher_id) and teacher.pk not in {
        each.pk for each in teachers_for(station, now=now)
    }:
        raise Refused(
            _("Choose somebody who works at the station, in its township or for the county."),
            code="unknown_teacher",
            field="teacher",
        )
    if article is not None and (article.retired_at or current_version(article) is None):
        raise Refused(
            _("This article is not in the handbook any more."), code="unknown_article", field="article"
        )
    return {
        "title": given(title, "title", limit=TITLE_SIGNS),
        "starts_at": starts_at,
        "month": month_of(timezone.localdate(starts_at)),
        "place": given(place, "place", limit=PLACE_SIGNS),
        "teacher": teacher,
        "article": article,
        "minutes": minutes,
    }


def checked_count(row: VillageClass, attended: int | None) -> int:
    """How many people came; None counts the names on the list.

    Raises Refused: "nobody_came", "too_many_people", "fewer_than_names".
    """
    if attended is None:
        attended = Attendee.objects.filter(village_class=row).count()
    if attended < 1:
        raise Refused(
            _("Say how many people came. If nobody did, cancel the class and say why."),
            code="nobody_came",
            field="attended",
        )
    if attended > MOST_PEOPLE:
        raise Refused(
            _("A class has at most %(most)s people.") % {"most": MOST_PEOPLE},
            code="too_many_people",
            field="attended",
        )
    check_names(row, attended)
    return attended


def check_names(row: VillageClass, attended: int) -> None:
    """Refuse fewer people than names. Asked once more behind the change, when whoever adds names waits."""
    names = Attendee.objects.filter(village_class=row).count()
    if attended < names:
        raise Refused(
            _("The list has %(names)s names already; more people came than that or as many.")
            % {"names": names},
            code="fewer_than_names",
            field="attended",
        )


def _check_time(starts_at: datetime, now: datetime) -> None:
    if starts_at < now - BACKDATED:
        raise Refused(
            _("A class is entered at most %(days)s days afterwards.") % {"days": BACKDATED.days},
            code="too_far_back",
            field="starts_at",
        )
    if starts_at > now + PLANNED_AHEAD:
        raise Refused(
            _("A class is planned at most half a year ahead."), code="too_far_ahead", field="starts_at"
        )
