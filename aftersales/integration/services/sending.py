"""Calling the addresses of subscriptions: several at once, and none so slow that it holds up the others.

Nothing here touches the database, so the lanes may be threads.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from aftersales.integration.services import signing
from aftersales.web import egress

CALLS_AT_ONCE = 32
LANES = 4
"""Calls at once to one subscription."""
LANE_SECONDS = 15
"""After this a lane begins no other call; what is left is sent with the next batch."""
MOST_FAILURES = 5
"""With so many in one batch the rest of a subscription's share waits, although others arrived."""


@dataclass(frozen=True)
class Letter:
    """One event on its way, in the words that are signed."""

    delivery_id: int
    event_id: str
    body: bytes


@dataclass(frozen=True)
class Outcome:
    """What came of one call: "" for a 2xx answer, otherwise why not."""

    error: str
    milliseconds: int

    @property
    def arrived(self) -> bool:
        return not self.error


@dataclass
class Parcel:
    """What one subscription is sent in this batch, and what came of it by delivery."""

    url: str
    secrets: Collection[str]
    letters: deque[Letter] = field(default_factory=deque)
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    place: egress.Target | None = None

    @property
    def is_given_up(self) -> bool:
        """Whether the address does not answer, so that the rest of its share is better left for later."""
        failed = sum(not outcome.arrived for outcome in self.outcomes.values())
        return failed >= MOST_FAILURES or 0 < failed == len(self.outcomes)


Pin = Callable[[str], egress.Target]


def send(parcels: Iterable[Parcel], pin: Pin) -> None:
    """Send every parcel and write the outcomes into it; what was not tried has none.

    `pin` checks an address and pins it; it is asked once for each parcel. Lanes begin in turn, so that
    every subscription has its first before any has its second.
    """
    parcels = [(parcel, min(LANES, len(parcel.letters))) for parcel in parcels]
    with ThreadPoolExecutor(max_workers=CALLS_AT_ONCE) as pool:
        lanes = [
            pool.submit(_drive, parcel, pin)
            for lane in range(LANES)
            for parcel, wanted in parcels
            if lane < wanted
        ]
    for each in lanes:
        each.result()


def _drive(parcel: Parcel, pin: Pin) -> None:
    until = time.monotonic() + LANE_SECONDS
    while time.monotonic() < until:
        with parcel.lock:
            if not parcel.letters or parcel.is_given_up:
                return
            letter = parcel.letters.popleft()
        outcome = _call(parcel, letter, pin)
        with parcel.lock:
            parcel.outcomes[letter.delivery_id] = outcome


def _call(parcel: Parcel, letter: Letter, pin: Pin) -> Outcome:
    begun = time.monotonic()
    try:
        with parcel.lock:
            if parcel.place is None:
                parcel.place = pin(parcel.url)
        headers = signing.headers(
            event_id=letter.event_id, seconds=int(time.time()), body=letter.body, secrets=parcel.secrets
        )
        status = egress.post(parcel.place, letter.body, headers)
        # A redirect is not followed: whoever moves says so to us.
        error = "" if 200 <= status < 300 else f"http_{status}"
    except egress.CallFailed as failed:
        error = failed.code
    return Outcome(error, int((time.monotonic() - begun) * 1000))
