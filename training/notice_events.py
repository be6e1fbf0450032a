"""What people are told about learning, in words. Sorted by code."""

from django.utils.translation import gettext_lazy as _

from aftersales.notices.events import Event, register

EVENTS = (
    Event(
        "course.due_soon",
        title=_("Please finish “%(course)s” by %(due_on)s"),
        body=_("There are still lessons to read. Open the course and go on where you stopped."),
    ),
    Event(
        "course.enrolled",
        title=_("You are enrolled in “%(course)s”"),
        body=_("Open the course and read its lessons. What you have read counts as hours of learning."),
    ),
)


def register_events() -> None:
    """Make the messages of this app known."""
    register(*EVENTS)
