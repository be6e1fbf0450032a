"""docs/rules/status.md: the states of a claim, the moves between them, what the consumer sees."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aftersales.lib.errors import Refused
from claims.rules.classification import Remedy


class Status(StrEnum):
    """Where a claim stands. MERGED is the end of a duplicate; its files live on in the other claim."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class Action(StrEnum):
    """What a person or a process asks of a claim."""

    ACCEPT = "accept"
    START = "start"
    WAIT = "wait"
    RESUME = "resume"
    RESOLVE = "resolve"
    CLOSE = "close"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    MERGE = "merge"


_S, _A = Status, Action

MOVES: dict[tuple[Status, Action], Status] = {
    (_S.SUBMITTED, _A.ACCEPT): _S.ACCEPTED,
    (_S.SUBMITTED, _A.REJECT): _S.REJECTED,
    (_S.SUBMITTED, _A.WITHDRAW): _S.WITHDRAWN,
    (_S.SUBMITTED, _A.MERGE): _S.MERGED,
    (_S.ACCEPTED, _A.START): _S.IN_PROGRESS,
    (_S.ACCEPTED, _A.RESOLVE): _S.RESOLVED,
    (_S.ACCEPTED, _A.REJECT): _S.REJECTED,
    (_S.ACCEPTED, _A.WITHDRAW): _S.WITHDRAWN,
    (_S.ACCEPTED, _A.MERGE): _S.MERGED,
    (_S.IN_PROGRESS, _A.WAIT): _S.WAITING,
    (_S.IN_PROGRESS, _A.RESOLVE): _S.RESOLVED,
    (_S.IN_PROGRESS, _A.REJECT): _S.REJECTED,
    (_S.IN_PROGRESS, _A.WITHDRAW): _S.WITHDRAWN,
    (_S.IN_PROGRESS, _A.MERGE): _S.MERGED,
    (_S.WAITING, _A.RESUME): _S.IN_PROGRESS,
    (_S.WAITING, _A.REJECT): _S.REJECTED,
    (_S.WAITING, _A.WITHDRAW): _S.WITHDRAWN,
    (_S.WAITING, _A.MERGE): _S.MERGED,
    (_S.RESOLVED, _A.CLOSE): _S.CLOSED,
    (_S.RESOLVED, _A.REOPEN): _S.IN_PROGRESS,
    (_S.CLOSED, _A.REOPEN): _S.IN_PROGRESS,
    (_S.REJECTED, _A.REOPEN): _S.IN_PROGRESS,
}

OPEN = frozenset({Status.SUBMITTED, Status.ACCEPTED, Status.IN_PROGRESS, Status.WAITING})
"""Somebody still has to work on it: clocks may run and a second claim on the line is a duplicate."""

ENDED_WITHOUT_REMEDY = frozenset({Status.REJECTED, Status.WITHDRAWN, Status.MERGED})

REOPENING_WINDOW = timedelta(days=7)


def next_status(status: Status, action: Action) -> Status:
    """The status an action leads to.

    Raises Refused("illegal_move") when the table has no such move; details name both.
    """
    try:
        return MOVES[Status(status), Action(action)]
    except KeyError:
        raise Refused(
            "This step is not possible in the claim's present state.",
            code="illegal_move",
            details={"status": str(status), "action": str(action)},
        ) from None


def actions_from(status: Status) -> tuple[Action, ...]:
    """What the table allows from here, in the order of the table."""
    return tuple(action for from_status, action in MOVES if from_status == status)


def sources_of(action: Action) -> tuple[Status, ...]:
    """Every status from which an action is allowed: the condition of the conditional update."""
    return tuple(status for status, known in MOVES if known == action)


def may_reopen(ended_at: datetime, now: datetime, window: timedelta = REOPENING_WINDOW) -> bool:
    """Whether a claim that ended at `ended_at` may start a new round; the last instant counts."""
    return now <= ended_at + window


class Node(StrEnum):
    """Stations of a claim's way as the consumer sees it."""

    UNDER_REVIEW = "under_review"
    PICKUP = "pickup"
    INSPECTION = "inspection"
    REPAIRING = "repairing"
    REFUNDING = "refunding"
    SENDING = "sending"
    DONE = "done"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class NodeState(StrEnum):
    """Whether the claim has passed a node, stands at it or has yet to reach it."""

    PASSED = "passed"
    CURRENT = "current"
    AHEAD = "ahead"


@dataclass(frozen=True)
class ProgressNode:
    """One node of the way and where the claim stands towards it."""

    node: Node
    state: NodeState


_PATHS: dict[Remedy | None, tuple[Node, ...]] = {
    None: (Node.UNDER_REVIEW, Node.DONE),
    Remedy.EXPLANATION: (Node.UNDER_REVIEW, Node.DONE),
    Remedy.REFUND: (Node.UNDER_REVIEW, Node.REFUNDING, Node.DONE),
    Remedy.RESHIP: (Node.UNDER_REVIEW, Node.SENDING, Node.DONE),
    Remedy.COUPON: (Node.UNDER_REVIEW, Node.SENDING, Node.DONE),
    Remedy.RETURN: (Node.UNDER_REVIEW, Node.PICKUP, Node.INSPECTION, Node.REFUNDING, Node.DONE),
    Remedy.EXCHANGE: (Node.UNDER_REVIEW, Node.PICKUP, Node.INSPECTION, Node.SENDING, Node.DONE),
    Remedy.REPAIR: (Node.UNDER_REVIEW, Node.INSPECTION, Node.REPAIRING, Node.DONE),
}


def progress_nodes(
    status: Status,
    remedy: Remedy | None,
    executed: bool,
    *,
    approved: bool = False,
    picked_up: bool = False,
    inspected: bool = False,
) -> tuple[ProgressNode, ...]:
    """The consumer's way with at most one current node, derived and never stored.

    `remedy` is what was chosen (None before the choice), `executed` whether money, goods or
    repair have been delivered. A claim that ends without a remedy shows the review and its end.
    """
    if status in ENDED_WITHOUT_REMEDY:
        return (
            ProgressNode(Node.UNDER_REVIEW, NodeState.PASSED),
            ProgressNode(Node(status.value), NodeState.CURRENT),
        )
    path = _PATHS[remedy]
    here = (
        len(path)
        if status == Status.CLOSED
        else _position(path, status, executed, approved, picked_up, inspected)
    )
    return tuple(
        ProgressNode(
            node,
            NodeState.PASSED if i < here else NodeState.CURRENT if i == here else NodeState.AHEAD,
        )
        for i, node in enumerate(path)
    )


def _position(
    path: tuple[Node, ...], status: Status, executed: bool, approved: bool, picked_up: bool, inspected: bool
) -> int:
    """Index of the first node that is not behind the claim."""
    resolved = status == Status.RESOLVED
    passed = {
        Node.UNDER_REVIEW: approved or executed or resolved,
        Node.PICKUP: picked_up or inspected or executed or resolved,
        Node.INSPECTION: inspected or executed or resolved,
        Node.REPAIRING: executed,
        Node.REFUNDING: executed,
        Node.SENDING: executed,
        Node.DONE: resolved and (executed or len(path) == 2),
    }
    return next((i for i, node in enumerate(path) if not passed[node]), len(path))
