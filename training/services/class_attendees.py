"""Names on the list of a class: added with consent, sealed, shown for a reason, erased after a year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts import sealing
from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.lib.masking import mask_name
from aftersales.lib.months import month_of, months_from
from training.models import Attendee, VillageClass
from training.rules.classes import MOST_NAMES, NAMES_KEPT_MONTHS, ClassState

NAME_SIGNS = 40
REASON_SIGNS, REASON_LIMIT = 4, 300
CONSENTS = ("spoken", "signed")


def add(
    village_class: VillageClass, *, names: Sequence[str], consent_how: str, by: User, now: datetime
) -> list[Attendee]:
    """Put people on the list of a class; each has agreed to it, spoken or by signing.

    Names are sealed, each under a key of its own; lists show a mask. Raises Refused: "unknown_class",
    "class_ended" for a cancelled one, "consent_missing", "name_missing", "too_long", "too_many_names",
    "more_than_came" where the class has been recorded with fewer people.
    """
    row = _class(village_class)
    if row.state == ClassState.CANCELLED:
        raise Refused(_("This class has been recorded or cancelled already."), code="class_ended")
    if consent_how not in CONSENTS:
        raise Refused(
            _("Say how the people agreed. Without consent count them only."),
            code="consent_missing",
            field="consent_how",
        )
    given = [" ".join(name.split()) for name in names]
    given = [name for name in given if name]
    if not given:
        raise Refused(_("Write at least one name."), code="name_missing", field="names")
    if any(len(name) > NAME_SIGNS for name in given):
        raise Refused(
            _("Use at most %(limit)s characters.") % {"limit": NAME_SIGNS}, code="too_long", field="names"
        )
    with transaction.atomic():
        # Two who add at once stand in line here, so that the limits hold for both together.
        row = VillageClass.objects.select_for_update(no_key=True, of=("self",)).get(pk=row.pk)
        _check_room(row, len(given))
        added = [_sealed(row, name, consent_how, by, now) for name in given]
        Attendee.objects.bulk_create(added)
        after = {"names": len(added), "consent": consent_how}
        trail.record("village_class.names_added", by=by, obj=row, after=after, at=now)
    return added


def take_off(attendee: Attendee, *, by: User, now: datetime) -> None:
    """Take somebody off the list, for example because they take their consent back; nothing of the name
    stays. Raises Refused("unknown_attendee")."""
    row = Attendee.objects.select_related("village_class").filter(pk=attendee.pk).first()
    if row is None:
        raise _unknown()
    with transaction.atomic():
        deleted, _per_model = Attendee.objects.filter(pk=row.pk).delete()
        if not deleted:
            raise _unknown()
        trail.record(
            "village_class.name_removed",
            by=by,
            obj=row.village_class,
            after={"attendee": attendee.pk},
            at=now,
        )


def reveal(village_class: VillageClass, *, reason: str, by: User, now: datetime) -> list[str]:
    """The names on the list of a class, for one person who says what for; the trail keeps who looked.

    Raises Refused: "unknown_class", "reason_missing", "too_long", "nobody_on_list".
    """
    row = _class(village_class)
    reason = " ".join(reason.split())
    if len(reason) < REASON_SIGNS:
        raise Refused(
            _("Give a reason of at least %(least)s characters.") % {"least": REASON_SIGNS},
            code="reason_missing",
            field="reason",
        )
    if len(reason) > REASON_LIMIT:
        raise Refused(
            _("Use at most %(limit)s characters.") % {"limit": REASON_LIMIT}, code="too_long", field="reason"
        )
    listed = list(Attendee.objects.filter(village_class=row).exclude(person_key="").order_by("id"))
    if not listed:
        raise Refused(_("There is no name on the list."), code="nobody_on_list")
    with transaction.atomic():
        after = {"fields": ["name"], "names": len(listed)}
        trail.record("personal.revealed", by=by, obj=row, after=after, reason=reason, at=now)
    return [sealing.unseal(each.person_key, each.name_sealed) for each in listed]


def erase(*, by: User, now: datetime) -> int:
    """Erase the names of classes of more than twelve months ago; returns how many. That somebody came, and
    how they agreed, stays. May run twice; wants a scope that reaches everything."""
    oldest = months_from(month_of(timezone.localdate(now)), -NAMES_KEPT_MONTHS)
    due = Attendee.objects.filter(village_class__month__lt=oldest).exclude(person_key="")
    with transaction.atomic():
        erased: dict[str, int] = {}
        for code in due.order_by("county_code").values_list("county_code", flat=True).distinct():
            erased[code] = due.filter(county_code=code).update(person_key="", name_sealed="", name_masked="")
        for code, number in erased.items():
            trail.record(
                "village_class.names_erased", by=by, county_code=code, after={"names": number}, at=now
            )
    return sum(erased.values())


def _sealed(row: VillageClass, name: str, consent_how: str, by: User, now: datetime) -> Attendee:
    key = sealing.new_person_key()
    return Attendee(
        village_class=row,
        county_code=row.county_code,
        person_key=key,
        name_sealed=sealing.seal(key, name),
        name_masked=mask_name(name),
        consent_how=consent_how,
        added_by=by,
        added_at=now,
    )


def _check_room(row: VillageClass, more: int) -> None:
    listed = Attendee.objects.filter(village_class=row).count() + more
    if listed > MOST_NAMES:
        raise Refused(
            _("A list has at most %(most)s names. Count the others.") % {"most": MOST_NAMES},
            code="too_many_names",
            field="names",
        )
    if row.state == ClassState.HELD and listed > row.attended:
        raise Refused(
            _("%(attended)s people are recorded for this class; put the count right first.")
            % {"attended": row.attended},
            code="more_than_came",
            field="names",
        )


def _class(row: VillageClass) -> VillageClass:
    found = VillageClass.objects.filter(pk=row.pk).first()
    if found is None:
        raise Refused(_("There is no such class."), code="unknown_class")
    return found


def _unknown() -> Refused:
    return Refused(_("This name is not on the list any more."), code="unknown_attendee")
