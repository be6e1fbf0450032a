"""docs/rules/clocks.md, "What happens outside": what starts and stops clocks without moving the claim."""

from dataclasses import dataclass
from enum import StrEnum

from claims.rules.clocks import Clock
from claims.rules.status import OPEN, Status


class Happening(StrEnum):
    """What happened outside the back-office, or was seen to, and is only recorded here."""

    INSPECTION_RECORDED = "inspection_recorded"
    GOODS_ARRIVED = "goods_arrived"
    EXCHANGE_APPROVED = "exchange_approved"
    EXCHANGE_SHIPPED = "exchange_shipped"
    RESULT_NOTICE_SENT = "result_notice_sent"
    AUTHORITY_COMPLAINT_FILED = "authority_complaint_filed"
    AUTHORITY_ACCEPTED = "authority_accepted"
    MEDIATION_ENDED = "mediation_ended"
    MARKED_URGENT = "marked_urgent"


_H, _C = Happening, Clock
ENDED = frozenset({Status.RESOLVED, Status.CLOSED})
BEFORE_THE_AUTHORITY = OPEN | ENDED | {Status.REJECTED}


@dataclass(frozen=True)
class Effect:
    """What a happening does: clocks it stops and starts, in which states it may be recorded.

    `needs` is a clock that must be running, else nothing waits for this to happen.
    """

    states: frozenset[Status] = OPEN
    stops: tuple[Clock, ...] = ()
    starts: tuple[Clock, ...] = ()
    needs: Clock | None = None


EFFECTS: dict[Happening, Effect] = {
    _H.INSPECTION_RECORDED: Effect(stops=(_C.FRESH_INSPECTION,), needs=_C.FRESH_INSPECTION),
    _H.GOODS_ARRIVED: Effect(starts=(_C.REFUND_AFTER_RETURN, _C.DELIBERATE_DELAY)),
    _H.EXCHANGE_APPROVED: Effect(starts=(_C.EXCHANGE_SHIPPED,)),
    _H.EXCHANGE_SHIPPED: Effect(states=OPEN | ENDED, stops=(_C.EXCHANGE_SHIPPED,), needs=_C.EXCHANGE_SHIPPED),
    _H.RESULT_NOTICE_SENT: Effect(states=ENDED, stops=(_C.RESULT_NOTICE,), needs=_C.RESULT_NOTICE),
    _H.AUTHORITY_COMPLAINT_FILED: Effect(states=BEFORE_THE_AUTHORITY, starts=(_C.AUTHORITY_ANSWER,)),
    _H.AUTHORITY_ACCEPTED: Effect(
        states=BEFORE_THE_AUTHORITY, stops=(_C.AUTHORITY_ANSWER,), starts=(_C.MEDIATION,)
    ),
    _H.MEDIATION_ENDED: Effect(states=BEFORE_THE_AUTHORITY, stops=(_C.MEDIATION,), needs=_C.MEDIATION),
    _H.MARKED_URGENT: Effect(),
}


def possible(status: Status, running: frozenset[Clock], *, is_urgent: bool) -> tuple[Happening, ...]:
    """What may be recorded now: what the state allows, and what is not on its way already."""
    return tuple(
        happening
        for happening, effect in EFFECTS.items()
        if status in effect.states
        and (effect.needs is None or effect.needs in running)
        and not any(clock in running for clock in effect.starts)
        and not (happening == _H.MARKED_URGENT and is_urgent)
    )
