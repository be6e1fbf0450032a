"""One JSON object a line, without personal data and without room for a forged line."""

import json
import logging
import re
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str] = ContextVar("request_id", default="")

# What a log call may pass in `extra`; anything else is left out rather than guessed to be harmless.
EXTRAS = (
    "method",
    "route",
    "status",
    "milliseconds",
    "user_id",
    "code",
    "event",
    "task",
    "count",
    "message_id",
)

LONG_NUMBER = re.compile(r"(?<!\d)\d{7,}(?!\d)")
MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
QUERY = re.compile(r"\?[^\s\"']+")
# JSON escapes below U+0020; these would still start a new line or turn the text around in a viewer.
UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def without_personal_data(text: str) -> str:
    """Blank out long numbers (phones, identity and account numbers), mail addresses and query strings."""
    return LONG_NUMBER.sub("#", MAIL.sub("@", QUERY.sub("?…", text)))


def where_it_happened(error: BaseException) -> list[str]:
    """The frames of an exception as file:line function; its message may hold personal data and stays out."""
    return [
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    ]


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON with the number of the request it belongs to."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_personal_data(record.getMessage()),
            "request_id": request_id.get(),
        }
        line.update({name: getattr(record, name) for name in EXTRAS if hasattr(record, name)})
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            line["error"] = type(error).__qualname__
            line["frames"] = where_it_happened(error)
        text = json.dumps(
            {key: value for key, value in line.items() if value != ""}, ensure_ascii=False, default=str
        )
        return UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
