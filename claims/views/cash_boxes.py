"""Cash boxes: the county's list, one box with its movements and counts, cash to and from it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.lib.errors import Refused
from claims.forms.cash_boxes import BoxForm, CashForm, CountForm
from claims.models import CashBox, CashCount, CashFloat
from claims.models.cash_boxes import FloatDirection
from claims.queries import cash_boxes as reading
from claims.services import cash_boxes as service
from claims.views.fund import FundPage
from claims.views.places import CasePage
from stations.access.guards import require
from stations.access.places import permissions
from stations.models import Station
from stations.models.network import StationState

KEEP, HAND_OUT, OPEN = "claims.keep_cash_box", "claims.hand_out_cash", "claims.open_cash_box"
COUNTS_SHOWN = 10


class CashBoxList(FundPage):
    """Every cash box of a fund: what is in it, who keeps it, when it was counted; and opening one."""

    permission = HAND_OUT
    here = "cash_boxes"
    template_name = "claims/cash_box_list.html"

    def get(self, request, county_code):
        fund = self.fund(county_code)
        return self._page(fund, BoxForm(stations=self._stations(fund)))

    def post(self, request, county_code):
        require(request.user, OPEN)
        fund = self.fund(county_code)
        form = BoxForm(request.POST, stations=self._stations(fund))
        if form.is_valid() and form.call(
            service.open_box, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("The cash box is open. Hand cash over to fill it."))
            return redirect("claims:cash_box", form.result.pk)
        return self._page(fund, form)

    def _stations(self, fund):
        """Operating stations of the county that have no box yet."""
        taken = CashBox.objects.filter(fund=fund).values("station_id")
        there = Station.objects.filter(county_code=fund.county_code, state=StationState.OPERATING)
        return there.exclude(pk__in=taken).order_by("name", "id")

    def _page(self, fund, form):
        rows = reading.boxes(fund)
        return self.page(
            fund=fund,
            form=form,
            boxes=reading.states(rows, timezone.now()),
            total_fen=reading.in_boxes_fen(fund),
            floats=reading.waiting_floats(CashFloat.objects.filter(box__fund=fund)),
            status=409 if form.refused else 200,
        )


class BoxPage(CasePage):
    """A page about one cash box, for the county and for the station."""

    permission = (KEEP, HAND_OUT)

    def page(self, status: int = 200, template: str = "", **context):
        return super().page(status, template, area="fund", **context)

    def box(self, pk) -> CashBox:
        rows = CashBox.objects.select_related("station", "account", "keeper", "fund")
        return get_object_or_404(rows, pk=pk)


class CashBoxDetail(BoxPage):
    """One box: what should be in it, what waits for a second person, its last movements and counts."""

    template_name = "claims/cash_box_detail.html"

    def get(self, request, pk):
        box, now = self.box(pk), timezone.now()
        counts = CashCount.objects.filter(box=box).select_related("counted_by", "booked_by")
        return self.page(
            state=reading.states([box], now)[0],
            box=box,
            floats=[_marked(each, request.user) for each in reading.waiting_floats(box.floats.all())],
            movements=reading.movements(box),
            counts=counts.order_by("-counted_at", "-id")[:COUNTS_SHOWN],
            place=box.station,
        )


class CashBoxAct(BoxPage):
    """Cash handed to the station or back to the county, or counted."""

    template_name = "claims/cash_box_act.html"
    STEPS = {
        "fill": (
            HAND_OUT,
            gettext_lazy("Hand cash to the station"),
            gettext_lazy("Count it out together. It is booked when somebody at the station has received it."),
        ),
        "empty": (
            KEEP,
            gettext_lazy("Hand cash back to the county"),
            gettext_lazy("Count it out together. It is booked when somebody of the county has received it."),
        ),
        "count": (
            KEEP,
            gettext_lazy("Count the cash box"),
            gettext_lazy(
                "Count every note and coin first, then enter the sum. The books are compared with it."
            ),
        ),
    }

    def get(self, request, pk, step):
        box = self._find(pk, step)
        return self._page(box, step, CountForm() if step == "count" else CashForm())

    def post(self, request, pk, step):
        box = self._find(pk, step)
        form = (CountForm if step == "count" else CashForm)(request.POST)
        if form.is_valid() and form.call(self._act, box=box, step=step, values=form.cleaned_data):
            if step == "count":
                said = _("Counted; it agrees with the books.")
                if form.result.difference_fen:
                    said = _("Counted. Somebody of the county looks at the difference.")
            else:
                said = _("Noted. It is booked when the other side has received it.")
            messages.success(request, said)
            return redirect("claims:cash_box", box.pk)
        return self._page(box, step, form)

    def _find(self, pk, step) -> CashBox:
        if step not in self.STEPS:
            raise Http404
        require(self.request.user, self.STEPS[step][0])
        return self.box(pk)

    def _act(self, *, box, step, values):
        common = {"box": box, "by": self.request.user, "now": timezone.now(), **values}
        if step == "count":
            return service.count(**common)
        direction = FloatDirection.OUT if step == "fill" else FloatDirection.BACK
        return service.hand_over(direction=direction.value, **common)

    def _page(self, box, step, form):
        _permission, title, text = self.STEPS[step]
        return self.page(
            box=box,
            form=form,
            title=title,
            text=text,
            cancel_url=reverse("claims:cash_box", args=[box.pk]),
            place=box.station,
            status=409 if form.refused else 200,
        )


class CashFloatDecide(BoxPage):
    """The second person has received the cash, or it is crossed out."""

    http_method_names = ["post"]

    def post(self, request, pk, step):
        if step not in ("receive", "cancel"):
            raise Http404
        cash = get_object_or_404(CashFloat.objects.select_related("box"), pk=pk)
        if step == "receive":
            require(request.user, _receiver(cash))
        act = service.receive if step == "receive" else service.cancel
        said = _("Received and booked.") if step == "receive" else _("Crossed out.")
        return _answered(request, cash.box_id, said, act, cash=cash)


class CashCountBook(BoxPage):
    """The books are put right by what a count found."""

    permission = HAND_OUT
    http_method_names = ["post"]

    def post(self, request, pk):
        counted = get_object_or_404(CashCount, pk=pk)
        return _answered(
            request, counted.box_id, _("The difference is booked."), service.book_difference, counted=counted
        )


def _answered(request, box_id: int, said: str, act, **what):
    try:
        act(by=request.user, now=timezone.now(), **what)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, said)
    return redirect("claims:cash_box", box_id)


def _receiver(cash: CashFloat) -> str:
    return KEEP if cash.direction == FloatDirection.OUT else HAND_OUT


def _marked(cash: CashFloat, user) -> CashFloat:
    """Say whether this person is the one who may receive it, or handed it over themselves."""
    cash.is_own = cash.handed_by_id == user.pk
    cash.can_be_received = not cash.is_own and _receiver(cash) in permissions(user, cash)
    return cash
