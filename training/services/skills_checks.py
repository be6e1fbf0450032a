"""The quarterly check of skills is recorded: theory, practice and attitude. docs/rules/skills-checks.md."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.notices.posting import Message, post
from training.models import PracticalExam, Sitting, SkillsCheck
from training.queries.learners import learner_of
from training.rules.exams import PERMILLE, Purpose, SittingState
from training.rules.skills import is_recordable, last_day, name_of, passes, quarter_of

REMARK_SIGNS = 300


def record(
    user: User,
    *,
    quarter: date,
    sitting: Sitting | None,
    practical: PracticalExam | None,
    attitude_permille: int,
    by: User,
    now: datetime,
    remark: str = "",
) -> SkillsCheck:
    """Record somebody's check of one quarter, given by its first day; it never changes afterwards.

    Whether it is passed follows from the rule: theory and practice passed, attitude at 800 thousandths. What
    is None was missed, which the remark has to explain. Tells the person.

    Raises Refused: own_check, not_posted, quarter_closed, sitting_unfit, practical_unfit, attitude_range,
    remark_missing, too_long, recorded_already.
    """
    if user.pk == by.pk:
        raise Refused(_("Nobody checks their own skills. Ask a colleague."), code="own_check")
    agent = learner_of(user)
    _check_quarter(quarter, timezone.localdate(now))
    _check_theory(sitting, user, quarter)
    _check_practice(practical, user, quarter)
    if not 0 <= attitude_permille <= PERMILLE:
        raise Refused(_("Enter 0 to 100 points."), code="attitude_range", field="attitude")
    remark = _remark(remark)
    refuse_unexplained(sitting, practical, remark)
    check = SkillsCheck(
        user=user,
        station=agent.station,
        county_code=agent.county_code,
        quarter=quarter,
        sitting=sitting,
        practical=practical,
        attitude_permille=attitude_permille,
        has_passed=passes(
            theory=sitting.has_passed if sitting else None,
            practice=practical.has_passed if practical else None,
            attitude_permille=attitude_permille,
        ),
        remark=remark,
        by=by,
        at=now,
    )
    with transaction.atomic():
        try:
            with transaction.atomic():
                check.save(force_insert=True)
        except IntegrityError:
            raise Refused(
                _("The check of this person in this quarter is recorded already."), code="recorded_already"
            ) from None
        trail.record("skills_check.recorded", by=by, obj=check, after=_facts(check), at=now)
        post([_message(check)], now=now)
    return check


def refuse_unexplained(sitting: object | None, practical: object | None, remark: str) -> None:
    """Raises Refused("remark_missing") when a part was missed and nothing says why."""
    if not remark.strip() and (sitting is None or practical is None):
        raise Refused(_("Say why a part of the check is missing."), code="remark_missing", field="remark")


def _remark(text: str) -> str:
    remark = text.strip()
    if len(remark) > REMARK_SIGNS:
        raise Refused(
            _("Say it in at most %(most)s signs.") % {"most": REMARK_SIGNS}, code="too_long", field="remark"
        )
    return remark


def _facts(check: SkillsCheck) -> dict:
    return {
        "user": check.user_id,
        "quarter": name_of(check.quarter),
        "sitting": check.sitting_id,
        "practical": check.practical_id,
        "attitude_permille": check.attitude_permille,
        "has_passed": check.has_passed,
    }


def _check_quarter(quarter: date, today: date) -> None:
    if quarter != quarter_of(quarter) or not is_recordable(quarter, today):
        raise Refused(
            _("A quarter is recorded while it runs and in the 31 days after it."), code="quarter_closed"
        )


def _check_theory(sitting: Sitting | None, user: User, quarter: date) -> None:
    if sitting is None:
        return
    fits = (
        sitting.user_id == user.pk
        and sitting.exam.purpose == Purpose.SKILLS_CHECK
        and sitting.state != SittingState.OPEN
        and quarter <= timezone.localdate(sitting.ended_at) <= last_day(quarter)
    )
    if not fits:
        raise Refused(
            _("Choose an exam that this person has sat for the skills check in this quarter."),
            code="sitting_unfit",
            field="sitting",
        )


def _check_practice(practical: PracticalExam | None, user: User, quarter: date) -> None:
    if practical is None:
        return
    if practical.user_id != user.pk or not quarter <= practical.held_on <= last_day(quarter):
        raise Refused(
            _("Choose a practical exam that this person has taken in this quarter."),
            code="practical_unfit",
            field="practical",
        )


def _message(check: SkillsCheck) -> Message:
    return Message(
        event="skills_check.passed" if check.has_passed else "skills_check.failed",
        recipient_id=check.user_id,
        key=f"skills-check-{check.pk}",
        params={"quarter": name_of(check.quarter)},
        url=reverse("training:my_skills_checks"),
        county_code=check.county_code,
    )
