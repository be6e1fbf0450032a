"""Writing an article: its draft, pictures and preview, publishing, and the versions behind it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from training.forms.handbook import DraftForm
from training.forms.steps import PictureForm, PlainForm, SeenForm
from training.models import Article, ArticleVersion, Attachment
from training.queries import handbook as reading
from training.queries.drafts import ARTICLE_TEXTS, mark_of
from training.rules.markup import pictures_missing
from training.services import attachments
from training.services import handbook as writing
from training.views.article_texts import PICTURE, written
from training.views.handbook_desk import NEXT_REVIEW, DeskPage
from training.views.text_pictures import picture_of

WORDS_SHOWN = 20


class ArticleEdit(DeskPage):
    """The draft of an article; without one, what is in force is what it begins with."""

    template_name = "training/article_edit.html"

    def get(self, request, code):
        article = get_object_or_404(Article, code=code)
        draft = reading.draft_of(article)
        begins_with = draft or article.versions.filter(is_current=True).first()
        initial = {"review_on": timezone.localdate() + NEXT_REVIEW, "seen": mark_of(draft)}
        if begins_with is not None:
            initial |= {name: getattr(begins_with, name) for name in ARTICLE_TEXTS}
        if draft is not None:
            initial["review_on"] = draft.review_on
        return self._page(article, draft, DraftForm(initial=initial))

    def post(self, request, code):
        article, form = get_object_or_404(Article, code=code), DraftForm(request.POST)
        if form.is_valid() and form.call(
            writing.save_draft, article=article, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            return redirect("training:article_preview", code)
        return self._page(article, reading.draft_of(article), form)

    def _page(self, article, draft, form):
        return self.page(
            article=article,
            draft=draft,
            form=form,
            pictures=numbered(draft) if draft else [],
            status=409 if form.refused else 200,
        )


class ArticlePreview(DeskPage):
    """A draft as readers will see it; a POST publishes what was looked at."""

    template_name = "training/article_preview.html"

    def get(self, request, code):
        draft = _draft(code)
        return self._page(draft, SeenForm(initial={"seen": mark_of(draft, with_pictures=True)}))

    def post(self, request, code):
        draft, form = _draft(code), SeenForm(request.POST)
        if form.is_valid() and form.call(
            writing.publish, version=draft, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("Published. Readers read this version from now on."))
            return redirect("training:handbook_article", code)
        return self._page(draft, form)

    def _page(self, draft, form):
        return self.page(
            version=draft,
            article=draft.article,
            text=written(draft),
            missing=pictures_missing(draft.body, len(draft.attachments.all())),
            current=draft.article.versions.filter(is_current=True).defer("body", "searched").first(),
            form=form,
            status=409 if form.refused else 200,
        )


class ArticleDrop(DeskPage):
    """A draft is thrown away."""

    template_name = "training/reason_confirm.html"

    def get(self, request, code):
        return self._page(_draft(code), PlainForm())

    def post(self, request, code):
        draft, form = _draft(code), PlainForm(request.POST)
        if form.is_valid() and form.call(
            writing.drop_draft, version=draft, by=request.user, now=timezone.now()
        ):
            messages.success(request, _("The draft is gone. What is published stays."))
            return redirect("training:article_versions", code)
        return self._page(draft, form)

    def _page(self, draft, form):
        return self.page(
            title=_("Throw the draft away"),
            text=_("Text and pictures of version %(version)s are deleted; what is published stays.")
            % {"version": draft.version},
            form=form,
            is_danger=True,
            cancel_url=reverse("training:article_preview", args=[draft.article.code]),
            eyebrow=draft.title,
            status=409 if form.refused else 200,
        )


class ArticlePictures(DeskPage):
    """The pictures of a draft: added one by one with their words, taken out again."""

    template_name = "training/article_pictures.html"

    def get(self, request, code):
        return self._page(_draft(code), PictureForm())

    def post(self, request, code):
        draft, form = _draft(code), PictureForm(request.POST, request.FILES)
        if form.is_valid() and form.call(
            attachments.add,
            holder=draft,
            upload=form.cleaned_data["picture"],
            caption=form.cleaned_data["caption"],
            by=request.user,
            now=timezone.now(),
        ):
            messages.success(request, _("The picture is there."))
            return redirect("training:article_pictures", code)
        return self._page(draft, form)

    def _page(self, draft, form):
        pictures = numbered(draft)
        return self.page(
            version=draft,
            article=draft.article,
            pictures=pictures,
            next_number=len(pictures) + 1,
            form=form,
            limit=attachments.PICTURES_PER_TEXT,
            status=409 if form.refused else 200,
        )


class ArticlePictureRemove(DeskPage):
    """A picture is taken out of a draft."""

    template_name = "training/reason_confirm.html"

    def get(self, request, pk):
        return self._page(self._find(pk), PlainForm())

    def post(self, request, pk):
        attachment, form = self._find(pk), PlainForm(request.POST)
        if form.is_valid() and form.call(
            attachments.remove, attachment=attachment, by=request.user, now=timezone.now()
        ):
            messages.success(request, _("The picture is out. Numbers behind it have moved up."))
            return redirect("training:article_pictures", attachment.article_version.article.code)
        return self._page(attachment, form)

    def _find(self, pk):
        rows = Attachment.objects.select_related("article_version__article", "lesson_version", "question")
        return get_object_or_404(
            rows, pk=pk, article_version__isnull=False, article_version__published_at__isnull=True
        )

    def _page(self, attachment, form):
        return self.page(
            title=_("Take the picture out"),
            text=attachment.caption,
            form=form,
            is_danger=True,
            cancel_url=reverse("training:article_pictures", args=[attachment.article_version.article.code]),
            eyebrow=attachment.article_version.title,
            status=409 if form.refused else 200,
        )


class ArticleVersions(DeskPage):
    """Every version of an article, how each helped, and the last words of readers."""

    template_name = "training/article_versions.html"

    def get(self, request, code):
        article = get_object_or_404(Article, code=code)
        versions = list(
            article.versions.select_related("written_by", "published_by").defer("body", "searched")
        )
        votes = reading.votes_of(versions)
        for version in versions:
            version.helped, version.voted = votes.get(version.pk, (0, 0))
        return self.page(
            article=article,
            versions=versions,
            shown=next((each for each in versions if each.is_current), versions[0] if versions else None),
            has_draft=any(each.published_at is None for each in versions),
            words=reading.words_about(article, WORDS_SHOWN),
        )


class ArticleVersionPage(DeskPage):
    """One published version as it was read."""

    template_name = "training/article_version.html"

    def get(self, request, code, number):
        version = get_object_or_404(
            ArticleVersion.objects.select_related("article", "published_by").prefetch_related("attachments"),
            article__code=code,
            version=number,
            published_at__isnull=False,
        )
        return self.page(version=version, article=version.article, text=written(version))


def numbered(version: ArticleVersion) -> list[dict]:
    """The pictures of a version with the number that the text calls them by."""
    return [
        {
            "number": number,
            "pk": each.pk,
            "caption": each.caption,
            "picture": picture_of(each, PICTURE),
        }
        for number, each in enumerate(version.attachments.all(), 1)
    ]


def _draft(code: str) -> ArticleVersion:
    article = get_object_or_404(Article, code=code)
    draft = reading.draft_of(article)
    if draft is None:
        raise Http404
    draft.article = article
    return draft
