"""What must hold for learning at every moment.

Each function yields one sentence per violation, for operators, and wants a scope that reaches everything.
"""

from collections.abc import Iterator

from django.db.models import Count, F, Max, Q, Sum

from stations.models import Agent
from training.models import (
    Attendee,
    Certificate,
    Enrolment,
    HourEntry,
    LessonProgress,
    Sitting,
    SittingAnswer,
)
from training.rules.classes import ClassState
from training.rules.exams import SittingState, score


def violations() -> Iterator[str]:
    """Every violation of every check, in a fixed order; nothing on healthy data."""
    for check in (certified, certificates, sittings, lessons, ledger, classes):
        yield from check()


def certified() -> Iterator[str]:
    """Who holds or held a certificate is certified until the end of the last one that is not revoked."""
    ends = dict(
        Certificate.objects.order_by()
        .values("user")
        .annotate(end=Max("valid_until", filter=Q(revoked_at__isnull=True)))
        .values_list("user", "end")
    )
    rows = Agent.objects.filter(user__in=ends).order_by("pk")
    for pk, user, until in rows.values_list("pk", "user", "certified_until"):
        if until != ends[user]:
            yield f"agent {pk}: certified until {until}, the certificates say {ends[user]}"


def certificates() -> Iterator[str]:
    """A certificate rests on a theory and a practical exam of its holder, both passed before that day."""
    sound = Q(
        sitting__user=F("user"),
        practical__user=F("user"),
        sitting__has_passed=True,
        practical__has_passed=True,
        practical__held_on__lte=F("issued_on"),
    )
    for pk in Certificate.objects.exclude(sound).order_by("pk").values_list("pk", flat=True):
        yield f"certificate {pk}: does not rest on two passed exams of its holder"


def sittings() -> Iterator[str]:
    """The score of an ended exam is what its right answers make."""
    right = dict(
        SittingAnswer.objects.filter(is_right=True)
        .order_by()
        .values("sitting")
        .annotate(right=Count("pk"))
        .values_list("sitting", "right")
    )
    ended = Sitting.objects.exclude(state=SittingState.OPEN).order_by("pk")
    for pk, paper, permille in ended.values_list("pk", "paper", "score_permille").iterator():
        due = score(right.get(pk, 0), len(paper))
        if permille != due:
            yield f"sitting {pk}: scored {permille}, its answers say {due}"


def lessons() -> Iterator[str]:
    """Every lesson that was read has its minutes in the ledger, and a finished course has something read."""
    counted = set(HourEntry.objects.filter(kind="lesson").values_list("business_key", flat=True))
    read = LessonProgress.objects.filter(finished_at__isnull=False).order_by("pk")
    for pk, lesson, user in read.values_list("pk", "lesson_id", "enrolment__user_id"):
        if f"lesson:{lesson}:{user}" not in counted:
            yield f"progress {pk}: read, and its minutes are not in the ledger"
    finished = Enrolment.objects.filter(finished_at__isnull=False)
    for pk in (
        finished.exclude(progress__finished_at__isnull=False).order_by("pk").values_list("pk", flat=True)
    ):
        yield f"enrolment {pk}: finished, and nothing was read"


def ledger() -> Iterator[str]:
    """Corrections take no more than was recorded: nobody has less than nothing on a day."""
    days = HourEntry.objects.order_by().values("user", "day").annotate(sum=Sum("minutes"))
    for row in days.filter(sum__lt=0).order_by("user", "day"):
        yield f"hours of account {row['user']} on {row['day']}: {row['sum']} minutes"


def classes() -> Iterator[str]:
    """A class that was held has no more names on its list than people who came."""
    listed = (
        Attendee.objects.filter(village_class__state=ClassState.HELD)
        .order_by()
        .values("village_class", "village_class__attended")
        .annotate(names=Count("pk"))
    )
    for row in listed.filter(names__gt=F("village_class__attended")).order_by("village_class"):
        yield f"class {row['village_class']}: {row['names']} names, {row['village_class__attended']} people"
