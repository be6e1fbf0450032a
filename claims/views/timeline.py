"""The history of a claim in sentences: every verb that services record, and the facts worth saying."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.audit.models import AuditEvent
from aftersales.web.formats import moment, money, quantity
from claims.models.choices import (
    ClockChoices,
    GoodsTypeChoices,
    HappeningChoices,
    LevelChoices,
    NatureChoices,
    PauseReasonChoices,
    RejectionCode,
    SeverityChoices,
)
from claims.models.compensation import ApprovalLevel, AskedHow, PayoutMethod, Remedy
from claims.models.diagnoses import AdviceChoices, ApplianceChoices
from claims.models.flags import FlagCode, Verdict
from claims.models.follow_ups import CalledHow, OutcomeChoices, ScoreSource
from claims.models.fund import MovementKind
from claims.models.inspections import InspectionResult
from claims.models.payouts import FailureReason
from claims.models.repairs import RepairOutcomeChoices
from claims.models.visits import CostKindChoices, VisitFailureChoices, VisitKindChoices, VisitOutcomeChoices

TITLES = {
    "claim.filed": gettext_lazy("Filed"),
    "claim.accepted": gettext_lazy("Accepted, first reply given"),
    "claim.started": gettext_lazy("Work has begun"),
    "claim.put_on_hold": gettext_lazy("Put on hold"),
    "claim.resumed": gettext_lazy("Taken up again"),
    "claim.resolved": gettext_lazy("The claim is settled"),
    "claim.closed": gettext_lazy("Closed"),
    "claim.rejected": gettext_lazy("Refused"),
    "claim.withdrawn": gettext_lazy("Withdrawn by the villager"),
    "claim.reopened": gettext_lazy("Reopened"),
    "claim.merged": gettext_lazy("Merged into another claim"),
    "appeal.filed": gettext_lazy("Appeal against the refusal"),
    "appeal.upheld": gettext_lazy("Appeal upheld"),
    "appeal.dismissed": gettext_lazy("Appeal dismissed"),
    "review.drawn": gettext_lazy("Drawn for a second look"),
    "review.fine": gettext_lazy("Second look: nothing to object to"),
    "review.objection": gettext_lazy("Second look: objection"),
    "claim.duplicate_merged_in": gettext_lazy("A duplicate was merged in"),
    "claim.reassigned": gettext_lazy("Given to another handler"),
    "claim.given_back": gettext_lazy("Given back by the handler"),
    "claim.unassigned": gettext_lazy("Nobody is left to ask"),
    "offer.made": gettext_lazy("Offered to somebody"),
    "offer.accepted": gettext_lazy("Taken on"),
    "offer.declined": gettext_lazy("Declined by whom it was offered to"),
    "offer.silent": gettext_lazy("Offer not answered in time"),
    "offer.withdrawn": gettext_lazy("Offer taken back"),
    "provider_order.offered": gettext_lazy("Visit offered to a provider"),
    "provider_order.accepted": gettext_lazy("Provider accepts the visit"),
    "provider_order.declined": gettext_lazy("Provider declines the visit"),
    "provider_order.lapsed": gettext_lazy("Provider did not answer in time"),
    "provider_order.withdrawn": gettext_lazy("Order to a provider taken back"),
    "provider_order.done": gettext_lazy("Provider's order carried out"),
    "provider_order.failed": gettext_lazy("Provider's order came to nothing"),
    "provider_order.link_made": gettext_lazy("New link made for the provider"),
    "claim.recounted": gettext_lazy("Counted again"),
    "claim.warned": gettext_lazy("Nearly overdue"),
    "claim.ran_out": gettext_lazy("Time ran out"),
    "claim.climbed": gettext_lazy("Went up one level by itself"),
    "claim.taken_over": gettext_lazy("Taken over"),
    "claim.handed_up": gettext_lazy("Handed up"),
    "claim.sent_back": gettext_lazy("Sent back"),
    "claim.alarms_retried": gettext_lazy("Failed alarms tried again"),
    "photo.attached": gettext_lazy("Photos added"),
    "flag.raised": gettext_lazy("Something caught the eye"),
    "flag.judged": gettext_lazy("What caught the eye was judged"),
    "compensation.worked_out": gettext_lazy("Compensation worked out"),
    "compensation.chosen": gettext_lazy("The villager has chosen"),
    "compensation.approved": gettext_lazy("Compensation approved"),
    "compensation.refused": gettext_lazy("Compensation refused"),
    "compensation.executed": gettext_lazy("Paid or handed out"),
    "compensation.voided": gettext_lazy("Compensation dropped"),
    "compensation.revoked": gettext_lazy("Approval taken back"),
    "compensation.taken_back": gettext_lazy("Payout taken back"),
    "compensation.amount_changed": gettext_lazy("The amount has changed"),
    "compensation.payout_waits": gettext_lazy("What was approved has to wait"),
    "coupon.issued": gettext_lazy("Coupon issued"),
    "coupon.redeemed": gettext_lazy("Coupon redeemed"),
    "coupon.taken_back": gettext_lazy("Coupon taken back"),
    "reship.ordered": gettext_lazy("Goods ordered again"),
    "reship.shipped": gettext_lazy("Goods sent again"),
    "reship.taken_back": gettext_lazy("Goods sent again were taken back"),
    "merchant_refund.noted": gettext_lazy("The merchant has paid back"),
    "repair.begun": gettext_lazy("Handed in for repair"),
    "repair.finished": gettext_lazy("The repair has an outcome"),
    "diagnosis.recorded": gettext_lazy("Diagnosed by phone"),
    "loss.added": gettext_lazy("Line of loss added"),
    "loss.removed": gettext_lazy("Line of loss taken out"),
    "inspection.sent": gettext_lazy("Sample sent to an inspection body"),
    "inspection.result_entered": gettext_lazy("The inspection has a result"),
    "inspection.waived": gettext_lazy("Goes on without an inspection"),
    "payout.instructed": gettext_lazy("The platform was told to pay it back"),
    "payout.confirmed": gettext_lazy("The money has arrived"),
    "payout.failed": gettext_lazy("The money did not arrive"),
    "payout.returned": gettext_lazy("The money came back"),
    "payout.paid_again": gettext_lazy("Paid again"),
    "payout.receipt_signed": gettext_lazy("The villager has signed the receipt"),
    "bank_account.recorded": gettext_lazy("Bank account recorded"),
    "visit.planned": gettext_lazy("A visit at home is planned"),
    "visit.started": gettext_lazy("Somebody is on the way"),
    "visit.done": gettext_lazy("The visit was made"),
    "visit.failed": gettext_lazy("The visit came to nothing"),
    "visit.moved": gettext_lazy("The visit was moved to another time"),
    "visit.cancelled": gettext_lazy("The visit was cancelled"),
    "visit.given": gettext_lazy("Somebody else makes the visit"),
    "visit.cost_added": gettext_lazy("Cost of the visit recorded"),
    "visit.cost_withdrawn": gettext_lazy("Cost of the visit withdrawn"),
    "part.put_aside": gettext_lazy("A spare part is put aside for the visit"),
    "part.carried_over": gettext_lazy("The spare parts stay put aside for the new time"),
    "part.put_back": gettext_lazy("A spare part is put back"),
    "part.used": gettext_lazy("A spare part was built in"),
    "part.old_sent_on": gettext_lazy("The old part is sent to the merchant"),
    "follow_up.opened": gettext_lazy("A follow-up is due"),
    "follow_up.turn_given": gettext_lazy("The follow-up was given to somebody"),
    "follow_up.attempted": gettext_lazy("The villager was called or visited"),
    "follow_up.exhausted": gettext_lazy("Nobody was reached"),
    "follow_up.lapsed": gettext_lazy("The follow-up no longer counts"),
    "score.given": gettext_lazy("Score of the villager"),
    "incentive.fell_due": gettext_lazy("Incentive for the agent fell due"),
    "incentive.cancelled": gettext_lazy("Incentive struck"),
    "goods.received": gettext_lazy("Goods taken into custody"),
    "goods.moved": gettext_lazy("Goods put on another shelf"),
    "goods.keeper_changed": gettext_lazy("Goods have another keeper"),
    "goods.with_courier": gettext_lazy("Goods handed to the courier"),
    "goods.collected": gettext_lazy("Goods given back to the consumer"),
    "goods.passed_on": gettext_lazy("Goods passed on to another station"),
    "goods.disposed": gettext_lazy("Goods disposed of"),
    "movement.posted": gettext_lazy("Money moved in the emergency fund"),
    "advance.moved": gettext_lazy("Another party owes the advance"),
    "advance_dispute.raised": gettext_lazy("The liable party disputes the advance"),
    "advance_dispute.decided": gettext_lazy("The dispute of the advance is decided"),
    "claim.reclassified": gettext_lazy("Class changed"),
    "claim.due_moved": gettext_lazy("Due at another time: the calendar has changed"),
    **{f"claim.{each.value}": each.label for each in HappeningChoices},
}
TONES = {
    "claim.put_on_hold": "wait",
    "claim.warned": "warn",
    "claim.ran_out": "bad",
    "claim.climbed": "bad",
    "claim.handed_up": "warn",
    "claim.sent_back": "warn",
    "claim.resolved": "good",
    "claim.unassigned": "warn",
    "offer.declined": "warn",
    "offer.silent": "warn",
    "claim.rejected": "bad",
    "claim.reopened": "warn",
    "appeal.filed": "warn",
    "appeal.upheld": "good",
    "appeal.dismissed": "bad",
    "review.objection": "warn",
    "compensation.refused": "bad",
    "payout.confirmed": "good",
    "payout.failed": "bad",
    "payout.returned": "bad",
    "compensation.taken_back": "bad",
    "compensation.executed": "good",
    "compensation.amount_changed": "warn",
    "compensation.payout_waits": "warn",
    "flag.raised": "warn",
    "follow_up.exhausted": "warn",
    "visit.done": "good",
    "visit.failed": "warn",
}
FOR_DECIDERS = frozenset(
    {
        "flag.raised",
        "flag.judged",
        "movement.posted",
        "review.drawn",
        "review.fine",
        "review.objection",
        "advance.moved",
        "advance_dispute.raised",
        "advance_dispute.decided",
    }
)
"""What only those who decide need to see."""

SYSTEM = "System"
WAITS = {
    "goods_not_back": gettext_lazy("The goods have to come back first."),
    "repair_not_done": gettext_lazy("The repair has to be done first."),
    "fund_missing": gettext_lazy("The county has no emergency fund yet."),
    "fund_frozen": gettext_lazy("The emergency fund is frozen."),
    "fund_empty": gettext_lazy("The emergency fund does not hold enough."),
    "box_empty": gettext_lazy("The station's cash box does not hold enough."),
    "account_missing": gettext_lazy("There is no bank account yet to transfer it to."),
    "daily_limit": gettext_lazy("The station has paid out its limit for today."),
    "person_limit": gettext_lazy("The person has paid out their limit for today."),
    "monthly_limit": gettext_lazy("The fund has paid out its limit for this month."),
    "claim_limit": gettext_lazy("The fund has paid as much as it pays for one claim."),
}


@dataclass(frozen=True)
class Entry:
    """One line of history, as components/timeline.html shows it."""

    at: datetime
    title: str
    who: str
    text: str
    tone: str


def entries(events: Iterable[AuditEvent], *, is_decider: bool) -> list[Entry]:
    """The events of a claim in words, newest first. A verb without words is not for this page."""
    return [
        Entry(
            at=event.at,
            title=str(TITLES[event.verb]),
            who=_("the rules") if event.actor_name == SYSTEM else event.actor_name,
            text=" ".join(filter(None, [_facts(event), event.reason])),
            tone=TONES.get(event.verb, ""),
        )
        for event in reversed(list(events))
        if event.verb in TITLES and (is_decider or event.verb not in FOR_DECIDERS)
    ]


def _facts(event: AuditEvent) -> str:
    words = _WORDS.get(event.verb)
    return words(event.after or {}) if words else ""


def _label(choices, value: Any) -> str:
    return str(choices(value).label) if value in choices.values else ""


def _chosen(after: dict) -> str:
    parts = [
        _label(Remedy, after.get("remedy")),
        _label(PayoutMethod, after.get("payout_method")),
        _label(AskedHow, after.get("asked_how")),
    ]
    return " · ".join(filter(None, parts))


def _approved(after: dict) -> str:
    level = _label(ApprovalLevel, after.get("level"))
    return " · ".join(filter(None, [money(after.get("amount_fen")), level]))


def _moved(after: dict) -> str:
    kind = _label(MovementKind, after.get("kind"))
    return " · ".join(filter(None, [kind, money(after.get("amount_fen"))]))


def _photos(after: dict) -> str:
    return _("Photos: %(count)s.") % {"count": len(after.get("photos", ()))}


def _flags(codes: list[str]) -> str:
    return ", ".join(str(FlagCode(code).label) for code in codes)


def _verdict(after: dict) -> str:
    return f"{_flags([after['code']])} · {Verdict(after['verdict']).label}"


def _clock(after: dict) -> str:
    return _label(ClockChoices, after.get("clock"))


def _climbed(after: dict) -> str:
    return " → ".join(filter(None, [_clock(after), _level(after)]))


def _level(after: dict) -> str:
    return _label(LevelChoices, after.get("level"))


def _waits(after: dict) -> str:
    return str(WAITS.get(after.get("because", ""), ""))


def _class(after: dict) -> str:
    kinds = ((GoodsTypeChoices, "goods_type"), (NatureChoices, "nature"), (SeverityChoices, "severity"))
    return " · ".join(filter(None, (_label(choices, after.get(name)) for choices, name in kinds)))


def _moment(iso: str | None) -> str:
    return moment(datetime.fromisoformat(iso)) if iso else ""


def _score(after: dict) -> str:
    source = _label(ScoreSource, after.get("source"))
    return " · ".join(filter(None, [f"{after.get('stars', '')} / 5", source]))


def _attempt(after: dict) -> str:
    how, outcome = _label(CalledHow, after.get("how")), _label(OutcomeChoices, after.get("outcome"))
    return " · ".join(filter(None, [how, outcome]))


def _visit(after: dict) -> str:
    kind = _label(VisitKindChoices, after.get("kind"))
    came = _label(VisitOutcomeChoices, after.get("outcome")) or _label(
        VisitFailureChoices, after.get("failure")
    )
    return " · ".join(filter(None, [kind, _moment(after.get("starts_at")), came]))


def _visit_cost(after: dict) -> str:
    kind = _label(CostKindChoices, after.get("kind"))
    return " · ".join(filter(None, [kind, money(after.get("amount_fen"))]))


def _part(after: dict) -> str:
    return f"{after.get('name', '')} × {after.get('quantity', '')}"


def _diagnosis(after: dict) -> str:
    words = (_label(ApplianceChoices, after.get("appliance")), _label(AdviceChoices, after.get("advice")))
    return " · ".join(filter(None, [*words, after.get("issue", "")]))


_WORDS: dict[str, Callable[[dict], str]] = {
    **dict.fromkeys(("part.put_aside", "part.put_back", "part.used", "part.old_sent_on"), _part),
    "follow_up.opened": lambda after: _moment(after.get("due_at")),
    "follow_up.attempted": _attempt,
    "score.given": _score,
    **dict.fromkeys(("visit.planned", "visit.started", "visit.done", "visit.failed", "visit.moved"), _visit),
    **dict.fromkeys(("visit.cancelled", "visit.given"), _visit),
    **dict.fromkeys(("visit.cost_added", "visit.cost_withdrawn"), _visit_cost),
    "incentive.fell_due": lambda after: money(after.get("amount_fen")),
    "claim.put_on_hold": lambda after: _label(PauseReasonChoices, after.get("waits_for")),
    "claim.rejected": lambda after: _label(RejectionCode, after.get("rejection_code")),
    "claim.recounted": lambda after: quantity(after.get("bad_milli")),
    "claim.warned": _clock,
    "claim.ran_out": _clock,
    "claim.climbed": _climbed,
    "claim.taken_over": _level,
    "claim.handed_up": _level,
    "claim.sent_back": _level,
    "photo.attached": _photos,
    "flag.raised": lambda after: _flags(after["flags"]),
    "flag.judged": _verdict,
    "compensation.worked_out": lambda after: money(after.get("amount_fen")),
    "compensation.amount_changed": lambda after: money(after.get("amount_fen")),
    "compensation.chosen": _chosen,
    "compensation.approved": _approved,
    "compensation.payout_waits": _waits,
    "payout.failed": lambda after: _label(FailureReason, after.get("reason")),
    "payout.returned": lambda after: _label(FailureReason, after.get("reason")),
    "payout.paid_again": lambda after: _label(PayoutMethod, after.get("channel")),
    "merchant_refund.noted": lambda after: money(after.get("amount_fen")),
    "repair.finished": lambda after: _label(RepairOutcomeChoices, after.get("outcome")),
    "diagnosis.recorded": _diagnosis,
    "loss.added": lambda after: money(after.get("amount_fen")),
    "inspection.result_entered": lambda after: _label(InspectionResult, after.get("result")),
    "coupon.issued": lambda after: money(after.get("value_fen")),
    "reship.ordered": lambda after: quantity(after.get("quantity_milli")),
    "reship.shipped": lambda after: after.get("parcel_number", ""),
    "goods.received": lambda after: f"{after.get('label', '')} {after.get('shelf', '')}".strip(),
    "goods.moved": lambda after: f"{after.get('label', '')} {after.get('shelf', '')}".strip(),
    "goods.with_courier": lambda after: f"{after.get('label', '')} {after.get('parcel_number', '')}".strip(),
    "movement.posted": _moved,
    "claim.reclassified": _class,
    "claim.due_moved": lambda after: _moment(after.get("next_due_at")),
    **{f"claim.{each.value}": lambda after: _moment(after.get("at")) for each in HappeningChoices},
}
