"""Reading the handbook with an account: searching it, one article, on paper, what goes with a claim."""

from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web.paging import capped_count, keyset_page
from aftersales.web.qr import qr_svg
from stations.access.places import PlacePage, own_station
from training.forms.handbook import AboutForm, AgentSearchForm, VoteForm
from training.models.choices import GoodsChoices, ProblemChoices
from training.queries import handbook as reading
from training.rules.subjects import Audience
from training.services import article_votes
from training.views.article_texts import READERS, written

PAGE_SIZE = 20
NEAREST = 6
ABOUT = 8
ARTICLE, PUBLIC_ARTICLE = "training:handbook_article", "training_public:handbook_article"


def search(request, form, rows, *, article: str) -> dict:
    """What a list of articles shows: a page of what fits, else what comes nearest to the words."""
    wanted = form.wanted
    text = wanted.get("q", "")
    rows = reading.narrowed(
        rows, **{name: wanted.get(name, "") for name in ("goods", "problem", "topic", "audience")}
    )
    found = reading.matching(rows, text)
    page = keyset_page(found, cursor=request.GET.get("cursor", ""), order=reading.LIST_ORDER, size=PAGE_SIZE)
    near = [] if page.rows or not text else reading.nearest(rows, text, NEAREST)
    for version in (*page.rows, *near):
        version.url = reverse(article, args=[version.article.code])
    return {
        "form": form,
        "list_page": page,
        "near": near,
        "count": capped_count(found),
        "is_filtered": any(value for name, value in wanted.items() if name != "q"),
        "is_searched": any(wanted.values()),
    }


class HandbookPage(PlacePage):
    permission = READERS

    def page(self, status: int = 200, template: str = "", **context):
        return super().page(status, template, place=own_station(self.request.user), **context)

    def version_of(self, code: str):
        version = reading.current_of(code, everything=True)
        if version is None:
            raise Http404
        return version


class Handbook(HandbookPage):
    """All of the handbook by what is typed, by goods, problem, topic and whom it is written for."""

    template_name = "training/handbook.html"

    def get(self, request):
        form = AgentSearchForm(request.GET)
        return self.page(**search(request, form, reading.open_to(everything=True), article=ARTICLE))


class HandbookAbout(HandbookPage):
    """What the handbook says on the class of a claim: `?goods=` and `?problem=`, both may be missing."""

    template_name = "training/handbook_about.html"

    def get(self, request):
        wanted = AboutForm(request.GET).wanted
        goods, problem = wanted.get("goods", ""), wanted.get("problem", "")
        near, general = reading.about(goods=goods, problem=problem, limit=ABOUT)
        for version in (*near, *general):
            version.url = reverse(ARTICLE, args=[version.article.code])
        return self.page(
            goods=goods,
            problem=problem,
            goods_words=GoodsChoices(goods).label if goods else "",
            problem_words=ProblemChoices(problem).label if problem else "",
            near=near,
            general=general,
        )


class HandbookArticle(HandbookPage):
    """One article with its pictures; a POST says whether it helped."""

    template_name = "training/handbook_article.html"

    def get(self, request, code):
        version = self.version_of(code)
        return self._page(version, VoteForm())

    def post(self, request, code):
        version = self.version_of(code)
        form = VoteForm(request.POST)
        if form.is_valid() and form.call(
            article_votes.vote, version=version, user=request.user, now=timezone.now(), **form.cleaned_data
        ):
            return redirect(f"{reverse(ARTICLE, args=[code])}#helped")
        return self._page(version, form)

    def _page(self, version, form):
        return self.page(
            version=version,
            article=version.article,
            text=written(version),
            form=form,
            has_voted=reading.has_voted(version, self.request.user),
            print_url=reverse("training:article_print", args=[version.article.code]),
            status=409 if form.refused else 200,
        )


class ArticlePrint(HandbookPage):
    """An article on a sheet of A4, with a code that opens the newest version."""

    template_name = "training/article_sheet.html"

    def get(self, request, code):
        return self.page(**sheet(request, self.version_of(code), public=False))


def sheet(request, version, *, public: bool) -> dict:
    """What the sheet of an article shows; its code opens the page without an account where there is one."""
    code = version.article.code
    own = reverse(PUBLIC_ARTICLE if public else ARTICLE, args=[code])
    is_open = version.article.audience == Audience.VILLAGER
    opened = request.build_absolute_uri(reverse(PUBLIC_ARTICLE, args=[code]) if is_open else own)
    return {
        "version": version,
        "article": version.article,
        "text": written(version, public=public, large=True),
        "back": own,
        "qr": qr_svg(opened, label=_("Opens the newest version of this article")),
        "printed_at": timezone.now(),
    }
