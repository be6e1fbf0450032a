"""How the trail is narrowed in the admin."""

from datetime import datetime, time, timedelta

from django.contrib.admin import SimpleListFilter
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.audit.models import AuditEvent, Outcome
from aftersales.audit.verbs import KINDS
from aftersales.web.admin_filters import DefaultFilter, key_of

DAYS_BACK = {"today": 0, "week": 6, "month": 29}


class DayFilter(DefaultFilter):
    """The last week unless another span is asked for, so that the list never walks through years."""

    title = gettext_lazy("when")
    parameter_name = "day"

    def lookups(self, request, model_admin):
        return [
            ("week", _("Last 7 days")),
            ("today", _("Today")),
            ("month", _("Last 30 days")),
            ("all", _("Any day")),
        ]

    def queryset(self, request, queryset):
        if self.value() not in DAYS_BACK:
            return queryset
        first = timezone.localdate() - timedelta(days=DAYS_BACK[self.value()])
        return queryset.filter(recorded_at__gte=timezone.make_aware(datetime.combine(first, time.min)))


class KindFilter(SimpleListFilter):
    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return list(KINDS.items())

    def queryset(self, request, queryset):
        return queryset.filter(verb__startswith=f"{self.value()}.") if self.value() in KINDS else queryset


class ActorFilter(SimpleListFilter):
    """Oneself, or the person whose name was clicked in the list."""

    title = gettext_lazy("person")
    parameter_name = "actor"

    def lookups(self, request, model_admin):
        people = [(str(request.user.pk), _("Myself"))]
        chosen = key_of(self.used_parameters.get(self.parameter_name))
        if chosen is not None and chosen != request.user.pk:
            names = AuditEvent.objects.filter(actor_id=chosen).values_list("actor_name", flat=True)
            people.append((str(chosen), names.first() or str(chosen)))
        return people

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        return queryset.filter(actor_id=key_of(self.value()) or 0)


class OutcomeFilter(SimpleListFilter):
    title = gettext_lazy("outcome")
    parameter_name = "outcome"

    def lookups(self, request, model_admin):
        return Outcome.choices

    def queryset(self, request, queryset):
        return queryset.filter(outcome=self.value()) if self.value() in Outcome.values else queryset


class AboutFilter(SimpleListFilter):
    """One object, as the history link of its page asks: "claims.claim:17". Shown only while in use.

    A claim's history holds what happened to its compensations, photos and movements too.
    """

    title = gettext_lazy("object")
    parameter_name = "about"

    def lookups(self, request, model_admin):
        chosen = self.used_parameters.get(self.parameter_name)
        return [(chosen, _("This one object"))] if chosen else []

    def queryset(self, request, queryset):
        kind, _colon, key = (self.value() or "").partition(":")
        if not key:
            return queryset
        about = Q(object_type=kind, object_id=key)
        if kind == "claims.claim" and key_of(key) is not None:
            about |= Q(claim_id=key_of(key))
        return queryset.filter(about)
