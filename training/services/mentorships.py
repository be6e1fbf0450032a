"""Who looks after whom in the first months (E-05). docs/rules/training-hours.md."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from training.models import Mentorship
from training.queries.learners import learner_of

NOTE_SIGNS = 300
AHEAD = timedelta(days=90)
BACK = timedelta(days=366)


def begin(
    mentor: User, trainee: User, *, from_on: date, note: str = "", by: User, now: datetime
) -> Mentorship:
    """Let somebody with a certificate look after somebody of the same county from a day on.

    One mentor at a time. Counted at the trainee's station.

    Raises Refused with mentor_is_another, not_posted, other_county, mentor_uncertified, from_unfit, too_long,
    has_mentor.
    """
    if mentor.pk == trainee.pk:
        raise Refused(
            _("Nobody is their own mentor. Choose two people."), code="mentor_is_another", field="mentor"
        )
    guide, learner = learner_of(mentor), learner_of(trainee)
    today = timezone.localdate(now)
    if guide.county_code != learner.county_code:
        raise Refused(_("Mentor and trainee work in one county."), code="other_county", field="mentor")
    if guide.certified_until is None or guide.certified_until < today:
        raise Refused(
            _("A mentor holds a certificate that is valid today."), code="mentor_uncertified", field="mentor"
        )
    if not today - BACK <= from_on <= today + AHEAD:
        raise Refused(
            _("Choose a day of the last twelve months or the next three."), code="from_unfit", field="from_on"
        )
    note = " ".join(note.split())
    if len(note) > NOTE_SIGNS:
        raise Refused(
            _("Use at most %(limit)s characters.") % {"limit": NOTE_SIGNS}, code="too_long", field="note"
        )
    try:
        with transaction.atomic():
            made = Mentorship.objects.create(
                mentor=mentor,
                trainee=trainee,
                station=learner.station,
                county_code=learner.county_code,
                from_on=from_on,
                note=note,
            )
            trail.record("mentorship.begun", by=by, obj=made, after=_facts(made), at=now)
            return made
    except IntegrityError as error:
        raise Refused(
            _("This person has a mentor already. End that first."), code="has_mentor", field="trainee"
        ) from error


def end(mentorship: Mentorship, *, until_on: date, by: User, now: datetime) -> Mentorship:
    """End a mentorship on a day, from its first one to today.

    Raises Refused with until_unfit, ended_already.
    """
    if not mentorship.from_on <= until_on <= max(mentorship.from_on, timezone.localdate(now)):
        raise Refused(_("Choose a day from the beginning up to today."), code="until_unfit", field="until_on")
    with transaction.atomic():
        running = Mentorship._base_manager.filter(pk=mentorship.pk, until_on__isnull=True)
        if not running.update(until_on=until_on):
            raise Refused(_("This mentorship has ended already."), code="ended_already")
        mentorship.refresh_from_db()
        trail.record("mentorship.ended", by=by, obj=mentorship, after=_facts(mentorship), at=now)
        return mentorship


def _facts(mentorship: Mentorship) -> dict:
    return {
        "mentor": mentorship.mentor_id,
        "trainee": mentorship.trainee_id,
        "from_on": mentorship.from_on.isoformat(),
        "until_on": mentorship.until_on.isoformat() if mentorship.until_on else "",
    }
