"""The inbox in the frames: `{% load notices %}`."""

from django import template

from aftersales.notices import inbox

register = template.Library()


@register.inclusion_tag("components/inbox_link.html", takes_context=True)
def inbox_link(context, with_word: bool = True) -> dict:
    """The way to the inbox with the number of new messages; nothing for somebody who is not signed in."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or getattr(request, "is_standby", False):
        return {}
    match = request.resolver_match
    return {
        "unread": inbox.unread(user),
        "with_word": with_word,
        "is_current": match is not None and match.view_name == "notices:inbox",
        "is_signed_in": True,
    }
