"""Writing lessons: a draft, its pictures, how it will look, publishing it; the versions before."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from stations.access.places import PlacePage
from training.forms.courses import LessonForm
from training.forms.steps import PictureForm, PlainForm
from training.models import Attachment, Course, Lesson, LessonVersion
from training.queries.courses import current_of, draft_of
from training.queries.drafts import LESSON_TEXTS, mark_of
from training.services import attachments
from training.services import courses as service
from training.views.lesson_texts import written

READ = ("training.keep_courses", "training.view_training")
KEEP = "training.keep_courses"


def with_titles() -> QuerySet[Lesson]:
    """Lessons with their course, and as `title` what the newest version or draft calls them."""
    newest = LessonVersion.objects.filter(lesson=OuterRef("pk")).order_by("-version")
    return Lesson.objects.select_related("course").annotate(title=Subquery(newest.values("title")[:1]))


class LessonPage(PlacePage):
    """A page about one lesson, for those who write it."""

    permission = KEEP

    def lesson(self, code: str) -> Lesson:
        return get_object_or_404(with_titles(), code=code)

    def draft(self, lesson: Lesson) -> LessonVersion:
        draft = draft_of(lesson)
        if draft is None:
            raise Http404
        return draft


class LessonNew(PlacePage):
    """A new lesson at the end of a course: its first draft."""

    permission = KEEP
    template_name = "training/lesson_edit.html"

    def get(self, request, code):
        course = get_object_or_404(Course, code=code)
        return self.page(course=course, lesson=None, form=LessonForm(initial={"minutes": 20}))

    def post(self, request, code):
        course, form = get_object_or_404(Course, code=code), LessonForm(request.POST)
        if form.is_valid():
            values = {name: value for name, value in form.cleaned_data.items() if name != "seen"}
            if form.call(service.begin_lesson, course=course, **values, by=request.user, now=timezone.now()):
                messages.success(request, _("Kept as a draft. Nobody reads it before it is published."))
                ahead = "training:lesson_preview" if "preview" in request.POST else "training:lesson_draft"
                return redirect(ahead, form.result.lesson.code)
        return self.page(status=409 if form.refused else 200, course=course, lesson=None, form=form)


class LessonDetail(LessonPage):
    """What a lesson says now, or said in an earlier version (`?version=`), and its history."""

    permission = READ
    template_name = "training/lesson_detail.html"

    def get(self, request, code):
        lesson = self.lesson(code)
        versions = list(lesson.versions.filter(published_at__isnull=False).order_by("-version"))
        asked = request.GET.get("version", "")
        shown = next((each for each in versions if str(each.version) == asked), None)
        if shown is None:
            shown = versions[0] if versions else None
        return self.page(
            lesson=lesson,
            course=lesson.course,
            versions=versions,
            version=shown,
            is_current=bool(versions) and shown.pk == versions[0].pk,
            text=written(shown) if shown else "",
            draft=draft_of(lesson),
        )


class LessonDraft(LessonPage):
    """The draft of a lesson: its text and its pictures. A published lesson is the text to begin with."""

    template_name = "training/lesson_edit.html"

    def get(self, request, code):
        lesson = self.lesson(code)
        draft = draft_of(lesson)
        base = draft or current_of(lesson)
        values = {name: getattr(base, name) for name in LESSON_TEXTS} if base else {}
        return self._page(lesson, draft, LessonForm(initial={**values, "seen": mark_of(draft)}))

    def post(self, request, code):
        lesson, form = self.lesson(code), LessonForm(request.POST)
        if form.is_valid() and form.call(
            service.save_draft, lesson=lesson, **form.cleaned_data, by=request.user, now=timezone.now()
        ):
            messages.success(request, _("Kept as a draft. Nobody reads it before it is published."))
            ahead = "training:lesson_preview" if "preview" in request.POST else "training:lesson_draft"
            return redirect(ahead, code)
        return self._page(lesson, draft_of(lesson), form)

    def _page(self, lesson: Lesson, draft: LessonVersion | None, form: LessonForm):
        return self.page(
            status=409 if form.refused else 200,
            course=lesson.course,
            lesson=lesson,
            draft=draft,
            form=form,
            pictures=list(attachments.of(draft)) if draft else [],
            picture_form=PictureForm(auto_id="picture_%s"),
        )


class PictureAdd(LessonPage):
    """Adds a picture to a draft."""

    template_name = "training/lesson_picture.html"

    def get(self, request, code):
        return self._page(self.lesson(code), PictureForm())

    def post(self, request, code):
        lesson, form = self.lesson(code), PictureForm(request.POST, request.FILES)
        if form.is_valid() and form.call(
            attachments.add,
            holder=self.draft(lesson),
            upload=form.cleaned_data["picture"].file,
            caption=form.cleaned_data["caption"],
            by=request.user,
            now=timezone.now(),
        ):
            messages.success(request, _("The picture is added."))
            return redirect("training:lesson_draft", code)
        return self._page(lesson, form)

    def _page(self, lesson: Lesson, form: PictureForm):
        self.draft(lesson)
        return self.page(status=409 if form.refused else 200, lesson=lesson, course=lesson.course, form=form)


class PictureRemove(LessonPage):
    """Takes a picture out of a draft, after asking once more."""

    template_name = "training/lesson_confirm.html"

    def get(self, request, code, pk):
        return self._page(self.lesson(code), pk, PlainForm())

    def post(self, request, code, pk):
        lesson, form = self.lesson(code), PlainForm(request.POST)
        picture = self._picture(lesson, pk)
        if form.is_valid() and form.call(
            attachments.remove, attachment=picture, by=request.user, now=timezone.now()
        ):
            messages.success(request, _("The picture is taken out."))
            return redirect("training:lesson_draft", code)
        return self._page(lesson, pk, form)

    def _picture(self, lesson: Lesson, pk: int) -> Attachment:
        return get_object_or_404(
            Attachment.objects.select_related("lesson_version"),
            pk=pk,
            lesson_version__lesson=lesson,
            lesson_version__published_at__isnull=True,
        )

    def _page(self, lesson: Lesson, pk: int, form: PlainForm):
        return self.page(
            status=409 if form.refused else 200,
            lesson=lesson,
            course=lesson.course,
            form=form,
            step="picture",
            picture=self._picture(lesson, pk),
        )


class LessonPreview(LessonPage):
    """How a draft will look, and the button that publishes it; what is published is what was looked at."""

    template_name = "training/lesson_preview.html"

    def get(self, request, code):
        return self._page(self.lesson(code), PlainForm())

    def post(self, request, code):
        lesson, form = self.lesson(code), PlainForm(request.POST)
        draft = self.draft(lesson)
        if request.POST.get("seen") != mark_of(draft, with_pictures=True):
            messages.warning(request, _("The draft has changed meanwhile. Look at it again."))
            return redirect("training:lesson_preview", code)
        seen = request.POST["seen"]
        if form.is_valid() and form.call(
            service.publish, version=draft, seen=seen, by=request.user, now=timezone.now()
        ):
            messages.success(request, _("Published. Learners read this version from now on."))
            return redirect("training:lesson_detail", code)
        return self._page(lesson, form)

    def _page(self, lesson: Lesson, form: PlainForm):
        draft = self.draft(lesson)
        return self.page(
            status=409 if form.refused else 200,
            lesson=lesson,
            course=lesson.course,
            version=draft,
            text=written(draft),
            seen=mark_of(draft, with_pictures=True),
            form=form,
        )


class DraftDrop(LessonPage):
    """Throws a draft away, after asking once more."""

    template_name = "training/lesson_confirm.html"

    def get(self, request, code):
        return self._page(self.lesson(code), PlainForm())

    def post(self, request, code):
        lesson, form = self.lesson(code), PlainForm(request.POST)
        if form.is_valid() and form.call(
            service.drop_draft, version=self.draft(lesson), by=request.user, now=timezone.now()
        ):
            messages.success(request, _("The draft is thrown away."))
            return redirect("training:lesson_detail", code)
        return self._page(lesson, form)

    def _page(self, lesson: Lesson, form: PlainForm):
        return self.page(
            status=409 if form.refused else 200,
            lesson=lesson,
            course=lesson.course,
            version=self.draft(lesson),
            form=form,
            step="drop",
        )


class LessonRetire(LessonPage):
    """Takes a lesson out of use, or puts it back, after asking once more."""

    template_name = "training/lesson_confirm.html"

    def get(self, request, code):
        return self._page(self.lesson(code), PlainForm())

    def post(self, request, code):
        lesson, form = self.lesson(code), PlainForm(request.POST)
        act = service.retire_lesson if lesson.retired_at is None else service.bring_back_lesson
        if request.POST.get("step") != self._step(lesson):
            messages.info(request, _("Somebody else was faster. The lesson is shown as it is now."))
            return redirect("training:lesson_detail", code)
        if form.is_valid() and form.call(act, lesson=lesson, by=request.user, now=timezone.now()):
            messages.success(request, _("Done."))
            return redirect("training:course_detail", lesson.course.code)
        return self._page(lesson, form)

    def _step(self, lesson: Lesson) -> str:
        return "retire" if lesson.retired_at is None else "bring_back"

    def _page(self, lesson: Lesson, form: PlainForm):
        return self.page(
            status=409 if form.refused else 200,
            lesson=lesson,
            course=lesson.course,
            form=form,
            step=self._step(lesson),
        )


class LessonMove(LessonPage):
    """Lets a lesson change places with its neighbour."""

    http_method_names = ["post", "options"]

    def post(self, request, code):
        lesson = self.lesson(code)
        service.move_lesson(lesson, up=request.POST.get("way") != "down", by=request.user, now=timezone.now())
        return redirect("training:course_detail", lesson.course.code)
