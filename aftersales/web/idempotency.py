"""One submission, one effect: key row, effect and answer in a single transaction."""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from aftersales.web.models import SubmissionKey

KEY = re.compile(r"[\x21-\x7e]{8,64}")

# The same statement on both databases. On PostgreSQL a twin waits at the unique index until the
# first one commits; on SQLite it waits for the write lock.
INSERT = """
    INSERT INTO web_submissionkey (client, "key", fingerprint, object_type, object_id, created_at)
    VALUES (%s, %s, %s, '', '', %s) ON CONFLICT (client, "key") DO NOTHING
"""


@dataclass(frozen=True)
class Answer:
    """What came of a submission: the row it made, and what was answered if the door keeps that."""

    object_type: str
    object_id: str
    response: Any = None

    @classmethod
    def to(cls, row: models.Model, response: Any = None) -> "Answer":
        return cls(row._meta.label_lower, str(row.pk), response)


def fingerprint(values: Mapping[str, Any]) -> str:
    """SHA-256 over the values, whatever their order. Uploaded files count by name and size."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=True, default=_as_text, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _as_text(value: Any) -> str:
    if hasattr(value, "size") and hasattr(value, "name"):
        return f"{value.name}:{value.size}"
    return f"{value._meta.label_lower}:{value.pk}" if isinstance(value, models.Model) else str(value)


def once(*, client: str, key: str, fingerprint: str, effect: Callable[[], Answer]) -> tuple[Answer, bool]:
    """Carry out `effect` for the first submission under this key; tell every later one the same answer.

    Returns the answer and whether it was a replay. A refusal or fault inside `effect` undoes the key
    as well, so the same key may be tried again. Keys of different clients never meet.

    Raises Refused("key_malformed") unless the key is 8 to 64 printable ASCII characters without
    blanks, Refused("key_reused") when the key came with another fingerprint before.
    """
    if not KEY.fullmatch(key):
        raise Refused(
            _("The submission key must be 8 to 64 printable characters without blanks."), code="key_malformed"
        )
    with transaction.atomic():
        if not _insert(client, key, fingerprint):
            return _first_answer(client, key, fingerprint), True
        answer = effect()
        SubmissionKey.objects.filter(client=client, key=key).update(
            object_type=answer.object_type, object_id=answer.object_id, response=answer.response
        )
        return answer, False


def _insert(client: str, key: str, fingerprint: str) -> bool:
    created_at = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [client, key, fingerprint, created_at])
        return cursor.rowcount == 1


def _first_answer(client: str, key: str, fingerprint: str) -> Answer:
    row = SubmissionKey.objects.get(client=client, key=key)
    if row.fingerprint != fingerprint:
        raise Refused(
            _("This form was already sent with other content. Open it again to send something new."),
            code="key_reused",
        )
    return Answer(row.object_type, row.object_id, row.response)


def is_known(*, client: str, key: str) -> bool:
    """Whether this client's key has had its effect, so that a door need not ask again what was answered."""
    return bool(KEY.fullmatch(key)) and SubmissionKey.objects.filter(client=client, key=key).exists()


def purge(*, before: datetime, keep: Collection[str]) -> int:
    """Forget keys sent before a moment, but for those whose effect is a kind of row in `keep`.

    A forgotten key may have its effect again, so `keep` names whatever has to do with money. Returns how
    many were forgotten.
    """
    old = SubmissionKey.objects.filter(created_at__lt=before).exclude(object_type__in=keep)
    return old.delete()[0]
