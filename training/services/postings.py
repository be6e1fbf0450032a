"""What learning does when somebody works elsewhere from now on, or leaves.

What is over stays where it was: hours, results and certificates count where they were made. What is under
way comes along, so that the person and the new county's trainer see it.
"""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.audit.trail import system_scope
from stations.models import Agent
from training.models import Certificate, Enrolment, LessonProgress, Mentorship, Sitting, SittingAnswer
from training.rules.exams import SittingState
from training.services import mentorships


class LearningFollows:
    """What stations.services.hand_over tells when somebody is posted elsewhere or leaves."""

    def posted(self, *, agent: Agent, by: User, now: datetime) -> None:
        """Courses under way and an exam in its middle come along; so does a mentor, within the county.

        Nothing about the exam changes: its time runs on, its answers stay.
        """
        here = {"station": agent.station, "county_code": agent.county_code}
        with system_scope("learning follows somebody", quiet=True):
            courses = _under_way(agent)
            LessonProgress.objects.filter(enrolment__in=courses).update(county_code=agent.county_code)
            courses.update(**here)
            sat = Sitting.objects.filter(user=agent.user_id, state=SittingState.OPEN)
            SittingAnswer.objects.filter(sitting__in=sat).update(county_code=agent.county_code)
            sat.update(**here)
            looked_after = _mentored(agent)
            looked_after.filter(county_code=agent.county_code).update(station=agent.station)
            _end(looked_after.exclude(county_code=agent.county_code), by=by, now=now)

    def left(self, *, agent: Agent, by: User, now: datetime) -> None:
        """Courses are given up, a mentor is no longer needed, the name goes from the public page.

        The certificate stays what it is: the person has learned it. But who has no account cannot take a
        consent back, so it ends with the account. An exam under way ends by its own time.
        """
        with system_scope("learning of somebody who leaves", quiet=True):
            courses = list(_under_way(agent))
            _under_way(agent).update(withdrawn_at=now)
            for course in courses:
                trail.record(
                    "enrolment.withdrawn",
                    by=by,
                    obj=course,
                    after={"user": agent.user_id},
                    reason=_("Has left"),
                    at=now,
                )
            _end(_mentored(agent), by=by, now=now)
            named = Certificate.objects.filter(user=agent.user_id, shows_name=True)
            certificates = list(named)
            named.update(shows_name=False, consented_at=None)
            for certificate in certificates:
                trail.record(
                    "certificate.consent_withdrawn", by=by, obj=certificate, reason=_("Has left"), at=now
                )


def _under_way(agent: Agent):
    return Enrolment.objects.filter(
        user=agent.user_id, finished_at__isnull=True, withdrawn_at__isnull=True
    ).order_by("id")


def _mentored(agent: Agent):
    return Mentorship.objects.filter(trainee=agent.user_id, until_on__isnull=True)


def _end(looked_after, *, by: User, now: datetime) -> None:
    for each in looked_after.order_by("id"):
        mentorships.end(each, until_on=max(each.from_on, timezone.localdate(now)), by=by, now=now)
