"""When a person may be disturbed: docs/notices.md, "Quiet hours"."""

from datetime import datetime, time, timedelta

from aftersales.notices.models import QUIET_FROM, QUIET_UNTIL, Preference
from aftersales.web.formats import SHANGHAI


def quiet_end(moment: datetime, begins: time, ends: time) -> datetime:
    """When the quiet time around a moment is over; the moment itself when it lies in none.

    Times are read in Asia/Shanghai. The first minute is quiet, the last one is not. A span may pass
    midnight; equal times mean none.
    """
    local = moment.astimezone(SHANGHAI)
    clock = local.time().replace(tzinfo=None)
    over = local.replace(hour=ends.hour, minute=ends.minute, second=0, microsecond=0)
    if begins < ends:
        return over if begins <= clock < ends else moment
    if begins > ends and clock >= begins:
        return over + timedelta(days=1)
    return over if begins > ends and clock < ends else moment


def first_moment(preference: Preference | None, now: datetime, *, is_urgent: bool) -> datetime:
    """The first moment from now on at which somebody may be told; for what is urgent that is now."""
    if is_urgent:
        return now
    if preference is None:
        return quiet_end(now, QUIET_FROM, QUIET_UNTIL)
    return quiet_end(now, preference.quiet_from, preference.quiet_until)
