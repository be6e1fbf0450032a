"""How a claim stands, in the words of the public page and as codes."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from aftersales.accounts.api_scopes import ApiScope
from aftersales.web.api.fields import Output, YuanField
from aftersales.web.api.views import ApiView
from claims.api.finding import found
from claims.models import Claim
from claims.models.appeals import AppealState
from claims.models.choices import RejectionCode, StatusChoices
from claims.models.compensation import CompensationState, Remedy
from claims.queries import follow_ups
from claims.queries.refusals import letter_for_consumer
from claims.rules.status import Action, Node, NodeState, Status, actions_from
from claims.views.public import progress_of
from claims.views.refusal_words import letter

CHOOSE, WITHDRAW, SCORE, APPEAL = "choose", "withdraw", "score", "appeal"
ABILITIES = [CHOOSE, WITHDRAW, SCORE, APPEAL]
UNDECIDED = (CompensationState.PROPOSED, CompensationState.CHOSEN)


class ProgressStepOut(Output):
    code = serializers.ChoiceField([(each.value, each.value) for each in Node])
    text = serializers.CharField()
    state = serializers.ChoiceField([(each.value, each.value) for each in NodeState])


class ProgressPromiseOut(Output):
    due_at = serializers.DateTimeField()
    is_provisional = serializers.BooleanField(help_text="The holidays of that year are not announced yet.")
    is_paused = serializers.BooleanField(
        help_text="The claim waits for somebody outside; then at the latest."
    )


class ProgressAmountOut(Output):
    state = serializers.ChoiceField(CompensationState.choices)
    amount = YuanField(source="payable_fen", help_text="In yuan: what the consumer gets.")
    remedy = serializers.ChoiceField([("", ""), *Remedy.choices])
    remedy_text = serializers.CharField()
    working = serializers.CharField(help_text="The sum in one line.")
    remarks = serializers.ListField(
        child=serializers.CharField(), help_text="What changed the plain share, a sentence each."
    )
    rules_url = serializers.CharField(help_text="Path of the published rules it was worked out by.")
    coupon = YuanField(allow_null=True, help_text="Value of the coupon.")
    coupon_expires_on = serializers.DateField(allow_null=True)
    parcel_number = serializers.CharField(help_text="Of goods that were sent again.")


class ProgressAppealOut(Output):
    state = serializers.ChoiceField(AppealState.choices)
    answer = serializers.CharField()
    answer_by = serializers.DateField(help_text="It is answered by that day.")


class ProgressRefusalOut(Output):
    code = serializers.ChoiceField(RejectionCode.choices)
    text = serializers.CharField(help_text="The code in words.")
    explanation = serializers.CharField()
    rule = serializers.CharField(help_text="The rule with its numbers.")
    law = serializers.CharField()
    appeal_until = serializers.DateField(allow_null=True)
    appeal = ProgressAppealOut(allow_null=True)
    hotline = serializers.CharField(help_text="Who helps further.")


class ProgressStationOut(Output):
    name = serializers.CharField()
    phone = serializers.CharField()


class ProgressOut(Output):
    number = serializers.CharField()
    status = serializers.ChoiceField(StatusChoices.choices)
    status_text = serializers.CharField()
    sentence = serializers.CharField(help_text="Where it stands and what comes next.")
    steps = ProgressStepOut(many=True)
    promise = ProgressPromiseOut(allow_null=True)
    expected_finish_at = serializers.DateTimeField(allow_null=True)
    method = serializers.CharField(help_text="How it is dealt with, from the first reply.")
    bad_quantity_text = serializers.CharField()
    compensation = ProgressAmountOut(allow_null=True)
    refusal = ProgressRefusalOut(allow_null=True)
    own_score = serializers.IntegerField(allow_null=True, help_text="Stars that the consumer has given.")
    can = serializers.ListField(
        child=serializers.ChoiceField([(each, each) for each in ABILITIES]),
        help_text="What the consumer can do now.",
    )
    continued_under = serializers.CharField(allow_null=True)
    station = ProgressStationOut()


class ProgressView(ApiView):
    """How a claim stands, as its consumer is told: the steps, one sentence, promised times, the sum, and
    what they can do now. No name, no phone, no photo."""

    scopes = {"GET": ApiScope.CLAIMS_READ}
    for_consumers = True
    serializer_class = ProgressOut

    def get(self, request, number):
        """Follow a claim"""
        return self.one(progress(found(request.auth, number)))


def progress(claim: Claim) -> dict[str, Any]:
    """What the page for consumers shows of a claim, as values, and what they can do now."""
    told, now = progress_of(claim), timezone.now()
    compensation, promise = told["compensation"], told["promise"]
    refused = letter_for_consumer(claim) if claim.status == Status.REJECTED else None
    known = letter(refused, today=timezone.localdate(now)) if refused else {}
    scored = follow_ups.own_score(claim)
    may_score = scored is None and follow_ups.open_to_own_score(claim, now=now) is not None
    abilities = {
        CHOOSE: claim.is_open
        and claim.status != Status.SUBMITTED
        and compensation is not None
        and compensation.state in UNDECIDED
        and compensation.payable_fen > 0,
        WITHDRAW: Action.WITHDRAW in actions_from(claim.status)
        and (compensation is None or compensation.state in UNDECIDED),
        SCORE: may_score,
        APPEAL: bool(known.get("may_appeal")),
    }
    return {
        "number": claim.number,
        "status": claim.status,
        "status_text": claim.get_status_display(),
        "sentence": _sentence(claim, told["said"]),
        "steps": [
            {"code": each["code"], "text": each["label"], "state": each["stands"]} for each in told["steps"]
        ],
        "promise": promise if claim.is_open else None,
        "expected_finish_at": claim.reply_finish_at if claim.is_open else None,
        "method": claim.reply_method if claim.is_open else "",
        "bad_quantity_text": told["bad"],
        "compensation": _amount(compensation, told["formula"]) if compensation and not refused else None,
        "refusal": _refusal(claim, known) if claim.status == Status.REJECTED else None,
        "own_score": scored.stars if scored else None,
        "can": [each for each in ABILITIES if abilities[each]],
        "continued_under": claim.goes_on_under,
        "station": {"name": str(claim.station), "phone": claim.station.phone},
    }


def _sentence(claim: Claim, said: str) -> str:
    """The sentence of the page, without the number of a claim that does not concern the caller."""
    if claim.merged_into_id and not claim.goes_on_under:
        return _("This claim is continued under another number.")
    return said


def _amount(compensation, formula: dict) -> dict[str, Any]:
    coupon, reship = getattr(compensation, "coupon", None), getattr(compensation, "reship", None)
    return {
        "state": compensation.state,
        "payable_fen": compensation.payable_fen,
        "remedy": compensation.remedy,
        "remedy_text": compensation.get_remedy_display() if compensation.remedy else "",
        "working": formula["working"],
        "remarks": formula["remarks"],
        "rules_url": formula["rules_url"],
        "coupon": coupon.value_fen if coupon else None,
        "coupon_expires_on": coupon.expires_on if coupon else None,
        "parcel_number": reship.parcel_number if reship else "",
    }


def _refusal(claim: Claim, known: dict) -> dict[str, Any]:
    appeal = known.get("appeal")
    return {
        "code": claim.rejection_code,
        "text": claim.get_rejection_code_display(),
        "explanation": claim.rejection_text,
        "rule": str(known.get("rule", "")),
        "law": str(known.get("law", "")),
        "appeal_until": known["refusal"].appeal_until if known else None,
        "appeal": appeal,
        "hotline": "12315",
    }
