"""Official places: by level, by what they lie in, by how their name begins."""

import django_filters
from django.shortcuts import get_object_or_404
from rest_framework import serializers

from aftersales.accounts.api_scopes import ApiScope
from aftersales.web.api.fields import Output
from aftersales.web.api.filters import CodeFilter
from aftersales.web.api.reference import ReferenceView
from stations import queries
from stations.models import Region
from stations.models.regions import LevelChoices
from stations.rules.regions import ancestors

LEVELS = [(level.name.lower(), level.label) for level in LevelChoices]


class RegionFilter(django_filters.FilterSet):
    level = CodeFilter(method="of_level", choices=LEVELS, label="Level of the place.")
    parent = django_filters.CharFilter(
        field_name="parent_id", lookup_expr="exact", max_length=12, label="Code of the place directly above."
    )
    q = django_filters.CharFilter(
        method="begins", max_length=60, label="How the name, or in digits the code, begins."
    )

    def of_level(self, regions, _name, level):
        return regions.filter(level=LevelChoices[level.upper()])

    def begins(self, regions, _name, text):
        return queries.beginning(regions, text)


class RegionOut(Output):
    code = serializers.CharField(help_text="Official 12-digit code.")
    name = serializers.CharField()
    level = serializers.SerializerMethodField()
    level_words = serializers.CharField(source="get_level_display")
    parent = serializers.CharField(source="parent_id", allow_null=True, help_text="Code of the place above.")
    lon = serializers.FloatField(allow_null=True, help_text="WGS 84, degrees.")
    lat = serializers.FloatField(allow_null=True)

    def get_level(self, region) -> str:
        return LevelChoices(region.level).name.lower()


class RegionNameOut(Output):
    code = serializers.CharField()
    name = serializers.CharField()


class OneRegionOut(RegionOut):
    above = RegionNameOut(many=True, help_text="The places it lies in, the nearest first.")
    ended_on = serializers.DateField(allow_null=True, help_text="When it was merged or re-coded.")
    replaced_by = serializers.CharField(source="replaced_by_id", allow_null=True)


class RegionsView(ReferenceView):
    """Places of the official list that have not ended, by code."""

    scopes = {"GET": ApiScope.REFERENCE_READ}
    serializer_class = RegionOut
    filterset_class = RegionFilter
    order = ("code",)
    is_list = True

    def get(self, request):
        """List regions"""
        return self.page(queries.living(Region.objects.all()))


class RegionView(ReferenceView):
    """One place, with those it lies in; also one that has ended."""

    scopes = {"GET": ApiScope.REFERENCE_READ}
    serializer_class = OneRegionOut

    def get(self, request, code):
        """Show a region"""
        region = get_object_or_404(Region, pk=code)
        above = Region.objects.in_bulk(ancestors(region.code))
        region.above = [above[each] for each in ancestors(region.code) if each in above]
        return self.one(region)
