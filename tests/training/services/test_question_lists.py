"""Lists of questions: reading them, what becomes of each row, bringing them in."""

import csv
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import translation
from openpyxl import Workbook

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.web.exports import neutral
from tests.claims.pictures import jpeg
from tests.factories import NOW, seeing_everything
from tests.training.bank import make_question, only_these
from training.models import Exam, Question
from training.services import attachments, question_lists, question_rows, questions

pytestmark = pytest.mark.django_db

HEADING = list(question_rows.COLUMNS)
ROW = [
    "n-1",
    "single",
    "law",
    "",
    "哪天起算？",
    "下单日",
    "签收次日",
    "",
    "",
    "",
    "",
    "B",
    "依据办法",
    "办法第八条",
]


@pytest.fixture(autouse=True)
def empty_bank(db):
    Exam.objects.all().delete()
    only_these()


def row(**changed):
    return [changed.get(name, cell) for name, cell in zip(HEADING, ROW, strict=True)]


def listed(tmp_path, *rows, heading=HEADING, name="list.csv"):
    path = tmp_path / name
    if name.endswith(".xlsx"):
        book = Workbook()
        for each in (heading, *rows):
            book.active.append(each)
        book.save(path)
        return path
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([heading, *rows])
    return path


def bring_in(cast, path, **choices):
    found = question_lists.read(path)
    return question_lists.bring_in(
        found.rows, refused=found.refused, file_name=path.name, by=cast.trainer, now=NOW, **choices
    )


def effects(plan) -> list:
    return [(planned.row.code, str(planned.effect)) for planned in plan.rows]


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
def test_a_list_is_read_alike_from_csv_and_xlsx(tmp_path, name):
    path = listed(
        tmp_path,
        row(),
        row(code="N-2", kind="multiple", option_c="发货日", answer="A、C"),
        [""] * len(HEADING),
        row(code="N-3", kind="true_false", option_a="", option_b="", answer="错"),
        row(code="N-4", kind="ordering", option_c="发货日", answer="c>a>b"),
        row(code="N-5", answer="签收次日"),
        row(code="N-6", answer="ｂ"),
        name=name,
    )

    found = question_lists.read(path)

    read = [(each.code, each.values["options"], each.values["answer"]) for each in found.rows]
    assert found.refused == []
    assert read == [
        ("N-1", ["下单日", "签收次日"], [1]),
        ("N-2", ["下单日", "签收次日", "发货日"], [0, 2]),
        ("N-3", ["正确", "错误"], [1]),
        ("N-4", ["下单日", "签收次日", "发货日"], [2, 0, 1]),
        ("N-5", ["下单日", "签收次日"], [1]),
        ("N-6", ["下单日", "签收次日"], [1]),
    ]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_columns_and_words_are_known_in_every_language(tmp_path, language):
    question = make_question("W-1", kind="multiple", goods_type="fresh_fruit", explanation="说明")
    with translation.override(language):
        heading = [str(title) for title in question_rows.TITLES.values()]
        path = listed(tmp_path, question_rows.cells_of(question), heading=heading, name="list.xlsx")

    plan = question_lists.plan(question_lists.read(path))

    assert (effects(plan), plan.refused) == ([("W-1", "unchanged")], [])


def test_every_wrong_row_is_named_with_its_line(tmp_path):
    path = listed(
        tmp_path,
        row(code="题"),
        row(kind="essay"),
        row(topic=""),
        row(goods_type="玩具"),
        row(answer="三"),
        row(answer="D"),
        row(answer=""),
        row(text=""),
        row(option_b="下单日"),
        row(),
        row(text="又一道？"),
    )

    found = question_lists.read(path)

    assert [line for line, _reason in found.refused] == [2, 3, 4, 5, 6, 7, 8, 9, 10, 12]
    assert [each.line for each in found.rows] == [11]
    assert all(reason for _line, reason in found.refused)


def test_a_list_without_its_columns_is_refused_once(tmp_path):
    path = listed(tmp_path, ["N-1", "x"], ["N-2", "y"], heading=["code", "colour"])

    found = question_lists.read(path)

    assert ([line for line, _reason in found.refused], found.rows) == ([1], [])


def test_what_is_no_list_is_refused(tmp_path):
    empty, broken = tmp_path / "empty.csv", tmp_path / "broken.xlsx"
    empty.write_bytes(b"")
    broken.write_bytes(b"PK not a workbook")

    for path in (empty, broken, listed(tmp_path)):
        found = question_lists.read(path)
        assert ([line for line, _reason in found.refused], found.rows) == ([1], []), path


def test_a_list_that_is_too_long_is_refused_from_the_first_row_too_many(tmp_path, monkeypatch):
    monkeypatch.setattr(question_lists, "MOST_ROWS", 2)
    path = listed(tmp_path, *(row(code=f"N-{number}") for number in range(4)))

    found = question_lists.read(path)

    assert ([each.code for each in found.rows], [line for line, _ in found.refused]) == (["N-0", "N-1"], [4])


def test_rows_are_brought_in_and_again_change_nothing(tmp_path, cast):
    path = listed(tmp_path, row(), row(code="N-2"))

    first, second = bring_in(cast, path), bring_in(cast, path)

    assert effects(first) == [("N-1", "new"), ("N-2", "new")]
    assert effects(second) == [("N-1", "unchanged"), ("N-2", "unchanged")]
    assert Question.objects.count() == 2
    with seeing_everything():
        verbs = list(AuditEvent.objects.filter(verb__startswith="question").values_list("verb", flat=True))
        last = AuditEvent.objects.filter(verb="question.imported").order_by("-id").first()
    assert sorted(verbs) == ["question.added"] * 2 + ["question.imported"] * 2
    assert last.after == {"file": "list.csv", "new": 0, "corrected": 0, "unchanged": 2}


def test_a_known_number_that_says_something_else_is_a_correction(tmp_path, cast):
    bring_in(cast, listed(tmp_path, row()))
    corrected = listed(tmp_path, row(text="从哪天起算？"))

    first, again = bring_in(cast, corrected), bring_in(cast, corrected)

    assert (effects(first), effects(again)) == ([("N-1", "corrected")], [("N-1", "unchanged")])
    asked = Question.objects.filter(retired_at__isnull=True)
    assert [(each.code, each.text) for each in asked] == [("N-1.2", "从哪天起算？")]


def test_a_corrected_question_keeps_its_picture(tmp_path, cast):
    values = question_lists.read(listed(tmp_path, row(kind="picture"))).rows[0].values
    questions.add(code="N-1", **values, picture=jpeg(), by=cast.trainer, now=NOW)

    bring_in(cast, listed(tmp_path, row(kind="picture", text="图中是什么？")))

    assert attachments.of(Question.objects.get(code="N-1.2")).count() == 1


def test_a_question_taken_out_of_use_stays_so(tmp_path, cast):
    bring_in(cast, listed(tmp_path, row()))
    questions.retire(Question.objects.get(), reason="规则已改", by=cast.trainer, now=NOW)

    same = question_lists.plan(question_lists.read(listed(tmp_path, row())))
    other = question_lists.plan(question_lists.read(listed(tmp_path, row(text="另一道？"))))

    assert (effects(same), same.refused) == ([("N-1", "unchanged")], [])
    assert (effects(other), [line for line, _reason in other.refused]) == ([], [2])


def test_one_wrong_row_stops_all_unless_the_good_ones_are_asked_for(tmp_path, cast):
    path = listed(tmp_path, row(), row(code="N-2", answer="Z"))

    with pytest.raises(Refused) as refused:
        bring_in(cast, path)
    stopped = Question.objects.count()
    bring_in(cast, path, keep_good=True)

    assert (refused.value.code, stopped) == ("rows_refused", 0)
    assert [each.code for each in Question.objects.all()] == ["N-1"]


def test_a_list_that_would_empty_an_exam_is_refused_as_a_whole(tmp_path, cast):
    make_question("N-1")
    Exam.objects.create(
        code="E", title="法规练习", purpose="practice", draw=[{"topic": "law", "kind": "", "count": 1}]
    )

    with pytest.raises(Refused) as refused:
        bring_in(cast, listed(tmp_path, row(topic="safety"), row(code="N-2", topic="safety")))
    done = bring_in(cast, listed(tmp_path, row(topic="safety"), row(code="N-2")))

    assert refused.value.code == "bank_too_small"
    assert effects(done) == [("N-1", "corrected"), ("N-2", "new")]


def test_the_command_names_what_it_refuses_and_tells_by_its_end(tmp_path):
    path = listed(tmp_path, row(), row(code="N-2", answer="Z"))

    def run(*arguments):
        out, err = StringIO(), StringIO()
        try:
            call_command("import_questions", str(path), *arguments, stdout=out, stderr=err)
        except SystemExit as end:
            return end.code, out.getvalue().strip(), err.getvalue()
        return 0, out.getvalue().strip(), err.getvalue()

    strict, good = run(), run("--keep-good")

    assert strict[:2] == (1, "imported 0, updated 0, unchanged 0, refused 1")
    assert good[:2] == (1, "imported 1, updated 0, unchanged 0, refused 1")
    assert strict[2].startswith(f"{path}:3: ") and strict[2] == good[2]


def test_what_looks_like_a_formula_comes_back_from_an_export_as_it_was(tmp_path):
    question = make_question("F-1", options=["-18℃ 以下", "+5℃", "甲"], answer=[0], text="=应存放在？")
    cells = [neutral(cell) for cell in question_rows.cells_of(question)]

    plan = question_lists.plan(question_lists.read(listed(tmp_path, cells)))

    assert (effects(plan), plan.refused) == ([("F-1", "unchanged")], [])
