"""Filing a claim in three steps: find the order, say what is wrong, let the villager choose."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.sealing import phone_index
from aftersales.lib.errors import Refused
from aftersales.web.idempotency import is_known
from claims.forms.filing import FilingForm
from claims.forms.search import OrderSearchForm
from claims.models import Consumer, OrderLine
from claims.models.choices import GoodsTypeChoices, NatureChoices, SeverityChoices
from claims.models.compensation import CompensationState
from claims.queries import orders
from claims.queries.consumers import dialects_at
from claims.services import compensation, consumers, evidence, filing
from claims.services.lines import written
from claims.views.evidence import stage_all, staged
from claims.views.formula import formula_of
from claims.views.places import CasePage
from stations.access.places import own_station

LINES_SHOWN = 12


class ClaimNew(CasePage):
    """Step 1: the order, by search or by a tap on a recent one."""

    permission = "claims.file_claim"
    template_name = "claims/claim_new.html"

    def get(self, request):
        station = own_station(request.user)
        form = OrderSearchForm(request.GET)
        text = form.cleaned_data["q"] if form.is_valid() else ""
        lines = (
            orders.search_lines(text, limit=LINES_SHOWN)
            if text
            else list(orders.recent_lines(station=station)[:LINES_SHOWN])
        )
        open_claims = orders.open_claim_numbers(lines)
        for line in lines:
            line.open_claim = open_claims.get(line.pk, "")
        return self.page(form=form, text=text, lines=lines, place=station, shows_station=station is None)


class ClaimForm(CasePage):
    """Step 2: photos, what is wrong, how much, and the villager's consent.

    The submit button's name says what is wanted: `send`, `remove` (a staged photo), else the photos just
    chosen are kept and the form comes back as it was.
    """

    permission = "claims.file_claim"
    template_name = "claims/claim_form.html"

    def get(self, request, line_id):
        line = self._line(line_id)
        try:
            filing.check_line(line)
        except Refused as refused:
            # Said before anything is filled in for nothing.
            messages.error(request, refused.message)
            return redirect("claims:order_detail", line.order_id)
        return self._page(line, FilingForm(line=line))

    def post(self, request, line_id):
        line = self._line(line_id)
        form = FilingForm(request.POST, line=line)
        form_token = request.POST.get("form_key", "")
        refusals = self._take_out(form_token)
        refusals += stage_all(request, station=line.station, form_token=form_token)
        if "send" not in request.POST:
            typed = {name: form[name].data for name in form.fields}
            return self._page(line, FilingForm(line=line, initial=typed), refusals)
        if (
            form.is_valid()
            and not refusals
            and self._nothing_to_insist_on(line, form)
            and self._file(line, form)
        ):
            return self._onward(form.result)
        return self._page(line, form, refusals, status=409 if refusals or form.refused else 200)

    def _line(self, line_id) -> OrderLine:
        lines = OrderLine.objects.select_related(
            "station", "order__consumer", "order__merchant", "order__logistics"
        )
        return get_object_or_404(lines, pk=line_id)

    def _take_out(self, form_token: str) -> list[str]:
        """Drop the staged photo whose button was pressed; sentences for what was refused."""
        wanted = self.request.POST.get("remove", "")
        if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
            return []
        try:
            for photo in staged(self.request.user, form_token).filter(pk=int(wanted)):
                evidence.discard(photo=photo, by=self.request.user, now=timezone.now())
        except Refused as refused:
            return [str(refused.message)]
        return []

    def _nothing_to_insist_on(self, line: OrderLine, form: FilingForm) -> bool:
        """Ask once more about missing photos and about open claims on the same line or phone."""
        given = form.cleaned_data
        if is_known(client=f"user:{self.request.user.pk}", key=given["form_key"]):
            return True
        photos = staged(self.request.user, given["form_key"])
        if form.needs_photos and not given["without_photos"] and not photos.exists():
            form.add_error(
                "without_photos",
                ValidationError(
                    _("No photo yet. Take one, or tick this: a claims officer then has to look at it."),
                    code="no_photos",
                ),
            )
        if not given["file_anyway"] and self._others(line, form):
            form.add_error(
                "file_anyway",
                ValidationError(
                    _("There is an open claim already. Look at it first."), code="open_claim_exists"
                ),
            )
        return form.is_valid()

    def _others(self, line: OrderLine, form: FilingForm | None) -> dict:
        """Open claims on the same line or phone: those that may be seen, and how many more there are."""
        consumer = line.order.consumer
        phone = getattr(form, "cleaned_data", {}).get("phone") if form else None
        if consumer is None and phone:
            # Not taken down yet: this stands for whoever has the phone in the county.
            consumer = Consumer(county_code=line.county_code, phone_index=phone_index(phone))
        seen = list(filing.open_claims_like(order_line=line, consumer=consumer)[:5])
        elsewhere = filing.open_claims_elsewhere(consumer=consumer)
        return {"claims": seen, "elsewhere": elsewhere} if seen or elsewhere else {}

    def _file(self, line: OrderLine, form: FilingForm) -> bool:
        return form.call(self._register_and_file, line=line, form=form)

    def _register_and_file(self, *, line: OrderLine, form: FilingForm):
        given, by, now = form.cleaned_data, self.request.user, timezone.now()
        with transaction.atomic():
            consumer = self._consumer(line, given, by=by, now=now)
            return filing.file(
                order_line=line,
                consumer=consumer,
                goods_type=given["goods_type"],
                nature=given["nature"],
                severity=given["severity"],
                description=form.words,
                bad_milli=given["bad_milli"],
                channel=given["channel"],
                consent_kind=given["consent_kind"],
                form_token=given["form_key"],
                batch=given["batch"],
                is_urgent=given["is_urgent"],
                is_without_reason=form.is_without_reason,
                by=by,
                now=now,
            )

    @staticmethod
    def _consumer(line: OrderLine, given: dict, *, by, now) -> Consumer:
        known, dialect = line.order.consumer, given["dialect"]
        if known is not None:
            if not dialect or dialect == known.dialect:
                return known
            return consumers.note_dialect(consumer=known, dialect=dialect, by=by, now=now)
        return consumers.register(
            station=line.station, name=given["name"], phone=given["phone"], dialect=dialect, by=by, now=now
        )

    def _onward(self, claim):
        if claim.compensations.filter(round=claim.round, state=CompensationState.PROPOSED).exists():
            return redirect("claims:claim_choice", claim.number)
        messages.success(
            self.request,
            _("Claim %(number)s is filed. There is no amount to choose yet.") % {"number": claim.number},
        )
        return redirect("claims:claim_detail", claim.number)

    def _page(self, line, form, refusals=(), status=200):
        return self.page(
            line=line,
            order=line.order,
            form=form,
            refusals=refusals,
            photos=staged(self.request.user, form["form_key"].value() or ""),
            others=self._others(line, form),
            dialects=dialects_at(line.station),
            place=line.station,
            **estimate(line, form),
            status=status,
        )


class ClaimLive(ClaimForm):
    """What the form would come to: photos so far, the class the words speak for, the amount."""

    http_method_names = ["post"]

    def post(self, request, line_id):
        line = self._line(line_id)
        form = FilingForm(request.POST, line=line)
        form.is_valid()
        context = {"line": line, "form": form, **estimate(line, form)}
        form_token = form.cleaned_data.get("form_key", "")
        photos = {"photos": staged(request.user, form_token)}
        return JsonResponse(
            {
                "estimate": render_to_string("claims/parts/estimate.html", context, request),
                "photos": render_to_string("claims/parts/photos_staged.html", photos, request),
            }
        )


def estimate(line: OrderLine, form: FilingForm) -> dict:
    """The class in words and the amount, as far as the form is filled in."""
    given = getattr(form, "cleaned_data", {})
    labels = [
        choices(value).label
        for choices, value in (
            (GoodsTypeChoices, given.get("goods_type")),
            (NatureChoices, given.get("nature")),
            (SeverityChoices, given.get("severity")),
        )
        if value
    ]
    bad_milli = given.get("bad_milli")
    award = formula = None
    if bad_milli and "bad_milli" not in form.errors:
        try:
            award = compensation.preview(order_line=line, bad_milli=bad_milli, now=timezone.now())
        except Refused:
            award = None
    if award is not None:
        formula = formula_of(
            written(award),
            line.unit,
            bad_milli=bad_milli,
            total_milli=line.quantity_milli,
            paid_fen=award.steps[0].amount_fen,
            amount_fen=award.amount_fen,
        )
    return {
        "class_words": labels if len(labels) == 3 else [],
        "award": award,
        "formula": formula,
        "bad_milli": bad_milli,
    }
