"""Whether a certificate is good, for anybody: employers, villagers, inspectors. No account."""

from datetime import timedelta

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from aftersales.web.throttle import Throttle
from training.forms.certificates import VerifyForm
from training.queries import certificates as reading
from training.rules.certificates import grouped, is_well_formed, normalise
from training.views.certificate_words import STANDING_TONES

BY_ADDRESS = Throttle("verify-address", 60, timedelta(minutes=15))
"""Every look counts, whatever the answer: nobody learns from being stopped which numbers exist."""


class Verify(View):
    """The form; a number that can be one is asked about at its own address, which a QR code opens too."""

    def get(self, request):
        if "number" not in request.GET:
            return answer_page(request, VerifyForm())
        form = VerifyForm(request.GET)
        if form.is_valid():
            number = normalise(form.cleaned_data["number"])
            if is_well_formed(number):
                return redirect("training_public:verify_number", number)
            form.add_error("number", mistyped())
        return answer_page(request, form)


class VerifyNumber(View):
    """What is known about one number: valid, expired, revoked, unknown; the name where the holder agreed."""

    def get(self, request, number):
        form = VerifyForm({"number": number[:60]})
        form.is_valid()
        written, now = normalise(number), timezone.now()
        if not is_well_formed(written):
            form.add_error("number", mistyped())
            return answer_page(request, form)
        address = request.META.get("REMOTE_ADDR", "")
        if BY_ADDRESS.is_closed(address, now=now):
            form.add_error(None, _("Too many numbers from this place. Wait 15 minutes and try again."))
            return answer_page(request, form, status=429)
        BY_ADDRESS.count_failure(address, now=now)
        answer = reading.answer_for(written, timezone.localdate(now))
        return answer_page(
            request,
            VerifyForm(initial={"number": grouped(written)}),
            answer=answer,
            shown_number=grouped(written),
            tone=STANDING_TONES[answer.standing],
            today=timezone.localdate(now),
        )


def mistyped() -> str:
    """What is said of a number that cannot be one."""
    return _("This number cannot be right: a sign is wrong or two are swapped. Read it off once more.")


def answer_page(request, form: VerifyForm, *, status: int = 200, **context):
    """The page with the form, and the answer if there is one; kept by no cache."""
    response = render(request, "training/verify.html", {"form": form, **context}, status=status)
    response["Cache-Control"] = "private, no-store"
    return response
