import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.lib.errors import InvalidValue
from tests.property import cases
from training.rules.exams import (
    BankQuestion,
    BankTooSmall,
    DrawLine,
    Place,
    draw,
    draw_rows,
    is_possible,
    is_right,
    paper_rows,
    read_draw,
    read_paper,
    score,
    shortages,
)

TOPICS = ["law", "evidence", "safety"]
KINDS = ["single", "multiple", "true_false", "picture", "ordering"]


@st.composite
def banks(draw_one):
    shapes = draw_one(
        st.lists(
            st.tuples(st.sampled_from(TOPICS), st.sampled_from(KINDS), st.integers(2, 6)),
            min_size=1,
            max_size=40,
        )
    )
    return [
        BankQuestion(100 + place, f"Q-{place:03}", topic, kind, options)
        for place, (topic, kind, options) in enumerate(shapes)
    ]


@st.composite
def papers(draw_one):
    """A bank, lines it can serve, and a seed."""
    bank = draw_one(banks())
    picked = draw_one(st.lists(st.sampled_from(bank), min_size=1, unique=True))
    wanted: Counter[tuple[str, str]] = Counter()
    for question in picked:
        wanted[question.topic, draw_one(st.sampled_from(["", question.kind]))] += 1
    lines = [DrawLine(topic, kind, count) for (topic, kind), count in wanted.items()]
    return bank, lines, draw_one(st.text(min_size=1, max_size=32))


@given(papers(), st.randoms())
@cases
def test_the_same_seed_gives_the_same_paper_in_whatever_order_the_bank_comes(given, chance):
    bank, lines, seed = given
    shuffled, turned = list(bank), list(lines)
    chance.shuffle(shuffled)
    chance.shuffle(turned)

    paper = draw(bank, lines, seed)

    assert draw(shuffled, turned, seed) == paper


@given(papers())
@cases
def test_a_paper_has_what_its_lines_ask_for_and_no_question_twice(given):
    bank, lines, seed = given
    by_key = {question.key: question for question in bank}

    paper = draw(bank, lines, seed)

    drawn = [by_key[place.question] for place in paper]
    assert len({question.code for question in drawn}) == len(drawn) == sum(line.count for line in lines)
    topics = Counter(question.topic for question in drawn)
    assert topics == Counter({t: sum(x.count for x in lines if x.topic == t) for t in topics})
    for line in lines:
        assert sum(1 for q in drawn if q.topic == line.topic and line.kind in ("", q.kind)) >= line.count


@given(papers())
@cases
def test_every_option_stands_on_the_paper_once_and_true_false_keeps_its_order(given):
    bank, lines, seed = given
    by_key = {question.key: question for question in bank}

    for place in draw(bank, lines, seed):
        question = by_key[place.question]
        assert sorted(place.order) == list(range(question.options))
        if question.kind == "true_false":
            assert place.order == tuple(range(question.options))


def test_a_paper_agreed_on_stays_as_it_is():
    bank = [BankQuestion(n, f"Q-{n:03}", "law", "single", 4) for n in range(1, 9)]

    paper = draw(bank, [DrawLine("law", "", 3)], "2026-11-22")

    assert paper == (Place(1, (0, 1, 2, 3)), Place(7, (0, 1, 2, 3)), Place(2, (0, 3, 1, 2)))


def test_different_seeds_give_every_question_its_turn():
    bank = [BankQuestion(n, f"Q-{n:03}", "law", "single", 4) for n in range(20)]

    asked = Counter(
        place.question for seed in range(1000) for place in draw(bank, [DrawLine("law", "", 5)], str(seed))
    )

    assert len(asked) == 20
    assert all(190 <= count <= 310 for count in asked.values()), asked


def test_lines_with_a_kind_choose_before_lines_without():
    bank = [
        BankQuestion(1, "A", "law", "single", 4),
        BankQuestion(2, "B", "law", "multiple", 4),
    ]
    lines = [DrawLine("law", "", 1), DrawLine("law", "single", 1)]

    for seed in range(20):
        assert {place.question for place in draw(bank, lines, str(seed))} == {1, 2}


def test_a_bank_that_is_too_small_is_told_with_its_line():
    bank = [BankQuestion(1, "A", "law", "single", 4), BankQuestion(2, "B", "safety", "single", 4)]

    with pytest.raises(BankTooSmall) as told:
        draw(bank, [DrawLine("safety", "", 1), DrawLine("law", "single", 2)], "seed")

    assert (told.value.line, told.value.there) == (DrawLine("law", "single", 2), 1)
    assert len(draw(bank, [DrawLine("safety", "", 1), DrawLine("law", "single", 1)], "seed")) == 2


def test_a_question_taken_by_one_line_is_missing_in_another():
    bank = [BankQuestion(1, "A", "law", "single", 4)]

    with pytest.raises(BankTooSmall) as told:
        draw(bank, [DrawLine("law", "", 1), DrawLine("law", "single", 1)], "seed")

    assert (told.value.line.kind, told.value.there) == ("", 0)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], "empty"),
        ([{"topic": "law", "kind": "", "count": 0}], "count_invalid"),
        ([{"topic": "law", "kind": "", "count": "3"}], "count_invalid"),
        ([{"topic": "law", "kind": "", "count": True}], "count_invalid"),
        ([{"topic": "law", "kind": "", "count": 1}, {"topic": "law", "count": 2}], "line_twice"),
        ([{"topic": "law", "kind": "", "count": 201}], "too_many"),
    ],
)
def test_lines_that_make_no_paper(rows, code):
    with pytest.raises(InvalidValue) as told:
        read_draw(rows)

    assert told.value.code == code


def test_lines_and_papers_are_read_back_as_they_were_written():
    lines = (DrawLine("law", "", 200),)
    paper = (Place(7, (1, 0)), Place(3, (0, 2, 1)))

    assert read_draw(draw_rows(lines)) == lines
    assert read_paper(paper_rows(paper)) == paper


@pytest.mark.parametrize(
    ("kind", "key", "answer", "right"),
    [
        ("single", [2], [2], True),
        ("single", [2], [1], False),
        ("single", [2], [], False),
        ("picture", [0], [0], True),
        ("picture", [0], [0, 1], False),
        ("true_false", [1], [1], True),
        ("true_false", [1], [0], False),
        ("multiple", [0, 2], [2, 0], True),
        ("multiple", [0, 2], [0], False),
        ("multiple", [0, 2], [0, 1, 2], False),
        ("multiple", [0, 2], [0, 0, 2], False),
        ("multiple", [0, 2], [], False),
        ("ordering", [2, 0, 1], [2, 0, 1], True),
        ("ordering", [2, 0, 1], [0, 2, 1], False),
        ("ordering", [2, 0, 1], [2, 0], False),
    ],
)
def test_what_is_right(kind, key, answer, right):
    assert is_right(kind, key, answer) is right


@pytest.mark.parametrize(
    ("kind", "answer", "possible"),
    [
        ("single", [], True),
        ("single", [3], True),
        ("single", [4], False),
        ("single", [-1], False),
        ("single", [0, 1], False),
        ("single", [True], False),
        ("single", ["1"], False),
        ("single", "1", False),
        ("single", None, False),
        ("multiple", [3, 0], True),
        ("multiple", [0, 0], False),
        ("ordering", [3, 1, 0, 2], True),
        ("ordering", [3, 1, 0], False),
        ("ordering", [], True),
    ],
)
def test_which_answers_are_possible(kind, answer, possible):
    assert is_possible(kind, 4, answer) is possible


@given(papers(), st.integers())
@cases
def test_marking_does_not_depend_on_how_the_options_stand(given, number):
    """Positions are those of the bank: a shuffled paper and a plain one are marked alike."""
    bank, lines, seed = given
    chance = random.Random(number)
    by_key = {question.key: question for question in bank}

    for place in draw(bank, lines, seed):
        question = by_key[place.question]
        key = sorted(chance.sample(range(question.options), chance.randint(1, question.options)))
        chosen = [option for option in place.order if option in key]
        assert is_right("multiple", key, chosen)
        assert not is_right("multiple", key, chosen[1:])


@pytest.mark.parametrize(
    ("right", "places", "permille"), [(0, 50, 0), (40, 50, 800), (39, 50, 780), (2, 3, 666), (50, 50, 1000)]
)
def test_the_score_is_rounded_down(right, places, permille):
    assert score(right, places) == permille


@pytest.mark.parametrize(("right", "places"), [(0, 0), (-1, 5), (6, 5)])
def test_a_score_of_nothing_is_none(right, places):
    with pytest.raises(InvalidValue):
        score(right, places)


@given(papers())
@cases
def test_shortages_say_beforehand_what_drawing_says(given):
    bank, lines, seed = given
    counts = Counter((question.topic, question.kind) for question in bank)
    grown = [DrawLine(line.topic, line.kind, line.count + 1) for line in lines]

    assert shortages(lines, counts) == []
    try:
        draw(bank, grown, seed)
    except BankTooSmall as told:
        assert (told.line, told.there) in shortages(grown, counts)
    else:
        assert shortages(grown, counts) == []
