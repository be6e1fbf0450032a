"""The log of publicity: what was told how and to how many, by month; a new line, one taken back, a table."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from aftersales.audit import trail
from aftersales.lib.errors import InvalidValue
from aftersales.lib.months import months_from, read_month
from aftersales.web import exports
from aftersales.web.idempotency import Answer, fingerprint, once
from aftersales.web.paging import keyset_page
from stations.access.places import PlacePage, own_station
from stations.models import Station
from stations.models.network import StationState
from training.forms.classes import PublicityForm, PublicityWithdrawForm
from training.models import Publicity
from training.models.choices import PublicityKindChoices
from training.queries import publicity as reading
from training.services import publicity as service
from training.views.class_pictures import shown
from training.views.class_words import this_month
from training.views.classes import HOLD, VIEW

PAGE_SIZE = 30
MONTHS = 12


class PublicityList(PlacePage):
    """Lines of the log in reach, `?kind=`, `?month=`; with the totals of a year; XLSX with ?format=xlsx."""

    permission = (HOLD, VIEW)
    template_name = "training/publicity_list.html"

    def get(self, request):
        month, kind = self._month(), request.GET.get("kind", "")
        kind = kind if kind in PublicityKindChoices.values else ""
        rows = reading.narrowed(Publicity.objects.all(), kind=kind, month=month)
        if form := request.GET.get("format", ""):
            return self._export(rows, month, kind, form)
        page = keyset_page(
            reading.listed(rows), cursor=request.GET.get("cursor", ""), order=reading.ORDER, size=PAGE_SIZE
        )
        for line in page.rows:
            line.pictures = [shown(photo) for photo in line.photos.all()]
        months = [months_from(this_month(), -back) for back in range(MONTHS)]
        station = own_station(request.user)
        return self.page(
            month=month,
            months=months,
            kind=kind,
            kinds=PublicityKindChoices.choices,
            totals=[each for each in reading.totals(months) if each.lines],
            list_page=page,
            is_filtered=bool(kind or month),
            shows_station=station is None,
            place=station,
        )

    def _month(self):
        asked = self.request.GET.get("month", "")
        if not asked:
            return None
        try:
            return read_month(asked)
        except InvalidValue:
            raise Http404 from None

    def _export(self, rows, month, kind, form):
        if form not in ("xlsx", "csv"):
            raise Http404
        now = timezone.now()
        rows = rows.select_related("station", "by").order_by(*reading.ORDER)
        said = [
            (_("Month"), f"{month:%Y-%m}" if month else ""),
            (_("By what means"), str(dict(PublicityKindChoices.choices)[kind]) if kind else ""),
        ]
        written = exports.write(
            exports.Export(
                title=_("Publicity"),
                columns=columns(),
                rows=cells(rows),
                made_at=now,
                made_by=str(self.request.user),
                filters=[(name, value) for name, value in said if value],
            ),
            form,
        )
        user = self.request.user
        trail.record("publicity.exported", by=user, county_code=user.county_code, after=written.facts, at=now)
        return written.response()


class PublicityNew(PlacePage):
    """A new line of the log, with photos."""

    permission = HOLD
    template_name = "training/publicity_new.html"

    def get(self, request):
        station = own_station(request.user)
        initial = {"day": timezone.localdate(), "station": station.pk if station else None}
        return self._page(PublicityForm(stations=self._stations(), initial=initial))

    def post(self, request):
        form = PublicityForm(request.POST, stations=self._stations())
        if form.is_valid() and form.call(recorded_once, form=form, by=request.user):
            messages.success(request, _("Recorded."))
            line = Publicity.objects.get(pk=form.result)
            if request.POST.get("then") == "photos":
                return redirect("training:publicity_photos", line.pk)
            return redirect("training:publicity_list")
        return self._page(form)

    def _stations(self):
        return Station.objects.exclude(state=StationState.CLOSED).order_by("region_id", "id")

    def _page(self, form):
        station = own_station(self.request.user)
        return self.page(form=form, place=station, status=409 if form.refused else 200)


class PublicityWithdraw(PlacePage):
    """Takes a line back that is wrong."""

    permission = HOLD
    template_name = "training/publicity_withdraw.html"
    about = "line"

    def get(self, request, pk):
        return self._page(self._find(pk), PublicityWithdrawForm())

    def post(self, request, pk):
        line, form = self._find(pk), PublicityWithdrawForm(request.POST)
        if form.is_valid() and form.call(
            service.withdraw, publicity=line, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("Withdrawn. The line stays to be seen and no longer counts."))
            return redirect("training:publicity_list")
        return self._page(line, form)

    def _find(self, pk) -> Publicity:
        return get_object_or_404(Publicity.objects.select_related("station"), pk=pk)

    def _page(self, line, form):
        return self.page(line=line, form=form, place=line.station, status=409 if form.refused else 200)


def recorded_once(*, form: PublicityForm, by) -> int:
    """Write the line of a form once, however often it is sent; the line's key."""

    def effect() -> Answer:
        return Answer.to(service.record(by=by, now=timezone.now(), **form.shown_values))

    answer, _replayed = once(
        client=f"user:{by.pk}",
        key=form.cleaned_data["form_key"],
        fingerprint=fingerprint(form.shown_values | {"station": form.cleaned_data["station"].pk}),
        effect=effect,
    )
    return int(answer.object_id)


def columns() -> list[exports.Column]:
    """The columns of the table."""
    Column = exports.Column
    return [
        Column(_("Day"), "day", 12),
        Column(_("Station"), width=28),
        Column(_("By what means"), width=18),
        Column(_("What was told"), width=48),
        Column(_("People reached"), "integer", 12),
        Column(_("Recorded by")),
        Column(pgettext("publicity", "Withdrawn"), "moment", 18),
    ]


def cells(rows) -> Iterator[list]:
    """A row for every line."""
    for line in rows.iterator(chunk_size=500):
        yield [
            line.day,
            line.station.name,
            line.get_kind_display(),
            line.what,
            line.reached,
            str(line.by),
            line.withdrawn_at,
        ]
