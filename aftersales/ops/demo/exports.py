"""Exports of the demonstration: lists that can be fetched, and one that was given up."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from aftersales.accounts.models import User
from aftersales.accounts.scoping import acting_in
from aftersales.lib.periods import Period, PeriodKind
from aftersales.reports import case_lists, export_making, exporting
from aftersales.reports.case_hiding import left_out
from stations.access.scope import authority_of
from stations.models import Region

ASKED = (("manager", PeriodKind.MONTH, "xlsx"), ("regulator", PeriodKind.QUARTER, "csv"))


def take_lists_away(region: Region, *, now: datetime) -> str:
    """Lists of the claims of a county for its manager and its regulator, and one given up by the officer."""
    rows = []
    for username, kind, form in (*ASKED, ("officer", PeriodKind.YEAR, "csv")):
        by, period = User.objects.get(username=username), Period.of(timezone.localdate(now), kind)
        with acting_in(authority_of(by, now=now).reach(exporting.READ)):
            without = left_out(period) if username == "regulator" else frozenset()
            if case_lists.count(region.code, period, most=1, without=without):
                rows.append(
                    exporting.ask(
                        region_code=region.code,
                        region_name=region.name,
                        period=period,
                        form=form,
                        by=by,
                        now=now,
                    )
                )
                if username == "officer":
                    exporting.stop(rows[-1], by=by, now=now)
                else:
                    export_making.make(rows[-1].pk, now=now)
    return f"lists of claims {len(rows)}"
