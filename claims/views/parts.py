"""Spare parts as a list with their guides, and the shelves of stations: what lies there and what moves it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.audit import trail
from aftersales.web.exports import Column, Export, write
from aftersales.web.idempotency import Answer, fingerprint, once
from aftersales.web.paging import capped_count, keyset_page
from claims.forms.parts import (
    BreakForm,
    CountForm,
    LimitForm,
    PartSearchForm,
    ReceiveForm,
    SendForm,
    ShelfSearchForm,
)
from claims.models import Part, PartStock
from claims.queries import parts as reading
from claims.services import parts as service
from claims.views.places import CasePage
from stations.access.places import permissions

PAGE_SIZE = 30
MOVEMENTS_SHOWN = 20
KEEP, CARRY_OUT = "claims.keep_parts", "claims.carry_out_visit"
REASON_TONES = {"received": "good", "broken": "bad", "counted": "warn"}


class PartList(CasePage):
    """The parts there are, by appliance, and how many are free in reach; `?q=`, `?appliance=` narrow it."""

    permission = (CARRY_OUT, KEEP)
    template_name = "claims/part_list.html"

    def get(self, request):
        form = PartSearchForm(request.GET)
        form.is_valid()
        wanted = form.cleaned_data
        text, appliance = wanted.get("q", ""), wanted.get("appliance", "")
        page = keyset_page(
            reading.catalogue(text=text, appliance=appliance),
            cursor=request.GET.get("cursor", ""),
            order=reading.CATALOGUE_ORDER,
            size=PAGE_SIZE,
        )
        free = reading.free_by_part(page.rows)
        for part in page.rows:
            part.free = free.get(part.pk, 0)
        return self.page(form=form, is_narrowed=bool(text or appliance), list_page=page)


class PartDetail(CasePage):
    """One part: what it fits, how it is replaced, and the shelves in reach that hold it."""

    permission = (CARRY_OUT, KEEP)
    template_name = "claims/part_detail.html"

    def get(self, request, code):
        part = get_object_or_404(Part, code=code)
        shelves = list(reading.of_part(part))
        return self.page(
            part=part,
            steps=part.guide.splitlines(),
            shelves=shelves,
            free=sum(stock.free for stock in shelves),
            may_keep=KEEP in permissions(request.user),
        )


class ShelfList(CasePage):
    """The shelves in reach, what runs low first; of one station, of some parts, only the low ones."""

    permission = KEEP
    template_name = "claims/part_stock.html"

    def get(self, request):
        form, rows = asked(request)
        low = reading.stocks(only_low=True, station=form.cleaned_data.get("station"))
        page = keyset_page(
            rows, cursor=request.GET.get("cursor", ""), order=reading.STOCK_ORDER, size=PAGE_SIZE
        )
        return self.page(
            form=form,
            station=form.cleaned_data.get("station"),
            is_narrowed=any(form.cleaned_data.values()),
            low_count=capped_count(low),
            list_page=page,
        )


class ShelfExport(CasePage):
    """The shelves of the list as it is filtered, as a table for a spreadsheet."""

    permission = KEEP

    def get(self, request):
        form, rows = asked(request)
        now, wanted = timezone.now(), form.cleaned_data
        filters = [
            (str(form.fields["station"].label), str(wanted.get("station") or "")),
            (str(form.fields["low"].label), _("yes") if wanted.get("low") else ""),
            # Not the words themselves: somebody may have typed a name.
            (_("Search"), _("yes") if wanted.get("q") else ""),
        ]
        written = write(
            Export(
                title=_("Stock of spare parts"),
                columns=columns(),
                rows=map(
                    cells, rows.order_by("station__region_id", "station_id", "part__code").iterator(500)
                ),
                made_at=now,
                made_by=str(request.user),
                filters=[(name, value) for name, value in filters if value],
            ),
            "xlsx",
        )
        trail.record("part.exported", by=request.user, after=written.facts, at=now)
        return written.response()


class ShelfDetail(CasePage):
    """One part at one station: how many, for whom some are put aside, what moved the number."""

    permission = KEEP
    template_name = "claims/part_shelf.html"

    def get(self, request, pk):
        stock = shelf(pk)
        page = keyset_page(
            reading.movements(stock),
            cursor=request.GET.get("cursor", ""),
            order=reading.MOVEMENT_ORDER,
            size=MOVEMENTS_SHOWN,
        )
        for movement in page.rows:
            movement.tone = REASON_TONES.get(movement.reason, "")
        return self.page(
            stock=stock,
            put_aside=list(reading.put_aside_at(stock)) if stock.reserved else [],
            list_page=page,
            place=stock.station,
        )


class PartReceive(CasePage):
    """Parts that a supplier brought go on a shelf; `?part=` and `?station=` choose beforehand."""

    permission = KEEP
    template_name = "claims/part_receive.html"

    def get(self, request):
        part = Part.objects.filter(code=request.GET.get("part", "")).first()
        stations = reading.keepers()
        chosen = request.GET.get("station", "")
        station = next((each for each in stations if str(each.pk) == chosen), None)
        if station is None and len(stations) == 1:
            station = stations[0]
        return self._page(self._form(initial={"part": part, "station": station}))

    def post(self, request):
        form = self._form(request.POST)
        if form.is_valid() and form.call(added_once, form=form, by=request.user, service=service.receive):
            messages.success(request, _("Received. They lie on the shelf."))
            return redirect("claims:part_shelf", form.result)
        return self._page(form)

    def _form(self, *args, **kwargs) -> ReceiveForm:
        return ReceiveForm(*args, parts=reading.catalogue(), stations=reading.keepers(), **kwargs)

    def _page(self, form):
        return self.page(form=form, status=409 if form.refused else 200)


class ShelfAct(CasePage):
    """One step with one shelf: counted, sent elsewhere, written off, or its limit set."""

    permission = KEEP
    template_name = "claims/part_act.html"
    STEPS = {
        "count": (
            CountForm,
            service.count,
            gettext_lazy("Count the shelf"),
            gettext_lazy("Count what lies there, also what is put aside. The books are compared with it."),
            gettext_lazy("Counted. Books and shelf agree now."),
        ),
        "send": (
            SendForm,
            service.send,
            gettext_lazy("Send to another station"),
            gettext_lazy("Both shelves are booked at once; what is put aside stays."),
            gettext_lazy("Sent. The parts are in the books of the other station."),
        ),
        "break": (
            BreakForm,
            service.break_,
            gettext_lazy("Broken or lost"),
            gettext_lazy("The parts leave the books for good."),
            gettext_lazy("Taken off the books."),
        ),
        "limit": (
            LimitForm,
            service.set_low,
            gettext_lazy("When to order more"),
            "",
            gettext_lazy("Saved."),
        ),
    }

    def get(self, request, pk, step):
        stock = self._find(pk, step)
        return self._page(stock, step, self._form(stock, step, initial={"low_at": stock.low_at}))

    def post(self, request, pk, step):
        stock = self._find(pk, step)
        form = self._form(stock, step, request.POST)
        if form.is_valid() and form.call(self._act, stock=stock, step=step, form=form):
            messages.success(request, self.STEPS[step][4])
            return redirect("claims:part_shelf", stock.pk)
        return self._page(shelf(pk), step, form)

    def _act(self, *, stock, step, form):
        act = self.STEPS[step][1]
        if "form_key" in form.cleaned_data:
            return added_once(form=form, by=self.request.user, service=act, stock=stock)
        return act(stock=stock, by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def _find(self, pk, step) -> PartStock:
        if step not in self.STEPS:
            raise Http404
        return shelf(pk)

    def _form(self, stock, step, *args, **kwargs):
        if step == "send":
            kwargs["stations"] = reading.receivers(stock)
        return self.STEPS[step][0](*args, **kwargs)

    def _page(self, stock, step, form):
        _form, _service, title, text, _said = self.STEPS[step]
        return self.page(
            stock=stock,
            form=form,
            title=title,
            text=text,
            is_danger=step == "break",
            cancel_url=reverse("claims:part_shelf", args=[stock.pk]),
            place=stock.station,
            status=409 if form.refused else 200,
        )


def added_once(*, form, by, service, **given) -> int:
    """Carry out what adds or takes pieces once for a form, however often it is sent; the shelf's key."""

    def effect() -> Answer:
        movement = service(by=by, now=timezone.now(), **given, **form.shown_values)
        return Answer.to(movement.stock)

    answer, _replayed = once(
        client=f"user:{by.pk}",
        key=form.cleaned_data["form_key"],
        fingerprint=fingerprint({**given, **form.shown_values}),
        effect=effect,
    )
    return int(answer.object_id)


def asked(request):
    """The filters of the address, checked, and the shelves that fit; what is not understood is left out."""
    form = ShelfSearchForm(request.GET, stations=reading.stations_with_shelves())
    form.is_valid()
    wanted = form.cleaned_data
    return form, reading.stocks(
        station=wanted.get("station"), text=wanted.get("q", ""), only_low=wanted.get("low", False)
    )


def shelf(pk) -> PartStock:
    return get_object_or_404(PartStock.objects.select_related("part", "station__parent"), pk=pk)


def columns() -> list[Column]:
    """The columns of the table of shelves."""
    return [
        Column(_("Station"), width=28),
        Column(_("Part number"), width=14),
        Column(_("Spare part"), width=28),
        Column(_("Appliance")),
        Column(_("Fits"), width=30),
        Column(_("On the shelf"), "integer", 12),
        Column(_("Put aside"), "integer", 12),
        Column(_("Free"), "integer", 12),
        Column(_("Order more below"), "integer", 14),
        Column(_("Runs low"), width=10),
        Column(_("Price"), "yuan", 12),
        Column(_("Worth of what lies there"), "yuan", 16),
    ]


def cells(stock: PartStock) -> list:
    """One shelf as a row of the table."""
    part = stock.part
    return [
        stock.station.name,
        part.code,
        part.name,
        part.get_appliance_display(),
        part.fits,
        stock.on_hand,
        stock.reserved,
        stock.free,
        stock.low_at,
        _("yes") if stock.is_low else "",
        part.price_fen,
        part.price_fen * stock.on_hand,
    ]
