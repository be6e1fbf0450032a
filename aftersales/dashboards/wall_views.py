"""The display on the wall of a county centre."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone

from aftersales.accounts.middleware import bind_session, bound_to
from aftersales.dashboards import wall
from aftersales.dashboards.views import CountyPage
from stations.queries import reaches


class WallView(CountyPage):
    """The page ?page= of the display. POST binds the session to it: then nothing else can be opened on this
    screen without signing in again, and it stays on for the day."""

    template_name = "dashboards/wall.html"

    def get_context_data(self, *, county_code: str, **kwargs):
        return super().get_context_data(
            county=self._county(county_code),
            is_bound=bool(bound_to(self.request)),
            **wall.wall_page(county_code, self._number(), now=timezone.now()),
            **kwargs,
        )

    def post(self, request, county_code):
        self._county(county_code)
        bind_session(request, request.path)
        return redirect(request.path)

    def _county(self, county_code: str):
        if not reaches(county_code):
            raise Http404
        return self.county(county_code)

    def _number(self) -> int:
        asked = self.request.GET.get("page", "1")
        if asked not in {str(number) for number in range(1, len(wall.PAGES) + 1)}:
            raise Http404
        return int(asked)
