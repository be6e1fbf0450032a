"""The receipt of a remedy that was carried out, for a sheet of A4 or an 80 mm roll."""

from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from aftersales.lib.capitals import fen_in_capitals
from aftersales.web.qr import qr_svg
from claims.models import Compensation
from claims.views.formula import formula
from stations.access.guards import PermissionMixin

PAPERS = ("sheet", "slip")


class ClaimReceipt(PermissionMixin, View):
    """What the villager signs and takes home; `?paper=slip` fits the roll of a receipt printer.

    Of several rounds the last one that was carried out; `?round=` asks for another.
    """

    permission = "claims.view_claim_page"

    def get(self, request, number):
        compensation = self._compensation(number)
        claim = compensation.claim
        track = request.build_absolute_uri(f"{reverse('public:track')}?{urlencode({'number': claim.number})}")
        paper = request.GET.get("paper", "")
        return render(
            request,
            "claims/claim_receipt.html",
            {
                "paper": paper if paper in PAPERS else PAPERS[0],
                "papers": PAPERS,
                "claim": claim,
                "line": claim.order_line,
                "compensation": compensation,
                "formula": formula(compensation, claim.order_line.unit),
                "capitals": fen_in_capitals(compensation.payable_fen),
                "is_taken_back": compensation.state == "voided",
                "track_url": track,
                "qr": qr_svg(track, label=_("Opens the progress page")),
                "printed_at": timezone.now(),
            },
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
