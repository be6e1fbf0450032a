"""How lists are narrowed in the admin. Only what the scope reaches is on offer."""

from django.contrib.admin import SimpleListFilter
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.accounts.scoping import COUNTY_DIGITS, current_scope, inside
from aftersales.web.admin_filters import DefaultFilter, key_of
from claims.models import Claim
from claims.models.choices import GoodsTypeChoices, StatusChoices
from claims.models.claims import OPEN_STATUSES
from claims.rules.classification import PARENT, GoodsType, group_of
from stations.models import Region, Station
from stations.models.network import TierChoices
from stations.rules.regions import prefix

PLACES_SHOWN = 60
HANDLERS_SHOWN = 30
OPEN, OVERDUE, ALL = "open", "overdue", "all"


class StatusFilter(DefaultFilter):
    """Open claims unless something else is asked for; a search looks through all of them."""

    title = gettext_lazy("status")
    parameter_name = "status"

    def lookups(self, request, model_admin):
        special = [(OPEN, _("Unfinished")), (OVERDUE, _("Overdue")), (ALL, _("All"))]
        if request.GET.get("q"):
            special.insert(0, special.pop())
        return [*special, *StatusChoices.choices]

    def queryset(self, request, queryset):
        wanted = self.value()
        if wanted == ALL:
            return queryset
        if wanted in (OPEN, OVERDUE):
            queryset = queryset.filter(status__in=OPEN_STATUSES)
            return queryset.filter(next_due_at__lt=timezone.now()) if wanted == OVERDUE else queryset
        return queryset.filter(status=wanted)


class GoodsFilter(SimpleListFilter):
    """The three groups of goods."""

    title = gettext_lazy("goods")
    parameter_name = "goods"

    def lookups(self, request, model_admin):
        return [
            (group.value, GoodsTypeChoices(group).label) for group, parent in PARENT.items() if not parent
        ]

    def queryset(self, request, queryset):
        if self.value() not in {key for key, _label in self.lookup_choices}:
            return queryset
        group = GoodsType(self.value())
        return queryset.filter(goods_type__in=[each.value for each in GoodsType if group_of(each) == group])


class PlaceFilter(SimpleListFilter):
    """The townships of one's county; for somebody who sees several counties, the counties."""

    title = gettext_lazy("place")
    parameter_name = "place"

    def lookups(self, request, model_admin):
        counties = list(
            Region.objects.filter(code__in=Station.objects.order_by().values("county_code"))
            .order_by("code")
            .values_list("code", "name")[: PLACES_SHOWN + 1]
        )
        if len(counties) > 1:
            return [(code[:COUNTY_DIGITS], name) for code, name in counties[:PLACES_SHOWN]]
        townships = Station.objects.filter(tier=TierChoices.TOWNSHIP).order_by("region_id")
        return [(prefix(code), name) for code, name in townships.values_list("region_id", "region__name")]

    def queryset(self, request, queryset):
        wanted = self.value()
        if wanted not in {key for key, _name in self.lookup_choices}:
            return queryset
        path = "county_code" if len(wanted) == COUNTY_DIGITS else "station__region_id"
        return queryset.filter(inside(path, wanted))


class PlaceOfClaimFilter(PlaceFilter):
    """The place of the claim that a row belongs to."""

    def queryset(self, request, queryset):
        wanted = self.value()
        if wanted not in {key for key, _name in self.lookup_choices}:
            return queryset
        path = "county_code" if len(wanted) == COUNTY_DIGITS else "claim__station__region_id"
        return queryset.filter(inside(path, wanted))


class HandlerFilter(SimpleListFilter):
    """Oneself, nobody, or one of the people who have open claims in their hands."""

    title = gettext_lazy("handled by")
    parameter_name = "handler"

    def lookups(self, request, model_admin):
        people = [(str(request.user.pk), _("Myself")), ("nobody", _("Nobody yet"))]
        if current_scope().everywhere:
            return people
        busy = Claim.objects.filter(status__in=OPEN_STATUSES, handler__isnull=False).exclude(
            handler=request.user
        )
        names = busy.order_by("handler__full_name").values_list("handler_id", "handler__full_name").distinct()
        return people + [(str(key), name) for key, name in names[:HANDLERS_SHOWN]]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        if self.value() == "nobody":
            return queryset.filter(handler__isnull=True)
        return queryset.filter(handler_id=key_of(self.value()) or 0)
