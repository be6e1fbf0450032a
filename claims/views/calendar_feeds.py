"""Visits in one's own calendar: the page that makes its address, and what a calendar reads there."""

from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.generic import View

from aftersales.accounts.scoping import acting_in
from aftersales.lib.errors import Refused
from aftersales.notices.models import Preference
from aftersales.web.calendars import Event, calendar
from aftersales.web.formats import clock_time
from aftersales.web.qr import qr_svg
from aftersales.web.throttle import Throttle
from claims.models import CalendarFeed, Visit
from claims.queries import calendar_feeds as reading
from claims.services import calendar_feeds as service
from claims.views.places import CasePage
from stations.access.places import own_station
from stations.access.scope import authority_of

PERMISSION = "claims.carry_out_visit"
PRODUCT = "-//Aftersales//Visits//ZH"
# A village shares one address, and phones ask again by themselves after an address was revoked.
BY_ADDRESS = Throttle("calendar by address", limit=60, window=timedelta(minutes=15))


class FeedPage(CasePage):
    """One's own calendar address: whether there is one, how to use it, and its end."""

    permission = PERMISSION
    template_name = "claims/calendar_feed.html"

    def get(self, request):
        return self._page()

    def _page(self, **context):
        feed = CalendarFeed.objects.filter(user=self.request.user).first()
        return self.page(feed=feed, place=own_station(self.request.user), **context)


class FeedMake(FeedPage):
    """Makes a new address and shows it, once."""

    def get(self, request):
        return redirect("claims:calendar_feed")

    def post(self, request):
        token = service.make(by=request.user, now=timezone.now())
        address = request.build_absolute_uri(reverse("public:calendar_feed", args=[token]))
        subscribe = f"webcal://{address.partition('://')[2]}"
        return self._page(
            address=address,
            subscribe=subscribe,
            qr=qr_svg(subscribe, label=_("Address of my calendar")),
        )


class FeedRevoke(FeedPage):
    """Ends the address."""

    http_method_names = ["post"]

    def post(self, request):
        try:
            service.revoke(by=request.user, now=timezone.now())
        except Refused as refused:
            messages.warning(request, refused.message)
        else:
            messages.success(request, _("Revoked. No calendar can read your visits any more."))
        return redirect("claims:calendar_feed")


class CalendarFeedView(View):
    """What a calendar reads: no account, no cookie, only the secret. Anything else is not found.

    It answers as long as the account may carry out visits, with those of the places where it may. Its mark
    (ETag) is made of the whole text: a visit that was given to somebody else leaves no later time behind.
    """

    def get(self, request, token):
        now, address = timezone.now(), request.META.get("REMOTE_ADDR", "")
        if BY_ADDRESS.is_closed(address, now=now):
            return HttpResponse(_("Too many tries. Wait 15 minutes."), status=429, content_type="text/plain")
        feed = reading.by_token(token)
        held = authority_of(feed.user, now=now) if feed is not None else None
        if held is None or PERMISSION not in held.permissions:
            BY_ADDRESS.count_failure(address, now=now)
            raise Http404
        service.note_read(feed=feed, now=now)
        with acting_in(held.reach(PERMISSION)):
            written = self._written(feed, now)
        etag = f'"{sha256(written).hexdigest()}"'
        response = HttpResponse(
            written,
            content_type="text/calendar; charset=utf-8",
            headers={
                "Content-Disposition": 'inline; filename="visits.ics"',
                "Cache-Control": "private, no-cache",
                "X-Robots-Tag": "noindex",
                "Referrer-Policy": "no-referrer",
                "ETag": etag,
            },
        )
        return get_conditional_response(request, etag=etag, response=response)

    def _written(self, feed: CalendarFeed, now) -> bytes:
        preference = Preference.objects.filter(user=feed.user).first()
        with override((preference and preference.language) or settings.LANGUAGE_CODE):
            events = [self._event(visit) for visit in reading.visits_for(feed.user, now)]
            return calendar(name=_("My visits"), product=PRODUCT, events=events)

    def _event(self, visit: Visit) -> Event:
        claim = visit.claim
        words = {
            "kind": visit.get_kind_display(),
            "place": visit.place.name,
            "number": claim.number,
            "goods": claim.get_goods_type_display(),
            "state": visit.get_state_display(),
            "from": clock_time(visit.starts_at),
            "to": clock_time(visit.ends_at),
        }
        return reading.event_of(
            visit,
            summary=_("%(kind)s · %(place)s · %(number)s") % words,
            description=_(
                "%(goods)s, window %(from)s–%(to)s, %(state)s. Name, telephone and address: sign in."
            )
            % words,
            url=self.request.build_absolute_uri(reverse("claims:visit_detail", args=[visit.pk])),
        )
