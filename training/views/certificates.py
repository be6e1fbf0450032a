"""Certificates at the desk: who qualifies, issuing, the list, one of them, revoking."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.audit import trail
from aftersales.web import exports
from aftersales.web.paging import capped_count, keyset_page
from stations.access.places import PlacePage
from stations.models import Agent
from stations.queries import counties_in_reach
from stations.rules.tiers import NEEDS_CERTIFICATE
from training.forms.certificates import (
    LACKING,
    READY,
    CandidateFilterForm,
    CertificateFilterForm,
    IssueForm,
    RevokeForm,
)
from training.models import Certificate
from training.queries import certificates as reading
from training.queries.learners import named
from training.rules.certificates import normalise, valid_until
from training.services import certificates as service
from training.views import certificate_words as words

READ = "training.view_certificate"
ISSUE, REVOKE = "training.issue_certificate", "training.revoke_certificate"
PAGE_SIZE = 40
BY_PLACE = ("station__region_id", "id")
BY_DAY = ("-issued_on", "-id")
AT_THE_CENTRE_WITHOUT_ANY = ~Q(station__tier__in=NEEDS_CERTIFICATE) & Q(
    passed_sitting__isnull=True, running__isnull=True
)
"""The county's own staff need no certificate; who of them goes for one is listed."""


def narrowed(wanted: dict) -> QuerySet[Certificate]:
    """The certificates in reach that a filter asks for."""
    rows = Certificate.objects.select_related("station")
    if text := wanted.get("q"):
        number = normalise(text)
        found = Q(holder_name__icontains=text) | Q(station__name__icontains=text)
        rows = rows.filter(found | Q(number__startswith=number) if number else found)
    if county := wanted.get("county"):
        rows = rows.filter(county_code=county)
    if first := wanted.get("issued_from"):
        rows = rows.filter(issued_on__gte=first)
    if last := wanted.get("issued_to"):
        rows = rows.filter(issued_on__lte=last)
    return reading.in_standing(rows, wanted.get("standing", ""), timezone.localdate())


class CertificateList(PlacePage):
    """The certificates in reach, the newest first; narrowed by words, state and days; as a sheet."""

    permission = READ
    template_name = "training/certificate_list.html"

    def get(self, request):
        form = CertificateFilterForm(request.GET, counties=list(counties_in_reach()))
        rows = narrowed(form.wanted)
        today = timezone.localdate()
        if request.GET.get("format") == "xlsx":
            made = {"made_by": str(request.user), "made_at": timezone.now()}
            return sheet(request, words.certificates_export(rows.order_by(*BY_DAY), today, **made))
        page = keyset_page(rows, cursor=request.GET.get("cursor", ""), order=BY_DAY, size=PAGE_SIZE)
        words.with_words(page.rows, today)
        return self.page(
            form=form,
            list_page=page,
            count=capped_count(rows),
            is_narrowed=any(form.cleaned_data.values()),
        )


def sheet(request, export: exports.Export):
    """A list as XLSX; that it was taken is written down."""
    written = exports.write(export, "xlsx")
    trail.record(
        "certificate.exported",
        by=request.user,
        county_code=request.user.county_code,
        after=written.facts,
    )
    return written.response()


class CandidateList(PlacePage):
    """Who qualifies for a certificate today, and what the others lack."""

    permission = READ
    template_name = "training/certificate_candidates.html"

    def get(self, request):
        today = timezone.localdate()
        form = CandidateFilterForm(request.GET, counties=list(counties_in_reach()))
        rows = self._narrowed(form.wanted, today)
        if request.GET.get("format") == "xlsx":
            people = list(rows.order_by(*BY_PLACE)[: exports.ROW_LIMIT])
            results = reading.qualifications(people, today)
            made = {"made_by": str(request.user), "made_at": timezone.now()}
            return sheet(request, words.candidates_export(people, results, **made))
        page = keyset_page(rows, cursor=request.GET.get("cursor", ""), order=BY_PLACE, size=PAGE_SIZE)
        results = reading.qualifications(page.rows, today)
        for agent in page.rows:
            agent.result = results[agent.user_id]
        return self.page(
            form=form,
            list_page=page,
            is_narrowed=any(form.cleaned_data.values()),
            own=request.user.pk,
            today=today,
        )

    @staticmethod
    def _narrowed(wanted: dict, today) -> QuerySet[Agent]:
        rows = named(Agent.objects.select_related("user", "station"), wanted.get("q", ""))
        if county := wanted.get("county"):
            rows = rows.filter(county_code=county)
        rows = reading.candidates(rows, today).exclude(AT_THE_CENTRE_WITHOUT_ANY)
        if wanted.get("state") == READY:
            return rows.filter(is_qualified=True)
        return rows.filter(is_qualified=False) if wanted.get("state") == LACKING else rows


class CertificateIssue(PlacePage):
    """What would be issued to those who were chosen; asks once more before it is."""

    permission = ISSUE
    template_name = "training/certificate_issue.html"

    def get(self, request):
        form = IssueForm({"person": request.GET.getlist("person")})
        if not form.is_valid() or not form.cleaned_data["person"]:
            messages.error(request, _("Choose at least one person who qualifies."))
            return redirect("training:certificate_candidates")
        return self._page(form)

    def post(self, request):
        form = IssueForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("The list has changed. Choose again."))
            return redirect("training:certificate_candidates")
        users = [agent.user for agent in form.cleaned_data["person"]]
        if not form.call(service.issue_many, users=users, by=request.user, now=timezone.now()):
            return self._page(form, status=409)
        done = form.result
        if done.certificates:
            messages.success(request, _("Certificates issued: %(n)s") % {"n": len(done.certificates)})
        for user, why in done.refused[:PAGE_SIZE]:
            messages.warning(request, _("No certificate for %(name)s: %(why)s") % {"name": user, "why": why})
        return redirect(
            "training:certificate_list" if done.certificates else "training:certificate_candidates"
        )

    def _page(self, form, status: int = 200):
        today = timezone.localdate()
        chosen = form.cleaned_data["person"]
        people = reading.candidates(chosen, today)
        results = reading.qualifications(people, today)
        return self.page(
            form=form,
            people=self._told(people, results, today),
            chosen=list(chosen),
            ready=sum(result.is_ready for result in results.values()),
            status=status,
        )

    def _told(self, people: Iterable[Agent], results: dict, today) -> list[Agent]:
        found = list(people)
        for agent in found:
            agent.result = results[agent.user_id]
            old = agent.result.renews
            agent.until = valid_until(today, old.valid_until if old else None)
            agent.is_own = agent.user_id == self.request.user.pk
        return found


class CertificatePage(PlacePage):
    """A page about one certificate in reach."""

    permission = READ
    about = "certificate"

    def find(self, pk: int) -> Certificate:
        rows = Certificate.objects.select_related(
            "station", "user", "issued_by", "revoked_by", "sitting__exam", "practical__sheet", "renews"
        )
        certificate = get_object_or_404(rows, pk=pk)
        (certificate,) = words.with_words([certificate], timezone.localdate())
        return certificate


class CertificateDetail(CertificatePage):
    """One certificate: what it rests on, how it stands, who issued and who revoked it."""

    template_name = "training/certificate_detail.html"

    def get(self, request, pk):
        certificate = self.find(pk)
        followed_by = Certificate.objects.filter(renews=certificate).first()
        return self.page(
            certificate=certificate,
            followed_by=followed_by,
            may_revoke=request.user.pk not in (certificate.user_id, certificate.issued_by_id),
        )


class CertificateRevoke(CertificatePage):
    """A certificate is taken back, with a reason."""

    permission = REVOKE
    template_name = "training/certificate_revoke.html"

    def get(self, request, pk):
        return self._page(self.find(pk), RevokeForm())

    def post(self, request, pk):
        certificate = self.find(pk)
        form = RevokeForm(request.POST)
        if form.is_valid() and form.call(
            service.revoke,
            certificate=certificate,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        ):
            messages.success(request, _("The certificate is revoked."))
            return redirect("training:certificate_detail", pk)
        return self._page(certificate, form)

    def _page(self, certificate, form):
        others = [end for _first, end in reading.spans_that_stand(certificate.user_id)]
        if certificate.revoked_at is None:
            others.remove(certificate.valid_until)
        return self.page(
            certificate=certificate,
            form=form,
            still_until=max(others, default=None),
            status=409 if form.refused else 200,
        )
