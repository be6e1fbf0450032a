"""Follow-ups: whom to call, one call, what follows from a low one, and the scores of the last month."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web.paging import capped_counts, keyset_page
from aftersales.web.urgency import urgency
from claims.forms.follow_ups import AttemptForm
from claims.forms.moves import ReasonForm
from claims.models import FollowUp, Score
from claims.models.follow_ups import CalledHow, FollowUpKind, FollowUpState
from claims.queries import follow_up_turns as turns
from claims.queries import follow_ups as reading
from claims.queries import satisfaction
from claims.rules.follow_ups import may_call, needs_another_day
from claims.rules.status import Action
from claims.services import follow_ups as service
from claims.services import second_calls
from claims.views import list_files
from claims.views.actions import PERMISSIONS, allowed
from claims.views.places import CasePage
from stations.access.list_exports import export_asked, list_export
from stations.access.places import is_desk, own_station, permissions

PAGE_SIZE = 30
LAST_DAYS = 30
STATE_TONES = {
    FollowUpState.OPEN: "info",
    FollowUpState.DONE: "good",
    FollowUpState.EXHAUSTED: "warn",
    FollowUpState.VOID: "neutral",
}


class FollowUpPage(CasePage):
    """A page about follow-ups."""

    permission = "claims.record_follow_up"


class FollowUpList(FollowUpPage):
    """Whom the person has to call, by due time; `?show=` all that they may, what colleagues have, the rest.

    `?how=visit` and `?how=phone` take those that want somebody to go there, and the others.
    """

    template_name = "claims/follow_up_list.html"

    def get(self, request):
        now, user = timezone.now(), request.user
        lists = {"all": reading.to_call, "others": reading.for_others, "ended": lambda _user: reading.ended()}
        show, how = (request.GET.get(name, "") for name in ("show", "how"))
        show = show if show in lists else ""
        rows = turns.marked(lists[show](user) if show else turns.mine(user))
        how = how if how in CalledHow.values and show != "ended" else ""
        if how:
            rows = rows.filter(by_visit=how == CalledHow.VISIT)
        order = reading.ENDED_ORDER if show == "ended" else reading.DUE_ORDER
        if form := export_asked(request):
            return list_export(
                request,
                form,
                title=_("Follow-ups"),
                columns=list_files.follow_up_columns(),
                rows=reading.listed(rows).order_by(*order),
                cells=list_files.follow_up_cells,
            )
        page = keyset_page(
            reading.listed(rows), cursor=request.GET.get("cursor", ""), order=order, size=PAGE_SIZE
        )
        for follow_up in page.rows:
            follow_up.urgency = urgency(follow_up.due_at, now)
            follow_up.tries = len(follow_up.attempts.all())
            follow_up.stars = min((each.stars for each in follow_up.scores.all()), default=None)
            follow_up.tone = STATE_TONES[follow_up.state]
        station = own_station(user)
        return self.page(
            list_page=page,
            show=show,
            how=how,
            counts=capped_counts({"mine": turns.mine(user), "all": reading.to_call(user)}),
            **self._figures(now),
            place=station,
            shows_station=station is None,
            shows_caller=show in ("all", "others"),
        )

    def _figures(self, now) -> dict:
        """What came of the follow-ups of the last days, for people at a desk."""
        if not is_desk(self.request.user):
            return {}
        since = now - timedelta(days=LAST_DAYS)
        said, overdue = satisfaction.of_follow_ups(FollowUp.objects.all(), since=since, now=now)
        return {"said": said, "overdue": overdue, "days": LAST_DAYS}


class FollowUpDetail(FollowUpPage):
    """One follow-up: whom it is about, what was tried, and the form for the next attempt."""

    template_name = "claims/follow_up.html"

    def get(self, request, pk):
        return self._page(self._find(pk))

    def post(self, request, pk):
        follow_up = self._find(pk)
        if "reopen" in request.POST:
            return self._reopen(follow_up)
        form = self._form(follow_up, request.POST)
        if form.is_valid() and form.call(
            service.attempt, follow_up=follow_up, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, self._said(form.result))
            if reading.ended_low(form.result):
                return redirect("claims:follow_up", pk)
            return redirect("claims:follow_up_list")
        return self._page(self._find(pk), form)

    def _reopen(self, follow_up: FollowUp):
        """Take the claim up again after a low second call, with one press and a reason."""
        claim = follow_up.claim
        if PERMISSIONS[Action.REOPEN] not in permissions(self.request.user, claim):
            raise Http404
        form = ReasonForm(self.request.POST)
        if form.is_valid() and form.call(
            second_calls.reopen,
            follow_up=follow_up,
            reason=form.cleaned_data["reason"],
            by=self.request.user,
            now=timezone.now(),
            expected_version=form.cleaned_data["version"],
        ):
            messages.success(self.request, _("Reopened."))
            return redirect("claims:claim_detail", claim.number)
        follow_up = self._find(follow_up.pk)
        if form.refused is not None and form.refused.code == "stale":
            form.renew(follow_up.claim.version)
        return self._page(follow_up, reopening=form)

    def _find(self, pk) -> FollowUp:
        rows = FollowUp.objects.select_related(
            "claim__consumer",
            "claim__order_line",
            "claim__station",
            "claim__handler",
            "caller",
        )
        return get_object_or_404(rows, pk=pk)

    def _form(self, follow_up: FollowUp, data=None, **kwargs) -> AttemptForm:
        return AttemptForm(data, is_second=follow_up.kind == FollowUpKind.SECOND, **kwargs)

    @staticmethod
    def _initial(number: int, by_visit: bool) -> dict:
        return {"number": number, "how": CalledHow.VISIT if by_visit else CalledHow.PHONE}

    def _said(self, follow_up: FollowUp) -> str:
        if follow_up.state == FollowUpState.EXHAUSTED:
            return _("Noted. Nobody was reached; the follow-up ends here.")
        if follow_up.state == FollowUpState.DONE:
            return _("Noted. The follow-up is done.")
        if needs_another_day(reading.tries_of(list(follow_up.attempts.all()))):
            return _("Noted. One more attempt on another day, then the follow-up ends.")
        return _("Noted. Try again later.")

    def _page(
        self, follow_up: FollowUp, form: AttemptForm | None = None, *, reopening: ReasonForm | None = None
    ):
        claim, user, now = follow_up.claim, self.request.user, timezone.now()
        attempts = list(follow_up.attempts.select_related("by"))
        number = len(attempts) + 1
        is_stale = form is not None and form.refused is not None and form.refused.code == "stale"
        if is_stale:
            form.renew(number)
        may = permissions(user, claim)
        by_visit = follow_up.state == FollowUpState.OPEN and turns.is_by_visit(claim)
        may_reopen = PERMISSIONS[Action.REOPEN] in may
        is_low = may_reopen and claim.round == follow_up.round and reading.ended_low(follow_up)
        if is_low and reopening is None and reading.reopens(follow_up, now=now):
            reopening = ReasonForm(initial={"version": claim.version})
        refused = [each for each in (form, reopening) if each is not None and each.refused]
        return self.page(
            follow_up=follow_up,
            claim=claim,
            attempts=attempts,
            scores=list(Score.objects.filter(claim=claim, round=follow_up.round).select_related("by")),
            form=form or self._form(follow_up, initial=self._initial(number, by_visit)),
            is_open=follow_up.state == FollowUpState.OPEN,
            is_mine=may_call(
                user.pk,
                handlers=reading.handlers_of(claim, follow_up.round),
                earlier_callers=reading.first_callers(follow_up),
            ),
            is_second=follow_up.kind == FollowUpKind.SECOND,
            state_tone=STATE_TONES[follow_up.state],
            urgency=urgency(follow_up.due_at, now),
            another_day=needs_another_day(reading.tries_of(attempts)),
            by_visit=by_visit,
            may_give="claims.assign_claim" in may and follow_up.state == FollowUpState.OPEN,
            is_low=is_low,
            reopening=reopening,
            reopen_url=reverse("claims:claim_move", args=[claim.number, Action.REOPEN.value])
            if not is_low and allowed(Action.REOPEN, claim, None, may, now)
            else "",
            place=claim.station,
            status=409 if refused else 200,
        )
