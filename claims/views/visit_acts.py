"""What is done with a visit: set out, made, come to nothing, moved, called off, given to somebody else."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.accounts.models import User
from claims.forms.visits import (
    VisitCancelForm,
    VisitFailForm,
    VisitFinishForm,
    VisitGiveForm,
    VisitStartForm,
    WindowChoice,
    read_key,
    read_window,
)
from claims.models import Visit
from claims.queries import parts
from claims.rules.visits import VisitStep
from claims.services import visit_proofs
from claims.services import visits as service
from claims.views import visit_steps
from claims.views.evidence import stage_all, staged
from claims.views.visit_windows import mark_of, offered, who_could, window_at
from claims.views.visits import VisitPage, after


class VisitStepPage(VisitPage):
    """A step of the table: for who may take it; where the state leaves no room for it, back to the visit."""

    step: VisitStep

    def ready(self, pk) -> tuple[Visit, bool]:
        """The visit, and whether the step is possible now. Raises PermissionDenied for others."""
        visit = self.visit(pk)
        asks = visit_steps.may_make if self.step in visit_steps.MAKING else visit_steps.may_plan
        if not asks(visit, self.request.user, self.may(visit)):
            raise PermissionDenied
        return visit, visit_steps.allows(self.step, visit, self.request.user, self.may(visit))

    def http_method_not_allowed(self, request, pk):
        """Who may not take the step is told so first."""
        self.ready(pk)
        return super().http_method_not_allowed(request, pk)

    def back(self, visit: Visit):
        messages.info(self.request, _("This step is not possible in the visit's present state."))
        return redirect("claims:visit_detail", visit.pk)


class _SmallStep(VisitStepPage):
    """A step with a form of its own and nothing else on the page."""

    permission = "claims.carry_out_visit"
    template_name = "claims/visit_act.html"
    form_class: type
    act: str
    title = action = done = text = ""
    is_danger = False

    def get(self, request, pk):
        visit, is_possible = self.ready(pk)
        if not is_possible:
            return self.back(visit)
        return self._page(visit, self.form_class(initial={"version": visit.version}))

    def post(self, request, pk):
        visit, is_possible = self.ready(pk)
        form = self.form_class(request.POST)
        if form.is_valid():
            given = {name: value for name, value in form.cleaned_data.items() if name != "version"}
            if form.call(
                getattr(service, self.act),
                visit=visit,
                by=request.user,
                now=timezone.now(),
                expected_version=form.cleaned_data["version"],
                **given,
            ):
                messages.success(request, self.done)
                return redirect("claims:visit_detail", pk)
        elif not is_possible:
            return self.back(visit)
        return self._page(visit, form)

    def _page(self, visit, form):
        return self.answer(
            visit,
            form,
            title=self.title,
            action=self.action,
            text=self.text,
            is_danger=self.is_danger,
            is_early=self.step == VisitStep.START and is_early(visit),
        )


class VisitStart(_SmallStep):
    """Whoever goes sets out."""

    step, act, form_class = VisitStep.START, "start", VisitStartForm
    title, action = gettext_lazy("Set out now?"), gettext_lazy("I set out")
    text = gettext_lazy("The handler of the claim sees that somebody is on the way.")
    done = gettext_lazy("On the way.")


class VisitFail(_SmallStep):
    """Nobody was at home, the road was closed: the visit came to nothing."""

    step, act, form_class = VisitStep.FAIL, "fail", VisitFailForm
    title, action = gettext_lazy("The visit came to nothing"), gettext_lazy("Note it")
    text = gettext_lazy("Parts that were put aside go back on the shelf. Afterwards, agree on another time.")
    done = gettext_lazy("Noted. Agree on another time.")


class VisitCancel(_SmallStep):
    """The visit is not needed any more."""

    permission = "claims.plan_visit"
    step, act, form_class = VisitStep.CANCEL, "cancel", VisitCancelForm
    title, action = gettext_lazy("Cancel the visit"), gettext_lazy("Cancel the visit")
    text = gettext_lazy("Its time is free again, and whoever was to go is told.")
    done = gettext_lazy("The visit is cancelled.")
    is_danger = True


class VisitFinish(VisitStepPage):
    """What was found and done, what came of it, and the proof: signature, photo or paper."""

    permission = "claims.carry_out_visit"
    template_name = "claims/visit_finish.html"
    step = VisitStep.FINISH

    def get(self, request, pk):
        visit, is_possible = self.ready(pk)
        if not is_possible:
            return self.back(visit)
        initial = {
            "version": visit.version,
            "transport": visit.transport,
            "what": visit.claim.order_line.product[:80],
        }
        return self._page(visit, self._form(visit, initial=initial))

    def post(self, request, pk):
        visit, is_possible = self.ready(pk)
        form = self._form(visit, request.POST)
        if not form.is_valid():
            return self._page(visit, form) if is_possible else self.back(visit)
        token = form.cleaned_data["form_key"]
        refusals = stage_all(request, station=visit_proofs.station_of(visit), form_token=token)
        if refusals:
            return self._page(visit, form, refusals)
        if form.call(
            service.finish,
            visit=visit,
            **form.given,
            goods=form.goods,
            form_token=token,
            by=request.user,
            now=timezone.now(),
            expected_version=form.cleaned_data["version"],
        ):
            messages.success(request, _("Noted. Thank you."))
            return redirect("claims:visit_detail", pk)
        return self._page(visit, form)

    def _form(self, visit: Visit, *args, **kwargs) -> VisitFinishForm:
        return VisitFinishForm(*args, kind=visit.kind, asks_goods=visit.provider_id is None, **kwargs)

    def _page(self, visit, form, refusals=()):
        token = form["form_key"].value() or ""
        photos = staged(self.request.user, token)
        response = self.answer(
            visit,
            form,
            refusals=refusals,
            photos=photos,
            is_early=is_early(visit),
            put_aside=parts.put_aside_for(visit),
        )
        response.status_code = 409 if refusals else response.status_code
        return response


class VisitMove(VisitStepPage):
    """Another time, for whoever goes or for somebody else."""

    permission = "claims.plan_visit"
    template_name = "claims/visit_times.html"
    step = VisitStep.MOVE

    def get(self, request, pk):
        visit, is_possible = self.ready(pk)
        if not is_possible:
            return self.back(visit)
        initial = {"version": visit.version, "override_reason": visit.override_reason}
        return self._page(visit, WindowChoice(initial=initial))

    def post(self, request, pk):
        visit, is_possible = self.ready(pk)
        if request.POST.get("step") != "plan":
            if not is_possible:
                return self.back(visit)
            typed = {"override_reason": request.POST.get("override_reason", "")[:200]}
            return self._page(visit, WindowChoice(initial={"version": visit.version, **typed}))
        form = WindowChoice(request.POST)
        if form.is_valid() and self._move(visit, form):
            messages.success(request, _("The visit has another time."))
            return redirect(after(form.result, form))
        if not is_possible:
            return self.back(visit)
        return self._page(visit, form)

    def _move(self, visit: Visit, form: WindowChoice) -> bool:
        now = timezone.now()
        chosen = read_window(form.cleaned_data["window"])
        if chosen is None or (chosen[0] == "t" and (goes := self._technician(visit, chosen[1])) is None):
            form.add_error("window", form.fields["window"].error_messages["required"])
            return False
        kind, _key, starts_at = chosen
        technician = goes if kind == "t" else None
        window = technician and window_at(
            claim=visit.claim,
            kind=visit.kind,
            place=visit.place,
            technician=technician,
            starts_at=starts_at,
            now=now,
        )
        return form.call(
            service.move,
            visit=visit,
            starts_at=starts_at,
            technician=technician,
            station=window.station if window else visit.station if technician else visit.claim.station,
            override_reason=form.cleaned_data["override_reason"],
            by=self.request.user,
            now=now,
            expected_version=form.cleaned_data["version"],
        )

    def _technician(self, visit: Visit, key: int) -> User | None:
        if key in (self.request.user.pk, visit.technician_id) or "claims.send_others" in self.may(visit):
            return User.objects.filter(pk=key).first()
        return None

    def _page(self, visit, form):
        asked = self.request.POST
        return self.answer(
            visit,
            form,
            kind=visit.get_kind_display(),
            village=visit.place,
            offered=offered(
                claim=visit.claim,
                kind=visit.kind,
                place=visit.place,
                by=self.request.user,
                may=self.may(visit),
                who=asked.get("who", f"t{visit.technician_id}" if visit.technician_id else ""),
                first=asked.get("show", "") or asked.get("first", ""),
                now=timezone.now(),
            ),
        )


class VisitGive(VisitPage):
    """Somebody else goes in the same window, or nobody until somebody is found."""

    permission = "claims.send_others"
    template_name = "claims/visit_give.html"

    def get(self, request, pk):
        visit = self.visit(pk)
        initial = {"version": visit.version, "override_reason": visit.override_reason}
        return self.answer(visit, VisitGiveForm(initial=initial, people=self._people(visit)))

    def post(self, request, pk):
        visit = self.visit(pk)
        form = VisitGiveForm(request.POST, people=self._people(visit))
        if form.is_valid():
            key = read_key(form.cleaned_data["who"][1:])
            if form.call(
                service.give,
                visit=visit,
                technician=User.objects.filter(pk=key).first() if key else None,
                override_reason=form.cleaned_data["override_reason"],
                by=request.user,
                now=timezone.now(),
                expected_version=form.cleaned_data["version"],
            ):
                messages.success(request, _("Noted."))
                return redirect("claims:visit_detail", pk)
        return self.answer(visit, form)

    def _people(self, visit: Visit) -> list[tuple[str, str]]:
        windows = who_could(
            claim=visit.claim,
            kind=visit.kind,
            place=visit.place,
            starts_at=visit.starts_at,
            now=timezone.now(),
        )
        people = [
            (mark_of(each), " · ".join([each.who, each.station.name, *map(str, each.words)]))
            for each in windows
            if each.technician.pk != visit.technician_id
        ]
        return [*people, ("n", _("nobody yet, somebody will be found"))]


def is_early(visit: Visit) -> bool:
    """Whether the day of the visit has not come yet: somebody goes earlier than was planned."""
    return timezone.localdate() < timezone.localdate(visit.starts_at)
