"""The bank: entering, correcting, retiring and restoring questions."""

import pytest

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from tests.claims.pictures import jpeg
from tests.factories import NOW, seeing_everything
from tests.training.bank import make_question, only_these
from training.models import Attachment, Exam, Question
from training.queries import questions as reading
from training.services import attachments, questions

pytestmark = pytest.mark.django_db

GIVEN = {
    "kind": "single",
    "topic": "law",
    "goods_type": "",
    "text": "七日无理由退货从哪天算起？",
    "options": ["下单次日", "签收次日", "发货次日"],
    "answer": [1],
    "explanation": "自签收次日起算。",
    "source": "《网络购买商品七日无理由退货暂行办法》第八条",
}


@pytest.fixture(autouse=True)
def empty_bank(db):
    Exam.objects.all().delete()
    only_these()


def add(cast, **changed):
    return questions.add(**{"code": "x-1", **GIVEN, **changed}, by=cast.trainer, now=NOW)


def verbs() -> list:
    with seeing_everything():
        rows = AuditEvent.objects.filter(verb__startswith="question.").order_by("id")
        return list(rows.values_list("verb", flat=True))


def test_a_question_is_entered_with_its_event(cast):
    question = add(cast, options=[" 下单次日 ", "签收次日", "发货次日"])

    question.refresh_from_db()
    kept = {name: getattr(question, name) for name in questions.FIELDS}
    assert (question.code, kept, question.retired_at) == ("X-1", GIVEN, None)
    assert verbs() == ["question.added"]


def test_true_false_has_its_options_of_its_own(cast):
    question = add(cast, kind="true_false", options=[], answer=[0])

    assert question.options == ["正确", "错误"]


def test_right_answers_of_a_multiple_question_are_kept_in_their_order(cast):
    assert add(cast, kind="multiple", answer=[2, 0]).answer == [0, 2]
    assert add(cast, code="x-2", kind="ordering", answer=[2, 0, 1]).answer == [2, 0, 1]


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"code": "题一"}, "code_malformed", "code"),
        ({"code": "X" * 21}, "code_malformed", "code"),
        ({"kind": "essay"}, "unknown_choice", "kind"),
        ({"topic": ""}, "unknown_choice", "topic"),
        ({"goods_type": "toys"}, "unknown_choice", "goods_type"),
        ({"text": "  "}, "text_missing", "text"),
        ({"text": "长" * 501}, "too_long", "text"),
        ({"text": "a\x00b"}, "unprintable", "text"),
        ({"options": ["一个"], "answer": [0]}, "too_few_options", "options"),
        ({"options": list("甲乙丙丁戊己庚")}, "too_many_options", "options"),
        ({"options": ["甲", " "]}, "option_empty", "options"),
        ({"options": ["甲", "长" * 201]}, "option_too_long", "options"),
        ({"options": ["甲 乙", "甲  乙"]}, "option_twice", "options"),
        ({"options": ["a\u202eb", "c"]}, "unprintable", "options"),
        ({"answer": []}, "answer_missing", "answer"),
        ({"answer": [3]}, "answer_not_an_option", "answer"),
        ({"answer": [0, 1]}, "one_answer", "answer"),
        ({"kind": "multiple", "answer": [1]}, "several_answers", "answer"),
        ({"kind": "multiple", "answer": [1, 1]}, "answer_not_an_option", "answer"),
        ({"kind": "ordering", "answer": [1, 0]}, "order_incomplete", "answer"),
        ({"kind": "ordering", "options": ["甲", "乙"], "answer": [1, 0]}, "too_few_options", "options"),
        ({"kind": "true_false", "options": ["错误", "正确"], "answer": [0]}, "not_true_false", "options"),
        ({"kind": "picture"}, "picture_missing", "picture"),
    ],
)
def test_what_makes_no_question(cast, changed, code, field):
    with pytest.raises(Refused) as refused:
        add(cast, **changed)

    assert (refused.value.code, refused.value.field) == (code, field)
    assert (Question.objects.count(), verbs()) == (0, [])


def test_a_code_is_given_once(cast):
    add(cast)

    with pytest.raises(Refused) as refused:
        add(cast, text="另一道题？")

    assert refused.value.code == "question_exists"


def test_a_picture_question_has_its_picture(cast):
    question = add(cast, kind="picture", picture=jpeg(), caption="发霉的苹果")

    assert [each.caption for each in attachments.of(question)] == ["发霉的苹果"]
    assert [each.code for each in reading.bank()] == ["X-1"]


def test_a_picture_question_without_picture_waits_until_it_has_one(cast):
    question = make_question("P-1", kind="picture")
    assert reading.bank() == []

    questions.add_picture(question, picture=jpeg(), caption="", by=cast.trainer, now=NOW)

    assert [each.code for each in reading.bank()] == ["P-1"]
    assert Attachment.objects.get().caption == "题目 P-1"
    with pytest.raises(Refused) as refused:
        questions.add_picture(question, picture=jpeg(), caption="", by=cast.trainer, now=NOW)
    assert refused.value.code == "picture_there"


def test_a_corrected_question_takes_the_place_of_the_old_one(cast):
    old = add(cast, kind="picture", picture=jpeg())
    new = questions.replace(old, **{**GIVEN, "kind": "picture", "answer": [2]}, by=cast.trainer, now=NOW)
    third = questions.replace(new, **{**GIVEN, "answer": [0]}, by=cast.trainer, now=NOW)

    old.refresh_from_db()
    new.refresh_from_db()
    assert [each.code for each in (old, new, third)] == ["X-1", "X-1.2", "X-1.3"]
    assert (old.retired_at, old.answer, new.replaces, third.replaces) == (NOW, [1], old, new)
    files = [attachments.of(each).get().file_name for each in (old, new, third)]
    assert len(set(files)) == 3
    assert reading.newest(old) == third
    assert verbs() == ["question.added", "question.replaced", "question.replaced"]


def test_a_question_is_corrected_once_and_only_when_something_changes(cast):
    old = add(cast)
    with pytest.raises(Refused) as unchanged:
        questions.replace(old, **GIVEN, by=cast.trainer, now=NOW)
    questions.replace(old, **{**GIVEN, "answer": [2]}, by=cast.trainer, now=NOW)

    with pytest.raises(Refused) as again:
        questions.replace(old, **{**GIVEN, "answer": [0]}, by=cast.trainer, now=NOW)

    assert (unchanged.value.code, again.value.code) == ("nothing_changed", "question_retired")
    assert Question.objects.count() == 2


def test_a_code_whose_successor_exists_goes_on_counting(cast):
    add(cast, code="X-1.2")

    new = questions.replace(add(cast), **{**GIVEN, "answer": [2]}, by=cast.trainer, now=NOW)

    assert new.code == "X-1.3"


def test_a_retired_question_is_not_drawn_until_it_is_restored(cast):
    question = add(cast)

    questions.retire(question, reason="规则已改", by=cast.trainer, now=NOW)
    assert reading.bank() == []
    with pytest.raises(Refused) as again:
        questions.retire(question, reason="规则已改", by=cast.trainer, now=NOW)
    questions.restore(question, reason="仍然适用", by=cast.trainer, now=NOW)

    assert [each.code for each in reading.bank()] == ["X-1"]
    assert again.value.code == "question_retired"
    with pytest.raises(Refused) as used:
        questions.restore(question, reason="仍然适用", by=cast.trainer, now=NOW)
    assert used.value.code == "question_in_use"
    assert verbs() == ["question.added", "question.retired", "question.restored"]


def test_a_replaced_question_does_not_come_back(cast):
    old = add(cast)
    questions.replace(old, **{**GIVEN, "answer": [2]}, by=cast.trainer, now=NOW)

    with pytest.raises(Refused) as refused:
        questions.restore(old, reason="仍然适用", by=cast.trainer, now=NOW)

    assert refused.value.code == "question_replaced"


def test_a_question_an_exam_needs_is_kept_until_there_is_another(cast):
    needed = add(cast)
    Exam.objects.create(
        code="E", title="法规练习", purpose="practice", draw=[{"topic": "law", "kind": "single", "count": 1}]
    )

    with pytest.raises(Refused) as retired:
        questions.retire(needed, reason="规则已改", by=cast.trainer, now=NOW)
    with pytest.raises(Refused) as moved:
        questions.replace(needed, **{**GIVEN, "topic": "safety"}, by=cast.trainer, now=NOW)

    assert (retired.value.code, moved.value.code) == ("bank_too_small", "bank_too_small")
    assert "法规练习" in str(retired.value)
    needed.refresh_from_db()
    assert (needed.retired_at, Question.objects.count(), verbs()) == (None, 1, ["question.added"])
    add(cast, code="X-2")
    questions.retire(needed, reason="规则已改", by=cast.trainer, now=NOW)
    assert [each.code for each in reading.bank()] == ["X-2"]


def test_an_exam_that_was_short_already_stops_nobody(cast):
    question = add(cast)
    Exam.objects.create(
        code="E", title="法规练习", purpose="practice", draw=[{"topic": "law", "kind": "", "count": 9}]
    )

    questions.retire(question, reason="规则已改", by=cast.trainer, now=NOW)

    assert reading.bank() == []
