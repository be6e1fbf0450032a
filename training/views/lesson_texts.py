"""A lesson as a page shows it, and its pictures."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.safestring import SafeString, mark_safe
from django.views.generic import View

from aftersales.web import picture_store
from stations.access.guards import PermissionMixin
from stations.access.places import permissions
from training.models import Attachment, LessonVersion
from training.rules.markup import render
from training.services import attachments
from training.views.text_pictures import picture_of

READERS = ("training.learn", "training.keep_courses", "training.view_training")


def written(version: LessonVersion) -> SafeString:
    """The text of a version with its pictures, small ones that open large; one query."""
    shown = [picture_of(each, "training:lesson_picture") for each in attachments.of(version)]
    # render escapes whatever was typed and writes its own marks alone.
    return mark_safe(render(version.body, shown))


class LessonPicture(PermissionMixin, View):
    """A picture of a lesson; of a draft only for those who write lessons."""

    permission = READERS

    def get(self, request, pk):
        attachment = get_object_or_404(
            Attachment.objects.select_related("lesson_version"), pk=pk, lesson_version__isnull=False
        )
        is_draft = attachment.lesson_version.published_at is None
        if is_draft and "training.keep_courses" not in permissions(request.user):
            raise Http404
        return picture_store.serve_picture(request, attachment.file_name, thumbnail="small" in request.GET)
