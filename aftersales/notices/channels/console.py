"""Development: messages go to the log."""

import logging
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from aftersales.notices import events
from aftersales.notices.channels.base import Letter

log = logging.getLogger(__name__)


class ConsoleChannel:
    """One line in the log for each letter: its id, event and title, which name no person.

    What people without an account are sent stands nowhere else: `make run` shows it, as warnings are shown.
    """

    code = "console"
    label = _("Log of the system")
    address_kind = ""
    batch = 1000

    def send(self, letters: Iterable[Letter]) -> Mapping[UUID, str]:
        """Write the lines; it never fails."""
        for letter in letters:
            event = events.find(letter.event)
            level = logging.WARNING if event is not None and event.outside else logging.INFO
            log.log(level, letter.title, extra={"message_id": str(letter.id), "event": letter.event})
        return {letter.id: "" for letter in letters}
