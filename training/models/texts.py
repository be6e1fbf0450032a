"""What the texts of lessons and of articles have in common: versions, a draft first, then never changed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class TextVersion(models.Model):
    """A text from a moment on, in the marks of docs/rules/handbook.md, section 2; a draft until published."""

    version = models.PositiveSmallIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=80)
    body = models.TextField(_("text"), max_length=20_000)
    video_url = models.URLField(_("video"), max_length=300, blank=True)
    sources = models.CharField(_("sources"), max_length=500, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by")
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("published by"),
    )

    class Meta:
        abstract = True

    def __str__(self):
        return self.title
