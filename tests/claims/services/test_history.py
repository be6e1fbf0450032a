"""The history of a claim replays to its present state, whatever was done or tried on it."""

from datetime import timedelta
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from aftersales.accounts.models import system_user
from aftersales.lib.errors import Refused
from claims.models import Claim
from claims.queries.claims import timeline
from claims.rules.status import MOVES, OPEN, Action, Status
from claims.services import casework, filing, handlers, merging, moves
from claims.services.sweep import sweep
from tests.claims.clock_cases import clocked
from tests.factories import NOW, acting_as, make_consumer, make_line, seeing_everything
from tests.property import cases

REASON = "情况有变化"
DAY = timedelta(days=1)
_tokens = count(1)

STEPS = st.sampled_from([*Action, "reassign", "stale"])
FOLLOWS_FROM_CLOCKS = {"handling_due_at", "next_due_at"}
"""What clocks and pauses account for, with rows of their own (`rebuild_clocks`)."""
CLAIM_COLUMNS = {field.name for field in Claim._meta.concrete_fields} - FOLLOWS_FROM_CLOCKS
PAUSES = st.integers(min_value=0, max_value=9 * 24 * 60)


def take(step, claim, other, cast, now):
    """Do one step as the officer; gives the claim afterwards."""
    given = {"claim": claim, "by": cast.officer, "now": now}
    if step == "reassign":
        to = cast.technician if claim.handler_id != cast.technician.pk else cast.agent
        return handlers.reassign(to=to, reason=REASON, **given)
    if step == "stale":
        return casework.withdraw(reason=REASON, expected_version=claim.version + 1, **given)
    if step == Action.MERGE:
        return merging.merge(duplicate=claim, into=Claim.objects.get(pk=other.pk), by=cast.officer, now=now)
    extra = {
        Action.ACCEPT: {"progress": "已受理", "finish_at": now + timedelta(days=1), "method": "退款"},
        Action.REJECT: {"code": "other", "text": REASON},
        Action.WAIT: {"reason_code": "merchant"},
        Action.WITHDRAW: {"reason": REASON},
        Action.REOPEN: {"reason": REASON},
    }.get(step, {})
    return getattr(casework, step.value)(**given, **extra)


def expected_status(step, claim, now):
    """The status the table, the days for reopening and waiting claims lead to; None for a refusal."""
    status = Status(claim.status)
    if step == "stale":
        return None
    if step == "reassign":
        return status if status in OPEN else None
    if step == Action.RESOLVE and status == Status.WAITING:
        return Status.RESOLVED
    ended_at = claim.resolved_at or claim.closed_at
    if step == Action.REOPEN and ended_at is not None and now > ended_at + timedelta(days=7):
        return None
    return MOVES.get((status, step))


def everything(claim) -> dict:
    """What history has to account for: all columns but typed sentences, the count of changes, due times."""
    return {
        field.name: getattr(claim, field.attname)
        for field in Claim._meta.concrete_fields
        if field.name not in moves.FREE_TEXTS | FOLLOWS_FROM_CLOCKS | {"version"}
    }


def replayed(events) -> dict:
    """Fold the events of a claim; every one must start from where the one before it ended."""
    state = {}
    for event in events:
        if not event.verb.startswith("claim."):
            continue
        for name, value in (event.before or {}).items():
            assert state.setdefault(name, value) == value, (event.verb, name)
        state |= event.after
    return {name: value for name, value in state.items() if name in CLAIM_COLUMNS}


@settings(parent=cases, max_examples=max(1, cases.max_examples // 2))
@given(channel=st.sampled_from(["station", "phone"]), steps=st.lists(st.tuples(STEPS, PAUSES), max_size=14))
def test_history_replays_to_the_present_state(cast, channel, steps):
    line, consumer, now = make_line(cast.guangcheng), make_consumer(cast.guangcheng), NOW
    with acting_as(cast.officer):
        claim, other = (
            filing.file(
                order_line=line,
                consumer=consumer,
                goods_type="clothing",
                nature="service",
                severity="minor",
                description="",
                bad_milli=None,
                channel=channel,
                consent_kind="spoken",
                form_token=f"history-token-{next(_tokens)}",
                by=cast.officer,
                now=now,
            )
            for _each in range(2)
        )
        at_first = everything(claim)
        for step, minutes in steps:
            now += timedelta(minutes=minutes)
            expected, before = expected_status(step, claim, now), len(timeline(claim))
            try:
                claim = take(step, claim, other, cast, now)
            except Refused:
                assert expected is None
                assert len(timeline(claim)) == before
            else:
                assert claim.status == expected
                assert claim.version == Claim.objects.get(pk=claim.pk).version

        stored = Claim.objects.get(pk=claim.pk)
        history = replayed(timeline(stored))

    assert history == moves.recorded(stored, history)
    assert {name for name, value in everything(stored).items() if at_first[name] != value} <= set(history)


def test_what_the_sweep_does_replays_too(cast):
    """A pause that ends by itself, then a climb, then people again."""
    claim = clocked(cast.guangcheng, cast.officer)
    with acting_as(cast.officer):
        claim = casework.accept(
            claim=claim, progress="已受理", finish_at=NOW + DAY, method="退款", by=cast.officer, now=NOW
        )
        claim = casework.start(claim=claim, by=cast.officer, now=NOW)
        claim = casework.wait(claim=claim, reason_code="merchant", by=cast.officer, now=NOW)
    with seeing_everything():
        swept = sweep(now=NOW + 30 * DAY, by=system_user())
        claim = Claim.objects.get(pk=claim.pk)
    with acting_as(cast.platform):
        claim = casework.resolve(claim=claim, by=cast.platform, now=NOW + 30 * DAY, reason=REASON)
        history = replayed(timeline(claim))

    assert (swept.resumed, swept.escalated) == (1, 3)
    assert history == moves.recorded(claim, history)
    assert {"status", "level", "holder", "handler"} <= set(history)
