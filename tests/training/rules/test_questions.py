import pytest

from aftersales.lib.errors import InvalidValue
from training.rules.questions import check, corrected_code, letters

FOUR = ["甲", "乙", "丙", "丁"]


@pytest.mark.parametrize(
    ("kind", "options", "answer"),
    [
        ("single", FOUR[:2], [1]),
        ("single", ["a", "b", "c", "d", "e", "长" * 200], [5]),
        ("picture", FOUR, [0]),
        ("multiple", FOUR, [0, 1, 2, 3]),
        ("true_false", ["正确", "错误"], [1]),
        ("ordering", FOUR[:3], [2, 1, 0]),
    ],
)
def test_what_makes_a_question(kind, options, answer):
    check(kind, options, answer)


@pytest.mark.parametrize(
    ("kind", "options", "answer", "code"),
    [
        ("single", FOUR[:1], [0], "too_few_options"),
        ("ordering", FOUR[:2], [0, 1], "too_few_options"),
        ("single", list("abcdefg"), [0], "too_many_options"),
        ("single", ["a", "　"], [0], "option_empty"),
        ("single", ["a", "长" * 201], [0], "option_too_long"),
        ("single", ["Ab  c", "ab c"], [0], "option_twice"),
        ("true_false", ["对", "错"], [0], "not_true_false"),
        ("single", FOUR, [], "answer_missing"),
        ("single", FOUR, [4], "answer_not_an_option"),
        ("single", FOUR, [-1], "answer_not_an_option"),
        ("multiple", FOUR, [0, 0], "answer_not_an_option"),
        ("multiple", FOUR, [0], "several_answers"),
        ("single", FOUR, [0, 1], "one_answer"),
        ("ordering", FOUR, [0, 1, 2], "order_incomplete"),
    ],
)
def test_what_makes_none(kind, options, answer, code):
    with pytest.raises(InvalidValue) as told:
        check(kind, options, answer)

    assert told.value.code == code


@pytest.mark.parametrize(
    ("code", "following"),
    [
        ("Q-001", "Q-001.2"),
        ("Q-001.2", "Q-001.3"),
        ("Q-001.9", "Q-001.10"),
        ("Q.A", "Q.A.2"),
        ("A" * 20, "A" * 18 + ".2"),
        ("A" * 18 + ".9", "A" * 17 + ".10"),
    ],
)
def test_the_code_of_a_corrected_question(code, following):
    assert corrected_code(code, longest=20) == following


def test_an_answer_as_people_write_it():
    assert (letters([]), letters([2, 0]), letters([5])) == ("", "CA", "F")
