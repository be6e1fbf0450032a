"""What people are told about learning, in words. Sorted by code."""

from django.utils.translation import gettext_lazy as _

from aftersales.notices.events import Event, register

EVENTS = (
    Event(
        "article.review_due",
        title=_("Articles of the handbook to look over: %(count)s"),
        body=_(
            "Of these overdue: %(overdue)s. Read them again: change them, or say that they are still right."
        ),
    ),
    Event(
        "case_study.proposed",
        title=_("Cases to learn from proposed in %(county)s: %(count)s"),
        body=_("They come from closed claims, without their people. Word them and publish, or drop them."),
    ),
    Event(
        "certificate.ends",
        title=_("Your training certificate ends on %(until_on)s"),
        body=_("Renew it in time: pass the theory exam and the practical exam again. Number: %(number)s."),
    ),
    Event(
        "certificate.expired",
        title=_("Your training certificate has expired"),
        body=_(
            "Number %(number)s was valid until %(until_on)s. You can still file claims; what you file is"
            " decided by the county centre until you hold a certificate again."
        ),
    ),
    Event(
        "certificate.issued",
        title=_("You have been given the training certificate"),
        body=_("Number %(number)s, valid until %(until_on)s. Open it to download it."),
    ),
    Event(
        "certificate.revoked",
        title=_("Your training certificate %(number)s was revoked"),
        body=_("Open it to read the reason. Speak to the county manager if you do not agree."),
        more=("until_on",),
    ),
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
    Event(
        "exam.time_over",
        title=_("The time of your exam “%(exam)s” was over"),
        body=_("What you had saved until then was marked. Open it to see the result."),
    ),
    Event(
        "practical.scored",
        title=_("Your practical exam “%(sheet)s” is scored"),
        body=_("Open it to see your points and what the examiner wrote."),
    ),
    Event(
        "skills_check.due",
        title=_("Your check of skills for %(quarter)s is still to do"),
        body=_("Sit the exam by %(until_on)s and agree the practical exam with your trainer."),
    ),
    Event(
        "skills_check.failed",
        title=_("Your check of skills for %(quarter)s is not passed"),
        body=_("Open it to see how theory, practice and attitude came out, and learn on with your mentor."),
    ),
    Event(
        "skills_check.passed",
        title=_("Your check of skills for %(quarter)s is passed"),
        body=_("Open it to see how theory, practice and attitude came out."),
    ),
    Event(
        "village_class.cancelled",
        title=_("The village class “%(title)s” is cancelled"),
        body=_("%(station)s, %(starts_at)s: nobody has to hold it. The reason stands on its page."),
    ),
    Event(
        "village_class.given",
        title=_("You hold a village class: “%(title)s”"),
        body=_("%(station)s, %(starts_at)s. Open it to see the material and print the poster."),
    ),
    Event(
        "village_class.not_planned",
        title=_("%(station)s has no village class planned for %(month)s"),
        body=_("Every village point holds one class a month. Please plan it before the month ends."),
    ),
    Event(
        "village_class.tomorrow",
        title=_("Village class tomorrow: “%(title)s”"),
        body=_("%(station)s, %(starts_at)s. Take the attendance list along and think of a photo."),
    ),
    Event(
        "village_class.unrecorded",
        title=_("Please record the village class “%(title)s”"),
        body=_("It was planned for %(starts_at)s at %(station)s. Say how many people came, or cancel it."),
    ),
)


def register_events() -> None:
    """Make the messages of this app known."""
    register(*EVENTS)
