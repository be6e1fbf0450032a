"""Follow-ups: who is to be called, one call, and what the scores of the last month say."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web.paging import capped_count, keyset_page
from aftersales.web.urgency import urgency
from claims.forms.follow_ups import AttemptForm
from claims.models import FollowUp, Score
from claims.models.follow_ups import FollowUpKind, FollowUpState
from claims.queries import follow_ups as reading
from claims.rules.follow_ups import may_call, needs_another_day
from claims.rules.status import Action
from claims.services import follow_ups as service
from claims.views.actions import allowed
from claims.views.places import CasePage, is_desk, own_station, permissions

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
    """Who is to be called, by due time; `?show=others` what colleagues have to do, `?show=ended` the rest."""

    template_name = "claims/follow_up_list.html"

    def get(self, request):
        now, station = timezone.now(), own_station(request.user)
        show = request.GET.get("show", "")
        lists = {"others": reading.for_others(request.user), "ended": reading.ended()}
        rows = lists.get(show, reading.to_call(request.user))
        page = keyset_page(
            reading.listed(rows),
            cursor=request.GET.get("cursor", ""),
            order=reading.ENDED_ORDER if show == "ended" else reading.DUE_ORDER,
            size=PAGE_SIZE,
        )
        for follow_up in page.rows:
            follow_up.urgency = urgency(follow_up.due_at, now)
            follow_up.tries = len(follow_up.attempts.all())
            follow_up.stars = min((each.stars for each in follow_up.scores.all()), default=None)
            follow_up.tone = STATE_TONES[follow_up.state]
        return self.page(
            list_page=page,
            show=show if show in lists else "",
            count=capped_count(rows),
            standing=reading.standing(FollowUp.objects.all(), since=now - timedelta(days=LAST_DAYS), now=now)
            if is_desk(request.user)
            else None,
            days=LAST_DAYS,
            place=station,
            shows_station=station is None,
        )


class FollowUpDetail(FollowUpPage):
    """One follow-up: whom it is about, what was tried, and the form for the next attempt."""

    template_name = "claims/follow_up.html"

    def get(self, request, pk):
        return self._page(self._find(pk))

    def post(self, request, pk):
        follow_up = self._find(pk)
        form = self._form(follow_up, request.POST)
        if form.is_valid() and form.call(
            service.attempt, follow_up=follow_up, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, self._said(form.result))
            return redirect("claims:follow_up_list")
        return self._page(self._find(pk), form)

    def _find(self, pk) -> FollowUp:
        rows = FollowUp.objects.select_related(
            "claim__consumer",
            "claim__order_line",
            "claim__station",
            "claim__handler",
        )
        return get_object_or_404(rows, pk=pk)

    def _form(self, follow_up: FollowUp, data=None, **kwargs) -> AttemptForm:
        return AttemptForm(data, is_second=follow_up.kind == FollowUpKind.SECOND, **kwargs)

    def _said(self, follow_up: FollowUp) -> str:
        if follow_up.state == FollowUpState.EXHAUSTED:
            return _("Noted. Nobody was reached; the follow-up ends here.")
        if follow_up.state == FollowUpState.DONE:
            return _("Noted. The follow-up is done.")
        if needs_another_day(reading.tries_of(list(follow_up.attempts.all()))):
            return _("Noted. One more attempt on another day, then the follow-up ends.")
        return _("Noted. Try again later.")

    def _page(self, follow_up: FollowUp, form: AttemptForm | None = None):
        claim, user, now = follow_up.claim, self.request.user, timezone.now()
        attempts = list(follow_up.attempts.select_related("by"))
        number = len(attempts) + 1
        is_stale = form is not None and form.refused is not None and form.refused.code == "stale"
        if is_stale:
            form.renew(number)
        may = permissions(user, claim)
        return self.page(
            follow_up=follow_up,
            claim=claim,
            attempts=attempts,
            scores=list(Score.objects.filter(claim=claim, round=follow_up.round).select_related("by")),
            form=form or self._form(follow_up, initial={"number": number}),
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
            reopen_url=reverse("claims:claim_move", args=[claim.number, Action.REOPEN.value])
            if allowed(Action.REOPEN, claim, None, may, now)
            else "",
            place=claim.station,
            status=409 if form is not None and form.refused else 200,
        )
