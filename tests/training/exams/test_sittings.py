"""An exam from its beginning to its end: what is saved, what counts, and what is refused."""

from datetime import timedelta

import pytest

from aftersales.accounts.models import system_user
from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.notices.models import Notice
from stations.models import Agent
from tests.factories import NOW, acting_as, seeing_everything
from tests.training.exams.cases import DAY, MINUTE, make_exam, places, wrong_answer
from training.models import Course, HourEntry, Lesson, LessonVersion, Question, Sitting, SittingAnswer
from training.queries.sittings import paper_of
from training.services import sittings

END = NOW + 60 * MINUTE
SECOND = timedelta(seconds=1)


def save(cast, sitting, place=1, answer=(), *, sent=None, at=NOW + MINUTE, by=None):
    by = by or cast.agent
    with acting_as(by):
        return sittings.save_answer(sitting, place=place, answer=list(answer), sent=sent, by=by, now=at)


def answer_all(cast, sitting, *, right: int, at=NOW + MINUTE):
    """The first so many places right, the others wrong."""
    for place, _options, question in places(sitting):
        save(cast, sitting, place, question.answer if place <= right else wrong_answer(question), at=at)


def hand_in(cast, sitting, *, at=NOW + 10 * MINUTE):
    with acting_as(cast.agent):
        return sittings.hand_in(sitting, by=cast.agent, now=at)


def refused(call, *arguments, **named) -> Refused:
    with pytest.raises(Refused) as caught:
        call(*arguments, **named)
    return caught.value


def rows(sitting) -> list[tuple[int, list[int], bool | None]]:
    with seeing_everything():
        return list(
            SittingAnswer.objects.filter(sitting=sitting)
            .order_by("place")
            .values_list("place", "answer", "is_right")
        )


# --- beginning --------------------------------------------------------------------------------------------


def test_an_exam_is_begun_where_the_candidate_is_posted(cast, begun):
    stored = Sitting._base_manager.get()

    assert (stored.user, stored.station, stored.county_code) == (cast.agent, cast.guangcheng, "520123000000")
    assert (stored.attempt, stored.state, stored.started_at, stored.ends_at) == (1, "open", NOW, END)
    assert (stored.score_permille, stored.has_passed, stored.ended_at) == (None, None, None)
    assert sorted(question.code for _place, _order, question in places(stored)) == [
        "T-1",
        "T-2",
        "T-3",
        "T-4",
        "T-5",
    ]
    assert list(AuditEvent._base_manager.filter(verb="sitting.started").values_list("after", flat=True)) == [
        {"exam": "T-EXAM", "attempt": 1, "questions": 5}
    ]


def test_the_same_seed_gives_the_same_paper_to_another_person(cast, exam, begun):
    with acting_as(cast.neighbour):
        twin = sittings.start(exam, user=cast.neighbour, now=NOW, seed="abc")
    with acting_as(cast.technician):
        other = sittings.start(exam, user=cast.technician, now=NOW, seed="xyz")

    assert twin.paper == begun.paper
    assert other.paper != begun.paper


def test_begun_again_the_exam_under_way_comes_back(cast, exam, begun):
    with acting_as(cast.agent):
        again = sittings.start(exam, user=cast.agent, now=NOW + 5 * MINUTE)

    assert (again.pk, again.ends_at) == (begun.pk, END)
    assert Sitting._base_manager.count() == 1


def test_who_is_posted_nowhere_sits_no_exam(cast, exam):
    with acting_as(cast.manager):
        assert refused(sittings.start, exam, user=cast.manager, now=NOW).code == "not_posted"


def test_a_retired_exam_is_not_begun_but_finished(cast, exam, begun):
    exam.retired_at = NOW
    exam.save()

    with acting_as(cast.neighbour):
        assert refused(sittings.start, exam, user=cast.neighbour, now=NOW).code == "exam_retired"
    answer_all(cast, begun, right=5)

    assert hand_in(cast, begun).has_passed


def test_questions_taken_out_of_use_stay_on_a_paper_that_is_drawn(cast, begun):
    Question.objects.update(retired_at=NOW)
    answer_all(cast, begun, right=4)

    over = hand_in(cast, begun)

    assert (over.score_permille, over.has_passed) == (800, True)
    with acting_as(cast.agent):
        assert [asked.is_right for asked in paper_of(over)] == [True, True, True, True, False]


def required_course() -> Course:
    course = Course.objects.create(code="must", title="安全", topic="safety", is_required=True)
    lesson = Lesson.objects.create(course=course, code="must-1", position=1)
    LessonVersion.objects.create(
        lesson=lesson,
        version=1,
        title="第一课",
        body="## 一",
        minutes=10,
        written_by=system_user(),
        published_at=NOW,
        published_by=system_user(),
    )
    return course


def test_required_courses_come_before_the_exam_for_the_certificate(cast, exam):
    required_course()

    with acting_as(cast.agent):
        error = refused(sittings.start, exam, user=cast.agent, now=NOW)

    assert error.code == "courses_unfinished"
    assert "安全" in error.message


def test_other_exams_do_not_ask_for_courses(cast, exam):
    required_course()
    practice = make_exam("T-PRACTICE", purpose="practice")

    with acting_as(cast.agent):
        assert sittings.start(practice, user=cast.agent, now=NOW).state == "open"


def test_a_bank_that_is_too_small_is_said_and_nothing_is_begun(cast, exam):
    exam.draw = [{"topic": "safety", "kind": "", "count": 6}]
    exam.save()

    with acting_as(cast.agent):
        assert refused(sittings.start, exam, user=cast.agent, now=NOW).code == "bank_too_small"
    assert Sitting._base_manager.count() == 0


# --- answers ----------------------------------------------------------------------------------------------


def test_an_answer_is_saved_and_replaced(cast, begun):
    save(cast, begun, 2, places(begun)[1][2].answer, at=NOW + MINUTE)
    wrong = wrong_answer(places(begun)[1][2])

    saved = save(cast, begun, 2, wrong, at=NOW + 2 * MINUTE)

    assert (saved.answer, saved.sent, saved.saved_at) == (wrong, 120_000, NOW + 2 * MINUTE)
    assert rows(begun) == [(2, wrong, None)]


def test_an_answer_can_be_taken_back(cast, begun):
    save(cast, begun, 1, places(begun)[0][2].answer)

    save(cast, begun, 1, [], at=NOW + 2 * MINUTE)

    assert rows(begun) == [(1, [], None)]


def single(sitting) -> int:
    """Where the question with one right answer stands."""
    return next(number for number, _place, question in places(sitting) if question.code == "T-1")


def test_an_older_answer_that_arrives_late_does_not_overwrite_a_later_one(cast, begun):
    place = single(begun)
    save(cast, begun, place, [2], sent=50_000)

    error = refused(save, cast, begun, place, [3], sent=49_999, at=NOW + 5 * MINUTE)

    assert (error.code, error.details) == ("answer_older", {"answer": [2], "sent": 50_000})
    assert rows(begun) == [(place, [2], None)]
    assert save(cast, begun, place, [3], sent=50_001, at=NOW + 5 * MINUTE).answer == [3]


def test_the_same_answer_sent_again_is_nothing(cast, begun):
    place = single(begun)
    first = save(cast, begun, place, [2], sent=50_000)

    again = save(cast, begun, place, [2], sent=50_000, at=NOW + 3 * MINUTE)

    assert (again.pk, again.saved_at) == (first.pk, first.saved_at)


def test_a_device_whose_clock_is_ahead_counts_as_of_arrival(cast, begun):
    place = single(begun)
    save(cast, begun, place, [2], sent=10**9, at=NOW + MINUTE)

    assert save(cast, begun, place, [3], sent=60_001, at=NOW + 2 * MINUTE).sent == 60_001


def test_of_two_plain_posts_at_one_moment_the_last_counts(cast, begun):
    place = single(begun)
    save(cast, begun, place, [2])

    assert save(cast, begun, place, [3]).answer == [3]


@pytest.mark.parametrize("place", [0, 6, -1])
def test_a_place_that_the_paper_does_not_have_is_refused(cast, begun, place):
    assert refused(save, cast, begun, place, []).code == "no_such_place"


@pytest.mark.parametrize(
    ("code", "answer"),
    [("T-1", [0, 1]), ("T-1", [4]), ("T-2", [1, 1]), ("T-3", [2]), ("T-5", [0, 1, 2]), ("T-1", ["x"])],
)
def test_an_answer_that_does_not_fit_its_question_is_refused(cast, begun, code, answer):
    place = next(number for number, _place, question in places(begun) if question.code == code)

    assert refused(save, cast, begun, place, answer).code == "answer_impossible"
    assert rows(begun) == []


def test_nobody_answers_for_somebody_else(cast, begun):
    assert refused(save, cast, begun, 1, [], by=cast.neighbour).code == "not_candidate"
    with acting_as(cast.manager):
        assert refused(sittings.hand_in, begun, by=cast.manager, now=NOW).code == "not_candidate"


@pytest.mark.parametrize("late", [0 * SECOND, 30 * SECOND])
def test_what_was_under_way_when_the_time_ended_still_counts(cast, begun, late):
    place = single(begun)

    save(cast, begun, place, [2], sent=3_599_000, at=END + late)

    assert rows(begun) == [(place, [2], None)]


def test_after_that_it_is_refused_in_words(cast, begun):
    place = single(begun)

    error = refused(save, cast, begun, place, [2], sent=3_599_000, at=END + 31 * SECOND)

    assert (error.code, rows(begun)) == ("time_over", [])
    assert error.message


# --- the end ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "permille", "has_passed"), [(5, 1000, True), (4, 800, True), (3, 600, False), (0, 0, False)]
)
def test_what_is_handed_in_is_marked_at_once(cast, begun, right, permille, has_passed):
    answer_all(cast, begun, right=right)

    over = hand_in(cast, begun, at=NOW + 10 * MINUTE)

    stored = Sitting._base_manager.get(pk=begun.pk)
    assert (over.score_permille, over.has_passed) == (permille, has_passed)
    assert (stored.state, stored.ended_at, stored.score_permille, stored.has_passed) == (
        "submitted",
        NOW + 10 * MINUTE,
        permille,
        has_passed,
    )
    assert [is_right for _place, _answer, is_right in rows(begun)] == [True] * right + [False] * (5 - right)
    assert list(
        AuditEvent._base_manager.filter(verb="sitting.handed_in").values_list("actor_id", "after")
    ) == [(cast.agent.pk, {"exam": "T-EXAM", "score_permille": permille, "passed": has_passed})]


def test_what_is_empty_is_wrong(cast, begun):
    assert hand_in(cast, begun).score_permille == 0
    assert rows(begun) == []


def test_nothing_changes_any_more_after_handing_in(cast, begun):
    place = single(begun)
    save(cast, begun, place, [2])
    hand_in(cast, begun)

    assert refused(save, cast, begun, place, [1], at=NOW + 11 * MINUTE).code == "sitting_over"
    assert refused(hand_in, cast, begun, at=NOW + 11 * MINUTE).code == "sitting_over"
    assert rows(begun) == [(place, [2], False)]


def test_handed_in_within_the_grace_it_ends_with_its_time(cast, begun):
    over = hand_in(cast, begun, at=END + 20 * SECOND)

    assert (over.state, over.ended_at) == ("submitted", END)


def test_handed_in_too_late_it_ends_by_the_clock(cast, begun):
    answer_all(cast, begun, right=4)

    over = hand_in(cast, begun, at=END + 5 * MINUTE)

    assert (over.state, over.ended_at, over.score_permille, over.has_passed) == ("expired", END, 800, True)


def test_minutes_up_to_the_last_answer_are_hours_of_learning(cast, begun):
    answer_all(cast, begun, right=5, at=NOW + 7 * MINUTE + SECOND)

    hand_in(cast, begun, at=NOW + 20 * MINUTE)

    assert list(HourEntry._base_manager.values_list("user", "minutes", "kind", "business_key")) == [
        (cast.agent.pk, 8, "exam", f"exam:{begun.pk}")
    ]


def test_practice_and_empty_papers_are_no_hours(cast, exam):
    practice = make_exam("T-PRACTICE", purpose="practice")
    with acting_as(cast.agent):
        first = sittings.start(exam, user=cast.agent, now=NOW)
        second = sittings.start(practice, user=cast.agent, now=NOW)
    answer_all(cast, second, right=5)

    hand_in(cast, first)
    hand_in(cast, second)

    assert not HourEntry._base_manager.exists()


# --- the sweep --------------------------------------------------------------------------------------------


def test_the_sweep_ends_what_is_over_and_tells_the_candidate_once(cast, exam, begun):
    answer_all(cast, begun, right=4)
    with acting_as(cast.neighbour):
        running = sittings.start(exam, user=cast.neighbour, now=NOW + 5 * MINUTE)

    counts = [sittings.sweep_expired(END + 31 * SECOND) for _run in range(2)]

    assert counts == [1, 0]
    stored = Sitting._base_manager.get(pk=begun.pk)
    assert (stored.state, stored.ended_at, stored.score_permille) == ("expired", END, 800)
    assert Sitting._base_manager.get(pk=running.pk).state == "open"
    assert list(Notice._base_manager.values_list("event", "recipient", "url")) == [
        ("exam.time_over", cast.agent.pk, f"/training/sittings/{begun.pk}/result/")
    ]


def test_the_sweep_leaves_the_grace_alone(cast, begun):
    assert sittings.sweep_expired(END + 30 * SECOND) == 0


def test_one_that_cannot_be_ended_stops_no_other(cast, exam, begun, caplog):
    with acting_as(cast.neighbour):
        other = sittings.start(exam, user=cast.neighbour, now=NOW)
    Sitting._base_manager.filter(pk=begun.pk).update(paper=[])

    assert sittings.sweep_expired(END + DAY) == 1
    assert Sitting._base_manager.get(pk=other.pk).state == "expired"
    assert f"sitting {begun.pk} could not be ended" in caplog.text


def test_an_exam_ends_though_its_candidate_has_left(cast, begun):
    answer_all(cast, begun, right=5)
    with seeing_everything():
        Agent.objects.filter(user=cast.agent).update(left_on=NOW.date())

    assert sittings.sweep_expired(END + DAY) == 1
    assert not HourEntry._base_manager.exists()
