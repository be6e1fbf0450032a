"""How values look to people: money, quantities, moments, days, spans of time."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from aftersales.lib.money import format_milli, format_yuan

SHANGHAI = ZoneInfo("Asia/Shanghai")
MINUTES_A_DAY = 24 * 60
WEEKDAYS = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)


def money(fen: int | None) -> str:
    """Whole fen as ¥12.34; empty for None."""
    return "" if fen is None or fen == "" else format_yuan(int(fen))


def quantity(milli: int | None) -> str:
    """Whole thousandths as 2.5; empty for None."""
    return "" if milli is None or milli == "" else format_milli(int(milli))


def counted(number: float | None) -> str:
    """A count as 12,345, a measured number as 12.5; empty for None."""
    return "" if number is None or number == "" else f"{number:,.10g}"


def permille(share: int | None) -> str:
    """A share in whole permille as people say it: 50 are 5%, 125 are 12.5%; empty for None."""
    return "" if share is None or share == "" else f"{format_milli(int(share) * 100)}%"


def kilometres(metres: int | None) -> str:
    """Metres as 12.3 km; empty for None."""
    return "" if metres is None or metres == "" else _("%(km)s km") % {"km": f"{int(metres) / 1000:.1f}"}


def moment(value: datetime | None) -> str:
    """An aware instant as 2026-11-21 14:05 in Asia/Shanghai; empty for None."""
    return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if value else ""


def day(value: date | datetime | None) -> str:
    """A day as 2026-11-21; of an aware instant, its day in Asia/Shanghai."""
    if not value:
        return ""
    return f"{value.astimezone(SHANGHAI):%Y-%m-%d}" if isinstance(value, datetime) else value.isoformat()


def clock_time(value: datetime | None) -> str:
    """An aware instant as 14:05 in Asia/Shanghai; empty for None."""
    return f"{value.astimezone(SHANGHAI):%H:%M}" if value else ""


def weekday(value: date | datetime) -> str:
    """Mon to Sun; of an aware instant, the weekday it has in Asia/Shanghai."""
    return str(WEEKDAYS[_local_day(value).weekday()])


def named_day(value: date | datetime, *, year: bool = False) -> str:
    """A day as 11-23 Mon, with the year as 2026-11-23 Mon."""
    return f"{_local_day(value):{'%Y-%m-%d' if year else '%m-%d'}} {weekday(value)}"


def hours(minutes: int) -> str:
    """Working time in words, which has no days: 48 h, 1 h 5 min, 40 min."""
    whole, left = divmod(abs(int(minutes)), 60)
    parts = [_("%(hours)s h") % {"hours": whole}] if whole else []
    if left or not whole:
        parts.append(_("%(minutes)s min") % {"minutes": left})
    return " ".join(parts)


def _local_day(value: date | datetime) -> date:
    if not isinstance(value, datetime):
        return value
    return (value.astimezone(SHANGHAI) if value.tzinfo else value).date()


def percent(share, places: int = 1) -> str:
    """A share from 0 to 1 as 92.0%; a dash for None, so that no figure is never taken for zero."""
    return "—" if share is None or share == "" else f"{float(share) * 100:.{int(places)}f}%"


def span(minutes: int) -> str:
    """Minutes in words, with at most two units: 2 d 3 h, 1 h 5 min, 40 min."""
    minutes = abs(int(minutes))
    days, rest = divmod(minutes, MINUTES_A_DAY)
    hours, left = divmod(rest, 60)
    if days:
        whole = _("%(days)s d") % {"days": days}
        return f"{whole} {_('%(hours)s h') % {'hours': hours}}" if hours else whole
    if hours:
        whole = _("%(hours)s h") % {"hours": hours}
        return f"{whole} {_('%(minutes)s min') % {'minutes': left}}" if left else whole
    return _("%(minutes)s min") % {"minutes": left}


def time_left(due: datetime | None, now: datetime) -> str:
    """What is left until a due time, or how long it has been over."""
    if due is None:
        return ""
    seconds = (due - now) / timedelta(seconds=1)
    if seconds >= 0:
        return _("%(span)s left") % {"span": span(int(seconds // 60))}
    return _("%(span)s over") % {"span": span(int(-seconds // 60))}


def ago(value: datetime | None, now: datetime) -> str:
    """How long ago something was: just now, 5 min ago, 2 h ago, and the day beyond a week."""
    if value is None:
        return ""
    minutes = int((now - value) / timedelta(minutes=1))
    if minutes < 1:
        return _("just now")
    if minutes >= 7 * MINUTES_A_DAY:
        return day(value)
    whole = (
        minutes if minutes < 60 else minutes - minutes % (60 if minutes < MINUTES_A_DAY else MINUTES_A_DAY)
    )
    return _("%(span)s ago") % {"span": span(whole)}
