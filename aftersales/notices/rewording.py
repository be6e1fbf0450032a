"""The platform desk's own words for an event: set, tried out, taken away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.notices import events, wording
from aftersales.notices.events import PLACEHOLDER, Event
from aftersales.notices.models import NoticeTemplate
from aftersales.notices.wording import Words


def check(event: Event, *, title: str, body: str) -> None:
    """Refuse words with placeholders that the event has nothing for.

    Raises Refused("unknown_placeholder" or "broken_placeholder") naming the field and the placeholder.
    """
    for field, text in (("title", title), ("body", body)):
        unknown = wording.unknown_in(event, [text])
        if unknown:
            raise Refused(
                _("%(names)s is not known here. Known are: %(known)s.")
                % {"names": _written(unknown), "known": _written(sorted(event.placeholders)) or "—"},
                code="unknown_placeholder",
                field=field,
            )
        if "%(" in PLACEHOLDER.sub("", text):
            raise Refused(
                _("A placeholder is not closed: write it as %(example)s.") % {"example": "%(name)s"},
                code="broken_placeholder",
                field=field,
            )


def _written(names) -> str:
    return ", ".join(f"%({name})s" for name in names)


def reword(
    *, event: str, channel: str, language: str, title: str, body: str, by: User, now: datetime
) -> NoticeTemplate:
    """Put words in place of the default ones, for one channel or, with an empty one, for all.

    Raises Refused as `check` does.
    """
    check(events.get(event), title=title, body=body)
    place = {"event": event, "channel": channel, "language": language}
    with transaction.atomic():
        row = NoticeTemplate.objects.select_for_update().filter(**place).first()
        before = {"title": row.title, "body": row.body} if row is not None else None
        row, _created = NoticeTemplate.objects.update_or_create(
            **place, defaults={"title": title, "body": body, "changed_at": now, "changed_by": by}
        )
        trail.record(
            "notice.reworded",
            by=by,
            obj=row,
            before=before,
            after={**place, "title": title, "body": body},
            at=now,
        )
    return row


def drop(*, template: NoticeTemplate, by: User, now: datetime) -> None:
    """Take own words away, so that the default ones hold again."""
    with transaction.atomic():
        before = {"title": template.title, "body": template.body}
        gone = {"event": template.event, "channel": template.channel, "language": template.language}
        trail.record("notice.wording_dropped", by=by, obj=template, before={**gone, **before}, at=now)
        template.delete()


def preview(event: Event, *, title: str, body: str, language: str, now: datetime) -> Words:
    """The words with made-up values in the place of parameters."""
    with override(language):
        values = wording.shown(event, samples(event, now))
        return Words(wording.fill(title, values), wording.fill(body, values))


def samples(event: Event, now: datetime) -> Mapping[str, str | int]:
    """A value for every placeholder: a moment, an amount, the first of its words, or its name."""
    return {name: _sample(event, name, now) for name in sorted(event.placeholders)}


def _sample(event: Event, name: str, now: datetime) -> str | int:
    if name in event.labels:
        return next(iter(event.labels[name]))
    if name.endswith("_at"):
        return now.isoformat()
    if name.endswith("_fen"):
        return 1250
    return f"‹{name}›"
