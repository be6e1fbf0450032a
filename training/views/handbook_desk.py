"""Keeping the handbook: every article, what is to be looked over, new ones, their place, in and out."""

from datetime import timedelta

from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web.idempotency import Answer, fingerprint, once
from aftersales.web.paging import capped_count, keyset_page
from stations.access.places import PlacePage
from training.forms.handbook import DeskForm, NewArticleForm, PlaceForm, ReviewForm
from training.forms.steps import ReasonForm
from training.models import Article
from training.queries import handbook as reading
from training.services import handbook as writing
from training.views.article_texts import WRITERS

PAGE_SIZE = 50
NEXT_REVIEW = timedelta(days=365)


class DeskPage(PlacePage):
    permission = WRITERS


class HandbookDesk(DeskPage):
    """Every article with its version in force, whether a draft waits, and whether it helped."""

    template_name = "training/handbook_desk.html"

    def get(self, request):
        form = DeskForm(request.GET)
        wanted = form.wanted
        rows = narrowed(reading.desk(), wanted)
        page = keyset_page(rows, cursor=request.GET.get("cursor", ""), order=("code",), size=PAGE_SIZE)
        votes = reading.votes_by_article([each.pk for each in page.rows])
        for article in page:
            article.helped, article.votes = votes.get(article.pk, (0, 0))
        today = timezone.localdate()
        return self.page(
            form=form,
            list_page=page,
            count=capped_count(rows),
            is_filtered=any(wanted.values()),
            today=today,
            to_look_over=capped_count(reading.to_look_over(today)),
        )


def narrowed(rows, wanted):
    """Articles by word, audience and state."""
    if text := wanted.get("q", ""):
        rows = rows.filter(
            Q(code__icontains=text) | Q(title__icontains=text) | Q(draft_title__icontains=text)
        )
    if audience := wanted.get("audience", ""):
        rows = rows.filter(audience=audience)
    state = wanted.get("state", "")
    if state == "draft":
        rows = rows.filter(drafts__gt=0)
    elif state == "unread":
        rows = rows.filter(current_version__isnull=True)
    elif state == "retired":
        rows = rows.filter(retired_at__isnull=False)
    return rows


class HandbookReviews(DeskPage):
    """Articles whose day to be looked over has come or is near, the oldest first."""

    template_name = "training/handbook_reviews.html"

    def get(self, request):
        today = timezone.localdate()
        page = keyset_page(
            reading.to_look_over(today),
            cursor=request.GET.get("cursor", ""),
            order=("review_on", "article_id"),
            size=PAGE_SIZE,
        )
        return self.page(list_page=page, today=today)


class ArticleReview(DeskPage):
    """An article was read again and is still right: it is looked over again on another day."""

    template_name = "training/reason_confirm.html"

    def get(self, request, code):
        form = ReviewForm(initial={"review_on": timezone.localdate() + NEXT_REVIEW})
        return self._page(self._find(code), form)

    def post(self, request, code):
        version, form = self._find(code), ReviewForm(request.POST)
        if form.is_valid() and form.call(
            writing.look_over, version=version, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("Noted. The article stays as it is."))
            return redirect("training:handbook_reviews")
        return self._page(version, form)

    def _find(self, code):
        version = reading.current_of(code, everything=True)
        if version is None:
            raise Http404
        return version

    def _page(self, version, form):
        return self.page(
            title=_("Still right"),
            text=_("You have read “%(title)s” again and found nothing to change.") % {"title": version.title},
            form=form,
            cancel_url=reverse("training:handbook_reviews"),
            eyebrow=_("Handbook"),
            status=409 if form.refused else 200,
        )


class ArticleNew(DeskPage):
    """A new article: for whom and about what; its text comes next."""

    template_name = "training/article_place.html"

    def get(self, request):
        return self._page(NewArticleForm())

    def post(self, request):
        form = NewArticleForm(request.POST)
        if form.is_valid() and form.call(self._once, form=form):
            return redirect("training:article_edit", form.result)
        return self._page(form)

    def _once(self, *, form):
        values = form.shown_values
        answer, _again = once(
            client=f"user:{self.request.user.pk}",
            key=form.cleaned_data["form_key"],
            fingerprint=fingerprint(values),
            effect=lambda: Answer.to(writing.begin(by=self.request.user, now=timezone.now(), **values)),
        )
        return Article.objects.get(pk=answer.object_id).code

    def _page(self, form):
        return self.page(
            title=_("New article"),
            form=form,
            action=_("Go on to the text"),
            cancel_url=reverse("training:handbook_desk"),
            status=409 if form.refused else 200,
        )


class ArticlePlace(DeskPage):
    """For whom and about what an article is, without touching what it says."""

    template_name = "training/article_place.html"

    def get(self, request, code):
        article = get_object_or_404(Article, code=code)
        return self._page(
            article, PlaceForm(initial={name: getattr(article, name) for name in writing.ABOUT})
        )

    def post(self, request, code):
        article, form = get_object_or_404(Article, code=code), PlaceForm(request.POST)
        if form.is_valid() and form.call(
            writing.change, article=article, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("Saved."))
            return redirect("training:article_versions", code)
        return self._page(article, form)

    def _page(self, article, form):
        return self.page(
            title=_("Place in the handbook"),
            article=article,
            form=form,
            action=_("Save"),
            cancel_url=reverse("training:article_versions", args=[article.code]),
            status=409 if form.refused else 200,
        )


class ArticleState(DeskPage):
    """An article leaves the handbook, or comes back."""

    template_name = "training/reason_confirm.html"

    def get(self, request, code):
        return self._page(get_object_or_404(Article, code=code), ReasonForm())

    def post(self, request, code):
        article, form = get_object_or_404(Article, code=code), ReasonForm(request.POST)
        step = writing.restore if article.retired_at else writing.retire
        if form.is_valid() and form.call(
            step, article=article, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("Saved."))
            return redirect("training:article_versions", code)
        return self._page(article, form)

    def _page(self, article, form):
        if article.retired_at:
            title = _("Put back into the handbook")
            text = _("Readers find the version again that was in force last.")
        else:
            title = _("Take out of the handbook")
            text = _("Nobody finds the article any more. Its versions stay, and it can be put back.")
        return self.page(
            title=title,
            text=text,
            form=form,
            is_danger=article.retired_at is None,
            cancel_url=reverse("training:article_versions", args=[article.code]),
            eyebrow=article.code,
            status=409 if form.refused else 200,
        )
