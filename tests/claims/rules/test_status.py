from datetime import UTC, datetime, timedelta

import pytest

from aftersales.lib.errors import Refused
from claims.rules.classification import Remedy
from claims.rules.status import (
    ENDED_WITHOUT_REMEDY,
    MOVES,
    OPEN,
    Action,
    Node,
    NodeState,
    ProgressNode,
    Status,
    actions_from,
    may_reopen,
    next_status,
    progress_nodes,
    sources_of,
)

# Written out a second time on purpose: a change of the table has to be made knowingly in both places.
EXPECTED = """
submitted   accept   accepted
submitted   reject   rejected
submitted   withdraw withdrawn
submitted   merge    merged
accepted    start    in_progress
accepted    resolve  resolved
accepted    reject   rejected
accepted    withdraw withdrawn
accepted    merge    merged
in_progress wait     waiting
in_progress resolve  resolved
in_progress reject   rejected
in_progress withdraw withdrawn
in_progress merge    merged
waiting     resume   in_progress
waiting     reject   rejected
waiting     withdraw withdrawn
waiting     merge    merged
resolved    close    closed
resolved    reopen   in_progress
closed      reopen   in_progress
rejected    reopen   in_progress
"""
EDGES = {tuple(line.split()) for line in EXPECTED.strip().splitlines()}


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("action", Action)
def test_every_pair_moves_as_the_table_says_or_is_refused(status, action):
    targets = [target for source, verb, target in EDGES if (source, verb) == (status, action)]

    if targets:
        assert [next_status(status, action)] == targets
    else:
        with pytest.raises(Refused) as refused:
            next_status(status, action)
        assert (refused.value.code, refused.value.details) == (
            "illegal_move",
            {"status": status.value, "action": action.value},
        )


def test_the_table_has_no_further_edge():
    assert {(source.value, action.value, target.value) for (source, action), target in MOVES.items()} == EDGES


def test_plain_text_from_the_database_is_understood():
    assert next_status("submitted", "accept") is Status.ACCEPTED


def test_open_claims_are_those_somebody_works_on():
    assert {Status.SUBMITTED, Status.ACCEPTED, Status.IN_PROGRESS, Status.WAITING} == OPEN


def test_every_status_can_be_reached_and_only_withdrawn_and_merged_are_final():
    assert set(MOVES.values()) == set(Status) - {Status.SUBMITTED}
    assert {status for status in Status if not actions_from(status)} == {Status.WITHDRAWN, Status.MERGED}


def test_actions_and_sources_read_the_same_table():
    assert actions_from(Status.RESOLVED) == (Action.CLOSE, Action.REOPEN)
    assert sources_of(Action.RESOLVE) == (Status.ACCEPTED, Status.IN_PROGRESS)
    assert set(sources_of(Action.MERGE)) == OPEN


@pytest.mark.parametrize(
    ("later", "allowed"),
    [
        (timedelta(0), True),
        (timedelta(days=7), True),
        (timedelta(days=7, microseconds=1), False),
    ],
)
def test_reopening_ends_after_seven_days(later, allowed):
    ended_at = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)

    assert may_reopen(ended_at, ended_at + later) is allowed


def written(nodes):
    """Passed nodes plain, the current one in brackets, those ahead after a bar."""
    marks = {NodeState.PASSED: "{}", NodeState.CURRENT: "[{}]", NodeState.AHEAD: "({})"}
    return " ".join(marks[node.state].format(node.node.value) for node in nodes)


@pytest.mark.parametrize(
    ("status", "remedy", "executed", "facts", "way"),
    [
        (Status.SUBMITTED, None, False, {}, "[under_review] (done)"),
        (Status.RESOLVED, None, False, {}, "under_review done"),
        (Status.RESOLVED, Remedy.EXPLANATION, False, {}, "under_review done"),
        (Status.ACCEPTED, Remedy.REFUND, False, {}, "[under_review] (refunding) (done)"),
        (Status.IN_PROGRESS, Remedy.REFUND, False, {"approved": True}, "under_review [refunding] (done)"),
        (Status.IN_PROGRESS, Remedy.REFUND, True, {"approved": True}, "under_review refunding [done]"),
        (Status.RESOLVED, Remedy.REFUND, False, {}, "under_review [refunding] (done)"),
        (Status.RESOLVED, Remedy.REFUND, True, {}, "under_review refunding done"),
        (Status.CLOSED, Remedy.REFUND, True, {}, "under_review refunding done"),
        (Status.CLOSED, Remedy.REFUND, False, {}, "under_review refunding done"),
        (Status.WAITING, Remedy.RESHIP, False, {"approved": True}, "under_review [sending] (done)"),
        (Status.RESOLVED, Remedy.COUPON, True, {}, "under_review sending done"),
        (
            Status.IN_PROGRESS,
            Remedy.RETURN,
            False,
            {"approved": True},
            "under_review [pickup] (inspection) (refunding) (done)",
        ),
        (
            Status.IN_PROGRESS,
            Remedy.RETURN,
            False,
            {"approved": True, "picked_up": True},
            "under_review pickup [inspection] (refunding) (done)",
        ),
        (
            Status.IN_PROGRESS,
            Remedy.EXCHANGE,
            False,
            {"approved": True, "picked_up": True, "inspected": True},
            "under_review pickup inspection [sending] (done)",
        ),
        (
            Status.IN_PROGRESS,
            Remedy.REPAIR,
            False,
            {"approved": True, "inspected": True},
            "under_review inspection [repairing] (done)",
        ),
    ],
)
def test_the_consumer_sees_the_way(status, remedy, executed, facts, way):
    assert written(progress_nodes(status, remedy, executed, **facts)) == way


@pytest.mark.parametrize("status", sorted(ENDED_WITHOUT_REMEDY))
def test_a_claim_that_ends_without_remedy_shows_its_end(status):
    assert progress_nodes(status, Remedy.REFUND, False) == (
        ProgressNode(Node.UNDER_REVIEW, NodeState.PASSED),
        ProgressNode(Node(status.value), NodeState.CURRENT),
    )


def test_every_combination_has_one_way_with_at_most_one_current_node():
    for status in Status:
        for remedy in (None, *Remedy):
            for executed in (False, True):
                states = [node.state for node in progress_nodes(status, remedy, executed)]
                assert states.count(NodeState.CURRENT) <= 1
                assert states == sorted(states, key=list(NodeState).index)
