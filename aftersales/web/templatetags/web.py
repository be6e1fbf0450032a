"""The one library of the templates: `{% load web %}`."""

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from aftersales.lib import masking
from aftersales.web import formats, icons

register = template.Library()

register.filter("money", formats.money)
register.filter("quantity", formats.quantity)
register.filter("kilometres", formats.kilometres)
register.filter("moment", formats.moment)
register.filter("day", formats.day)
register.filter("clock_time", formats.clock_time)
register.filter("named_day", formats.named_day)
register.filter("percent", formats.percent)
register.filter("permille", formats.permille)
register.filter("counted", formats.counted)
register.filter("span", formats.span)
register.filter("hours", formats.hours)

# How a message or state looks; the shape says the same as the colour.
TONE_ICONS = {
    "neutral": "info",
    "info": "info",
    "wait": "pause",
    "good": "check-circle",
    "warn": "clock",
    "bad": "stop",
}
MESSAGE_TONES = {"debug": "neutral", "info": "info", "success": "good", "warning": "warn", "error": "bad"}


@register.filter
def phone_masked(digits: str) -> str:
    """138****1234."""
    return masking.mask_phone(digits or "")


@register.filter
def time_left(due) -> str:
    """What is left until a due time, in words, from now on."""
    return formats.time_left(due, timezone.now())


@register.filter
def ago(value) -> str:
    """How long ago a moment was, in words."""
    return formats.ago(value, timezone.now())


@register.filter
def message_tone(message) -> str:
    """The tone of one of Django's messages."""
    return MESSAGE_TONES.get(message.level_tag, "neutral")


@register.simple_tag
def icon(name: str, size: int = 24, label: str = "") -> SafeString:
    """`{% icon "phone" %}`; with `label=` it says something of its own."""
    return icons.icon(name, size, label)


@register.simple_tag(takes_context=True)
def query(context, **changes) -> str:
    """The query string of this page with some parameters changed; None or "" takes one out.

    `<a href="{% query cursor=page.next %}">`: the filters stay.
    """
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            parameters.pop(name, None)
        else:
            parameters[name] = value
    return f"?{parameters.urlencode()}"


@register.inclusion_tag("components/field.html")
def field(bound_field, prefix: str = "", suffix: str = "") -> dict:
    """One form field: label, help, control and error. `suffix` is a unit shown behind the control."""
    kind = getattr(bound_field.field.widget, "input_type", "text")
    if bound_field.use_fieldset and kind != "file":
        kind = "choices"
    return {
        "field": bound_field,
        "kind": kind,
        "is_optional": not bound_field.field.required,
        "prefix": prefix,
        "suffix": suffix,
    }


@register.simple_tag
def badge(text, tone: str = "neutral") -> SafeString:
    """A state as a badge: tone is neutral, info, wait, good, warn or bad."""
    shape = icons.icon(TONE_ICONS[tone], 18)
    return format_html('<span class="badge tone-{}">{}{}</span>', tone, shape, text)


@register.simple_tag
def due_mark(urgency) -> SafeString:
    """How near a due time is: `urgency` has a tone, and an icon and words that say it without colour."""
    shape = icons.icon(urgency.icon, 18)
    return format_html('<span class="due tone-{}">{} {}</span>', urgency.tone, shape, urgency.words)


@register.inclusion_tag("components/nav_link.html", takes_context=True)
def nav_link(context, name: str, label: str, icon_name: str = "", within: str = "", unless: str = "") -> dict:
    """A link of a menu, marked when this page is it; nothing when the page does not exist.

    `within` is a prefix of view names the link stands for ("claims:"), `unless` names views it does not.
    """
    try:
        url = reverse(name)
    except NoReverseMatch:
        return {"url": ""}
    match = getattr(context.get("request"), "resolver_match", None)
    here = match.view_name if match else ""
    is_current = here == name or bool(within and here.startswith(within) and here not in unless.split())
    return {"url": url, "label": label, "icon_name": icon_name, "is_current": is_current}
