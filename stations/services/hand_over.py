"""Handing over: what somebody still holds goes to colleagues before they leave or move.

Other apps say what they know of by registering a provider in `AppConfig.ready`:

    hand_over.register("claims", ClaimsInHand())

What nobody else can take over, like a course somebody is in, goes along by itself or ends: apps that keep
such things register a follower.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.audit import trail
from aftersales.lib.errors import Refused
from stations.models import Agent

SHOWN_ITEMS = 100


@dataclass(frozen=True)
class OpenItem:
    """One thing somebody holds: what it is, where to look at it, until when.

    The key is the provider's own, of up to 64 letters, digits and . _ : -
    """

    key: str
    title: str
    detail: str = ""
    url: str = ""
    due_at: datetime | None = None


class Provider(Protocol):
    """What an app tells about one kind of open work. It reads in the scope of whoever looks."""

    label: Any
    """Name of the kind, translated lazily: "open claims"."""

    def count(self, *, person) -> int:
        """How many things of the kind this account holds."""

    def items(self, *, person, limit: int) -> Sequence[OpenItem]:
        """The things, the most urgent first."""

    def assign(self, *, person, to, keys: Sequence[str] | None, by, now: datetime) -> int:
        """Give these things, or all with None, from one account to another; how many there were.

        Audits each. Raises Refused when the other person may not hold one of them; then none has moved.
        """


class Follower(Protocol):
    """What an app does by itself when somebody works elsewhere from now on, or has left.

    Called inside the transaction of the move, after the agent's row has changed; what it raises undoes all.
    """

    def posted(self, *, agent: Agent, by, now: datetime) -> None:
        """The person works at `agent.station` from now on."""

    def left(self, *, agent: Agent, by, now: datetime) -> None:
        """The person has left; the account is closed."""


@dataclass(frozen=True)
class OpenWork:
    """What somebody holds of one kind; `items` are the first of them."""

    kind: str
    label: str
    count: int
    items: tuple[OpenItem, ...]


_providers: dict[str, Provider] = {}
_followers: dict[str, Follower] = {}


def register(name: str, provider: Provider) -> None:
    """Let a kind of open work appear on hand-over lists; registering a name again replaces it."""
    _providers[name] = provider


def register_follower(name: str, follower: Follower) -> None:
    """Let an app act when somebody is posted elsewhere or leaves; a name again replaces it."""
    _followers[name] = follower


def tell_posted(*, agent: Agent, by, now: datetime) -> None:
    """Let what belongs to a person come along to the new station; for services.agents."""
    for follower in _followers.values():
        follower.posted(agent=agent, by=by, now=now)


def tell_left(*, agent: Agent, by, now: datetime) -> None:
    """Let what belongs to a person end with the posting; for services.agents."""
    for follower in _followers.values():
        follower.left(agent=agent, by=by, now=now)


def open_work(agent: Agent) -> list[OpenWork]:
    """Everything this person holds, by kind; kinds of which there is nothing are left out."""
    found = []
    for name, provider in _providers.items():
        if number := provider.count(person=agent.user):
            items = tuple(provider.items(person=agent.user, limit=SHOWN_ITEMS))
            found.append(OpenWork(kind=name, label=str(provider.label), count=number, items=items))
    return found


def assign(
    *, agent: Agent, kind: str, to: Agent, by, now: datetime, keys: Sequence[str] | None = None
) -> int:
    """Give what somebody holds of one kind, or the things named by `keys`, to a colleague.

    Raises Refused: "unknown_kind", "nothing_chosen", "not_a_colleague" (the same person, somebody who has
    left, or another county), and what the provider refuses.
    """
    provider = _providers.get(kind)
    if provider is None:
        raise Refused(_("Nothing of this kind can be handed over."), code="unknown_kind")
    if keys is not None and not keys:
        raise Refused(_("Choose what is to be handed over."), code="nothing_chosen")
    is_colleague = (
        to.pk != agent.pk and to.left_on is None and to.user.is_active and to.county_code == agent.county_code
    )
    if not is_colleague:
        raise Refused(_("Choose a colleague of the same county."), code="not_a_colleague", field="to")
    with transaction.atomic():
        number = provider.assign(person=agent.user, to=to.user, keys=keys, by=by, now=now)
        if not number:
            raise Refused(_("None of this is in their hands any more."), code="nothing_chosen")
        trail.record(
            "hand_over.assigned",
            by=by,
            obj=agent,
            after={"kind": kind, "to": to.user_id, "number": number},
            at=now,
        )
    return number


def refuse_while_open(agent: Agent) -> None:
    """Raises Refused("open_work") while this person still holds anything."""
    held = {
        str(provider.label): number
        for provider in _providers.values()
        if (number := provider.count(person=agent.user))
    }
    if held:
        told = ", ".join(f"{label} {number}" for label, number in held.items())
        raise Refused(
            _("Not everything has been handed over yet: %(held)s.") % {"held": told}, code="open_work"
        )
