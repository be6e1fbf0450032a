"""Papers for the villager: the slip with the claim's number, and the receipt of what was carried out.

Each for a sheet of A4 or an 80 mm roll.
"""

from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from aftersales.lib.capitals import fen_in_capitals
from aftersales.web.qr import qr_svg
from claims.models import Claim, Compensation
from claims.views.formula import formula
from stations.access.guards import PermissionMixin

PAPERS = ("sheet", "slip")


class Paper(PermissionMixin, View):
    """A page for paper about one claim; `?paper=slip` fits the roll of a receipt printer."""

    permission = "claims.view_claim_page"

    def printed(self, template: str, claim: Claim, **context):
        """The page, with the way to the claim's progress as a code to scan."""
        paper = self.request.GET.get("paper", "")
        track = self.request.build_absolute_uri(
            f"{reverse('public:track')}?{urlencode({'number': claim.number})}"
        )
        return render(
            self.request,
            template,
            {
                "paper": paper if paper in PAPERS else PAPERS[0],
                "claim": claim,
                "line": claim.order_line,
                "track_url": track,
                "qr": qr_svg(track, label=_("Opens the progress page")),
                "printed_at": timezone.now(),
                **context,
            },
        )


class ClaimSlip(Paper):
    """What the villager takes home when the claim is filed: its number, and how to follow it."""

    def get(self, request, number):
        claims = Claim.objects.select_related("consumer", "station", "order_line__order")
        return self.printed("claims/claim_slip.html", get_object_or_404(claims, number=number))


class ClaimReceipt(Paper):
    """What the villager signs and takes home when a remedy was carried out.

    Of several rounds the last one that was carried out; `?round=` asks for another.
    """

    def get(self, request, number):
        compensation = self._compensation(number)
        return self.printed(
            "claims/claim_receipt.html",
            compensation.claim,
            compensation=compensation,
            formula=formula(compensation, compensation.claim.order_line.unit),
            capitals=fen_in_capitals(compensation.payable_fen),
            is_taken_back=compensation.state == "voided",
        )

    def _compensation(self, number: str) -> Compensation:
        carried_out = (
            Compensation.objects.filter(claim__number=number)
            .exclude(receipt_number="")
            .select_related(
                "claim__consumer",
                "claim__station",
                "claim__order_line__order__merchant",
                "policy",
                "coupon",
                "reship",
                "merchant_refund",
                "approved_by",
                "executed_by",
            )
            .order_by("-round", "-id")
        )
        asked = self.request.GET.get("round", "")
        if asked.isascii() and asked.isdigit():
            carried_out = carried_out.filter(round=int(asked[:4]))
        found = carried_out.first()
        if found is None:
            raise Http404
        return found
