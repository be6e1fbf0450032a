"""Classes on paper: the poster that invites, and the list on which people sign."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from aftersales.web.qr import qr_svg
from training.queries.village_classes import current_version
from training.views import class_words as words
from training.views.classes import HOLD, VIEW, ClassPage

LINES = 24


class ClassPoster(ClassPage):
    """An A4 poster; with a code that opens the article where it is written for villagers."""

    permission = (HOLD, VIEW)
    template_name = "training/class_poster.html"

    def get(self, request, pk):
        row = self.find(pk)
        address = words.public_article_url(row.article)
        return self.page(
            village_class=row,
            ends_at=row.starts_at + timedelta(minutes=row.minutes),
            idea=words.idea_of(row),
            material=current_version(row.article),
            qr=qr_svg(request.build_absolute_uri(address), label=_("Opens the article")) if address else "",
        )


class ClassSheet(ClassPage):
    """An A4 list for signing, with the words people agree to; for a class on paper."""

    template_name = "training/class_sheet.html"

    def get(self, request, pk):
        return self.page(village_class=self.find(pk), lines=range(1, LINES + 1))
