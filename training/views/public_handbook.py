"""The handbook for villagers, without an account: searching it, one article, on paper."""

from datetime import timedelta

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from aftersales.web.throttle import Throttle
from training.forms.handbook import HandbookSearchForm, VoteForm
from training.queries import handbook as reading
from training.services import article_votes
from training.views.article_texts import written
from training.views.handbook import PUBLIC_ARTICLE, search, sheet

# A village shares one address.
VOTES_BY_ADDRESS = Throttle("handbook votes by address", limit=30, window=timedelta(hours=1))


class PublicHandbook(View):
    """What is written for villagers, by what is typed, by goods, problem and topic."""

    http_method_names = ["get", "head"]

    def get(self, request):
        form = HandbookSearchForm(request.GET)
        shown = search(request, form, reading.open_to(everything=False), article=PUBLIC_ARTICLE)
        return render(request, "training/public_handbook.html", shown)


class PublicArticle(View):
    """One article for villagers; a POST says whether it helped, counted without anybody's name."""

    http_method_names = ["get", "head", "post"]

    def get(self, request, code):
        return self._page(_version(code), VoteForm())

    def post(self, request, code):
        version, form, now = _version(code), VoteForm(request.POST), timezone.now()
        address = request.META.get("REMOTE_ADDR", "")
        if VOTES_BY_ADDRESS.is_closed(address, now=now):
            form.is_valid()
            form.add_error(None, _("Many answers have come from here just now. Please try again in an hour."))
            return self._page(version, form, status=429)
        if form.is_valid():
            VOTES_BY_ADDRESS.count_failure(address, now=now)
            if form.call(article_votes.vote, version=version, user=None, now=now, **form.cleaned_data):
                return redirect(f"{reverse(PUBLIC_ARTICLE, args=[code])}?helped=1#helped")
        return self._page(version, form, status=409 if form.refused else 200)

    def _page(self, version, form, status: int = 200):
        return render(
            self.request,
            "training/public_article.html",
            {
                "version": version,
                "article": version.article,
                "text": written(version, public=True),
                "form": form,
                "has_voted": self.request.GET.get("helped") == "1" and not form.is_bound,
                "print_url": reverse("training_public:handbook_print", args=[version.article.code]),
            },
            status=status,
        )


class PublicArticlePrint(View):
    """An article for villagers on a sheet of A4, to hang up at the village point."""

    http_method_names = ["get", "head"]

    def get(self, request, code):
        return render(request, "training/article_sheet.html", sheet(request, _version(code), public=True))


def _version(code: str):
    version = reading.current_of(code, everything=False)
    if version is None:
        raise Http404
    return version
