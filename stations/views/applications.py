"""Applying for a station: first the place, then what is known about it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from stations import queries
from stations.forms.stations import DetailsForm, PlaceForm
from stations.models import Region, Station
from stations.models.network import StationState, TierChoices
from stations.rules import names
from stations.rules.tiers import DEFAULT_RADIUS_M, REGION_LEVEL, Tier, region_fits
from stations.services import network
from stations.views.pages import NetworkPage

PLACES_SHOWN = 50
NAMED = {
    Tier.COUNTY: names.county_centre,
    Tier.TOWNSHIP: names.township_point,
    Tier.VILLAGE: names.village_point,
}


class StationNew(NetworkPage):
    """Without a place in the address it helps to find one; with it, it asks for the rest."""

    permission = "stations.run_stations"
    template_name = "stations/station_new.html"

    def get(self, request):
        if "place" not in request.GET:
            return self._places()
        tier, region = self._chosen()
        return self._details(tier, region, DetailsForm(initial=self._initial(tier, region)))

    def post(self, request):
        tier, region = self._chosen()
        form = DetailsForm(request.POST)
        if form.is_valid() and form.call(
            network.create_station,
            tier=tier,
            region=region,
            by=request.user,
            now=timezone.now(),
            **form.cleaned_data,
        ):
            messages.success(request, _("The application is entered."))
            return redirect("stations:station_detail", form.result.pk)
        return self._details(tier, region, form)

    def _chosen(self) -> tuple[Tier, Region]:
        tier, code = self.request.GET.get("tier", ""), self.request.GET.get("place", "")
        region = queries.in_reach(Region.objects.filter(pk=code[:12])).select_related("parent").first()
        if region is None or tier not in TierChoices.values or not region_fits(Tier(tier), region.code):
            raise Http404
        return Tier(tier), region

    def _places(self):
        form = PlaceForm(self.request.GET if self.request.GET else None, initial={"tier": Tier.VILLAGE})
        places = list(self._found(form)[: PLACES_SHOWN + 1]) if form.is_valid() else []
        return self.page(
            template="stations/station_place.html",
            form=form,
            is_asked=form.is_bound and form.is_valid(),
            tier=form.cleaned_data.get("tier") if form.is_bound else None,
            places=places[:PLACES_SHOWN],
            has_more=len(places) > PLACES_SHOWN,
        )

    @staticmethod
    def _found(form: PlaceForm):
        tier, text = form.cleaned_data["tier"], form.cleaned_data["q"]
        level = REGION_LEVEL[Tier(tier)]
        if text:
            found = queries.search_regions(text, level=level)
        else:
            served = Station.objects.filter(tier=tier).exclude(state=StationState.CLOSED)
            found = queries.living(Region.objects.filter(level=level)).exclude(
                code__in=served.values("region_id")
            )
        return queries.in_reach(found.filter(is_placeholder=False)).select_related("parent").order_by("code")

    @staticmethod
    def _initial(tier: Tier, region: Region) -> dict:
        return {
            "name": NAMED[tier](region.name),
            "radius_m": DEFAULT_RADIUS_M,
            "lon": region.lon,
            "lat": region.lat,
            "point_is_own": tier == Tier.VILLAGE and region.lon is not None,
        }

    def _details(self, tier: Tier, region: Region, form: DetailsForm):
        return self.page(
            status=409 if form.refused else 200,
            form=form,
            region=region,
            tier=TierChoices(tier),
            above=network.station_above(tier, region),
        )
