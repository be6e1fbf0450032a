"""How somebody wants to be told: read for the page, changed by the person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from django.db import transaction

from aftersales.accounts import sealing
from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.masking import mask_email, mask_phone
from aftersales.notices.models import Preference


def of(user: User) -> Preference:
    """The person's preferences; an unsaved row with the defaults where they have none."""
    return Preference.objects.filter(user_id=user.pk).first() or Preference(user_id=user.pk)


def save(
    *,
    user: User,
    muted: Sequence[str],
    quiet_from: time,
    quiet_until: time,
    language: str,
    email: str | None,
    phone: str | None,
    by: User,
    now: datetime,
) -> Preference:
    """Store the preferences. An address that is None stays as it was, an empty one is forgotten.

    The trail is told what changed, with masks in place of addresses.
    """
    with transaction.atomic():
        Preference.objects.get_or_create(user_id=user.pk)
        preference = Preference.objects.select_for_update().get(user_id=user.pk)
        before = _facts(preference)
        preference.muted = sorted(muted)
        preference.quiet_from, preference.quiet_until = quiet_from, quiet_until
        preference.language = language
        _seal(preference, "email", email, mask_email)
        _seal(preference, "phone", phone, mask_phone)
        preference.changed_at = now
        preference.save()
        after = _facts(preference)
        changed = [name for name in after if after[name] != before[name]]
        if changed:
            trail.record(
                "notice.preference_changed",
                by=by,
                obj=preference,
                county_code=user.county_code,
                before={name: before[name] for name in changed},
                after={name: after[name] for name in changed},
                at=now,
            )
    return preference


def _seal(preference: Preference, kind: str, address: str | None, mask) -> None:
    if address is None:
        return
    if address and not preference.person_key:
        preference.person_key = sealing.new_person_key()
    longest = Preference._meta.get_field(f"{kind}_masked").max_length
    setattr(preference, f"{kind}_sealed", sealing.seal(preference.person_key, address))
    setattr(preference, f"{kind}_masked", mask(address)[:longest])


def _facts(preference: Preference) -> dict:
    return {
        "muted": list(preference.muted),
        "quiet_from": f"{preference.quiet_from:%H:%M}",
        "quiet_until": f"{preference.quiet_until:%H:%M}",
        "language": preference.language,
        "email_masked": preference.email_masked,
        "phone_masked": preference.phone_masked,
    }
