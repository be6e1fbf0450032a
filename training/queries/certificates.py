"""Reading certificates: who qualifies and why not, who holds one, and what a visitor is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.lib.months import start_of
from aftersales.web import formats
from stations.models import Agent
from training.models import Certificate, Enrolment, PracticalExam, Sitting
from training.queries.courses import required
from training.rules import certificates as rules
from training.rules.exams import Purpose


@dataclass(frozen=True)
class Qualification:
    """Whether somebody is to be given a certificate today, what is missing, and the results it rests on.

    `renews` is the certificate that runs out soon and would be renewed.
    """

    is_ready: bool
    missing: list[str] = field(default_factory=list)
    sitting: Sitting | None = None
    practical: PracticalExam | None = None
    renews: Certificate | None = None


def qualification(user: User, today: date) -> Qualification:
    """How somebody stands today; the results of a person count wherever they were posted."""
    agents = candidates(Agent._base_manager.filter(user=user), today)
    return qualifications(agents, today).get(
        user.pk, Qualification(False, [_("This account is posted at no station.")])
    )


def candidates(agents: QuerySet[Agent], today: date) -> QuerySet[Agent]:
    """Those of these people who are at work, each with what they have for a certificate.

    Adds `passed_sitting` and `passed_practical` (keys or None; passed, young enough, used for no other
    certificate), `courses_left` (required courses not finished), `running` and `running_until` (the
    certificate that ends last) and `is_qualified`.
    """
    of_person = {"user": OuterRef("user_id"), "has_passed": True, "certificate__isnull": True}
    sittings = Sitting._base_manager.filter(
        **of_person, exam__purpose=Purpose.CERTIFICATE, ended_at__gte=start_of(today - rules.RESULTS_COUNT)
    ).order_by("-ended_at", "-id")
    practicals = PracticalExam._base_manager.filter(
        **of_person, held_on__gte=today - rules.RESULTS_COUNT
    ).order_by("-held_on", "-id")
    asked = list(required().values_list("pk", flat=True))
    finished = Enrolment._base_manager.filter(
        user=OuterRef("user_id"), course__in=asked, finished_at__isnull=False
    )
    running = Certificate._base_manager.filter(user=OuterRef("user_id"), revoked_at__isnull=True)
    last = running.order_by("-valid_until", "-id")
    renewable = today + rules.RENEWAL_FROM
    return agents.filter(left_on__isnull=True, user__is_active=True).annotate(
        passed_sitting=Subquery(sittings.values("pk")[:1]),
        passed_practical=Subquery(practicals.values("pk")[:1]),
        courses_left=len(asked) - _number_of(finished),
        running=Subquery(last.values("pk")[:1]),
        running_until=Subquery(last.values("valid_until")[:1]),
        is_qualified=Q(
            Exists(sittings),
            Exists(practicals),
            Q(courses_left__lte=0),
            ~Exists(running.filter(valid_until__gt=renewable)),
        ),
    )


def qualifications(rows: Iterable[Agent], today: date) -> dict[int, Qualification]:
    """What each of these candidates lacks, in words, by account; takes the same few queries for all."""
    agents = list(rows)
    users = [agent.user_id for agent in agents]
    sittings = Sitting._base_manager.select_related("exam").in_bulk(_keys(agents, "passed_sitting"))
    practicals = PracticalExam._base_manager.select_related("sheet").in_bulk(
        _keys(agents, "passed_practical")
    )
    running = Certificate._base_manager.in_bulk(_keys(agents, "running"))
    left = _courses_left(users) if any(agent.courses_left > 0 for agent in agents) else {}
    return {
        agent.user_id: _judged(
            today,
            sitting=sittings.get(agent.passed_sitting),
            practical=practicals.get(agent.passed_practical),
            running=running.get(agent.running),
            courses=left.get(agent.user_id, []),
        )
        for agent in agents
    }


def _judged(today: date, *, sitting, practical, running, courses: list[str]) -> Qualification:
    missing = []
    if running is not None and rules.renewable_from(running.valid_until) > today:
        missing.append(
            _("Holds a certificate until %(until)s; it can be renewed from %(from)s.")
            % {
                "until": formats.day(running.valid_until),
                "from": formats.day(rules.renewable_from(running.valid_until)),
            }
        )
    if courses:
        missing.append(
            _("Required courses not finished, %(n)s: %(titles)s")
            % {"n": len(courses), "titles": " · ".join(courses)}
        )
    if sitting is None:
        missing.append(_("No passed theory exam of the last twelve months that is not used yet."))
    if practical is None:
        missing.append(_("No passed practical exam of the last twelve months that is not used yet."))
    return Qualification(
        is_ready=not missing, missing=missing, sitting=sitting, practical=practical, renews=running
    )


def _courses_left(users: list[int]) -> dict[int, list[str]]:
    """The titles of required courses that each of these people has not finished."""
    asked = list(required())
    done = set(
        Enrolment._base_manager.filter(
            user__in=users, course__in=asked, finished_at__isnull=False
        ).values_list("user_id", "course_id")
    )
    return {user: [course.title for course in asked if (user, course.pk) not in done] for user in users}


def _number_of(rows: QuerySet):
    counted = rows.order_by().values("user").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _keys(agents: list[Agent], name: str) -> list[int]:
    return [key for agent in agents if (key := getattr(agent, name)) is not None]


def held_by(user: User) -> list[Certificate]:
    """All certificates of one person, the newest first, wherever they were posted; for their own page."""
    return list(
        Certificate._base_manager.filter(user=user)
        .select_related("station", "sitting__exam", "practical__sheet")
        .order_by("-valid_until", "-id")
    )


def spans_that_stand(user_id: int) -> list[tuple[date, date]]:
    """The first and last days of somebody's certificates that are not revoked."""
    standing = Certificate._base_manager.filter(user_id=user_id, revoked_at__isnull=True)
    return list(standing.values_list("issued_on", "valid_until"))


def in_standing(rows: QuerySet[Certificate], wanted: str, today: date) -> QuerySet[Certificate]:
    """Certificates of one standing; "ending" are those that may be renewed and are not; "" is all."""
    if wanted == rules.Standing.REVOKED:
        return rows.filter(revoked_at__isnull=False)
    running = rows.filter(revoked_at__isnull=True)
    if wanted == rules.Standing.VALID:
        return running.filter(valid_until__gte=today)
    if wanted == rules.Standing.EXPIRED:
        return running.filter(valid_until__lt=today)
    if wanted == "ending":
        return without_later(running.filter(valid_until__range=(today, today + rules.RENEWAL_FROM)))
    return rows


def standing_of(certificate: Certificate, today: date) -> rules.Standing:
    """What the public page says about a certificate."""
    return rules.standing(certificate.valid_until, is_revoked=certificate.revoked_at is not None, today=today)


@dataclass(frozen=True)
class Answer:
    """What anybody is told about a number: its standing, its days, and the name if the holder agreed."""

    standing: rules.Standing
    number: str
    issued_on: date | None = None
    valid_until: date | None = None
    revoked_on: date | None = None
    name: str = ""


def answer_for(number: str, today: date) -> Answer:
    """Answer a visitor about a well-formed number; the same one query whether it exists or not."""
    found = (
        Certificate._base_manager.filter(number=number)
        .values("issued_on", "valid_until", "revoked_at", "shows_name", "holder_name")
        .first()
    )
    if found is None:
        return Answer(rules.Standing.UNKNOWN, number)
    revoked = found["revoked_at"]
    return Answer(
        rules.standing(found["valid_until"], is_revoked=revoked is not None, today=today),
        number,
        issued_on=found["issued_on"],
        valid_until=found["valid_until"],
        revoked_on=timezone.localdate(revoked) if revoked else None,
        name=found["holder_name"] if found["shows_name"] else "",
    )


def without_later(rows: QuerySet[Certificate]) -> QuerySet[Certificate]:
    """Those of these certificates whose holder has none that ends later."""
    later = Certificate._base_manager.filter(
        user=OuterRef("user_id"), revoked_at__isnull=True, valid_until__gt=OuterRef("valid_until")
    )
    return rows.exclude(Exists(later))
