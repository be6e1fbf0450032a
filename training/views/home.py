"""Where learning begins: one's own courses, hours and certificate; for the desk, how the county stands."""

from __future__ import annotations

from django.utils import timezone

from stations.access.guards import narrow
from stations.access.places import PlacePage, own_station, permissions
from stations.models import Agent
from training.queries import enrolments as enrolments_of
from training.queries import hours, overviews, sittings
from training.views.learning import LEARN, told

OVERSEE = "training.view_training"


class Home(PlacePage):
    """The page that every way to learning leads to."""

    permission = (LEARN, OVERSEE)
    template_name = "training/home.html"

    def get(self, request):
        may, today = permissions(request.user), timezone.localdate()
        context = {"place": own_station(request.user), "today": today}
        if LEARN in may:
            context |= self._own(request.user, today)
        if OVERSEE in may:
            narrow(request.user, OVERSEE)
            context |= {"counts": overviews.counts(today), "lines": overviews.course_lines(today)}
        return self.page(**context)

    def _own(self, user, today) -> dict:
        agent = Agent.objects.select_related("station").filter(user=user, left_on__isnull=True).first()
        if agent is None:
            return {"agent": None}
        mine = told(enrolments_of.with_progress(enrolments_of.of_learner(user)), today)
        until = agent.certified_until
        return {
            "agent": agent,
            "is_asked": agent.needs_certificate,
            "mine": [each for each in mine if each.finished_at is None],
            "finished_count": sum(each.finished_at is not None for each in mine),
            "exams": sittings.offered(user, timezone.now()),
            "standing": hours.standing(user, today),
            "certified_until": until,
            "is_certified": until is not None and until >= today,
            "days_left": (until - today).days if until else None,
        }
