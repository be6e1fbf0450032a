"""Old parts that were taken back at a visit and go on to the merchant. docs/rules/parts.md, section 5."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.lib.errors import Refused
from claims.models import PartUse
from claims.rules.parts import OldPart
from claims.services import part_stock


def send_on(*, uses: Collection[PartUse], sent_on: date, by: User, now: datetime) -> int:
    """Send old parts that were taken back on to their merchants: every one of them, or none.

    Returns how many. Raises Refused with none_chosen, day_invalid, old_part_gone.
    """
    keys = {each.pk for each in uses}
    if not keys:
        raise Refused(_("Choose at least one part."), code="none_chosen", field="uses")
    current = list(
        PartUse.objects.filter(pk__in=keys).select_related("part", "stock", "visit").order_by("pk")
    )
    first = max((timezone.localdate(each.ended_at) for each in current if each.ended_at), default=sent_on)
    if not first <= sent_on <= timezone.localdate(now):
        raise Refused(
            _("Enter a day from %(first)s until today.") % {"first": first.isoformat()},
            code="day_invalid",
            field="sent_on",
        )
    with transaction.atomic():
        sent = PartUse.objects.filter(pk__in=keys, old_part=OldPart.TAKEN_BACK).update(
            old_part=OldPart.SENT_ON.value, old_part_sent_on=sent_on
        )
        if sent != len(keys):
            raise Refused(
                _("Some of these parts are no longer here. Look at the list again."), code="old_part_gone"
            )
        for each in current:
            each.old_part = OldPart.SENT_ON.value
            part_stock.record_use("part.old_sent_on", each, each.visit, by=by, now=now)
    return sent
