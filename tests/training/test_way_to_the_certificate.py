"""The whole way: enrolled, read, sat with a lost connection, examined, certified, expired, revoked."""

from datetime import timedelta

import pytest
from django.urls import reverse

from aftersales.lib.errors import Refused
from stations.models import Agent
from stations.queries import who_lacks_certificate
from tests.factories import NOW, acting_as, seeing_everything
from training.models import Course, Enrolment, Exam, PracticalSheet, Question
from training.queries.courses import readable
from training.rules.exams import read_paper
from training.services import certificates, enrolments, practicals, sittings

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
TODAY = NOW.date()


def read_everything(cast, user) -> None:
    """Enrolled by the trainer in what is required; every lesson opened and read by the learner."""
    with acting_as(cast.trainer):
        for course in Course.objects.filter(is_required=True, retired_at__isnull=True):
            enrolments.enrol(course, people=[user], due_on=None, by=cast.trainer, now=NOW - 9 * DAY)
    with acting_as(user):
        mine = {row.course_id: row for row in Enrolment.objects.filter(user=user)}
        lessons = [version.lesson for version in readable() if version.lesson.course_id in mine]
        for lesson in lessons:
            enrolment = mine[lesson.course_id]
            enrolments.open_lesson(enrolment, lesson, by=user, now=NOW - 8 * DAY)
            enrolments.finish_lesson(enrolment, lesson, by=user, now=NOW - 7 * DAY)


def sit_with_a_lost_connection(user) -> None:
    """The first answers are sent twice, one of them wrong and late: the later one counts."""
    with acting_as(user):
        began = NOW - 3 * DAY
        sitting = sittings.start(Exam.objects.get(code="E-CERT"), user=user, now=began)
        questions = Question.objects.in_bulk([each.question for each in read_paper(sitting.paper)])
        for place, asked in enumerate(read_paper(sitting.paper), 1):
            answer = questions[asked.question].answer
            given, arrives = place * 1000, began + place * MINUTE / 2
            sittings.save_answer(sitting, place=place, answer=answer, sent=given, by=user, now=arrives)
            if place == 5:
                with pytest.raises(Refused) as refused:
                    sittings.save_answer(
                        sitting, place=5, answer=[], sent=given - 1, by=user, now=arrives + MINUTE
                    )
                assert refused.value.code == "answer_older"
        ended = sittings.hand_in(sitting, by=user, now=began + 40 * MINUTE)
    assert (ended.score_permille, ended.has_passed) == (1000, True)


def be_examined(cast, user) -> None:
    sheet = PracticalSheet.objects.order_by("code").first()
    points = {item["code"]: item["points"] for item in sheet.items}
    with acting_as(cast.trainer):
        practicals.record(
            sheet, user=user, points=points, held_on=TODAY - DAY, by=cast.trainer, now=NOW - DAY
        )


@pytest.mark.django_db
def test_the_way_to_the_certificate_and_past_its_end(cast, client):
    user = cast.uncertified
    assert who_lacks_certificate([user.pk], TODAY) == {user.pk}

    with acting_as(user), pytest.raises(Refused) as too_early:
        sittings.start(Exam.objects.get(code="E-CERT"), user=user, now=NOW - 10 * DAY)
    assert too_early.value.code == "courses_unfinished"
    read_everything(cast, user)
    sit_with_a_lost_connection(user)
    with acting_as(cast.trainer), pytest.raises(Refused) as unproved:
        certificates.issue(user, by=cast.trainer, now=NOW - 2 * DAY)
    assert unproved.value.code == "not_qualified"
    be_examined(cast, user)
    with acting_as(cast.trainer):
        held = certificates.issue(user, by=cast.trainer, now=NOW)

    with seeing_everything():
        assert Agent.objects.get(user=user).certified_until == held.valid_until
    assert not who_lacks_certificate([user.pk], TODAY)
    assert not who_lacks_certificate([user.pk], held.valid_until)
    assert who_lacks_certificate([user.pk], held.valid_until + DAY) == {user.pk}
    page = client.get(reverse("training_public:verify_number", args=[held.number])).content.decode()
    assert held.valid_until.isoformat() in page
    assert user.full_name not in page
    with acting_as(user):
        certificates.set_consent(held, shows_name=True, by=user, now=NOW)
    assert (
        user.full_name
        in client.get(reverse("training_public:verify_number", args=[held.number])).content.decode()
    )
    with acting_as(cast.manager):
        certificates.revoke(held, reason="实操由他人代考", by=cast.manager, now=NOW + DAY)
    assert who_lacks_certificate([user.pk], TODAY + DAY) == {user.pk}
