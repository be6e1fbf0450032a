"""What the admin's lists and read-only pages show in a cell: badges, amounts, links."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from aftersales.web import formats
from aftersales.web.icons import icon
from aftersales.web.templatetags.web import TONE_ICONS

NOTHING = "—"
LINE_BREAK = SafeString("<br>")


def badge(text: Any, tone: str = "neutral") -> SafeString:
    """A state as a badge; the tones are those of the template tag of the same name."""
    return format_html('<span class="badge tone-{}">{}{}</span>', tone, icon(TONE_ICONS[tone], 18), text)


def standing(valid_from: date, *, is_replaced: bool) -> SafeString:
    """How a dated version stands today: not in force yet, replaced by a later one, or in force."""
    if valid_from > timezone.localdate():
        return badge(_("not in force yet"), "wait")
    return badge(_("replaced"), "neutral") if is_replaced else badge(_("in force"), "good")


def link(url: str, text: Any) -> SafeString:
    return format_html('<a href="{}">{}</a>', url, text)


def link_to(row: Model | None, text: Any = None, *, user=None) -> Any:
    """A row's name, linked to its own page in the admin; plain where `user` is given and may not view it."""
    if row is None:
        return NOTHING
    return link_by_key(row._meta.label_lower, row.pk, row if text is None else text, user=user)


def link_by_key(label: str, key: Any, text: Any, *, user=None) -> Any:
    """The same for a row of which only kind and key are known; plain where it has no page."""
    app, _dot, name = label.partition(".")
    if user is not None and not user.has_perm(f"{app}.view_{name}"):
        return str(text)
    try:
        return link(reverse(f"admin:{app}_{name}_change", args=[key]), text)
    except NoReverseMatch:
        return str(text)


def lines(texts: Iterable[Any]) -> SafeString:
    """Texts under each other."""
    return format_html_join(LINE_BREAK, "{}", ((text,) for text in texts))


def facts(pairs: Iterable[tuple[Any, Any]]) -> SafeString:
    """Names and values as a small list."""
    rows = format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", pairs)
    return format_html('<dl class="facts">{}</dl>', rows) if rows else rows


def column(name: str, shown: Callable[[Any], str], description: Any):
    """A column that shows one attribute in our own format and is sorted by it."""

    @admin.display(description=description, ordering=name)
    def cell(row):
        return shown(getattr(row, name)) or NOTHING

    cell.__name__ = f"{name}_shown"
    return cell


def money_column(name: str, description: Any):
    return column(name, formats.money, description)


def moment_column(name: str, description: Any):
    return column(name, formats.moment, description)


def quantity_column(name: str, description: Any):
    return column(name, formats.quantity, description)
