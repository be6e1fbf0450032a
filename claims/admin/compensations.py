"""Compensations: the work list of those who decide, and one page with what a decision rests on."""

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.web.admin import PageAdmin
from aftersales.web.admin_columns import badge, lines, moment_column, money_column
from aftersales.web.admin_filters import DefaultFilter
from claims.admin.decisions import ACTIONS, cards
from claims.admin.filters import PlaceFilter
from claims.models import Compensation
from claims.models.compensation import CompensationState
from claims.queries import claims as reading
from claims.queries import work_lists
from claims.rules.approval import Level
from claims.views.timeline import entries
from claims.views.tones import STATE_TONES

MINE, ALL = "mine", "all"
LEVEL_TONES = {
    Level.RULE: "neutral",
    Level.OFFICER: "info",
    Level.MANAGER: "warn",
    Level.PLATFORM: "bad",
}
# What may follow in each state: name of the action and the permission it needs.
NEXT_STEPS = {
    CompensationState.CHOSEN: ("approve", "refuse"),
    CompensationState.PROPOSED: ("refuse",),
    CompensationState.APPROVED: ("execute", "revoke"),
}


class StateFilter(DefaultFilter):
    """What waits for one's own decision, unless something else is asked for; a search looks at all."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        self.user = request.user
        special = [(MINE, _("Mine to decide")), (ALL, _("All"))]
        if request.GET.get("q") or not request.user.has_perm("claims.approve_compensation"):
            special.reverse()
        return [*special, *CompensationState.choices]

    def queryset(self, request, queryset):
        wanted = self.value()
        if wanted == ALL:
            return queryset
        if wanted == MINE:
            mine = work_lists.mine_to_decide(request.user, timezone.now())
            return queryset.filter(pk__in=mine.order_by().values("pk"))
        return queryset.filter(state=wanted)


@admin.register(Compensation)
class CompensationAdmin(PageAdmin):
    list_display = (
        "number",
        "goods",
        "person",
        money_column("amount_fen", gettext_lazy("amount")),
        "choice",
        "station",
        "decided_by",
        moment_column("chosen_at", gettext_lazy("chosen")),
        "state_shown",
    )
    list_select_related = (
        "claim__consumer",
        "claim__station",
        "claim__order_line__order",
        "claim__liable_party",
        "claim__filed_by",
        "policy",
        "station",
        "asked_by",
        "approved_by",
        "executed_by",
        "coupon",
        "reship",
    )
    list_filter = (StateFilter, "remedy", "needs_level", PlaceFilter)
    search_fields = ("claim__number",)
    search_help_text = gettext_lazy("Claim number, order number or whole phone number")
    sortable_by = ()
    actions = ACTIONS
    page_template = "admin/claims/compensation/page.html"

    def get_ordering(self, request):
        waits = request.GET.get("state", MINE) in (MINE, CompensationState.CHOSEN)
        return ("chosen_at", "id") if waits and not request.GET.get("q") else ("-worked_out_at", "-id")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(*self.list_select_related)

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        return queryset.filter(claim__in=reading.search(search_term).order_by().values("pk")), False

    @admin.display(description=gettext_lazy("claim"))
    def number(self, compensation):
        return compensation.claim.number

    @admin.display(description=gettext_lazy("goods"))
    def goods(self, compensation):
        claim = compensation.claim
        kind = f"{claim.get_goods_type_display()} · {claim.get_nature_display()}"
        return format_html('{}<br><span class="quiet">{}</span>', claim.order_line.product, kind)

    @admin.display(description=gettext_lazy("consumer"))
    def person(self, compensation):
        consumer = compensation.claim.consumer
        return lines(filter(None, [consumer.name_masked, consumer.phone_masked]))

    @admin.display(description=gettext_lazy("choice"))
    def choice(self, compensation):
        words = [compensation.get_remedy_display(), compensation.get_payout_method_display()]
        return lines(filter(None, words)) or _("not chosen yet")

    @admin.display(description=gettext_lazy("decided by"))
    def decided_by(self, compensation):
        return badge(compensation.get_needs_level_display(), LEVEL_TONES[Level(compensation.needs_level)])

    @admin.display(description=gettext_lazy("state"))
    def state_shown(self, compensation):
        return badge(compensation.get_state_display(), STATE_TONES[compensation.state])

    def page_context(self, request, row):
        user = request.user
        offered = NEXT_STEPS.get(row.state, ())
        return {
            "title": row.claim.number,
            "card": cards([row], user=user)[0],
            "steps": [
                action for action in ACTIONS if action.name in offered and user.has_perm(action.permission)
            ],
            "events": entries(
                reading.timeline(row.claim), is_decider=user.has_perm("claims.approve_compensation")
            ),
        }
