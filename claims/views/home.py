"""Today: what is open at the station, what waits for whom, and the button that starts a claim."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web.paging import capped_counts
from claims.forms.search import ClaimSearchForm
from claims.models import CashFloat, Compensation, Reship
from claims.models.cash_boxes import FloatDirection
from claims.models.claims import OPEN_STATUSES
from claims.models.compensation import ApprovalLevel, CompensationState
from claims.queries import cash_boxes, dispatch, follow_up_turns, payouts
from claims.queries import claims as reading
from claims.views.actions import payout_words
from claims.views.dispatch_words import told
from claims.views.places import CasePage
from claims.views.queues import CLIMBED, own_label, post_of
from claims.views.rows import cards, values
from stations.access.places import own_station, permissions

OPEN_SHOWN = 12
BESIDE_SHOWN = 5
WAITING_SHOWN = 8
ABOVE_OFFICER = (ApprovalLevel.MANAGER, ApprovalLevel.PLATFORM)


class Home(LoginRequiredMixin, CasePage):
    """The page an agent starts the day with. Who has no station pages is sent to their own start."""

    template_name = "claims/home.html"
    permission = "claims.use_station_pages"

    def dispatch(self, request, *args, **kwargs):
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if self.permission not in permissions(request.user):
            return redirect("accounts:landing")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request):
        now, station, may = timezone.now(), own_station(request.user), permissions(request.user)
        post = post_of(request.user, station)
        queue = post.held() if station else reading.open_queue()
        beside = post.climbed() if station else post.held()
        counts = capped_counts(
            {
                "open": queue,
                "overdue": queue.filter(next_due_at__lt=now),
                "beside": beside,
                "calls": follow_up_turns.mine(request.user),
            }
        )
        money = list(waiting(may, station)[: WAITING_SHOWN * 4])
        by_state: dict[str, list[Compensation]] = {}
        for compensation in money:
            compensation.label = payout_words(compensation)
            by_state.setdefault(compensation.state, []).append(compensation)
        claims = list(values(queue)[:OPEN_SHOWN])
        return self.page(
            place=station,
            search=ClaimSearchForm(),
            claims=claims,
            written=cards(claims, now, shows_station=station is None),
            open_count=counts["open"],
            overdue_count=counts["overdue"],
            calls_count=counts["calls"],
            beside=cards(values(beside)[:BESIDE_SHOWN], now, shows_station=station is None)
            if counts["beside"].number
            else "",
            beside_title=_("Climbed higher") if station else own_label(post.level),
            beside_count=counts["beside"],
            beside_key=CLIMBED if station else post.level.value,
            to_choose=by_state.get(CompensationState.PROPOSED, []),
            to_pay=by_state.get(CompensationState.APPROVED, []),
            to_decide=by_state.get(CompensationState.CHOSEN, []),
            to_ship=list(parcels(station)[:WAITING_SHOWN]),
            offered=told(dispatch.open_offers_for(request.user)[:WAITING_SHOWN]),
            shows_station=station is None,
            not_arrived=list(payouts.owed(payouts.listed())[:WAITING_SHOWN]),
            **cash_of(may, station, now),
        )


def waiting(may: frozenset[str], station):
    """Open compensations that somebody here can bring on: ask the villager, decide, hand out."""
    states = [CompensationState.PROPOSED, CompensationState.APPROVED]
    if "claims.approve_compensation" in may:
        states.append(CompensationState.CHOSEN)
    rows = Compensation.objects.filter(state__in=states, claim__status__in=OPEN_STATUSES)
    if "claims.approve_large_compensation" not in may:
        rows = rows.exclude(state=CompensationState.CHOSEN, needs_level__in=ABOVE_OFFICER)
    if station is not None:
        rows = rows.filter(station=station)
    return rows.select_related("claim__consumer", "claim__order_line", "station").order_by(
        "worked_out_at", "id"
    )


def cash_of(may: frozenset[str], station, now) -> dict:
    """The cash box of one's own station, where it has one, and whether cash waits to be received there."""
    if station is None or "claims.keep_cash_box" not in may:
        return {}
    box = cash_boxes.boxes().filter(station=station).first()
    if box is None:
        return {}
    waiting = cash_boxes.waiting_floats(CashFloat.objects.filter(box=box, direction=FloatDirection.OUT))
    return {"cash_box": cash_boxes.states([box], now)[0], "cash_on_the_way": waiting.exists()}


def parcels(station):
    """Goods that were ordered again and not yet sent."""
    rows = Reship.objects.filter(shipped_at__isnull=True, taken_back_at__isnull=True)
    if station is not None:
        rows = rows.filter(station=station)
    return rows.select_related(
        "compensation__claim__consumer", "compensation__claim__order_line", "station"
    ).order_by("ordered_at", "id")
