"""An article as a page shows it: its text with pictures, and the pictures themselves."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.safestring import SafeString, mark_safe
from django.views.generic import View

from aftersales.web import picture_store
from stations.access.guards import PermissionMixin
from stations.access.places import permissions
from training.models import ArticleVersion, Attachment
from training.rules.markup import render
from training.rules.subjects import Audience
from training.views.text_pictures import picture_of

READERS = ("training.learn", "training.view_training", "training.keep_handbook")
WRITERS = "training.keep_handbook"
PICTURE, PUBLIC_PICTURE = "training:article_picture", "training_public:handbook_picture"


def written(version: ArticleVersion, *, public: bool = False, large: bool = False) -> SafeString:
    """The text of a version with its pictures: small ones that open large, or large ones for paper."""
    name = PUBLIC_PICTURE if public else PICTURE
    shown = [picture_of(each, name, large=large) for each in version.attachments.all()]
    # render escapes whatever was typed and writes its own marks alone.
    return mark_safe(render(version.body, shown))


class ArticlePicture(PermissionMixin, View):
    """A picture of an article; of what is not in force only for those who write the handbook."""

    permission = READERS

    def get(self, request, pk):
        attachment = _of_article(pk)
        if not _is_read(attachment.article_version) and WRITERS not in permissions(request.user):
            raise Http404
        return picture_store.serve_picture(request, attachment.file_name, thumbnail="small" in request.GET)


class PublicPicture(View):
    """A picture of an article that villagers read."""

    http_method_names = ["get", "head"]

    def get(self, request, pk):
        attachment = _of_article(pk)
        version = attachment.article_version
        if not _is_read(version) or version.article.audience != Audience.VILLAGER:
            raise Http404
        return picture_store.serve_picture(request, attachment.file_name, thumbnail="small" in request.GET)


def _of_article(pk: int) -> Attachment:
    rows = Attachment.objects.select_related("article_version__article").defer("article_version__body")
    return get_object_or_404(rows, pk=pk, article_version__isnull=False)


def _is_read(version: ArticleVersion) -> bool:
    return version.is_current and version.article.retired_at is None
