"""Filters of lists of claims, for every door that has one."""

from datetime import date, datetime, time

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, DateFilter, Filter

from aftersales.web.filter_sets import StrictFilterSet
from claims.forms.search import ClaimSearchForm, VisitSearchForm
from claims.models.choices import NatureChoices, StatusChoices
from claims.models.visits import VisitKindChoices, VisitStateChoices
from claims.queries import claims as reading
from claims.queries import dispatch
from claims.queries import visits as visit_reading
from claims.rules.classification import GoodsType, group_of

OPEN, ANY = "open", "any"
# What can be told apart from a slip of the pen, and what every time zone can still express.
DAYS = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))]


class SearchFilter(Filter):
    """The search box of claims as one of the filters."""

    @property
    def field(self):
        return ClaimSearchForm.base_fields["q"]


class SwitchFilter(Filter):
    """A box that is ticked or not."""

    field_class = forms.BooleanField


class DayFilter(DateFilter):
    """A day in Shanghai."""

    def __init__(self, **kwargs):
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=widget, validators=DAYS, **kwargs)


class ClaimFilter(StrictFilterSet):
    """Everything is optional. `mine` is what `person` filed or handles, `overdue` what is late at `now`,
    `nobody` what has no handler and is offered to nobody."""

    q = SearchFilter(method="search")
    status = ChoiceFilter(
        label=_("State"),
        method="in_state",
        empty_label=None,
        choices=[(OPEN, _("Open")), (ANY, _("All states")), *StatusChoices.choices],
    )
    goods = ChoiceFilter(
        label=_("Goods"),
        method="of_goods",
        empty_label=_("All goods"),
        choices=[
            (GoodsType.PRODUCE, _("Farm produce")),
            (GoodsType.INDUSTRIAL, _("Industrial goods")),
            (GoodsType.AGRICULTURAL_INPUTS, _("Agricultural inputs")),
        ],
    )
    nature = ChoiceFilter(
        label=_("Kind of problem"), empty_label=_("All kinds"), choices=NatureChoices.choices
    )
    since = DayFilter(label=_("Filed from"), method="filed_since")
    until = DayFilter(label=_("Filed until"), method="filed_until")
    mine = SwitchFilter(label=_("Only mine"), method="of_person")
    overdue = SwitchFilter(label=_("Only overdue"), method="late")
    nobody = SwitchFilter(label=_("Only without anybody"), method="of_nobody")

    def __init__(self, data=None, queryset=None, *, person, now: datetime, **kwargs):
        super().__init__(data, queryset, **kwargs)
        self.person, self.now = person, now

    def search(self, claims, _name, text):
        return claims.filter(reading.matching(text))

    def in_state(self, claims, _name, status):
        if status == OPEN:
            return reading.still_open(claims)
        return claims if status == ANY else claims.filter(status=status)

    def of_goods(self, claims, _name, group):
        return claims.filter(goods_type__in=[each.value for each in GoodsType if group_of(each) == group])

    def filed_since(self, claims, _name, day):
        return claims.filter(filed_at__gte=timezone.make_aware(datetime.combine(day, time.min)))

    def filed_until(self, claims, _name, day):
        return claims.filter(filed_at__lte=timezone.make_aware(datetime.combine(day, time.max)))

    def of_person(self, claims, _name, wanted):
        return claims.filter(reading.concerning(self.person)) if wanted else claims

    def late(self, claims, _name, wanted):
        return reading.still_open(claims).filter(next_due_at__lt=self.now) if wanted else claims

    def of_nobody(self, claims, _name, wanted):
        return claims.filter(pk__in=dispatch.without_anybody().order_by().values("pk")) if wanted else claims


class VisitSearchFilter(Filter):
    """The search box of visits as one of the filters."""

    @property
    def field(self):
        return VisitSearchForm.base_fields["q"]


class VisitFilter(StrictFilterSet):
    """Filters of home visits; everything is optional. `mine` is what `person` goes to."""

    q = VisitSearchFilter(method="search")
    kind = ChoiceFilter(
        label=_("Kind"), empty_label=_("All kinds of visits"), choices=VisitKindChoices.choices
    )
    state = ChoiceFilter(label=_("State"), empty_label=_("All states"), choices=VisitStateChoices.choices)
    since = DayFilter(label=_("From day"), method="from_day")
    until = DayFilter(label=_("Until day"), method="until_day")
    mine = SwitchFilter(label=_("Only those I make"), method="of_person")

    def __init__(self, data=None, queryset=None, *, person, **kwargs):
        super().__init__(data, queryset, **kwargs)
        self.person = person

    def search(self, visits, _name, text):
        return visits.filter(visit_reading.matching(text))

    def from_day(self, visits, _name, day):
        return visits.filter(starts_at__gte=timezone.make_aware(datetime.combine(day, time.min)))

    def until_day(self, visits, _name, day):
        return visits.filter(starts_at__lte=timezone.make_aware(datetime.combine(day, time.max)))

    def of_person(self, visits, _name, wanted):
        return visit_reading.of_person(visits, self.person) if wanted else visits
