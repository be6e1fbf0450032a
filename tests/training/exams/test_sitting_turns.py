"""Sitting an exam again: how often, after how long, and after what."""

from datetime import datetime, timedelta

import pytest

from aftersales.lib.errors import Refused
from tests.factories import NOW, acting_as, seeing_everything
from tests.training.exams.cases import DAY, MINUTE, make_sheet, places, wrong_answer
from training.models import Certificate, PracticalExam, Sitting
from training.services import sittings

END, SECOND = NOW + 60 * MINUTE, timedelta(seconds=1)


def refused(call, *arguments, **named) -> Refused:
    with pytest.raises(Refused) as caught:
        call(*arguments, **named)
    return caught.value


def attempt(cast, exam, *, right: int, at: datetime) -> Sitting:
    with acting_as(cast.agent):
        sitting = sittings.start(exam, user=cast.agent, now=at)
        for place, _order, question in places(sitting):
            given = question.answer if place <= right else wrong_answer(question)
            sittings.save_answer(
                sitting, place=place, answer=given, sent=None, by=cast.agent, now=at + MINUTE
            )
        return sittings.hand_in(sitting, by=cast.agent, now=at + 2 * MINUTE)


def test_three_attempts_with_a_day_between_then_a_rest(cast, exam):
    with acting_as(cast.agent):
        for number in range(3):
            begun_at = NOW + number * DAY + number * 2 * MINUTE
            over = attempt(cast, exam, right=3, at=begun_at)
            last_moment = over.may_be_retaken_at - SECOND
            code = refused(sittings.start, exam, user=cast.agent, now=last_moment).code
            assert code == ("used_up" if number == 2 else "waiting")
        assert over.may_be_retaken_at == over.ended_at + 30 * DAY

        again = sittings.start(exam, user=cast.agent, now=over.may_be_retaken_at)

    assert again.attempt == 4


def test_who_has_passed_need_not_try_again(cast, exam):
    over = attempt(cast, exam, right=4, at=NOW)

    with acting_as(cast.agent):
        error = refused(sittings.start, exam, user=cast.agent, now=NOW + DAY)

    assert (error.code, over.may_be_retaken_at) == ("passed", over.ended_at + 275 * DAY)


def test_who_lost_the_certificate_may_try_again_at_once(cast, exam):
    over = attempt(cast, exam, right=5, at=NOW)
    with seeing_everything():
        practical = make_practical(cast)
        Certificate.objects.create(
            number="X",
            user=cast.agent,
            holder_name="王秀兰",
            station=cast.guangcheng,
            county_code=cast.guangcheng.county_code,
            sitting=over,
            practical=practical,
            issued_on=NOW.date(),
            valid_until=NOW.date() + 365 * DAY,
            issued_by=cast.trainer,
            revoked_at=NOW + DAY,
            revoked_by=cast.manager,
            revoked_reason="考试作弊",
        )

    with acting_as(cast.agent):
        assert sittings.start(exam, user=cast.agent, now=NOW + 2 * DAY).attempt == 2


def make_practical(cast):
    return PracticalExam.objects.create(
        sheet=make_sheet(),
        user=cast.agent,
        examiner=cast.trainer,
        station=cast.guangcheng,
        county_code=cast.guangcheng.county_code,
        held_on=NOW.date(),
        points={"spread": 40, "count": 60},
        score_permille=1000,
        has_passed=True,
        at=NOW,
    )


def test_an_exam_whose_time_is_over_is_ended_before_the_next_is_begun(cast, exam, begun):
    with acting_as(cast.agent):
        error = refused(sittings.start, exam, user=cast.agent, now=END + MINUTE)
        again = sittings.start(exam, user=cast.agent, now=END + DAY)

    assert error.code == "waiting"
    assert Sitting._base_manager.get(pk=begun.pk).state == "expired"
    assert again.attempt == 2
