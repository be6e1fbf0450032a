"""An appeal against a refusal: filed once, answered once, one level higher. docs/rules/approval.md, 6."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User, system_user
from aftersales.audit import trail
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from aftersales.notices.posting import post, post_outside
from claims.models import Appeal, Claim, Refusal
from claims.models.appeals import AppealState
from claims.models.compensation import AskedHow
from claims.queries import decisions
from claims.queries.clocks import LazyDays
from claims.rules.appeals import answer_by, answering_level
from claims.rules.approval import Level, may_decide
from claims.rules.status import Status
from claims.services import appeal_notices, casework, compensation
from claims.services.deciding import conflict_refusal

TEXT_SIGNS, TEXT_LIMIT = 4, 1000
ANSWER_LIMIT = 500


def file(*, claim: Claim, text: str, filed_how: str, by: User, now: datetime) -> Appeal:
    """Take down at a station what a consumer brings up against the refusal of their claim.

    Goes to the level above the one that refused, or further up where nobody there may answer, and tells
    them. Raises Refused("not_refused") for a claim that is not refused at present, Refused("appeal_over")
    after the last day, Refused("appealed_already"), Refused("text_missing"), Refused("asked_how_missing").
    """
    if filed_how not in AskedHow.values:
        raise Refused(_("Say how the consumer told you."), code="asked_how_missing", field="filed_how")
    return _file(claim, text, filed_how=filed_how, by=by, now=now)


def file_own(*, claim: Claim, text: str, now: datetime) -> Appeal:
    """The same by the consumer, who has shown on the public page that the claim is theirs."""
    with system_scope("a consumer appeals", quiet=True):
        return _file(claim, text, filed_how=AskedHow.OWN, by=None, now=now)


def uphold(*, appeal: Appeal, answer: str, by: User, now: datetime) -> Appeal:
    """Agree with the consumer: the claim is taken up again in a new round, however long ago it was refused.

    Its amount is worked out anew where a quantity is known; somebody decides about it as about any other.
    Raises what `dismiss` raises.
    """
    with transaction.atomic():
        answered = _answer(appeal, AppealState.UPHELD, answer, by=by, now=now)
        claim = casework.reopen(
            claim=Claim.objects.get(pk=answered.claim_id),
            reason=_("The appeal was upheld."),
            by=by,
            now=now,
            is_on_appeal=True,
        )
        _work_out(claim, now=now)
    return answered


def dismiss(*, appeal: Appeal, answer: str, by: User, now: datetime) -> Appeal:
    """Stay with the refusal and say why: the consumer gets a final letter.

    Raises Refused("answer_missing"), Refused("level_too_low"), Refused("conflict") for who refused, filed
    or gains from it, Refused("appeal_answered") the second time.
    """
    with transaction.atomic():
        return _answer(appeal, AppealState.DISMISSED, answer, by=by, now=now)


def _file(claim: Claim, text: str, *, filed_how: str, by: User | None, now: datetime) -> Appeal:
    text = text.strip()
    if not TEXT_SIGNS <= len(text) <= TEXT_LIMIT:
        raise Refused(
            _("Write in %(least)s to %(limit)s characters what is wrong with the refusal.")
            % {"least": TEXT_SIGNS, "limit": TEXT_LIMIT},
            code="text_missing",
            field="text",
        )
    current = Claim.objects.select_related("station", "consumer").get(pk=claim.pk)
    refusal = Refusal.objects.filter(claim=current, round=current.round).first()
    if current.status != Status.REJECTED or refusal is None:
        raise Refused(_("This claim is not refused at present."), code="not_refused")
    today = timezone.localdate(now)
    if today > refusal.appeal_until:
        raise Refused(
            _("The time to appeal is over. The consumer hotline 12315 helps further."), code="appeal_over"
        )
    level = decisions.with_somebody(
        answering_level(Level(refusal.level)), current, involved={refusal.refused_by_id}, now=now
    )
    try:
        with transaction.atomic():
            filed = Appeal.objects.create(
                refusal=refusal,
                claim=current,
                station_id=current.station_id,
                county_code=current.county_code,
                text=text,
                filed_how=filed_how,
                filed_by=by,
                filed_at=now,
                answer_by=answer_by(today, LazyDays().is_working_day),
                refused_by_id=refusal.refused_by_id,
                needs_level=level.value,
            )
            trail.record(
                "appeal.filed",
                by=by or system_user(),
                obj=filed,
                claim_id=current.pk,
                after={"filed_how": str(filed_how), "needs_level": level.value},
                at=now,
            )
            post(appeal_notices.filed(filed, now=now), now=now)
    except IntegrityError:
        raise Refused(
            _("An appeal against this refusal has been filed already."), code="appealed_already"
        ) from None
    return filed


def _answer(appeal: Appeal, state: AppealState, answer: str, *, by: User, now: datetime) -> Appeal:
    answer = answer.strip()
    if not TEXT_SIGNS <= len(answer) <= ANSWER_LIMIT:
        raise Refused(
            _("Answer the consumer in %(least)s to %(limit)s characters.")
            % {"least": TEXT_SIGNS, "limit": ANSWER_LIMIT},
            code="answer_missing",
            field="answer",
        )
    current = Appeal.objects.select_related("claim__consumer", "claim__station").get(pk=appeal.pk)
    own = _level_of(current, by, now)
    # Past the scope on purpose, as in claims.services.moves.
    written = Appeal._base_manager.filter(pk=current.pk, state=AppealState.OPEN).update(
        state=state, answer=answer, level=own.value, answered_by=by, answered_at=now
    )
    if not written:
        raise Refused(_("This appeal has been answered already."), code="appeal_answered")
    answered = Appeal.objects.select_related("claim").get(pk=current.pk)
    trail.record(
        f"appeal.{state.value}",
        by=by,
        obj=answered,
        claim_id=answered.claim_id,
        before={"state": AppealState.OPEN.value},
        after={"state": state.value, "level": own.value},
        at=now,
    )
    post(appeal_notices.answered(answered, but=by.pk), now=now)
    post_outside([appeal_notices.to_consumer(answered)], now=now)
    return answered


def _level_of(appeal: Appeal, by: User, now: datetime) -> Level:
    """The level at which this person answers; refused when it is too low or they are involved."""
    own = decisions.level_of(by, appeal.claim, now=now)
    if own is None or not may_decide(own, Level(appeal.needs_level)):
        raise Refused(_("Somebody at a higher level has to answer this."), code="level_too_low")
    if by.pk in (appeal.refused_by_id, appeal.filed_by_id):
        raise Refused(
            _("You refused the claim or filed the appeal; somebody else has to answer it."), code="conflict"
        )
    stands_in_the_way = decisions.conflict_of(by, appeal.claim)
    if stands_in_the_way is not None:
        raise conflict_refusal(stands_in_the_way)
    return own


def _work_out(claim: Claim, *, now: datetime) -> None:
    """Propose an amount for the new round; where the rules cannot, somebody counts the goods again."""
    if claim.bad_milli is None or not compensation.permitted_remedies(claim):
        return
    try:
        compensation.work_out(claim=claim, by=system_user(), now=now)
    except Refused:
        return
