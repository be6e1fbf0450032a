"""Courses, lessons, enrolments, hours and mentors as rows; they are kept on their own pages."""

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import link, moment_column
from training.models import Course, Enrolment, HourEntry, Lesson, LessonVersion, Mentorship


@admin.register(Course)
class CourseAdmin(ReadOnlyAdmin):
    list_display = (
        "code_link",
        "title",
        "topic",
        "goods_type",
        "is_required",
        moment_column("retired_at", _("retired")),
    )
    list_filter = ("topic", "is_required")
    search_fields = ("code", "title")
    search_help_text = _("Code or title")
    ordering = ("position", "code")
    sortable_by = ()

    @admin.display(description=pgettext_lazy("training", "code"))
    def code_link(self, course):
        return link(reverse("training:course_detail", args=[course.code]), course.code)


@admin.register(Lesson)
class LessonAdmin(ReadOnlyAdmin):
    list_display = ("code_link", "course", "position", moment_column("retired_at", _("retired")))
    list_select_related = ("course",)
    list_filter = ("course__topic",)
    search_fields = ("code",)
    search_help_text = _("Code")
    ordering = ("course__position", "course__code", "position")
    sortable_by = ()

    @admin.display(description=pgettext_lazy("training", "code"))
    def code_link(self, lesson):
        return link(reverse("training:lesson_detail", args=[lesson.code]), lesson.code)


@admin.register(LessonVersion)
class LessonVersionAdmin(ReadOnlyAdmin):
    """Texts are the same for every county, so whose hand they are from is told by the trail alone."""

    list_display = ("title", "lesson", "version", "minutes", moment_column("published_at", _("published")))
    list_select_related = ("lesson",)
    fields = readonly_fields = ("lesson", "version", "title", "body", "minutes", "video_url", "sources")
    search_fields = ("title", "lesson__code")
    search_help_text = _("Title or code")
    ordering = ("-id",)
    sortable_by = ()


@admin.register(Enrolment)
class EnrolmentAdmin(ReadOnlyAdmin):
    list_display = (
        "user",
        "course",
        "station",
        "due_on",
        moment_column("enrolled_at", _("enrolled")),
        moment_column("finished_at", _("finished")),
        moment_column("withdrawn_at", pgettext_lazy("enrolment", "given up")),
    )
    list_select_related = ("user", "course", "station")
    list_filter = ("course__topic",)
    ordering = ("-id",)
    sortable_by = ()


@admin.register(HourEntry)
class HourEntryAdmin(ReadOnlyAdmin):
    list_display = ("day", "user", "station", "kind", "minutes", "note", "by")
    list_select_related = ("user", "station", "by")
    list_filter = ("kind",)
    ordering = ("-day", "-id")
    sortable_by = ()


@admin.register(Mentorship)
class MentorshipAdmin(ReadOnlyAdmin):
    list_display = ("mentor", "trainee", "station", "from_on", "until_on", "note")
    list_select_related = ("mentor", "trainee", "station")
    ordering = ("-from_on", "-id")
    sortable_by = ()
