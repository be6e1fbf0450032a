"""Pages of the question bank: the list, one question, writing and correcting one, bringing in a list."""

import csv
from io import BytesIO, StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from stations.models import Agent
from tests.claims.pictures import jpeg
from tests.factories import seeing_everything
from tests.training.bank import make_ended, make_exam, make_question, only_these
from training.models import Attachment, Exam, Question
from training.services import question_rows

pytestmark = pytest.mark.django_db

LIST = reverse("training:question_list")
IMPORT = reverse("training:question_import")
GIVEN = {
    "code": "N-1",
    "kind": "single",
    "topic": "law",
    "goods_type": "",
    "text": "从哪天\n起算？",
    "option_a": "下单日",
    "option_b": "签收次日",
    "answer": "b",
    "explanation": "依据办法",
    "source": "办法第八条",
    "caption": "",
}


@pytest.fixture(autouse=True)
def empty_bank(db):
    Exam.objects.all().delete()
    only_these()


@pytest.fixture
def trainer(as_user):
    return as_user("trainer")


def agents(*people) -> list[Agent]:
    with seeing_everything():
        return [Agent.objects.select_related("station", "user").get(user=person) for person in people]


def codes(page) -> list[str]:
    return [question.code for question in page.context["list_page"]]


def upload(rows, name="题目.csv", heading=question_rows.COLUMNS) -> SimpleUploadedFile:
    text = StringIO()
    csv.writer(text).writerows([heading, *rows])
    return SimpleUploadedFile(name, text.getvalue().encode())


def listed(code, *, text="哪天起算？", answer="B") -> list[str]:
    return [code, "single", "law", "", text, "下单日", "签收次日", "", "", "", "", answer, "", ""]


def test_the_bank_is_narrowed_by_words_topic_kind_goods_and_state(trainer):
    make_question("A-1", text="坏果怎么拍？", topic="evidence", goods_type="fresh_fruit")
    make_question("A-2", kind="multiple", explanation="坏果也算")
    make_question("A-3", retired_at="2026-01-01T00:00Z")
    make_question("A-4", kind="picture", topic="safety")

    def found(**wanted):
        return codes(trainer.get(LIST, wanted))

    assert found() == ["A-1", "A-2", "A-4"]
    assert found(q="坏果 a-1") == found(goods="fresh_fruit") == found(topic="evidence") == ["A-1"]
    assert found(kind="multiple") == ["A-2"]
    assert found(state="retired") == ["A-3"]
    assert found(state="waiting") == ["A-4"]
    assert found(q="没有这道题") == []
    assert found(topic="nonsense", state="x") == ["A-1", "A-2", "A-4"]


def test_the_list_asks_the_database_as_often_for_many_questions_as_for_one(trainer, cast):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert trainer.get(LIST).status_code == 200
        return len(asked)

    (agent,) = agents(cast.agent)
    first = make_question("A-00")
    make_ended(make_exam(), agent, 500, answers=[(first, [1], True)])
    queries()
    few = queries()
    for number in range(1, 25):
        make_question(f"A-{number:02}")

    assert queries() == few <= 9


def test_the_export_of_the_bank_is_a_list_that_changes_nothing(trainer):
    make_question("A-1", options=["-18℃", "+5℃"], answer=[0], goods_type="aquatic", explanation="低温")
    make_question("A-2", kind="ordering")

    answer = trainer.get(LIST, {"format": "xlsx"})
    data = b"".join(answer.streaming_content)
    page = trainer.post(IMPORT, {"file": SimpleUploadedFile("题库.xlsx", data)})

    sheet = load_workbook(BytesIO(data))["Data"]
    assert [cell.value for cell in sheet[2]][:6] == [
        "A-1",
        "One answer",
        "Law and rules",
        "Fish and seafood",
        "题目 A-1",
        "'-18℃",
    ]
    assert (page.context["unchanged"], page.context["new"], page.context["refused"]) == (2, 0, 0)


def test_a_question_shows_what_its_answers_say(trainer, cast):
    question = make_question("A-1")
    exam = make_exam()
    (agent,) = agents(cast.agent)
    (elsewhere,) = agents(cast.suining_agent)
    for number in range(100):
        is_right = number >= 50
        make_ended(
            exam, agent, number * 10, attempt=number, answers=[(question, [1 if is_right else 3], is_right)]
        )
    make_ended(exam, elsewhere, 0, answers=[(question, [0], False)])

    page = trainer.get(reverse("training:question_detail", args=[question.pk]))

    seen = page.context["statistics"]
    assert (seen.asked, seen.share, seen.difference) == (100, 500, 1000)
    assert [(each.letter, each.chosen, each.is_right) for each in page.context["options"]] == [
        ("A", 0, False),
        ("B", 50, True),
        ("C", 0, False),
        ("D", 50, False),
    ]
    assert "+100.0 points" in page.content.decode()
    assert page.context["exams"][0][0] == exam


def test_a_question_is_written_on_its_page(trainer):
    page = trainer.post(reverse("training:question_new"), GIVEN)

    question = Question.objects.get()
    assert page.url == reverse("training:question_detail", args=[question.pk])
    assert (question.code, question.text, question.options, question.answer) == (
        "N-1",
        "从哪天 起算？",
        ["下单日", "签收次日"],
        [1],
    )


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"code": ""}, "code"),
        ({"kind": "essay"}, "kind"),
        ({"text": " "}, "text"),
        ({"answer": "7"}, "answer"),
        ({"answer": "F"}, "answer"),
        ({"option_b": ""}, "option_a"),
        ({"kind": "picture"}, "picture"),
        ({"text": "a\x00b"}, "text"),
        ({"option_a": "长" * 201}, "option_a"),
    ],
)
def test_what_makes_no_question_is_said_at_its_field_and_kept(trainer, changed, field):
    page = trainer.post(reverse("training:question_new"), {**GIVEN, **changed})

    assert page.status_code in (200, 409)
    assert list(page.context["form"].errors) == [field]
    assert page.context["form"]["explanation"].value() == "依据办法"
    assert not Question.objects.exists()


def test_an_empty_form_and_a_broken_picture_are_answered(trainer):
    empty = trainer.post(reverse("training:question_new"))
    broken = trainer.post(
        reverse("training:question_new"),
        {**GIVEN, "kind": "picture", "picture": SimpleUploadedFile("a.jpg", b"no picture")},
    )

    assert (empty.status_code, broken.status_code) == (200, 409)
    assert not Question.objects.exists()


def test_a_question_is_corrected_and_its_old_page_leads_on(trainer):
    old = make_question("N-1", text="旧题？")
    url = reverse("training:question_replace", args=[old.pk])
    begun = trainer.get(url).context["form"].initial

    page = trainer.post(url, {**begun, "text": "新题？"})
    again = trainer.post(url, {**begun, "text": "更新的题？"})

    new = Question.objects.get(replaces=old)
    assert (begun["answer"], begun["option_b"]) == ("B", "乙")
    assert page.url == reverse("training:question_detail", args=[new.pk])
    assert (new.code, new.text, new.answer) == ("N-1.2", "新题？", [1])
    assert (again.status_code, again.context["form"].refused.code) == (409, "question_retired")
    shown = trainer.get(reverse("training:question_detail", args=[old.pk]))
    assert shown.context["successor"] == new


def test_a_question_gets_the_picture_it_waits_for(trainer, as_user):
    question = make_question("P-1", kind="picture")
    url = reverse("training:question_picture_add", args=[question.pk])

    def send():
        return trainer.post(url, {"picture": SimpleUploadedFile("a.jpg", jpeg()), "caption": "坏果"})

    assert trainer.post(url, {}).status_code == 200
    assert send().url == reverse("training:question_detail", args=[question.pk])
    assert send().status_code == 409
    picture = reverse("training:question_picture", args=[Attachment.objects.get().pk])
    assert trainer.get(picture).headers["Content-Type"] == "image/jpeg"
    assert as_user("agent").get(picture).status_code == 403
    assert trainer.get(reverse("training:question_picture", args=[10**6])).status_code == 404


def test_a_question_is_taken_out_of_use_and_put_back(trainer):
    question = make_question("N-1")
    retire = reverse("training:question_retire", args=[question.pk])
    restore = reverse("training:question_restore", args=[question.pk])

    assert trainer.get(retire).status_code == trainer.get(restore).status_code == 200
    assert trainer.post(retire, {"reason": ""}).status_code == 200
    assert trainer.post(retire, {"reason": "规则已改"}).status_code == 302
    assert trainer.post(retire, {"reason": "规则已改"}).status_code == 409
    assert trainer.post(restore, {"reason": "仍然适用"}).status_code == 302
    question.refresh_from_db()
    assert question.retired_at is None


def test_a_list_is_looked_at_before_anything_is_brought_in(trainer):
    make_question("A-1", text="旧题？", options=["下单日", "签收次日"], source="")

    page = trainer.post(IMPORT, {"file": upload([listed("A-1"), listed("A-2")])})
    looked = Question.objects.count()
    done = trainer.post(IMPORT, {"rows": page.context["rows"]}, follow=True)

    assert (page.context["new"], page.context["corrected"], looked) == (1, 1, 1)
    assert "New: 1. Corrected: 1. Unchanged: 0." in done.content.decode()
    assert codes(done) == ["A-1.2", "A-2"]


def test_good_rows_go_in_alone_only_when_that_is_asked_for(trainer):
    page = trainer.post(IMPORT, {"file": upload([listed("A-1"), listed("A-2", answer="Z")])})
    rows = page.context["rows"]

    refused = trainer.post(IMPORT, {"rows": rows})
    stopped = Question.objects.count()
    trainer.post(IMPORT, {"rows": rows, "keep_good": "on"})

    assert [line for line, _reason in page.context["shown_refused"]] == [3]
    assert (refused.status_code, refused.context["refused"], stopped) == (409, 1, 0)
    assert [question.code for question in Question.objects.all()] == ["A-1"]


@pytest.mark.parametrize("rows", ["", "nonsense", "a:b:c", "eyJ4IjoxfQ:1a2b:xyz"])
def test_rows_that_are_not_ours_bring_nothing_in(trainer, rows):
    page = trainer.post(IMPORT, {"rows": rows})

    assert (page.status_code, page.context["plan"], Question.objects.count()) == (200, None, 0)


def test_files_that_are_no_lists_are_answered(trainer):
    def send(name, data):
        return trainer.post(IMPORT, {"file": SimpleUploadedFile(name, data)})

    assert trainer.post(IMPORT).context["form"].errors.keys() == {"file"}
    assert send("a.docx", b"x").context["form"].errors.keys() == {"file"}
    for name, data in (
        ("a.xlsx", b"PK\x03\x04 no"),
        ("a.csv", b"\xff\xfe\x00"),
        ("a.csv", b"code,kind\n1,2\n"),
    ):
        page = send(name, data)
        assert (page.status_code, page.context["refused"], page.context["shown"]) == (200, 1, []), name


@pytest.mark.parametrize("file_format", ["xlsx", "csv"])
def test_the_empty_list_can_be_brought_in_as_it_is(trainer, file_format):
    answer = trainer.get(reverse("training:question_template"), {"format": file_format})
    data = b"".join(answer.streaming_content)

    page = trainer.post(IMPORT, {"file": SimpleUploadedFile(f"list.{file_format}", data)})

    assert (page.context["new"], page.context["refused"]) == (4, 0)
    assert trainer.get(reverse("training:question_template"), {"format": "exe"}).status_code == 404


def test_a_list_that_breaks_an_exam_is_refused_with_its_reason(trainer):
    make_question("A-1", text="旧题？")
    make_exam(draw=[{"topic": "law", "kind": "", "count": 1}])
    moved = listed("A-1")
    moved[2] = "safety"
    page = trainer.post(IMPORT, {"file": upload([moved])})

    refused = trainer.post(IMPORT, {"rows": page.context["rows"]})

    assert (refused.status_code, refused.context["form"].refused.code) == (409, "bank_too_small")
    assert refused.context["rows"] == page.context["rows"]
