"""Nobody reads right answers who could still use them: while sitting, of others, or as a keeper."""

from datetime import timedelta

import pytest
from django.utils import timezone

from aftersales.accounts.roles import Role
from aftersales.lib.errors import Refused
from stations.models import Agent, Grant
from tests.factories import NOW, acting_as, seeing_everything
from tests.training.exams.cases import DAY, MINUTE, make_exam
from training.models import Sitting
from training.services import sittings

RIGHT = "T-1 的解释"


def begun(user, exam, *, ago=MINUTE) -> Sitting:
    with acting_as(user):
        return sittings.start(exam, user=user, now=timezone.now() - ago, seed="abc")


def handed_in(user, exam, *, ago=MINUTE) -> Sitting:
    sitting = begun(user, exam, ago=ago)
    with acting_as(user):
        return sittings.hand_in(sitting, by=user, now=timezone.now() - ago)


def result(client, sitting) -> str:
    return client.get(f"/training/sittings/{sitting.pk}/result/").content.decode()


def test_while_an_exam_is_under_way_no_other_result_gives_its_answers_away(cast, exam, as_user):
    practice = handed_in(cast.agent, make_exam("T-PRACTICE", purpose="practice"))
    client = as_user("agent")
    assert RIGHT in result(client, practice)

    sitting = begun(cast.agent, exam)
    hidden = result(client, practice)
    with acting_as(cast.agent):
        sittings.hand_in(sitting, by=cast.agent, now=timezone.now())

    assert RIGHT not in hidden
    assert "T-1" not in hidden
    assert "You sit an exam just now." in hidden
    assert RIGHT in result(client, practice)


def test_practice_under_way_hides_nothing(cast, exam, as_user):
    earlier = handed_in(cast.agent, exam)
    begun(cast.agent, make_exam("T-PRACTICE", purpose="practice"))

    assert RIGHT in result(as_user("agent"), earlier)


def test_an_exam_that_nobody_ended_in_time_hides_nothing_any_more(cast, exam, as_user):
    earlier = handed_in(cast.agent, make_exam("T-PRACTICE", purpose="practice"))
    begun(cast.agent, exam, ago=61 * MINUTE)

    assert RIGHT in result(as_user("agent"), earlier)


def test_who_looks_on_and_may_sit_the_exam_sees_the_score_alone(cast, exam, as_user):
    sitting = handed_in(cast.agent, exam)

    shown = {name: result(as_user(name), sitting) for name in ("officer", "manager", "trainer", "platform")}

    assert {name: RIGHT in page for name, page in shown.items()} == {
        "officer": False,
        "manager": False,
        "trainer": True,
        "platform": True,
    }
    assert all("of 5 questions" in page for page in shown.values())
    assert "shown to the candidate and to trainers" in shown["manager"]


def test_who_keeps_the_questions_sits_in_practice_alone(cast, exam):
    with seeing_everything():
        Agent.objects.create(
            user=cast.trainer, station=cast.xiuwen_centre, county_code=cast.xiuwen_centre.county_code
        )
        Grant.objects.create(
            user=cast.trainer,
            role=Role.AGENT,
            station=cast.xiuwen_centre,
            county_code=cast.xiuwen_centre.county_code,
            starts_at=NOW - 300 * DAY,
            reason="test",
        )

    for purpose in ("certificate", "skills_check"):
        asked = make_exam(f"T-{purpose[:5].upper()}", purpose=purpose)
        with pytest.raises(Refused) as refused:
            begun(cast.trainer, asked)
        assert refused.value.code == "keeps_questions"
    begun(cast.trainer, make_exam("T-PRACTICE", purpose="practice"))

    assert [row.exam.code for row in Sitting._base_manager.all()] == ["T-PRACTICE"]


def test_begun_on_what_was_seen_before_another_attempt_ended_is_refused(cast, exam, monkeypatch):
    monkeypatch.setattr(sittings, "attempts_at", lambda user, exam: [])
    handed_in(cast.agent, exam, ago=timedelta(minutes=2))

    with pytest.raises(Refused) as refused:
        begun(cast.agent, exam)

    assert refused.value.code == "sat_meanwhile"
    assert Sitting._base_manager.count() == 1
