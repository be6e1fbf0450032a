"""The pages of an exam: with and without the script, in time and too late, for the right people."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.claims.pictures import jpeg
from tests.factories import acting_as, seeing_everything
from tests.training.exams.cases import MINUTE, make_bank, make_exam, places, wrong_answer
from training.models import Course, Lesson, LessonVersion, Question, Sitting, SittingAnswer
from training.services import attachments, sittings

BACKGROUND = {"headers": {"accept": "application/json"}}


def begin(cast, exam, *, ago=MINUTE, user=None) -> Sitting:
    user = user or cast.agent
    with acting_as(user):
        return sittings.start(exam, user=user, now=timezone.now() - ago, seed="abc")


def address(sitting, part="") -> str:
    return f"/training/sittings/{sitting.pk}/{part}"


def place_of(sitting, code: str):
    return next((number, place) for number, place, question in places(sitting) if question.code == code)


def as_posted(place, question, answer) -> dict:
    """What a browser posts for an answer in positions of the bank."""
    shown = [place.order.index(position) for position in answer]
    if question.kind == "ordering":
        return {f"rank_{position}": str(rank) for rank, position in enumerate(shown, start=1)}
    return {"answer": [str(position) for position in shown]}


def saved(sitting) -> dict[int, list[int]]:
    with seeing_everything():
        return dict(SittingAnswer.objects.filter(sitting=sitting).values_list("place", "answer"))


def text_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_without_the_script_an_exam_is_begun_answered_and_handed_in(cast, exam, as_user):
    client = as_user("agent")

    response = client.post("/training/sittings/begin/T-EXAM/")
    sitting = Sitting._base_manager.get()
    assert response.url == address(sitting)
    assert client.get(response.url).url == address(sitting, "1/")
    for number, place, question in places(sitting):
        assert client.get(address(sitting, f"{number}/")).status_code == 200
        response = client.post(
            address(sitting, f"{number}/"), as_posted(place, question, question.answer) | {"go": "next"}
        )
        assert response.url == address(sitting, f"{number + 1}/" if number < 5 else "hand-in/")
    assert "All 5 questions are answered." in text_of(client.get(address(sitting, "hand-in/")))
    response = client.post(address(sitting, "hand-in/"))
    result = client.get(response.url)

    assert response.url == address(sitting, "result/")
    assert "Every answer was right." in text_of(result)
    stored = Sitting._base_manager.get()
    assert (stored.state, stored.score_permille, stored.has_passed) == ("submitted", 1000, True)


def test_the_paper_can_be_read_back_as_it_was_answered(cast, exam, as_user):
    client, sitting = as_user("agent"), begin(cast, exam)
    for number, place, question in places(sitting):
        client.post(address(sitting, f"{number}/"), as_posted(place, question, question.answer))

    pages = {number: client.get(address(sitting, f"{number}/")).context["form"] for number in range(1, 6)}

    for number, place, question in places(sitting):
        for name, value in as_posted(place, question, question.answer).items():
            shown = pages[number][name].value()
            assert sorted(shown) == sorted(value), (question.code, name)


def test_back_saves_too(cast, exam, as_user):
    client, sitting = as_user("agent"), begin(cast, exam)
    _number, place, question = places(sitting)[1]

    response = client.post(
        address(sitting, "2/"), as_posted(place, question, question.answer) | {"go": "previous"}
    )

    assert response.url == address(sitting, "1/")
    assert saved(sitting) == {2: question.answer}


def test_the_script_is_told_in_json(cast, exam, as_user):
    client, sitting = as_user("agent"), begin(cast, exam)
    number, place = place_of(sitting, "T-1")
    post = {"answer": str(place.order.index(2)), "sent": "5000"}

    response = client.post(address(sitting, f"{number}/"), post, **BACKGROUND)
    older = client.post(address(sitting, f"{number}/"), {"answer": "", "sent": "4999"}, **BACKGROUND)

    told = response.json()
    assert (response.status_code, told["sent"], told["answered"]) == (200, 5000, True)
    assert 0 < told["left"] <= 59 * 60
    assert (older.status_code, older.json()["code"], older.json()["sent"]) == (409, "answer_older", 5000)
    assert saved(sitting) == {number: [2]}


@pytest.mark.parametrize(
    "post",
    [
        {"answer": "9"},
        {"answer": "x"},
        {"answer": ["0", "1"], "sent": "-1"},
        {"answer": "0", "sent": "x"},
        {"answer": "0", "sent": str(10**30)},
    ],
)
def test_nonsense_is_refused_in_words_and_nothing_is_saved(cast, exam, as_user, post):
    client, sitting = as_user("agent"), begin(cast, exam)
    number, _place = place_of(sitting, "T-1")

    background = client.post(address(sitting, f"{number}/"), post, **BACKGROUND)
    plain = client.post(address(sitting, f"{number}/"), post)

    assert (background.status_code, background.json()["code"]) == (400, "answer_impossible")
    assert background.json()["message"]
    assert plain.status_code == 200
    assert saved(sitting) == {}


def test_lines_numbered_twice_are_said_and_kept(cast, exam, as_user):
    client, sitting = as_user("agent"), begin(cast, exam)
    number, _place = place_of(sitting, "T-5")

    response = client.post(address(sitting, f"{number}/"), {"rank_0": "1", "rank_1": "1"})

    assert "Give every line a number, each number once." in text_of(response)
    assert response.context["form"]["rank_1"].value() == "1"
    assert saved(sitting) == {}


@pytest.mark.parametrize("place", [0, 6, 99])
def test_a_question_that_is_not_there_is_not_found(cast, exam, as_user, place):
    client, sitting = as_user("agent"), begin(cast, exam)

    assert client.get(address(sitting, f"{place}/")).status_code == 404
    assert client.post(address(sitting, f"{place}/"), {"answer": "0"}).status_code == 404


def test_the_whole_paper_comes_in_parts_for_the_script(cast, exam, as_user):
    client, sitting = as_user("agent"), begin(cast, exam)

    response = client.get(address(sitting, "paper/"))

    text = response.content.decode()
    assert re.findall(r'data-place="(\d+)"', text) == ["1", "2", "3", "4", "5"]
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))


def test_no_page_gives_an_answer_away_before_the_end(cast, exam, as_user):
    client, sitting = as_user("agent"), begin(cast, exam)

    for part in ("1/", "paper/", "hand-in/"):
        text = client.get(address(sitting, part)).content.decode()
        assert "的解释" not in text
    assert client.get(address(sitting, "result/")).url == address(sitting)


def test_what_was_wrong_is_explained_after_the_end(cast, exam, as_user):
    client, sitting = as_user("agent"), begin(cast, exam)
    for number, place, question in places(sitting):
        answer = wrong_answer(question) if question.code == "T-1" else question.answer
        client.post(address(sitting, f"{number}/"), as_posted(place, question, answer))
    client.post(address(sitting, "hand-in/"))

    text = text_of(client.get(address(sitting, "result/")))

    assert "T-1 的解释" in text
    assert "<dt>Given answer</dt><dd>T-1 选项 甲</dd>" in text
    assert "<dt>Right</dt><dd><b>T-1 选项 乙</b></dd>" in text
    assert "T-2 的解释" not in text
    assert "<b>80%</b>" in text


def test_after_the_time_every_page_leads_to_the_result(cast, exam, as_user):
    client, sitting = as_user("agent"), begin(cast, exam, ago=61 * MINUTE)

    for part in ("", "1/", "hand-in/"):
        assert client.get(address(sitting, part)).url == address(sitting, "result/")
    late = client.post(address(sitting, "1/"), {"answer": "0"}, **BACKGROUND)
    plain = client.post(address(sitting, "1/"), {"answer": "0"}, follow=True)

    assert (late.status_code, late.json()["code"]) == (409, "time_over")
    assert "The time is over." in text_of(plain)
    assert client.post(address(sitting, "hand-in/")).url == address(sitting, "result/")
    assert Sitting._base_manager.get().state == "expired"


def test_in_the_grace_only_handing_in_is_left(cast, exam, as_user):
    client, sitting = as_user("agent"), begin(cast, exam, ago=60 * MINUTE + timedelta(seconds=5))

    assert client.get(address(sitting, "1/")).url == address(sitting, "hand-in/")
    assert "The time is over" in text_of(client.get(address(sitting, "hand-in/")))
    number, place = place_of(sitting, "T-1")
    post = {"answer": str(place.order.index(1)), "sent": "3599000"}
    assert client.post(address(sitting, f"{number}/"), post, **BACKGROUND).status_code == 200
    client.post(address(sitting, "hand-in/"))
    assert Sitting._base_manager.get().score_permille == 200


def test_the_exam_of_somebody_else_is_not_there(cast, exam, as_user):
    sitting = begin(cast, exam)

    for name in ("neighbour", "manager", "officer"):
        client = as_user(name)
        for part in ("", "1/", "paper/", "hand-in/", "result/"):
            assert client.get(address(sitting, part)).status_code == 404, (name, part)
        assert client.post(address(sitting, "1/"), {"answer": "0"}).status_code == 404
        assert client.post(address(sitting, "hand-in/")).status_code == 404
    assert saved(sitting) == {}


def test_the_result_is_for_the_candidate_and_those_who_look_after_training(cast, exam, as_user):
    client, sitting = as_user("agent"), begin(cast, exam)
    client.post(address(sitting, "hand-in/"))
    people = (
        "agent",
        "trainer",
        "manager",
        "officer",
        "platform",
        "neighbour",
        "suining_manager",
        "technician",
    )

    statuses = {name: as_user(name).get(address(sitting, "result/")).status_code for name in people}

    assert statuses == {
        "agent": 200,
        "trainer": 200,
        "manager": 200,
        "officer": 200,
        "platform": 200,
        "neighbour": 404,
        "suining_manager": 404,
        "technician": 404,
    }


def test_the_list_says_how_every_exam_stands(cast, exam, as_user):
    client = as_user("agent")
    make_exam("T-WAIT", title="等一天")
    make_exam("T-DONE", title="考过的", purpose="practice")
    for code in ("T-WAIT", "T-DONE"):
        client.post(f"/training/sittings/begin/{code}/")
        sitting = Sitting._base_manager.get(exam__code=code)
        if code == "T-DONE":
            for number, place, question in places(sitting):
                client.post(address(sitting, f"{number}/"), as_posted(place, question, question.answer))
        client.post(address(sitting, "hand-in/"))

    text = text_of(client.get("/training/sittings/"))

    assert text.count("Open to you") == 2
    assert text.count("passed on") == 1
    assert text.count("Not yet again") == 1
    assert "attempts left: 3" in text
    assert "My results" in text


def test_the_start_page_says_the_rules_and_what_is_missing(cast, exam, as_user):
    course = Course.objects.create(code="must", title="必修安全课", topic="safety", is_required=True)
    lesson = Lesson.objects.create(course=course, code="must-1", position=1)
    LessonVersion.objects.create(
        lesson=lesson,
        version=1,
        title="一",
        body="一",
        minutes=10,
        written_by=cast.trainer,
        published_at=timezone.now(),
        published_by=cast.trainer,
    )
    client = as_user("agent")

    page = text_of(client.get("/training/sittings/begin/T-EXAM/"))
    posted = text_of(client.post("/training/sittings/begin/T-EXAM/"))

    assert "必修安全课" in page
    assert "Begin now" not in page
    assert "First finish the required courses: 必修安全课." in posted
    assert not Sitting._base_manager.exists()


def test_who_is_posted_nowhere_is_told_so(cast, exam, as_user):
    client = as_user("manager")

    assert "This account is posted at no station." in text_of(client.get("/training/sittings/"))
    assert "Begin now" not in text_of(client.get("/training/sittings/begin/T-EXAM/"))
    assert "This account is posted at no station." in text_of(client.post("/training/sittings/begin/T-EXAM/"))


def test_pages_take_the_same_few_queries_for_many_questions(
    cast, exam, as_user, django_assert_max_num_queries
):
    client, sitting = as_user("agent"), begin(cast, exam)
    client.get(address(sitting, "1/"))

    with django_assert_max_num_queries(14):
        client.get(address(sitting, "1/"))
    with django_assert_max_num_queries(14):
        client.get(address(sitting, "paper/"))
    number, place = place_of(sitting, "T-1")
    with django_assert_max_num_queries(16):
        client.post(
            address(sitting, f"{number}/"), {"answer": str(place.order.index(1)), "sent": "9"}, **BACKGROUND
        )


def test_a_picture_is_for_whoever_is_asked_it_and_for_those_who_look_after_exams(cast, exam, as_user):
    question = make_bank_picture(cast)
    picture = question.attachments.get()
    begin(cast, exam)

    statuses = {
        name: as_user(name).get(f"/training/sittings/pictures/{picture.pk}/").status_code
        for name in ("agent", "neighbour", "trainer", "platform")
    }

    assert statuses == {"agent": 200, "neighbour": 404, "trainer": 200, "platform": 200}


def make_bank_picture(cast):
    """The picture question of the bank, with a picture that is really there."""
    question = Question.objects.get(code="T-4")
    question.attachments.all().delete()
    attachments.add(question, upload=jpeg(1), caption="一箱橙子", by=cast.trainer, now=timezone.now())
    return question


@pytest.mark.parametrize(("days", "said"), [(0, "again from"), (100, "passed on")])
def test_an_exam_passed_in_an_earlier_quarter_is_open_again_and_says_so(cast, as_user, days, said):
    make_bank()
    exam = make_exam(purpose="skills_check")
    began = timezone.now() - timedelta(days=days) - MINUTE
    with acting_as(cast.agent):
        sitting = sittings.start(exam, user=cast.agent, now=began, seed="abc")
        for number, _place, question in places(sitting):
            sittings.save_answer(
                sitting,
                place=number,
                answer=question.answer,
                sent=number,
                by=cast.agent,
                now=began + MINUTE / 2,
            )
        sittings.hand_in(sitting, by=cast.agent, now=began + MINUTE)
    client = as_user("agent")

    lists = [text_of(client.get(page)) for page in ("/training/sittings/", "/training/")]

    assert said in lists[0]
    assert ["Open to you" in page for page in lists] == [days > 0] * 2


def test_the_way_to_ones_practical_exams_is_on_the_page_of_exams_and_it_opens(cast, exam, as_user):
    client = as_user("agent")

    assert "/training/practicals/" in client.get("/training/sittings/").content.decode()
    assert "You have not sat a practical exam yet" in text_of(client.get("/training/practicals/"))


def test_several_answers_stand_apart_in_the_result(cast, exam, as_user):
    sitting = begin(cast, exam)
    client = as_user("agent")
    client.post(address(sitting, "hand-in/"))

    text = text_of(client.get(address(sitting, "result/")))

    assert "· T-2 选项 甲<br>· T-2 选项 丙" in text
    assert "1. T-5 选项 丙<br>2. T-5 选项 甲" in text
