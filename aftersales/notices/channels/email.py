"""Mail through the server of EMAIL_URL."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from smtplib import SMTPException, SMTPResponseException, SMTPServerDisconnected
from uuid import UUID

from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext_lazy as _

from aftersales.notices.channels.base import EMAIL, Letter

LONGEST_SECONDS = 40
"""For one batch, so that all of it has been tried before the first may be tried again."""


class EmailChannel:
    """One plain message for each letter, over one connection; a copy has the same Message-ID."""

    code = "email"
    label = _("E-mail")
    address_kind = EMAIL
    batch = 200

    def send(self, letters: Iterable[Letter]) -> Mapping[UUID, str]:
        """Send them one by one. What is left when the server is gone or too slow fails with it."""
        letters = list(letters)
        outcomes = {}
        broken = ""
        ends = time.monotonic() + LONGEST_SECONDS
        connection = get_connection()
        try:
            connection.open()
        except (SMTPException, OSError) as error:
            return {letter.id: _reason(error) for letter in letters}
        try:
            for letter in letters:
                if not broken and time.monotonic() > ends:
                    broken = "timeout"
                outcomes[letter.id] = broken or self._send_one(connection, letter)
                if outcomes[letter.id] in ("timeout", "unreachable"):
                    broken = outcomes[letter.id]
        finally:
            connection.close()
        return outcomes

    def _send_one(self, connection, letter: Letter) -> str:
        text = "\n\n".join(filter(None, [letter.text, letter.url]))
        message = EmailMessage(
            subject=" ".join(letter.title.split()),
            body=text,
            to=[letter.address],
            headers={"Message-ID": f"<{letter.id}@aftersales>", "Auto-Submitted": "auto-generated"},
            connection=connection,
        )
        try:
            message.send()
        except (SMTPException, OSError, ValueError) as error:
            return _reason(error)
        return ""


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, SMTPServerDisconnected):
        return "unreachable"
    if isinstance(error, SMTPResponseException):
        return f"smtp_{error.smtp_code}"
    if isinstance(error, ValueError):
        return "bad_address"
    return "smtp" if isinstance(error, SMTPException) else "unreachable"
