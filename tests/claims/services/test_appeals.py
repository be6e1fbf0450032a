"""A refusal that keeps what its letter says, and the appeal against it."""

from datetime import date, timedelta

import pytest
from django.db import Error, IntegrityError, transaction

from aftersales.accounts.models import User
from aftersales.accounts.roles import Role
from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.notices.models import Notice
from claims.models import Appeal, Claim, Compensation, Refusal
from claims.services import appeals, casework, compensation
from tests.claims.money.cases import choose, proposed
from tests.factories import NOW, acting_as, give, make_claim, make_policy, seeing_everything

pytestmark = pytest.mark.django_db(transaction=True)


def refused(cast, *, by: User | None = None, **line) -> Claim:
    """A claim whose proposal an officer refused."""
    proposal = proposed(cast.guangcheng, filed_by=cast.agent, **line)
    return refuse(proposal, by=by or cast.officer)


def refuse(proposal: Compensation, *, by: User, now=NOW) -> Claim:
    with acting_as(by):
        compensation.refuse(
            compensation=proposal,
            code="no_evidence",
            text="The photos show an empty box.",
            by=by,
            now=now,
        )
        return Claim.objects.get(pk=proposal.claim_id)


def appeal(claim: Claim, *, by: User, now=NOW, text="The box was full of bad fruit.") -> Appeal:
    with acting_as(by):
        return appeals.file(claim=claim, text=text, filed_how="in_person", by=by, now=now)


def code_of(act, *, by: User, **arguments) -> str:
    with acting_as(by), pytest.raises(Refused) as refusal:
        act(by=by, **{"now": NOW, **arguments})
    return refusal.value.code


def told(event: str) -> set[str]:
    return set(Notice.objects.filter(event=event).values_list("recipient__username", flat=True))


def test_a_refusal_keeps_what_its_letter_says(cast):
    make_policy(appeal_days=16)
    claim = refused(cast)

    with seeing_everything():
        kept = Refusal.objects.get()
    assert (kept.claim, kept.round, kept.code, kept.text) == (
        claim,
        1,
        "no_evidence",
        "The photos show an empty box.",
    )
    assert (kept.bad_milli, kept.total_milli, kept.paid_fen, kept.granted_fen) == (3000, 20_000, 4000, 0)
    assert (kept.level, kept.refused_by, kept.refused_at) == ("officer", cast.officer, NOW)
    # Sixteen days after Friday the 20th is a Sunday.
    assert kept.appeal_until == date(2026, 12, 7)


def test_a_refusal_without_an_amount_is_kept_as_well(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, bad_milli=None)
    with acting_as(cast.manager):
        casework.reject(claim=claim, code="other", text="not ours", by=cast.manager, now=NOW)

    with seeing_everything():
        kept = Refusal.objects.get()
    assert (kept.bad_milli, kept.level, kept.refused_by) == (None, "manager", cast.manager)


def test_a_refusal_is_never_changed(cast):
    refused(cast)

    with seeing_everything():
        rows = Refusal.objects.all()
        for act in (lambda: rows.update(text="nothing was said"), lambda: rows.delete()):
            with pytest.raises(Error), transaction.atomic():
                act()
        assert rows.get().text == "The photos show an empty box."


def test_an_appeal_goes_one_level_up_and_tells_them(cast):
    filed = appeal(refused(cast), by=cast.agent)

    assert (filed.state, filed.needs_level, filed.answer_by) == ("open", "manager", date(2026, 12, 4))
    assert told("appeal.filed") == {"manager"}
    with seeing_everything():
        event = AuditEvent.objects.get(verb="appeal.filed")
    assert (event.actor_id, event.claim_id) == (cast.agent.pk, filed.claim_id)
    assert event.after == {"filed_how": "in_person", "needs_level": "manager"}


def test_what_a_manager_refused_goes_to_the_platform_desk(cast):
    filed = appeal(refused(cast, by=cast.manager), by=cast.agent)

    assert (filed.needs_level, told("appeal.filed")) == ("platform", {"platform"})


def test_an_appeal_climbs_past_a_manager_who_filed_the_claim(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.manager)
    with acting_as(cast.officer):
        casework.reject(claim=claim, code="other", text="not ours", by=cast.officer, now=NOW)

    assert appeal(claim, by=cast.agent).needs_level == "platform"


def test_the_consumer_appeals_without_an_account(cast):
    claim = refused(cast)

    filed = appeals.file_own(claim=claim, text="The box was full.", now=NOW)

    assert (filed.filed_by, filed.filed_how, filed.needs_level) == (None, "own", "manager")
    with seeing_everything():
        assert AuditEvent.objects.get(verb="appeal.filed").actor_name == "System"


def test_the_last_day_counts_and_the_day_after_does_not(cast):
    make_policy(appeal_days=3)
    first, second = refused(cast), refused(cast)
    end_of_monday = NOW.replace(day=23, hour=15, minute=59)

    with seeing_everything():
        assert set(Refusal.objects.values_list("appeal_until", flat=True)) == {date(2026, 11, 23)}
    assert appeal(first, by=cast.agent, now=end_of_monday).state == "open"
    late = end_of_monday + timedelta(minutes=1)
    filing = {"claim": second, "text": "too late", "filed_how": "phone", "now": late}
    assert code_of(appeals.file, by=cast.agent, **filing) == "appeal_over"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"text": " no "}, "text_missing"),
        ({"text": "n" * 1001}, "text_missing"),
        ({"filed_how": ""}, "asked_how_missing"),
        ({"filed_how": "pigeon"}, "asked_how_missing"),
        ({}, ""),
    ],
)
def test_an_appeal_needs_words_and_how_they_came(cast, wrong, code):
    filing = {"claim": refused(cast), "text": "It was bad.", "filed_how": "phone", **wrong}

    if code:
        assert code_of(appeals.file, by=cast.agent, **filing) == code
    else:
        with acting_as(cast.agent):
            assert appeals.file(**filing, by=cast.agent, now=NOW).text == "It was bad."


def test_only_a_refused_claim_is_appealed_and_only_once(cast):
    open_claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    claim = refused(cast)
    filing = {"text": "It was bad.", "filed_how": "phone"}

    assert code_of(appeals.file, by=cast.agent, claim=open_claim, **filing) == "not_refused"
    appeal(claim, by=cast.agent)
    assert code_of(appeals.file, by=cast.agent, claim=claim, **filing) == "appealed_already"


def test_upheld_takes_the_claim_up_again_with_an_amount_and_a_new_decision(cast):
    filed = appeal(refused(cast), by=cast.agent)
    later = NOW + timedelta(days=12)
    with acting_as(cast.manager):
        answered = appeals.uphold(appeal=filed, answer="You are right.", by=cast.manager, now=later)
        claim = Claim.objects.get(pk=filed.claim_id)
        again = Compensation.objects.get(claim=claim, round=2)

    assert (answered.state, answered.level, answered.answered_by) == ("upheld", "manager", cast.manager)
    assert (claim.status, claim.round, claim.rejection_code, claim.rejection_text) == (
        "in_progress",
        2,
        "",
        "",
    )
    assert (again.state, again.amount_fen) == ("proposed", 600)
    assert told("appeal.upheld") == {"agent", "officer"}
    chosen = choose(again, by=cast.agent, now=later)
    assert chosen.state in ("approved", "chosen")


def test_a_claim_may_be_refused_again_and_appealed_again(cast):
    filed = appeal(refused(cast), by=cast.agent)
    with acting_as(cast.manager):
        appeals.uphold(appeal=filed, answer="Look again.", by=cast.manager, now=NOW)
        again = Compensation.objects.get(claim=filed.claim_id, round=2)
    claim = refuse(again, by=cast.second_officer)

    second = appeal(claim, by=cast.agent)

    assert (second.refusal.round, second.state) == (2, "open")


def test_dismissed_stays_refused_and_says_why(cast):
    filed = appeal(refused(cast), by=cast.agent)
    with acting_as(cast.manager):
        answered = appeals.dismiss(
            appeal=filed, answer="The seal was unbroken.", by=cast.manager, now=NOW + timedelta(days=1)
        )
        claim = Claim.objects.get(pk=filed.claim_id)

    assert (answered.state, answered.answer, claim.status, claim.round) == (
        "dismissed",
        "The seal was unbroken.",
        "rejected",
        1,
    )
    assert told("appeal.dismissed") == {"agent", "officer"}


def test_who_may_answer(cast):
    """A higher level than the refusal, and nobody who refused, filed or gains from it."""
    filed = appeal(refused(cast), by=cast.agent)
    by_manager = appeal(refused(cast, by=cast.manager), by=cast.agent)
    by_both = appeal(refused(cast), by=cast.manager)
    with seeing_everything():
        own = Appeal.objects.get(pk=appeal(refused(cast), by=cast.agent).pk)
        own.claim.consumer.user = cast.manager
        own.claim.consumer.save()

    for each, person, code in (
        (filed, cast.officer, "level_too_low"),
        (filed, cast.second_officer, "level_too_low"),
        (by_manager, cast.manager, "level_too_low"),
        (by_both, cast.manager, "conflict"),
        (own, cast.manager, "conflict"),
    ):
        assert code_of(appeals.dismiss, by=person, appeal=each, answer="It stands.") == code
    for each in (filed, by_manager, by_both, own):
        with acting_as(cast.platform):
            answered = appeals.dismiss(appeal=each, answer="It stands.", by=cast.platform, now=NOW)
        assert (answered.state, answered.level) == ("dismissed", "platform")


def test_the_platform_desk_does_not_answer_what_it_refused_itself(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    with acting_as(cast.platform):
        casework.reject(claim=claim, code="other", text="not ours", by=cast.platform, now=NOW)
    filed = appeal(claim, by=cast.agent)
    colleague = User.objects.create_user("platform2", "orchard-lantern-42", full_name="平台二")
    give(colleague, Role.PLATFORM)

    assert filed.needs_level == "platform"
    assert code_of(appeals.dismiss, by=cast.platform, appeal=filed, answer="It stands.") == "conflict"
    with acting_as(colleague):
        assert appeals.dismiss(appeal=filed, answer="It stands.", by=colleague, now=NOW).state == "dismissed"


def test_an_answer_has_words_and_is_given_once(cast):
    filed = appeal(refused(cast), by=cast.agent)

    for answer in ("", " no ", "n" * 501):
        assert code_of(appeals.uphold, by=cast.manager, appeal=filed, answer=answer) == "answer_missing"
    with acting_as(cast.manager):
        appeals.dismiss(appeal=filed, answer="It stands.", by=cast.manager, now=NOW)
    assert code_of(appeals.uphold, by=cast.manager, appeal=filed, answer="Changed.") == "appeal_answered"
    assert code_of(appeals.dismiss, by=cast.platform, appeal=filed, answer="Again.") == "appeal_answered"
    with seeing_everything(), pytest.raises(Error), transaction.atomic():
        Appeal.objects.filter(pk=filed.pk).update(answer="Something else.")


def test_the_table_keeps_the_refuser_from_answering(cast):
    filed = appeal(refused(cast), by=cast.agent)

    with seeing_everything(), pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.filter(pk=filed.pk).update(
            state="dismissed", answer="It stands.", answered_by=cast.officer, answered_at=NOW
        )


def test_a_claim_with_an_open_appeal_is_not_reopened_past_it(cast):
    claim = refused(cast)
    twin = refused(cast)
    appeal(claim, by=cast.agent)

    assert code_of(casework.reopen, by=cast.agent, claim=claim, reason="more photos") == "appeal_open"
    with acting_as(cast.agent):
        assert casework.reopen(claim=twin, reason="more photos", by=cast.agent, now=NOW).round == 2
