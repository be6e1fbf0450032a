"""Village classes: the list, a plan, its change, the record of what came of it, and calling it off."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.web.admin_filters import key_of
from aftersales.web.paging import capped_counts, keyset_page
from stations.access.places import PlacePage, own_station
from stations.models import Station
from stations.models.network import StationState
from training.forms.classes import ClassCancelForm, ClassChangeForm, ClassForm, ClassRecordForm
from training.models import VillageClass
from training.queries import village_classes as reading
from training.queries.starter_texts import class_ideas
from training.rules.classes import CORRECTED_WITHIN, ClassState, standing
from training.services import village_classes as service
from training.services.class_plans import PLACE_SIGNS
from training.views import class_words as words
from training.views.class_pictures import added_photos, shown

HOLD, VIEW = "training.hold_class", "training.view_training"
PAGE_SIZE = 30
TABS = {
    "coming": gettext_lazy("To come"),
    "unrecorded": gettext_lazy("To record"),
    "held": gettext_lazy("Held"),
    "all": gettext_lazy("All"),
}
USUAL_MINUTES = 40
USUAL_HOUR = time(15)


class ClassPage(PlacePage):
    """A page about one class; `about` decides what the person may do on it."""

    permission = HOLD
    about = "village_class"

    def find(self, pk: int) -> VillageClass:
        rows = VillageClass.objects.select_related("station__parent", "teacher", "article", "planned_by")
        return get_object_or_404(rows, pk=pk)

    def to_detail(self, village_class: VillageClass):
        return redirect("training:class_detail", village_class.pk)

    def still_planned(self, village_class: VillageClass) -> bool:
        """Whether there is something left to do; says so where there is not."""
        if village_class.state == ClassState.PLANNED:
            return True
        messages.info(self.request, _("This class has been recorded or cancelled already."))
        return False


class ClassList(PlacePage):
    """Classes in reach: those to come, those to record, those held; the next or the last one first."""

    permission = (HOLD, VIEW)
    template_name = "training/class_list.html"

    def get(self, request):
        now, station = timezone.now(), own_station(request.user)
        rows = VillageClass.objects.all()
        of_tabs = {
            "coming": reading.to_come(rows).filter(starts_at__gt=now),
            "unrecorded": reading.unrecorded(rows, now=now),
            "held": rows.filter(state=ClassState.HELD),
            "all": rows,
        }
        asked = request.GET.get("tab", "coming")
        tab = asked if asked in TABS else "coming"
        counts = capped_counts({key: of_tabs[key] for key in ("coming", "unrecorded")})
        page = keyset_page(
            reading.listed(of_tabs[tab]),
            cursor=request.GET.get("cursor", ""),
            order=reading.NEXT_ORDER if tab in ("coming", "unrecorded") else reading.LAST_ORDER,
            size=PAGE_SIZE,
        )
        for each in page.rows:
            words.marked(each, now)
        return self.page(
            tab=tab,
            tabs=[(key, label, counts.get(key)) for key, label in TABS.items()],
            list_page=page,
            month=words.this_month(),
            idea=class_ideas().get(words.this_month().month),
            stands=self._standing(station, now) if station else None,
            place=station,
            shows_station=station is None,
        )

    def _standing(self, station: Station, now: datetime):
        """How this month stands at one's own station."""
        rows = VillageClass.objects.filter(station=station, month=words.this_month())
        return standing(
            (ClassState(state), at <= now) for state, at in rows.values_list("state", "starts_at")
        )


class ClassNew(PlacePage):
    """Plans a class: at one's own station, or at the one in ?station=; ?subject= is a month's subject."""

    permission = HOLD
    template_name = "training/class_new.html"

    def get(self, request):
        station = self._station()
        if station is None:
            return self.page(stations=self._stations(), form=None)
        return self._page(station, self._form(station, initial=self._initial(station)))

    def post(self, request):
        station = self._station()
        if station is None:
            return redirect("training:class_new")
        form = self._form(station, request.POST)
        if form.is_valid() and form.call(
            service.plan, station=station, by=request.user, now=timezone.now(), **form.plan
        ):
            messages.success(request, _("Planned. Print the poster and hang it up."))
            return redirect("training:class_detail", form.result.pk)
        return self._page(station, form)

    def _stations(self):
        return Station.objects.filter(state=StationState.OPERATING).order_by("-tier", "region_id", "id")

    def _station(self) -> Station | None:
        """The station to plan for; None where the person has to choose. Raises Http404 for one out of
        reach."""
        asked = self.request.GET.get("station", "")
        if asked:
            return get_object_or_404(self._stations(), pk=key_of(asked))
        return own_station(self.request.user)

    def _form(self, station, *args, **kwargs) -> ClassForm:
        return ClassForm(
            *args,
            teachers=reading.teachers_for(station, now=timezone.now()),
            material=list(reading.material()),
            **kwargs,
        )

    def _initial(self, station: Station) -> dict:
        """What a subject of the year brings along; the day after tomorrow in the afternoon."""
        day = timezone.localdate() + timedelta(days=2)
        initial = {
            "minutes": USUAL_MINUTES,
            "place": station.name[:PLACE_SIGNS],
            "starts_at": timezone.make_aware(datetime.combine(day, USUAL_HOUR)),
            "teacher": self.request.user.pk,
        }
        idea = class_ideas().get(key_of(self.request.GET.get("subject", "")) or 0)
        if idea is not None:
            initial["title"] = idea.title
            article = next((each for each in reading.material() if each.article.code == idea.article), None)
            initial["article"] = article.article_id if article else None
        return initial

    def _page(self, station, form):
        asked = key_of(self.request.GET.get("subject", ""))
        return self.page(
            station=station,
            form=form,
            ideas=words.ideas_from(words.this_month().month),
            idea=class_ideas().get(asked or 0),
            usual=class_ideas().get(words.this_month().month),
            action=f"{reverse('training:class_new')}?station={station.pk}",
            place=station,
            status=409 if form.refused else 200,
        )


class ClassDetail(ClassPage):
    """One class: what is planned or was done, its material, names and photos, and what can be done now."""

    permission = (HOLD, VIEW)
    template_name = "training/class_detail.html"

    def get(self, request, pk):
        row, now = self.find(pk), timezone.now()
        return self.page(
            village_class=words.marked(row, now),
            idea=words.idea_of(row),
            material=reading.current_version(row.article),
            material_url=words.article_url(row.article),
            names=list(row.attendees.all()),
            photos=[shown(photo) for photo in row.photos.all()],
            may_correct=row.state == ClassState.HELD and now - row.ended_at <= CORRECTED_WITHIN,
            place=row.station,
        )


class ClassEdit(ClassPage):
    """Changes a class that is still planned."""

    template_name = "training/class_edit.html"

    def get(self, request, pk):
        row = self.find(pk)
        if not self.still_planned(row):
            return self.to_detail(row)
        initial = {
            "version": row.version,
            "title": row.title,
            "article": row.article_id,
            "starts_at": row.starts_at,
            "minutes": row.minutes,
            "place": row.place,
            "teacher": row.teacher_id,
        }
        return self._page(row, self._form(row, initial=initial))

    def post(self, request, pk):
        row = self.find(pk)
        form = self._form(row, request.POST)
        if form.is_valid() and form.call(
            service.change,
            village_class=row,
            version=form.cleaned_data["version"],
            by=request.user,
            now=timezone.now(),
            **form.plan,
        ):
            messages.success(request, _("Changed. If a poster hangs already, print it anew."))
            return self.to_detail(row)
        return self._page(row, form)

    def _form(self, row, *args, **kwargs) -> ClassChangeForm:
        teachers = reading.teachers_for(row.station, now=timezone.now())
        if row.teacher not in teachers:
            teachers = [*teachers, row.teacher]
        return ClassChangeForm(*args, teachers=teachers, material=list(reading.material()), **kwargs)

    def _page(self, row, form):
        return self.page(village_class=row, form=form, place=row.station, status=409 if form.refused else 200)


class ClassHold(ClassPage):
    """Records how many came and what was done, with photos."""

    template_name = "training/class_hold.html"

    def get(self, request, pk):
        row = self.find(pk)
        if not self.still_planned(row):
            return self.to_detail(row)
        return self._page(row, ClassRecordForm(initial={"version": row.version}))

    def post(self, request, pk):
        row, form = self.find(pk), ClassRecordForm(request.POST)
        if form.is_valid() and form.call(
            service.hold, village_class=row, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("Recorded. The class counts for its month."))
            for refusal in added_photos(request, village_class=row):
                messages.warning(request, refusal)
            return self.to_detail(row)
        return self._page(row, form)

    def _page(self, row, form):
        return self.page(
            village_class=row,
            names=row.attendees.count(),
            is_early=row.starts_at > timezone.now(),
            form=form,
            place=row.station,
            status=409 if form.refused else 200,
        )


class ClassCorrect(ClassPage):
    """Puts the count or the report of a held class right."""

    template_name = "training/class_correct.html"

    def get(self, request, pk):
        row = self.find(pk)
        if row.state != ClassState.HELD:
            messages.info(request, _("This class has not been recorded as held."))
            return self.to_detail(row)
        initial = {"version": row.version, "attended": row.attended, "report": row.report}
        return self._page(row, ClassRecordForm(initial=initial))

    def post(self, request, pk):
        row, form = self.find(pk), ClassRecordForm(request.POST)
        if form.is_valid() and form.call(
            service.correct, village_class=row, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("Put right."))
            return self.to_detail(row)
        return self._page(row, form)

    def _page(self, row, form):
        return self.page(village_class=row, form=form, place=row.station, status=409 if form.refused else 200)


class ClassCancel(ClassPage):
    """Calls a planned class off."""

    template_name = "training/class_cancel.html"

    def get(self, request, pk):
        row = self.find(pk)
        if not self.still_planned(row):
            return self.to_detail(row)
        return self._page(row, ClassCancelForm())

    def post(self, request, pk):
        row, form = self.find(pk), ClassCancelForm(request.POST)
        if form.is_valid() and form.call(
            service.cancel, village_class=row, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("Cancelled."))
            return self.to_detail(row)
        return self._page(row, form)

    def _page(self, row, form):
        return self.page(village_class=row, form=form, place=row.station, status=409 if form.refused else 200)
