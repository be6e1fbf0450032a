"""Work for later: a line in the task queue, written in the transaction of the change that calls for it."""

import re
from datetime import date, datetime

from django.db import connection
from django.db.transaction import TransactionManagementError
from django_q.tasks import async_task

# A code or a number in writing: nothing that could be a name, a sentence or an address.
CODE = re.compile(r"[A-Za-z0-9_.:+-]{1,64}")
KEY = re.compile(r"[\x21-\x7e]{1,100}")


def enqueue(task: str, *ids: int | str | date, key: str = "", planned_at: str = "") -> str:
    """Have the task cluster call a function later; returns the queue's own id of the call.

    `task` is the dotted name of a job (aftersales.ops.jobs), so that areas below need not import it. The
    line belongs to the caller's transaction: it is there if that commits, and never otherwise. Delivered at
    least once. Under the same `key` the same task has one effect, however often it is enqueued, as long as
    jobs are remembered (docs/operations.md); without one every call is a job of its own. `planned_at` is the
    ISO moment a scheduled run was meant for.

    `ids` are keys of rows, codes and days, which arrive as ISO text: what lies in the queue is read by
    whoever reads the database, so it names things and tells nothing of them.

    Raises TypeError or ValueError for anything else, TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError(f"{task} is enqueued outside the transaction of what calls for it")
    if key and not KEY.fullmatch(key):
        raise ValueError("the key is at most 100 printable ASCII characters without blanks")
    named = {name: value for name, value in (("key", key), ("planned_at", planned_at)) if value}
    return async_task(task, *(_plain(value) for value in ids), **named)


def _plain(value: int | str | date) -> int | str:
    if isinstance(value, bool) or not isinstance(value, int | str | date):
        raise TypeError(f"a job takes keys, codes and days, not {type(value).__name__}")
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("a moment without time zone means another one elsewhere")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and not CODE.fullmatch(value):
        raise ValueError("a text that a job takes is a code of at most 64 letters, digits and _.:+-")
    return value
