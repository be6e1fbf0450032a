"""The letter of a refusal, for whoever gives it to the consumer."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.generic import View

from claims.queries.refusals import letters
from claims.views.refusal_words import letter
from stations.access.guards import PermissionMixin


class ClaimRefusal(PermissionMixin, View):
    """The last refusal of a claim as a letter to print; `?round=` asks for an earlier one."""

    permission = "claims.view_claim_page"

    def get(self, request, number):
        found = letters().filter(claim__number=number)
        asked = request.GET.get("round", "")
        if asked.isascii() and asked.isdigit():
            found = found.filter(round=int(asked[:4]))
        refusal = found.first()
        if refusal is None:
            raise Http404
        now = timezone.now()
        return render(
            request,
            "claims/refusal_letter.html",
            {
                **letter(refusal, today=timezone.localdate(now)),
                "claim": refusal.claim,
                "printed_at": now,
                "shows_consumer": True,
            },
        )
