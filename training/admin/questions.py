"""Questions and exams as rows; they are written, corrected and retired on their own pages."""

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import badge, link, moment_column
from aftersales.web.admin_filters import InUseFilter
from training.models import Exam, Question
from training.rules.questions import letters


@admin.register(Question)
class QuestionAdmin(ReadOnlyAdmin):
    list_display = ("code_link", "text", "kind", "topic", "goods_type", "stands_at")
    list_filter = (InUseFilter, "kind", "topic")
    search_fields = ("code", "text")
    search_help_text = gettext_lazy("Words or number of a question")
    ordering = ("topic", "code")
    sortable_by = ()
    fields = readonly_fields = (
        "code_link",
        "kind",
        "topic",
        "goods_type",
        "text",
        "choices",
        "right",
        "explanation",
        "source",
        "replaces",
        moment_column("retired_at", gettext_lazy("retired")),
    )

    @admin.display(description=pgettext_lazy("training", "code"))
    def code_link(self, question):
        return link(reverse("training:question_detail", args=[question.pk]), question.code)

    @admin.display(description=gettext_lazy("state"))
    def stands_at(self, question):
        is_retired = question.retired_at is not None
        return badge(_("no longer asked"), "neutral") if is_retired else badge(_("asked in exams"), "good")

    @admin.display(description=gettext_lazy("options"))
    def choices(self, question):
        return " · ".join(question.options)

    @admin.display(description=gettext_lazy("right answer"))
    def right(self, question):
        return letters(question.answer)


@admin.register(Exam)
class ExamAdmin(ReadOnlyAdmin):
    list_display = ("code_link", "title", "purpose", "minutes", "attempts", "stands_at")
    list_filter = (InUseFilter, "purpose")
    search_fields = ("code", "title")
    search_help_text = gettext_lazy("Code or title")
    ordering = ("purpose", "code")
    sortable_by = ()
    fields = readonly_fields = (
        "code_link",
        "title",
        "purpose",
        "course",
        "questions",
        "minutes",
        "pass_permille",
        "attempts",
        "wait_hours",
        moment_column("retired_at", gettext_lazy("retired")),
    )

    @admin.display(description=pgettext_lazy("training", "code"))
    def code_link(self, exam):
        return link(reverse("training:exam_detail", args=[exam.pk]), exam.code)

    @admin.display(description=gettext_lazy("questions drawn"))
    def questions(self, exam):
        return sum(row["count"] for row in exam.draw)

    @admin.display(description=gettext_lazy("state"))
    def stands_at(self, exam):
        is_retired = exam.retired_at is not None
        return badge(_("no longer held"), "neutral") if is_retired else badge(_("in use"), "good")
