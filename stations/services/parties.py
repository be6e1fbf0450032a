"""Firms and bodies that claims are about or are settled with."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from stations.models import Party
from stations.models.parties import PartyKind

NAME_SIGNS = 120


def find_or_create(*, kind: str, name: str, by: User, now: datetime) -> Party:
    """The party of this kind and name, added to the list when nobody has named it before.

    Blanks around and inside the name are evened out. Raises Refused("unknown_choice") for a kind that does
    not exist, Refused("party_unnamed"), Refused("too_long").
    """
    name = " ".join(name.split())
    if kind not in PartyKind.values:
        raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field="kind")
    if not name:
        raise Refused(_("Enter the name of the firm."), code="party_unnamed", field="name")
    if len(name) > NAME_SIGNS:
        raise Refused(
            _("Use at most %(limit)s characters.") % {"limit": NAME_SIGNS}, code="too_long", field="name"
        )
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
