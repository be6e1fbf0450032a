"""Questions for tests: written past the services, in topics and kinds as each test says."""

from training.models import Question

SINGLE = {"options": ["甲", "乙", "丙", "丁"], "answer": [1]}
SHAPES = {
    "single": SINGLE,
    "picture": SINGLE,
    "multiple": {"options": ["甲", "乙", "丙", "丁"], "answer": [0, 2]},
    "true_false": {"options": ["正确", "错误"], "answer": [0]},
    "ordering": {"options": ["第一步", "第二步", "第三步"], "answer": [2, 0, 1]},
}


def make_question(code: str, *, kind: str = "single", topic: str = "law", **fields) -> Question:
    """A question that can be asked; a picture question still without its picture."""
    values = {"text": f"题目 {code}", "source": "测试", **SHAPES[kind], **fields}
    return Question.objects.create(code=code, kind=kind, topic=topic, **values)


def only_these() -> None:
    """Take every question that comes with the programme away, so that a test counts its own alone."""
    Question.objects.all().delete()
