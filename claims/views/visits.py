"""One visit with everything about it, and planning one in two steps: what and where, then who and when."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit.models import AuditEvent
from claims.forms.visits import VisitCostForm, VisitWhatForm, WindowForm, read_window
from claims.models import Claim, Photo, Visit, VisitCost, VisitSignature
from claims.models.visits import VisitKindChoices
from claims.queries import claims as claim_reading
from claims.queries import home_help, parts, provider_orders
from claims.queries import visits as reading
from claims.rules.provider_orders import WAITING
from claims.rules.visits import GOES_ON, has_costs
from claims.services import visits as service
from claims.views import visit_money, visit_steps
from claims.views.places import CasePage
from claims.views.provider_words import told
from claims.views.timeline import entries
from claims.views.tones import VISIT_TONES
from claims.views.visit_windows import offered, station_of, window_at
from stations.access.places import permissions
from stations.models import Region
from stations.queries.network import living, regions_inside
from stations.rules.regions import DIGITS, Level, prefix


class VisitPage(CasePage):
    """A page about one visit."""

    def visit(self, pk) -> Visit:
        rows = Visit.objects.select_related(
            "claim__station",
            "claim__consumer",
            "claim__order_line",
            "station",
            "place",
            "technician",
            "provider",
            "planned_by",
            "ended_by",
            "moved_from",
            "repair",
        )
        return get_object_or_404(rows, pk=pk)

    def may(self, visit: Visit) -> frozenset[str]:
        return permissions(self.request.user, visit.claim)

    def answer(self, visit: Visit, form, **more):
        """The page again; after a refusal on top of what is there now."""
        if form.refused is not None and "version" in form.fields:
            form.renew(Visit.objects.values_list("version", flat=True).get(pk=visit.pk))
        return self.page(
            visit=visit,
            claim=visit.claim,
            form=form,
            place=visit.station,
            status=409 if form.refused else 200,
            **more,
        )


class VisitDetail(VisitPage):
    """Where it stands, what is to be done and where, what it takes, what it cost, what came of it."""

    permission = "claims.view_claim_page"
    template_name = "claims/visit_detail.html"

    def get(self, request, pk):
        visit = self.visit(pk)
        may = self.may(visit)
        costs = list(VisitCost.objects.filter(visit=visit).select_related("by").order_by("id"))
        may_make = visit_steps.may_make(visit, request.user, may)
        uses, orders = parts.for_visit(visit), told(provider_orders.for_visit(visit))
        return self.page(
            visit=visit,
            claim=visit.claim,
            tone=VISIT_TONES[visit.state],
            next_visit=Visit.objects.filter(moved_from=visit).first(),
            steps=visit_steps.steps_of(visit, request.user, may),
            needs_help=home_help.of_consumer(visit.claim.consumer),
            parts=uses,
            costs=costs,
            money=visit_money.of_rows(costs, uses, orders),
            cost_form=VisitCostForm() if may_make and has_costs(visit.state, visit.failure) else None,
            orders=orders,
            order_runs=any(order.state in WAITING for order in orders),
            may_make=may_make,
            goes_on=visit.outcome in GOES_ON and visit.claim.is_open,
            photos=Photo.objects.filter(visit=visit).order_by("id"),
            is_signed=VisitSignature.objects.filter(visit=visit).exists(),
            events=entries(_history(visit), is_decider=False),
            place=visit.station,
        )


class VisitNew(CasePage):
    """Two pages at one address: what, then who and when; going back keeps what was typed."""

    permission = "claims.plan_visit"
    template_name = "claims/visit_new.html"

    def get(self, request, number):
        claim = self._claim(number)
        asked = {name: request.GET.get(name, "")[:300] for name in ("kind", "task")}
        initial = {
            "place": request.GET.get("village", "") or claim.station.region_id,
            **{name: value for name, value in asked.items() if value},
        }
        return self._what(claim, VisitWhatForm(initial=initial, villages=villages_of(claim)))

    def post(self, request, number):
        claim = self._claim(number)
        what = VisitWhatForm(request.POST, villages=villages_of(claim))
        if not what.is_valid() or request.POST.get("step") == "what":
            return self._what(claim, what)
        place = Region.objects.get(pk=what.cleaned_data["place"])
        if request.POST.get("step") != "plan":
            return self._times(claim, what, WindowForm(), place)
        form = WindowForm(request.POST)
        if form.is_valid() and (visit := self._plan(claim, what, form, place)):
            messages.success(request, _("Planned."))
            return redirect(after(visit, form))
        return self._times(claim, what, form, place)

    def _plan(self, claim: Claim, what: VisitWhatForm, form: WindowForm, place: Region) -> Visit | None:
        now = timezone.now()
        chosen = read_window(form.cleaned_data["window"])
        if chosen is None:
            form.add_error("window", form.fields["window"].error_messages["required"])
            return None
        kind, key, starts_at = chosen
        technician = self._technician(claim, key) if kind == "t" else None
        if kind == "t" and technician is None:
            form.add_error("window", _("This person does not make visits for this station."))
            return None
        window = technician and window_at(
            claim=claim,
            kind=what.cleaned_data["kind"],
            place=place,
            technician=technician,
            starts_at=starts_at,
            now=now,
        )
        given = {**what.cleaned_data, "place": place}
        if not form.call(
            service.plan,
            claim=claim,
            **given,
            starts_at=starts_at,
            technician=technician,
            station=station_of(window, claim),
            is_home_help=home_help.of_consumer(claim.consumer) is not None,
            override_reason=form.cleaned_data["override_reason"],
            by=self.request.user,
            now=now,
        ):
            return None
        return form.result

    def _technician(self, claim: Claim, key: int) -> User | None:
        """Who goes: oneself, or with the right to send others anybody; the service looks at the rest."""
        if key == self.request.user.pk:
            return self.request.user
        if "claims.send_others" not in permissions(self.request.user, claim):
            return None
        return User.objects.filter(pk=key).first()

    def _claim(self, number) -> Claim:
        claims = Claim.objects.select_related("station", "consumer", "order_line")
        return get_object_or_404(claims, number=number)

    def _what(self, claim, form):
        return self.page(
            claim=claim,
            form=form,
            needs_help=home_help.of_consumer(claim.consumer),
            planned=[each for each in reading.of_claim(claim) if each.is_booked],
            place=claim.station,
        )

    def _times(self, claim, what, form, village):
        given = what.cleaned_data
        return self.page(
            template="claims/visit_times.html",
            claim=claim,
            what=what,
            kind=VisitKindChoices(given["kind"]).label,
            form=form,
            village=village,
            offered=offered(
                claim=claim,
                kind=given["kind"],
                place=village,
                by=self.request.user,
                may=permissions(self.request.user, claim),
                who=self.request.POST.get("who", ""),
                first=self.request.POST.get("show", "") or self.request.POST.get("first", ""),
                now=timezone.now(),
            ),
            place=claim.station,
            status=409 if form.refused else 200,
        )


def after(visit: Visit, form: WindowForm) -> str:
    """Where a chosen window leads: to the order, when it was a provider's, else to the visit."""
    kind, key, _starts_at = read_window(form.cleaned_data["window"])
    if kind == "p":
        return f"{reverse('claims:provider_offer', args=[visit.pk])}?provider={key}"
    return reverse("claims:visit_detail", args=[visit.pk])


def villages_of(claim: Claim) -> list[tuple[str, str]]:
    """The villages of the township of the claim's station, of its county where it stands for a county."""
    code = claim.station.region_id
    around = code[: DIGITS[Level.TOWNSHIP]]
    inside = prefix(code) if len(prefix(code)) <= DIGITS[Level.COUNTY] else around
    rows = living(regions_inside(inside)).filter(level=Level.VILLAGE).select_related("parent")
    many = inside != around
    return [
        (each.pk, f"{each.parent.name} {each.name}" if many and each.parent else each.name)
        for each in rows.order_by("code")
    ]


def _history(visit: Visit) -> list[AuditEvent]:
    """What the claim's history says about this visit, its costs and its parts."""
    own = ("claims.visit", str(visit.pk))
    return [
        event
        for event in claim_reading.timeline(visit.claim)
        if (event.object_type, event.object_id) == own or (event.after or {}).get("visit") == visit.pk
    ]
