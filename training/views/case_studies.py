"""The case library: reading it, and the desk on which proposed cases are worded and published."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web.paging import capped_count, keyset_page
from stations.access.places import PlacePage, own_station
from training.forms.case_studies import CaseDeskForm, CaseForm, CaseSearchForm
from training.forms.steps import PlainForm, ReasonForm
from training.queries import case_studies as reading
from training.services import case_studies as writing
from training.views.article_texts import READERS, WRITERS

PAGE_SIZE = 20
FIELDS = ("title", "goods_type", "problem", "what_happened", "what_was_done", "what_to_learn")


class CaseList(PlacePage):
    """Published cases by what is typed, by goods and problem; the newest first."""

    permission = READERS
    template_name = "training/case_list.html"

    def get(self, request):
        form = CaseSearchForm(request.GET)
        wanted = form.wanted
        rows = reading.narrowed(
            reading.matching(reading.readable(), wanted.get("q", "")),
            goods=wanted.get("goods", ""),
            problem=wanted.get("problem", ""),
        )
        page = keyset_page(
            rows, cursor=request.GET.get("cursor", ""), order=reading.LIST_ORDER, size=PAGE_SIZE
        )
        return self.page(
            form=form,
            list_page=page,
            count=capped_count(rows),
            is_filtered=any(value for name, value in wanted.items() if name != "q"),
            is_searched=any(wanted.values()),
            place=own_station(request.user),
        )


class CaseDetail(PlacePage):
    """One published case."""

    permission = READERS
    template_name = "training/case_detail.html"

    def get(self, request, pk):
        case = get_object_or_404(reading.readable(), pk=pk)
        return self.page(case=case, place=own_station(request.user))


class CaseDeskPage(PlacePage):
    permission = WRITERS

    def find(self, pk):
        return get_object_or_404(reading.desk(), pk=pk)


class CaseDesk(CaseDeskPage):
    """Cases of the counties within reach: those that wait, were published, were dropped."""

    template_name = "training/case_desk.html"

    def get(self, request):
        form = CaseDeskForm(request.GET)
        state = form.wanted.get("state", "")
        rows = {
            "": reading.waiting(),
            "published": reading.desk().filter(published_at__isnull=False, dropped_at__isnull=True),
            "dropped": reading.desk().filter(dropped_at__isnull=False),
        }[state]
        page = keyset_page(
            rows, cursor=request.GET.get("cursor", ""), order=reading.DESK_ORDER, size=PAGE_SIZE
        )
        return self.page(form=form, state=state, list_page=page, count=capped_count(rows))


class CaseEdit(CaseDeskPage):
    """A proposed case is worded; published and dropped ones are shown as they are."""

    template_name = "training/case_edit.html"

    def get(self, request, pk):
        case = self.find(pk)
        return self._page(case, CaseForm(initial={name: getattr(case, name) for name in FIELDS}))

    def post(self, request, pk):
        case, form = self.find(pk), CaseForm(request.POST)
        if form.is_valid() and form.call(
            writing.edit, case=case, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("Saved."))
            return redirect(
                "training:case_publish" if form.result.what_to_learn else "training:case_edit", pk
            )
        return self._page(case, form)

    def _page(self, case, form):
        is_open = case.published_at is None and case.dropped_at is None
        return self.page(case=case, form=form, is_open=is_open, status=409 if form.refused else 200)


class CasePublish(CaseDeskPage):
    """A case as readers will see it; a POST publishes it."""

    template_name = "training/case_publish.html"

    def get(self, request, pk):
        return self._page(self.find(pk), PlainForm())

    def post(self, request, pk):
        case, form = self.find(pk), PlainForm(request.POST)
        if form.is_valid() and form.call(writing.publish, case=case, by=request.user, now=timezone.now()):
            messages.success(request, _("Published. Everybody who learns can read this case now."))
            return redirect("training:case_detail", pk)
        return self._page(case, form)

    def _page(self, case, form):
        if form.refused is None and (case.published_at or case.dropped_at):
            return redirect("training:case_edit", case.pk)
        return self.page(case=case, form=form, status=409 if form.refused else 200)


class CaseDrop(CaseDeskPage):
    """A case is taken off the desk, or out of the library."""

    template_name = "training/reason_confirm.html"

    def get(self, request, pk):
        return self._page(self.find(pk), ReasonForm())

    def post(self, request, pk):
        case, form = self.find(pk), ReasonForm(request.POST)
        if form.is_valid() and form.call(
            writing.drop, case=case, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("The case is dropped."))
            return redirect("training:case_desk")
        return self._page(case, form)

    def _page(self, case, form):
        if form.refused is None and case.dropped_at:
            return redirect("training:case_edit", case.pk)
        return self.page(
            title=_("Drop this case"),
            text=_("Nobody reads it any more, and its claim is not proposed again."),
            form=form,
            is_danger=True,
            cancel_url=reverse("training:case_edit", args=[case.pk]),
            eyebrow=case.title,
            status=409 if form.refused else 200,
        )
