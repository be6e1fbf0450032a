"""How the questions of the bank were answered at the places one sees. docs/rules/exams.md, section 8."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from training.models import Question, SittingAnswer
from training.rules.exams import SittingState
from training.rules.item_statistics import Finding, discrimination, finding, share_right

LAST_ANSWERS = 2000
"""So many of the last answers to a question are looked at."""


@dataclass(frozen=True)
class Asked:
    """How often a question was on a paper that has ended, and how often it was answered rightly."""

    asked: int = 0
    right: int = 0

    @property
    def share(self) -> int | None:
        """Right answers in thousandths; None when it was never asked."""
        return share_right(self.right, self.asked)


@dataclass(frozen=True)
class Statistics(Asked):
    """A question in full: also how much oftener the best were right, and how often each option was chosen."""

    difference: int | None = None
    chosen: Counter = field(default_factory=Counter)

    @property
    def finding(self) -> Finding:
        return finding(self.asked, self.right, self.difference)


def answers() -> QuerySet[SittingAnswer]:
    """Answers on papers that have ended, within reach."""
    return SittingAnswer.objects.filter(sitting__state__in=(SittingState.SUBMITTED, SittingState.EXPIRED))


def asked(questions: Collection[Question]) -> dict[int, Asked]:
    """For each of some questions how it was answered, by key; those never asked are left out."""
    rows = (
        answers()
        .filter(question__in=[question.pk for question in questions])
        .order_by()
        .values("question")
        .annotate(asked=Count("pk"), right=Count("pk", filter=Q(is_right=True)))
    )
    return {row["question"]: Asked(row["asked"], row["right"]) for row in rows}


def statistics(question: Question) -> Statistics:
    """How a question was answered the last LAST_ANSWERS times."""
    rows = (
        answers()
        .filter(question=question)
        .order_by("-id")
        .values_list("sitting__score_permille", "is_right", "answer")[:LAST_ANSWERS]
    )
    results, chosen = [], Counter()
    for score, is_right, answer in rows:
        results.append((score, bool(is_right)))
        chosen.update(answer)
    right = sum(is_right for _score, is_right in results)
    return Statistics(asked=len(results), right=right, difference=discrimination(results), chosen=chosen)
