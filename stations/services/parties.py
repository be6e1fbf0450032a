"""Firms and bodies that claims are about or are settled with."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from stations.models import Party
from stations.models.parties import PartyGrade, PartyKind

NAME_SIGNS = 120
SHORTEST_REASON = 2


def find_or_create(*, kind: str, name: str, by: User, now: datetime) -> Party:
    """The party of this kind and name, added to the list when nobody has named it before.

    Blanks around and inside the name are evened out. Raises Refused("unknown_choice") for a kind that does
    not exist, Refused("party_unnamed"), Refused("too_long").
    """
    if kind not in PartyKind.values:
        raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field="kind")
    name = _named(name)
    known = Party.objects.filter(kind=kind, name=name).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            party = Party.objects.create(kind=kind, name=name)
            trail.record("party.added", by=by, obj=party, after={"kind": str(kind), "name": name}, at=now)
    except IntegrityError:
        # Somebody else named the same firm a moment ago.
        return Party.objects.get(kind=kind, name=name)
    return party


def change(*, party: Party, name: str, contact: str, by: User, now: datetime) -> Party:
    """Correct a party's name or contact desk. Raises Refused("same_name") when another one has the name."""
    name = _named(name)
    with transaction.atomic():
        if Party.objects.filter(kind=party.kind, name=name).exclude(pk=party.pk).exists():
            raise Refused(
                _("There is already a party of this kind and name."), code="same_name", field="name"
            )
        known = Party.objects.get(pk=party.pk)
        before = {"name": known.name, "contact": known.contact}
        known.name, known.contact = name, contact
        known.save(update_fields=["name", "contact"])
        after = {"name": name, "contact": contact}
        trail.record("party.changed", by=by, obj=known, before=before, after=after, at=now)
    return known


def suspend(*, party: Party, reason: str, by: User, now: datetime) -> Party:
    """Offer a party for nothing new. Raises Refused("no_change") when it is suspended, "reason_missing"."""
    return _set_suspended(party, True, reason, by=by, now=now)


def resume(*, party: Party, reason: str, by: User, now: datetime) -> Party:
    """Offer a suspended party again. Raises Refused like `suspend`."""
    return _set_suspended(party, False, reason, by=by, now=now)


def grade(*, party: Party, grade: str, reason: str, by: User, now: datetime) -> Party:
    """Record how a party was rated; "" takes the grade away. Who works for a C is offered no claim.

    Raises Refused("unknown_choice"), Refused("no_change") when it has this grade, "reason_missing".
    """
    reason = _reason(reason)
    if grade not in ("", *PartyGrade.values):
        raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field="grade")
    with transaction.atomic():
        before = Party.objects.get(pk=party.pk).grade
        if not Party.objects.filter(pk=party.pk).exclude(grade=grade).update(grade=grade):
            raise Refused(_("It is so already."), code="no_change")
        party.refresh_from_db()
        party._change_reason = reason[:100]
        party.save(update_fields=["grade"])
        trail.record(
            "party.graded",
            by=by,
            obj=party,
            before={"grade": before},
            after={"grade": party.grade},
            reason=reason,
            at=now,
        )
    return party


def _reason(reason: str) -> str:
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise Refused(_("Give the reason in a few words."), code="reason_missing", field="reason")
    return reason


def _set_suspended(party: Party, is_suspended: bool, reason: str, *, by: User, now: datetime) -> Party:
    reason = _reason(reason)
    with transaction.atomic():
        changed = Party.objects.filter(pk=party.pk, is_suspended=not is_suspended).update(
            is_suspended=is_suspended
        )
        if not changed:
            raise Refused(_("It is so already."), code="no_change")
        party.refresh_from_db()
        party._change_reason = reason[:100]
        party.save(update_fields=["is_suspended"])
        verb = "party.suspended" if is_suspended else "party.resumed"
        trail.record(verb, by=by, obj=party, reason=reason, at=now)
    return party


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refused(_("Enter the name of the firm."), code="party_unnamed", field="name")
    if len(name) > NAME_SIGNS:
        raise Refused(
            _("Use at most %(limit)s characters.") % {"limit": NAME_SIGNS}, code="too_long", field="name"
        )
    return name
