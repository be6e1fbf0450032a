"""The handbook for villagers: what the public pages show, for mini-programs to show it too."""

import django_filters
from django.http import Http404
from django.urls import reverse
from rest_framework import serializers

from aftersales.accounts.api_scopes import ApiScope
from aftersales.web.api.fields import Output
from aftersales.web.api.filters import CodeFilter
from aftersales.web.api.reference import ReferenceView
from training.models.choices import GoodsChoices, ProblemChoices, TopicChoices
from training.queries import handbook as reading

PICTURE = "training_public:handbook_picture"


class ArticleFilter(django_filters.FilterSet):
    goods = CodeFilter(
        method="about", choices=GoodsChoices.choices, label="A goods type or group; also what counts for it."
    )
    problem = CodeFilter(method="about", choices=ProblemChoices.choices)
    topic = CodeFilter(method="about", choices=TopicChoices.choices)
    q = django_filters.CharFilter(method="holding", max_length=60, label="Words that an article holds.")

    def about(self, articles, name, code):
        goods = self.data.get("goods", "") if name == "problem" else ""
        return reading.narrowed(articles, **{"goods": goods, name: code})

    def holding(self, articles, _name, text):
        return reading.matching(articles, text)


class ArticleOut(Output):
    code = serializers.CharField(source="article.code", help_text="The word in its address.")
    version = serializers.IntegerField()
    title = serializers.CharField()
    summary = serializers.CharField(help_text="In one sentence.")
    topic = serializers.ChoiceField(TopicChoices.choices, source="article.topic")
    goods_type = serializers.CharField(source="article.goods_type", help_text="Empty: all goods.")
    problem = serializers.CharField(source="article.problem", help_text="Empty: all problems.")
    published_at = serializers.DateTimeField()


class PictureOut(Output):
    caption = serializers.CharField()
    url = serializers.SerializerMethodField(help_text="Public address of the picture.")

    def get_url(self, attachment) -> str:
        return reverse(PICTURE, args=[attachment.pk])


class OneArticleOut(ArticleOut):
    body = serializers.CharField(help_text="The text in the marks of the handbook: #, -, **, one a line.")
    video_url = serializers.CharField(help_text="Empty where there is none.")
    sources = serializers.CharField(help_text="Laws, standards and rules it rests on.")
    pictures = PictureOut(many=True, source="attachments.all")


class HandbookView(ReferenceView):
    """Articles in force that are written for villagers; what was searched for in the title comes first."""

    scopes = {"GET": ApiScope.REFERENCE_READ}
    serializer_class = ArticleOut
    filterset_class = ArticleFilter
    order = reading.LIST_ORDER
    is_list = True

    def get(self, request):
        """Search the handbook"""
        return self.page(reading.matching(reading.open_to(everything=False), ""))


class ArticleView(ReferenceView):
    """One article as it reads today, with its pictures."""

    scopes = {"GET": ApiScope.REFERENCE_READ}
    serializer_class = OneArticleOut

    def get(self, request, code):
        """Show an article"""
        version = reading.current_of(code, everything=False)
        if version is None:
            raise Http404
        return self.one(version)
