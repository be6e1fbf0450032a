"""Which days are worked: the calendar by which every promise in working days is counted."""

from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from aftersales.accounts.api_scopes import ApiScope
from aftersales.web.api.fields import Input, Output
from aftersales.web.api.reference import ReferenceView
from stations.models.calendar import DayKind
from stations.queries.calendar import calendar_between
from stations.rules.calendar import FIRST_YEAR, LAST_YEAR

FIRST_DAY, LAST_DAY = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
MOST_DAYS = 400
DAYS_UNASKED = 31
DAY = {"type": "string", "format": "date"}


class CalendarQuery(Input):
    default_error_messages = {
        "reversed": _("The last day comes before the first."),
        "too_long": _("Ask for fewer days at a time."),
        "outside": _("The calendar does not hold these days."),
    }
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)

    def validate(self, asked):
        since = asked.get("since", timezone.localdate())
        if not FIRST_DAY <= since <= LAST_DAY:
            self.fail("outside")
        until = asked.get("until", min(since + timedelta(days=DAYS_UNASKED - 1), LAST_DAY))
        if until < since:
            self.fail("reversed")
        if until > LAST_DAY:
            self.fail("outside")
        if (until - since).days >= MOST_DAYS:
            self.fail("too_long")
        return {"since": since, "until": until}


class CalendarDayOut(Output):
    date = serializers.DateField()
    is_working_day = serializers.BooleanField()
    kind = serializers.ChoiceField(DayKind.choices)
    kind_words = serializers.CharField()
    holiday = serializers.CharField(help_text="The holiday it belongs to or is worked for; empty for none.")
    is_confirmed = serializers.BooleanField(help_text="Whether an official notice says so.")


class CalendarOut(Output):
    data = CalendarDayOut(many=True)


class CalendarView(ReferenceView):
    """Days from `since` (today unless told) to `until`, at most 400 of them."""

    scopes = {"GET": ApiScope.REFERENCE_READ}
    serializer_class = CalendarOut
    query_class = CalendarQuery
    parameters = {"since": DAY, "until": DAY}

    def get(self, request):
        """Show the working calendar"""
        asked = self.asked()
        book = calendar_between(asked["since"], asked["until"])
        days = (asked["since"] + timedelta(days=n) for n in range((asked["until"] - asked["since"]).days + 1))
        return Response(
            self.shown(
                {
                    "data": [
                        {
                            "date": day,
                            "is_working_day": book.is_working_day(day),
                            "kind": book.kind(day).value,
                            "kind_words": DayKind(book.kind(day)).label,
                            "holiday": book.name(day),
                            "is_confirmed": book.is_confirmed(day),
                        }
                        for day in days
                    ]
                }
            )
        )
