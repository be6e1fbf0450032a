"""Goods in custody: the shelf, taking in at the counter, one item, its label, and the stocktake."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.web.admin_filters import key_of
from aftersales.web.paging import keyset_page
from aftersales.web.qr import qr_svg
from claims.forms.custody import FORMS, ReceiveForm, StocktakeForm
from claims.models import Claim, CustodyItem, Photo
from claims.queries import custody as reading
from claims.rules.custody import CustodyAction, Whereabouts
from claims.services import custody as service
from claims.views.evidence import stage_all, staged
from claims.views.places import CasePage
from stations.access.places import own_station
from stations.models import Station
from stations.models.network import StationState

PAGE_SIZE = 30
ACTIONS = {
    CustodyAction.HAND_TO_COURIER: (gettext_lazy("Hand to the courier"), "truck", service.hand_to_courier),
    CustodyAction.GIVE_BACK: (gettext_lazy("Give back to the consumer"), "user", service.give_back),
    CustodyAction.PASS_ON: (gettext_lazy("Pass on to the station above"), "up", service.pass_on),
    CustodyAction.DISPOSE: (gettext_lazy("Dispose of the goods"), "cross", service.dispose),
    "put_elsewhere": (gettext_lazy("Put on another shelf"), "box", service.put_elsewhere),
}


class GoodsPage(CasePage):
    """A page about goods in custody."""

    permission = "claims.keep_goods"

    def item(self, label: str) -> CustodyItem:
        rows = CustodyItem.objects.select_related(
            "claim__consumer", "claim__order_line", "station__parent", "keeper", "received_by", "left_by"
        )
        return get_object_or_404(rows, label=label)


class GoodsList(GoodsPage):
    """What lies on the shelf, the longest waiting first; `?gone=1` shows what has left, `?q=` one label."""

    template_name = "claims/goods_list.html"

    def get(self, request):
        now, station, text = timezone.now(), own_station(request.user), request.GET.get("q", "").strip()[:40]
        if text and (found := reading.labelled(text).first()):
            return redirect("claims:goods_detail", found.label)
        is_gone = request.GET.get("gone") == "1"
        rows = reading.left(station=station) if is_gone else reading.on_shelf(station=station)
        page = keyset_page(
            rows,
            cursor=request.GET.get("cursor", ""),
            order=("-left_at", "-id") if is_gone else reading.SHELF_ORDER,
            size=PAGE_SIZE,
        )
        for item in page.rows:
            item.days = reading.days_waiting(item, now)
            item.is_late = reading.waits_long(item, now)
        return self.page(
            list_page=page,
            is_gone=is_gone,
            text=text,
            place=station,
            shows_station=station is None,
            stocktake=reading.last_stocktake(station) if station else None,
        )


class GoodsReceive(GoodsPage):
    """Goods of a claim are handed over the counter."""

    template_name = "claims/goods_receive.html"

    def get(self, request, number):
        claim = self._claim(number)
        form = ReceiveForm(stations=self._stations(claim), initial={"what": claim.order_line.product[:80]})
        return self._page(claim, form)

    def post(self, request, number):
        claim = self._claim(number)
        form = ReceiveForm(request.POST, stations=self._stations(claim))
        if not form.is_valid():
            return self._page(claim, form)
        values = form.shown_values
        form_token = form.cleaned_data["form_key"]
        refusals = stage_all(request, station=values["station"], form_token=form_token)
        if refusals:
            return self._page(claim, form, refusals)
        if form.call(
            service.receive,
            claim=claim,
            form_token=form_token,
            by=request.user,
            now=timezone.now(),
            **values,
        ):
            messages.success(
                request, _("Taken in. Write the label on the goods: %(label)s") % {"label": form.result.label}
            )
            return redirect("claims:goods_detail", form.result.label)
        return self._page(claim, form)

    def _claim(self, number) -> Claim:
        return get_object_or_404(
            Claim.objects.select_related("station", "consumer", "order_line"), number=number
        )

    def _stations(self, claim: Claim):
        """Where the person can take goods of this claim in: their own station, else the claim's county."""
        open_here = Station.objects.filter(state=StationState.OPERATING, county_code=claim.county_code)
        own = own_station(self.request.user)
        if own is not None:
            return open_here.filter(pk=own.pk)
        ladder = [claim.station_id, claim.station.parent_id]
        return open_here.filter(pk__in=ladder) | open_here.filter(tier="county")

    def _page(self, claim, form, refusals=()):
        token = form["form_key"].value() or ""
        return self.page(
            claim=claim,
            form=form,
            refusals=refusals,
            photos=staged(self.request.user, token),
            place=claim.station,
            status=409 if refusals or form.refused else 200,
        )


class GoodsDetail(GoodsPage):
    """One item: where it is, since when, who answers for it, and what can be done."""

    template_name = "claims/goods_detail.html"

    def get(self, request, label):
        item = self.item(label)
        now = timezone.now()
        item.days, item.is_late = reading.days_waiting(item, now), reading.waits_long(item, now)
        return self.page(
            item=item,
            photos=Photo.objects.filter(goods=item).order_by("id"),
            went_to=CustodyItem.objects.filter(came_from=item).select_related("station").first(),
            came_from=CustodyItem.objects.filter(went_to=item).select_related("station").first(),
            steps=self._steps(item),
            place=item.station,
        )

    def _steps(self, item: CustodyItem) -> list[dict]:
        if item.whereabouts != Whereabouts.ON_SHELF:
            return []
        return [
            {"url": reverse("claims:goods_act", args=[item.label, action]), "label": label, "icon": icon}
            for action, (label, icon, _service) in ACTIONS.items()
            if action != CustodyAction.PASS_ON or item.station.parent_id
        ]


class GoodsAct(GoodsPage):
    """One step with one item."""

    template_name = "claims/goods_act.html"

    def get(self, request, label, action):
        item = self._find(label, action)
        return self._page(item, action, FORMS[action](initial={"version": item.version, "shelf": item.shelf}))

    def post(self, request, label, action):
        item = self._find(label, action)
        form = FORMS[action](request.POST)
        if form.is_valid():
            given = {name: value for name, value in form.cleaned_data.items() if name != "version"}
            if form.call(
                ACTIONS[action][2],
                item=item,
                by=request.user,
                now=timezone.now(),
                expected_version=form.cleaned_data["version"],
                **given,
            ):
                messages.success(request, _("Noted."))
                # Their page here, which whoever passed them on can still open; it leads to the next one.
                return redirect("claims:goods_detail", item.label)
        if form.refused is not None:
            item = self.item(label)
            form.renew(item.version)
        return self._page(item, action, form)

    def _find(self, label, action) -> CustodyItem:
        if action not in FORMS:
            raise Http404
        return self.item(label)

    def _page(self, item, action, form):
        return self.page(
            item=item,
            form=form,
            title=ACTIONS[action][0],
            is_danger=action == CustodyAction.DISPOSE,
            place=item.station,
            status=409 if form.refused else 200,
        )


class GoodsLabel(GoodsPage):
    """The label to stick on the goods; its code opens the item's page."""

    def get(self, request, label):
        item = self.item(label)
        address = request.build_absolute_uri(reverse("claims:goods_detail", args=[item.label]))
        return render(
            request,
            "claims/goods_label.html",
            {"item": item, "qr": qr_svg(address, label=_("Opens the page of these goods"))},
        )


class GoodsCount(GoodsPage):
    """The stocktake of one's own station, or of one in reach with ?station=."""

    template_name = "claims/goods_count.html"

    def get(self, request):
        station = self._station()
        return self._page(station, StocktakeForm(goods=reading.on_shelf(station=station)))

    def post(self, request):
        station = self._station()
        form = StocktakeForm(request.POST, goods=reading.on_shelf(station=station))
        if form.is_valid() and form.call(
            service.count,
            station=station,
            seen=form.labels,
            note=form.cleaned_data["note"],
            form_token=form.cleaned_data["form_key"],
            by=request.user,
            now=timezone.now(),
        ):
            return self._page(station, form, stocktake=form.result)
        return self._page(station, form)

    def _station(self) -> Station:
        asked = self.request.GET.get("station", "")
        if asked:
            return get_object_or_404(Station, pk=key_of(asked))
        agent = getattr(self.request.user, "agent", None)
        station = own_station(self.request.user) or (
            Station.objects.filter(pk=agent.station_id).first() if agent else None
        )
        if station is None:
            raise Http404
        return station

    def _page(self, station, form, stocktake=None):
        return self.page(
            form=form,
            station=station,
            place=station,
            stocktake=stocktake,
            last=None if stocktake else reading.last_stocktake(station),
            status=409 if form.refused else 200,
        )
