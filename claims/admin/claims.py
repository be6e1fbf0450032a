"""Claims: the list a manager works from, and one page with everything about a claim."""

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from aftersales.web.admin import PageAdmin
from aftersales.web.admin_columns import NOTHING, badge, lines, moment_column
from claims.admin.filters import OPEN, OVERDUE, GoodsFilter, HandlerFilter, PlaceFilter, StatusFilter
from claims.admin.handlers import REASSIGN
from claims.models import Claim, Compensation
from claims.queries import claims as reading
from claims.rules.status import Status
from claims.views.formula import formula, with_unit
from claims.views.timeline import entries
from claims.views.tones import STATE_TONES, STATUS_TONES, urgency_of


@admin.register(Claim)
class ClaimAdmin(PageAdmin):
    list_display = (
        "number",
        "state",
        "goods",
        "person",
        "station",
        "due",
        "handled_by",
        moment_column("filed_at", _("filed")),
    )
    list_select_related = ("station", "consumer", "order_line", "handler")
    list_filter = (StatusFilter, GoodsFilter, "nature", PlaceFilter, HandlerFilter)
    search_fields = ("number",)
    search_help_text = _("Claim number, order number, whole phone number, or a word of the product's name")
    sortable_by = ()
    actions = (REASSIGN,)
    page_template = "admin/claims/claim/page.html"

    def get_ordering(self, request):
        urgent = request.GET.get("status", OPEN) in (OPEN, OVERDUE) and not request.GET.get("q")
        return reading.OPEN_ORDER if urgent else reading.RECENT_ORDER

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        return queryset.filter(pk__in=reading.search(search_term).order_by().values("pk")), False

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        if request.resolver_match.url_name.endswith("_changelist"):
            return reading.listed(rows)
        return rows.select_related(
            "station__region",
            "consumer",
            "order_line__order__merchant",
            "order_line__order__platform",
            "order_line__order__logistics",
            "liable_party",
            "filed_by",
            "handler",
            "merged_into",
        )

    @admin.display(description=_("status"))
    def state(self, claim):
        return badge(claim.get_status_display(), STATUS_TONES[Status(claim.status)])

    @admin.display(description=_("goods"))
    def goods(self, claim):
        kind = f"{claim.get_goods_type_display()} · {claim.get_nature_display()}"
        return format_html('{}<br><span class="quiet">{}</span>', claim.order_line.product, kind)

    @admin.display(description=_("consumer"))
    def person(self, claim):
        return lines(filter(None, [claim.consumer.name_masked, claim.consumer.phone_masked])) or NOTHING

    @admin.display(description=_("due"))
    def due(self, claim):
        if not claim.is_open:
            return NOTHING
        urgency = urgency_of(claim.status, claim.next_due_at, timezone.now())
        return badge(urgency.words, urgency.tone)

    @admin.display(description=_("handler"))
    def handled_by(self, claim):
        return claim.handler or badge(_("nobody yet"), "warn")

    def page_context(self, request, row):
        line = row.order_line
        user, now = request.user, timezone.now()
        compensations = list(
            Compensation.objects.filter(claim=row)
            .select_related("policy", "coupon", "reship", "approved_by", "asked_by", "executed_by")
            .order_by("-round", "-id")
        )
        for each in compensations:
            each.formula = formula(each, line.unit)
            each.tone = STATE_TONES[each.state]
        sees_money = user.has_perm("claims.view_movement")
        return {
            "line": line,
            "order": line.order,
            "tone": STATUS_TONES[Status(row.status)],
            "urgency": urgency_of(row.status, row.next_due_at, now),
            "bad": with_unit(row.bad_milli, line.unit) if row.bad_milli else "",
            "total": with_unit(line.quantity_milli, line.unit),
            "compensations": compensations,
            "photos": reading.photos_of(row),
            "movements": row.movements.select_related("by").order_by("id") if sees_money else (),
            "events": entries(reading.timeline(row), is_decider=user.has_perm("claims.approve_compensation")),
        }
