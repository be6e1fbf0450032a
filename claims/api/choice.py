"""What a consumer can have, and what they choose."""

from dataclasses import dataclass

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from aftersales.accounts.api_scopes import ApiScope
from aftersales.lib.errors import Refused
from aftersales.web.api.fields import Input, Output, YuanField
from aftersales.web.api.versions import etag, expected_version
from aftersales.web.api.views import ApiView, Made
from claims.api.finding import found
from claims.models import Claim, Compensation
from claims.models.compensation import AskedHow, CompensationState, PayoutMethod, Remedy
from claims.rules.payouts import can_be_chosen_from_afar
from claims.rules.status import Status
from claims.services import bank_accounts, speaking
from claims.services import compensation as service
from claims.services.transactions import as_one
from claims.views.compensation import current_compensation
from claims.views.formula import formula
from claims.views.offers import Offer, offers

UNDECIDED = (CompensationState.PROPOSED, CompensationState.CHOSEN)
CHOOSE_REFUSALS = (
    "stale",
    "option_unknown",
    "not_accepted",
    "amount_changed",
    "nothing_due",
    "remedy_not_allowed",
    "payout_method_missing",
    "asked_how_missing",
    "claim_ended",
    "already_decided",
    "already_executed",
    "voided",
    "not_approved",
    "no_reason_over",
    "other_side",
    "busy",
)


class OptionOut(Output):
    key = serializers.CharField(help_text="What is sent as `option`.")
    remedy = serializers.ChoiceField(Remedy.choices)
    payout_method = serializers.ChoiceField([("", ""), *PayoutMethod.choices])
    title = serializers.CharField()
    worth = serializers.CharField(help_text="Money or quantity, for people.")
    text = serializers.CharField(source="means", help_text="What it means, in a sentence.")


class OptionsOut(Output):
    state = serializers.ChoiceField(CompensationState.choices)
    amount = YuanField(help_text="In yuan: what is due.")
    working = serializers.CharField(help_text="The sum in one line.")
    can_choose = serializers.BooleanField(help_text="Whether a choice is taken now.")
    chosen = serializers.CharField(help_text="Key of what was chosen; empty before.")
    version = serializers.IntegerField(help_text="The number in its ETag.")
    options = OptionOut(many=True)


class ChoiceIn(Input):
    option = serializers.CharField(max_length=20, help_text="A key from the options.")
    asked_how = serializers.ChoiceField(
        AskedHow.choices,
        required=False,
        help_text="How the consumer told the application; their own choice on a session.",
    )


@dataclass(frozen=True)
class Options:
    """What is on offer to the consumer of one claim where nobody stands at a counter."""

    claim: Claim
    compensation: Compensation
    options: list[Offer]

    @property
    def state(self) -> str:
        return self.compensation.state

    @property
    def amount(self) -> int:
        return self.compensation.payable_fen

    @property
    def working(self) -> str:
        return formula(self.compensation, self.claim.order_line.unit)["working"]

    @property
    def can_choose(self) -> bool:
        is_in_work = self.claim.is_open and self.claim.status != Status.SUBMITTED
        return is_in_work and self.state in UNDECIDED and bool(self.options)

    @property
    def chosen(self) -> str:
        method = self.compensation.payout_method
        remedy = self.compensation.remedy
        return f"{remedy}-{method}" if method else remedy

    @property
    def version(self) -> int:
        return self.compensation.version


def options_of(claim: Claim) -> Options:
    """The options of a claim; 404 where no amount has been worked out."""
    compensation = current_compensation(claim)
    if compensation is None:
        raise Http404
    compensation.claim = claim
    has_account = bank_accounts.in_use(claim.consumer_id) is not None
    return Options(
        claim,
        compensation,
        [
            offer
            for offer in offers(compensation, timezone.localdate())
            if can_be_chosen_from_afar(offer.payout_method, has_account=has_account)
        ],
    )


class OptionsView(ApiView):
    """What the consumer can have, with its worth. The ETag is what a choice is made from."""

    scopes = {"GET": ApiScope.CLAIMS_READ}
    for_consumers = True
    serializer_class = OptionsOut
    tagged = ("GET",)

    def get(self, request, number):
        """Read what the consumer can have"""
        options = options_of(found(request.auth, number))
        return self.one(options, version=options.version)


class ChoiceView(ApiView):
    """What the consumer wants, the same as they would say at the counter."""

    scopes = {"POST": ApiScope.CLAIMS_WRITE}
    for_consumers = True
    serializer_class = OptionsOut
    input_classes = {"POST": ChoiceIn}
    refusals = {"POST": CHOOSE_REFUSALS}
    statuses = {"POST": 200}
    if_match = ("POST",)
    tagged = ("POST",)

    def post(self, request, number):
        """Record the consumer's choice

        May be changed until it is decided. Small amounts are approved and paid at once by the rule; `state`
        says how far it came. "amount_changed" means that something else was granted on the line meanwhile:
        read the options again and ask the consumer once more.
        """
        given, claim, now = self.given(), found(request.auth, number), timezone.now()

        def act():
            return as_one(effect=lambda: self.once(lambda: self._choose(request, claim, given, now)))

        try:
            return self.unless_stale(act, lambda: self.shown(options_of(claim)))
        except Refused as refused:
            if refused.code == "amount_changed":
                compensation = options_of(claim).compensation
                service.propose_again(compensation=compensation, by=request.user, now=now)
            raise

    def _choose(self, request, claim: Claim, given: dict, now) -> Made:
        expected = expected_version(request)
        speaking.check_for_consumer(claim, request.auth)
        offered = options_of(claim)
        wanted = next((each for each in offered.options if each.key == given["option"]), None)
        if wanted is None:
            raise Refused(
                _("This is not on offer. Read the options again."), code="option_unknown", field="option"
            )
        chosen = service.choose(
            compensation=offered.compensation,
            remedy=wanted.remedy,
            payout_method=wanted.payout_method,
            asked_how=_asked(request.auth, given),
            by=request.user,
            now=now,
            expected_version=expected,
        )
        after = options_of(found(request.auth, claim.number))
        return Made(self.shown(after), chosen, status=200, headers={"ETag": etag(after.version)})


def _asked(caller, given: dict) -> str:
    return AskedHow.OWN if caller.consumer else given.get("asked_how", AskedHow.MESSAGE)
