"""A refused claim without an account: the letter to print, and the appeal against it."""

from datetime import timedelta

from django.core import signing
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from aftersales.lib.errors import Refused
from claims.forms.appeals import OwnAppealForm
from claims.models import Claim, Refusal
from claims.queries.refusals import letter_by_key, letter_for_consumer
from claims.rules.status import Status
from claims.services import appeals as service
from claims.views.refusal_words import letter

SALT = "claims.refusal"
TOKEN_AGE = timedelta(hours=1)


def offered(claim: Claim) -> dict:
    """What the progress page says about the refusal of a claim whose number and digits were right.

    The way to the letter and the appeal carries a signed token; it counts for an hour and for this alone.
    """
    if claim.status != Status.REJECTED:
        return {}
    refusal = letter_for_consumer(claim)
    if refusal is None:
        return {}
    known = letter(refusal, today=timezone.localdate())
    return {**known, "refusal_token": signing.dumps([refusal.pk, claim.number], salt=SALT)}


class RefusalPage(View):
    """A page about the refusal that a token names. Whoever comes without one begins at the progress page."""

    def get(self, request):
        return HttpResponseRedirect(reverse("public:track"))

    def refusal(self, token: str) -> Refusal:
        """The refusal of a token. Raises Refused("token_invalid")."""
        try:
            pk, number = signing.loads(token[:200], salt=SALT, max_age=TOKEN_AGE)
        except (signing.BadSignature, ValueError):
            pk = number = None
        found = letter_by_key(pk, number) if number else None
        if found is None:
            raise Refused(_("Too much time has passed. Look your claim up again."), code="token_invalid")
        return found


class LetterView(RefusalPage):
    """The letter of a refusal for the consumer: no name, no phone."""

    def post(self, request):
        try:
            refusal = self.refusal(request.POST.get("token", ""))
        except Refused:
            return self.get(request)
        now = timezone.now()
        return render(
            request,
            "claims/refusal_letter.html",
            {
                **letter(refusal, today=timezone.localdate(now)),
                "claim": refusal.claim,
                "printed_at": now,
                "back_url": reverse("public:track"),
            },
        )


class AppealView(RefusalPage):
    """The consumer says what is wrong with the refusal; a token alone opens the form."""

    def post(self, request):
        token = request.POST.get("token", "")
        try:
            refusal = self.refusal(token)
        except Refused as refused:
            form = OwnAppealForm(request.POST)
            form.is_valid()
            form.refuse(refused)
            return self._page(form, status=409)
        if "text" not in request.POST:
            return self._page(OwnAppealForm(initial={"token": token}), refusal)
        form = OwnAppealForm(request.POST)
        if form.is_valid() and form.call(
            service.file_own, claim=refusal.claim, text=form.cleaned_data["text"], now=timezone.now()
        ):
            return self._page(form, refusal, appeal=form.result)
        return self._page(form, refusal, status=409 if form.refused else 200)

    def _page(self, form, refusal=None, *, appeal=None, status: int = 200):
        known = letter(refusal, today=timezone.localdate()) if refusal else {}
        return render(
            self.request,
            "claims/public_appeal.html",
            {**known, "form": form, "filed": appeal},
            status=status,
        )
