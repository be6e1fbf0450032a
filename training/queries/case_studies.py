"""The case library as it is read, and what waits on the trainers' desk. docs/rules/handbook.md, section 7."""

from django.db.models import Q, QuerySet

from aftersales.accounts.scoping import ScopePaths, current_scope, scope_filter
from training.models import CaseStudy
from training.rules.searching import words_of
from training.rules.subjects import covered_by, within

LIST_ORDER = ("-published_at", "-id")
DESK_ORDER = ("-proposed_at", "-id")
_PATHS = ScopePaths(county="county_code")


def readable() -> QuerySet[CaseStudy]:
    """What everybody who learns may read: published and not dropped."""
    return CaseStudy.objects.filter(published_at__isnull=False, dropped_at__isnull=True)


def desk() -> QuerySet[CaseStudy]:
    """Cases of the counties within reach, whatever became of them."""
    condition = scope_filter(current_scope(), _PATHS)
    rows = CaseStudy.objects.select_related("proposed_by", "published_by")
    return rows if condition is None else rows.filter(condition)


def waiting() -> QuerySet[CaseStudy]:
    """Proposed cases within reach that nobody has decided on."""
    return desk().filter(published_at__isnull=True, dropped_at__isnull=True)


def matching(rows: QuerySet[CaseStudy], text: str) -> QuerySet[CaseStudy]:
    """Cases that hold every word of a search in one of their texts."""
    for word in words_of(text):
        rows = rows.filter(
            Q(title__icontains=word)
            | Q(what_happened__icontains=word)
            | Q(what_was_done__icontains=word)
            | Q(what_to_learn__icontains=word)
        )
    return rows


def narrowed(rows: QuerySet[CaseStudy], *, goods: str = "", problem: str = "") -> QuerySet[CaseStudy]:
    """Cases about a goods type (with its group and what lies in it) and a problem."""
    if goods:
        rows = rows.filter(goods_type__in={*covered_by(goods), *within(goods)})
    return rows.filter(problem=problem) if problem else rows
