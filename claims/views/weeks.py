"""My week: what somebody has to do from Monday to Sunday, on one page."""

from datetime import date, timedelta

from django.utils import timezone

from aftersales.web.formats import named_day
from aftersales.web.urgency import urgency
from claims.models import Visit
from claims.queries import custody
from claims.queries import weeks as reading
from claims.views.places import CasePage
from claims.views.tones import VISIT_TONES
from stations.access.places import own_station, permissions

FARTHEST = timedelta(days=366)
SHOWN_A_DAY = 6
"""So many calls and claims of one day are written out; the rest is a link to their list."""


class WeekPage(CasePage):
    """The week of whoever is signed in; `?day=` is any day of another week, at most a year away."""

    permission = "claims.use_station_pages"
    template_name = "claims/week.html"

    def get(self, request):
        now, station = timezone.now(), own_station(request.user)
        today = timezone.localdate(now)
        monday = reading.monday_of(day_asked(request.GET.get("day", ""), today))
        week = reading.week_of(request.user, monday, station=station, may=permissions(request.user), now=now)
        for each in week.days:
            each.name = named_day(each.day)
            for visit in each.visits:
                mark(visit)
            each.shown_calls, each.shown_claims = each.follow_ups[:SHOWN_A_DAY], each.claims[:SHOWN_A_DAY]
            each.more_calls = len(each.follow_ups) - len(each.shown_calls)
            each.more_claims = len(each.claims) - len(each.shown_claims)
            for call in each.shown_calls:
                call.urgency = urgency(call.due_at, now)
            for claim in each.shown_claims:
                claim.urgency = urgency(claim.next_due_at, now)
        for item in week.goods:
            item.days = custody.days_waiting(item, now)
            item.is_late = custody.waits_long(item, now)
        return self.page(
            week=week,
            earlier=monday - timedelta(days=reading.DAYS),
            later=monday + timedelta(days=reading.DAYS),
            is_this_week=reading.monday_of(today) == monday,
            place=station,
        )


def mark(visit: Visit) -> None:
    """Give a visit the tone of its state."""
    visit.tone = VISIT_TONES[visit.state]


def day_asked(text: str, today: date) -> date:
    """The day somebody asked for, today for anything that is none or too far away."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if abs(day - today) <= FARTHEST else today
