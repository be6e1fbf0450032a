"""The consumer scores their claim on the public page, without an account."""

from datetime import timedelta

from django.core import signing
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from aftersales.accounts.models import User
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from claims.forms.follow_ups import OwnScoreForm
from claims.models import Claim, FollowUp
from claims.queries import follow_ups as reading
from claims.services import scores as service

SALT = "claims.score"
TOKEN_AGE = timedelta(hours=1)


def offered(claim: Claim, *, user, now) -> dict:
    """What the progress page says about scores of a claim whose number and digits were right.

    The form carries a signed token instead of the digits; it counts for an hour and for this claim alone.
    Where somebody is signed in who is not the consumer there is none, but a sentence that says why.
    """
    with system_scope("a consumer follows their claim", quiet=True):
        follow_up = reading.open_to_own_score(claim, now=now)
        given = None if follow_up else reading.own_score(claim)
    if follow_up is None:
        return {"own_score": given}
    if not service.may_score_here(claim, signed_in(user)):
        return {"is_staff_seat": True}
    token = signing.dumps([follow_up.pk, claim.number], salt=SALT)
    return {"score_form": OwnScoreForm(initial={"token": token})}


def signed_in(user) -> User | None:
    """The account at work in this browser, if there is one."""
    return user if user.is_authenticated else None


class ScoreView(View):
    """Takes a score. The page that leads here is the progress page."""

    def get(self, request):
        return HttpResponseRedirect(reverse("public:track"))

    def post(self, request):
        form = OwnScoreForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=200)
        token = form.cleaned_data.pop("token")
        try:
            follow_up = self._follow_up(token)
        except Refused as refused:
            form.refuse(refused)
            return self._page(form, status=409)
        if form.call(
            service.score_by_consumer,
            follow_up=follow_up,
            signed_in=signed_in(request.user),
            now=timezone.now(),
            **form.cleaned_data,
        ):
            return self._page(form, status=200, score=form.result)
        return self._page(form, status=409)

    def _follow_up(self, token: str) -> FollowUp:
        try:
            pk, number = signing.loads(token, salt=SALT, max_age=TOKEN_AGE)
        except (signing.BadSignature, ValueError):
            pk = number = None
        with system_scope("a consumer scores their claim", quiet=True):
            found = (
                FollowUp.objects.filter(pk=pk, claim__number=number).select_related("claim__consumer").first()
                if number
                else None
            )
        if found is None:
            raise Refused(
                _("Too much time has passed. Look your claim up again and give the score then."),
                code="token_invalid",
            )
        return found

    def _page(self, form, *, status: int, score=None):
        return render(self.request, "claims/public_score.html", {"form": form, "score": score}, status=status)
