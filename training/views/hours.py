"""Hours of learning: one's own, how everybody stands, the ledger, recording and putting right."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.audit import trail
from aftersales.web import exports
from aftersales.web.paging import capped_count, keyset_page
from stations.access.places import PlacePage, own_station
from training.forms.hours import CorrectForm, LedgerFilterForm, RecordForm
from training.forms.people import PeopleFilterForm
from training.models import HourEntry
from training.models.choices import HourKindChoices
from training.queries import hours as reading
from training.queries.learners import people_posted
from training.rules.hours import HourKind
from training.services import hours as service

RECORD = "training.record_hours"
READ = ("training.view_training", RECORD)
PAGE_SIZE = 50
MOST_SHOWN = 300
LEDGER_ORDER = ("-day", "-id")


class MyHours(PlacePage):
    """One's own hours against what is asked for, and every entry."""

    permission = "training.learn"
    template_name = "training/my_hours.html"

    def get(self, request):
        rows = reading.ledger_of(request.user)
        return self.page(
            standing=reading.standing(request.user, timezone.localdate()),
            list_page=keyset_page(
                rows, cursor=request.GET.get("cursor", ""), order=LEDGER_ORDER, size=PAGE_SIZE
            ),
            place=own_station(request.user),
        )


class HourPeople(PlacePage):
    """How the people in reach stand against the hours that are asked for; XLSX with `?format=xlsx`."""

    permission = READ
    template_name = "training/hour_people.html"

    def get(self, request):
        today, form = timezone.localdate(), PeopleFilterForm(request.GET)
        wanted = form.wanted
        rows = people_posted(wanted.get("place"), wanted.get("q", ""))
        if request.GET.get("format") == "xlsx":
            return self._export(rows, today)
        page = keyset_page(
            rows, cursor=request.GET.get("cursor", ""), order=("station__region_id", "pk"), size=PAGE_SIZE
        )
        self._tell(page.rows, today)
        return self.page(
            form=form, is_narrowed=any(wanted.values()), list_page=page, count=capped_count(rows)
        )

    def _tell(self, agents, today):
        standings = reading.standings({each.user_id: each.joined_on for each in agents}, today)
        for each in agents:
            each.standing = standings[each.user_id]
        return agents

    def _export(self, rows, today):
        return exported(
            self.request.user,
            exports.Export(
                title=_("Hours of learning"),
                columns=[
                    exports.Column(_("Station"), width=24),
                    exports.Column(_("Person"), width=14),
                    exports.Column(_("From"), "day", 14),
                    exports.Column(_("Until"), "day", 14),
                    exports.Column(_("Minutes asked for"), "integer", 16),
                    exports.Column(_("Minutes learned"), "integer", 16),
                    exports.Column(_("Minutes missing"), "integer", 16),
                ],
                rows=[
                    (
                        each.station.name,
                        each.user.full_name,
                        each.standing.period.first,
                        each.standing.period.last,
                        each.standing.period.minutes,
                        each.standing.learned,
                        each.standing.missing,
                    )
                    for each in self._tell(list(rows[: exports.ROW_LIMIT]), today)
                ],
                made_at=timezone.now(),
                made_by=str(self.request.user),
            ),
        )


class HourLedger(PlacePage):
    """Every entry in reach; XLSX with `?format=xlsx`."""

    permission = READ
    template_name = "training/hour_ledger.html"

    def get(self, request):
        form = LedgerFilterForm(request.GET)
        wanted = form.wanted
        rows = self._rows(wanted)
        if request.GET.get("format") == "xlsx":
            return self._export(rows)
        page = keyset_page(rows, cursor=request.GET.get("cursor", ""), order=LEDGER_ORDER, size=PAGE_SIZE)
        for each in page.rows:
            each.is_correctable = each.kind != HourKind.CORRECTION and each.user_id != request.user.pk
        return self.page(
            form=form, is_narrowed=any(wanted.values()), list_page=page, count=capped_count(rows)
        )

    def _rows(self, wanted: dict):
        rows = HourEntry.objects.select_related("user", "station", "by")
        if wanted.get("place") or wanted.get("q"):
            people = people_posted(wanted.get("place"), wanted.get("q", ""))
            rows = rows.filter(user__in=people.order_by().values("user_id"))
        if wanted.get("kind"):
            rows = rows.filter(kind=wanted["kind"])
        if wanted.get("since"):
            rows = rows.filter(day__gte=wanted["since"])
        if wanted.get("until"):
            rows = rows.filter(day__lte=wanted["until"])
        return rows.order_by(*LEDGER_ORDER)

    def _export(self, rows):
        return exported(
            self.request.user,
            exports.Export(
                title=_("Ledger of hours"),
                columns=[
                    exports.Column(_("Day"), "day", 14),
                    exports.Column(_("Station"), width=24),
                    exports.Column(_("Person"), width=14),
                    exports.Column(_("Kind"), width=14),
                    exports.Column(_("Minutes"), "integer", 10),
                    exports.Column(_("Note"), width=40),
                    exports.Column(_("Recorded by"), width=14),
                ],
                rows=(
                    (
                        each.day,
                        each.station.name,
                        each.user.full_name,
                        each.get_kind_display(),
                        each.minutes,
                        each.note,
                        each.by.full_name,
                    )
                    for each in rows[: exports.ROW_LIMIT].iterator()
                ),
                made_at=timezone.now(),
                made_by=str(self.request.user),
            ),
        )


class HourNew(PlacePage):
    """Records hours for one person or many; sent twice, it is recorded once."""

    permission = RECORD
    template_name = "training/hour_new.html"

    def get(self, request):
        shown = self._offered()
        form = RecordForm(people=people_posted(), initial={"people": []})
        return self._page(form, shown)

    def post(self, request):
        form, shown = RecordForm(request.POST, people=people_posted()), self._offered()
        if not form.is_valid():
            return self._page(form, shown)
        values = form.cleaned_data
        if form.call(
            service.record_many,
            people=[each.user for each in values["people"].select_related("user")],
            day=values["day"],
            minutes=values["minutes"],
            kind=values["kind"],
            note=values["note"],
            key=values["form_key"],
            by=request.user,
            now=timezone.now(),
        ):
            messages.success(request, _("Recorded for people: %(count)s") % {"count": len(form.result)})
            return redirect("training:hour_ledger")
        return self._page(form, shown)

    def _offered(self):
        wanted = PeopleFilterForm(self.request.GET).wanted
        people = people_posted(wanted.get("place"), wanted.get("q", "")).exclude(user=self.request.user)
        return list(people[:MOST_SHOWN])

    def _page(self, form: RecordForm, shown):
        field = form.fields["people"]
        field.choices = [(each.pk, field.label_from_instance(each)) for each in shown]
        narrowing = PeopleFilterForm(self.request.GET)
        return self.page(
            status=409 if form.refused else 200,
            form=form,
            filters=narrowing,
            is_narrowed=any(narrowing.wanted.values()),
            people=shown,
            most=MOST_SHOWN,
        )


class HourCorrect(PlacePage):
    """Puts an entry right by a counter-entry."""

    permission = RECORD
    template_name = "training/hour_correct.html"
    about = "entry"

    def get(self, request, pk):
        return self._page(self._entry(pk), CorrectForm())

    def post(self, request, pk):
        entry, form = self._entry(pk), CorrectForm(request.POST)
        if form.is_valid() and form.call(
            service.correct, entry=entry, **form.cleaned_data, by=request.user, now=timezone.now()
        ):
            messages.success(request, _("Put right."))
            return redirect("training:hour_ledger")
        return self._page(entry, form)

    def _entry(self, pk: int) -> HourEntry:
        rows = HourEntry.objects.select_related("user", "station", "by")
        return get_object_or_404(rows.exclude(kind=HourKindChoices.CORRECTION), pk=pk)

    def _page(self, entry: HourEntry, form: CorrectForm):
        return self.page(
            status=409 if form.refused else 200,
            entry=entry,
            form=form,
            counted=reading.net_minutes(entry),
        )


def exported(user, export: exports.Export):
    """The export as an answer, with its event."""
    written = exports.write(export, "xlsx")
    trail.record("hours.exported", by=user, county_code=user.county_code, after=written.facts)
    return written.response()
