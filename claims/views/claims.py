"""The list of claims, and everything about one of them."""

from datetime import datetime

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web.paging import capped_count, keyset_page
from claims.filters import OPEN, ClaimFilter
from claims.models import Claim, ClaimClock
from claims.queries import claims as reading
from claims.queries import custody, diagnoses, dispatch, follow_ups, refusals, visits
from claims.queries.clocks import running_clocks
from claims.queries.flags import marked
from claims.rules.diagnosis import is_diagnosed
from claims.rules.status import Status
from claims.views import (
    diagnosis_words,
    escalation,
    flags,
    list_files,
    remedy_steps,
    tones,
    visit_money,
    visit_rows,
)
from claims.views.actions import further_steps, next_step
from claims.views.clock_standing import holder_words, state_of
from claims.views.compensation import current_compensation
from claims.views.diagnoses import marked as marked_diagnoses
from claims.views.dispatch_words import told
from claims.views.formula import formula, with_unit
from claims.views.payout_words import marked_payouts
from claims.views.places import CasePage
from claims.views.refusal_words import letter
from claims.views.rows import cards, table_rows, values
from claims.views.timeline import entries
from stations.access.list_exports import export_asked, list_export
from stations.access.places import is_desk, own_station, permissions

PHONE_ROWS, DESK_ROWS = 30, 50
CLOCKS_SHOWN = 4


class ClaimList(CasePage):
    """Claims in reach: open ones by due time, others the last filed first; a file with ?format=."""

    permission = "claims.view_claim_page"
    template_name = "claims/claim_list.html"

    def get(self, request):
        now, station = timezone.now(), own_station(request.user)
        filters = ClaimFilter(
            request.GET, queryset=reading.listed(), person=request.user, now=now, refuses=False
        )
        wanted = filters.wanted
        text, status = wanted.get("q", ""), wanted.get("status", "")
        rows, order = filters.qs, reading.RECENT_ORDER
        if status == OPEN or not (status or text):
            rows, order = reading.still_open(rows), reading.OPEN_ORDER
        if form := export_asked(request):
            return list_export(
                request,
                form,
                title=_("Claims"),
                columns=list_files.claim_columns(),
                rows=rows.order_by(*order),
                cells=list_files.claim_cells,
                filters=list_files.filters_in_words(filters),
            )
        is_table = is_desk(request.user)
        page = keyset_page(
            values(rows),
            cursor=request.GET.get("cursor", ""),
            order=order,
            size=DESK_ROWS if is_table else PHONE_ROWS,
        )
        return self.page(
            form=filters.form,
            text=text,
            list_page=page,
            count=capped_count(rows),
            is_filtered=any(value for name, value in wanted.items() if name != "q" and value != OPEN),
            is_table=is_table,
            written=table_rows(page, now) if is_table else cards(page, now, shows_station=station is None),
            place=station,
        )


class ClaimDetail(CasePage):
    """One claim: where it stands, what it is about, its money, its photos, its history, what can be done."""

    permission = "claims.view_claim_page"
    template_name = "claims/claim_detail.html"

    def get(self, request, number):
        claims = Claim.objects.select_related(
            "station",
            "consumer",
            "order_line__order__merchant",
            "order_line__order__logistics",
            "order_line__order__platform",
            "liable_party",
            "filed_by",
            "handler",
            "holder",
            "merged_into",
        )
        claim = get_object_or_404(marked(visits.marked(claims)), number=number)
        now, may = timezone.now(), permissions(request.user, claim)
        compensation = current_compensation(claim)
        tones.mark([claim], now)
        if compensation is not None:
            compensation.claim = claim
        line, running = claim.order_line, running_clocks([claim.pk])
        offers = told(dispatch.offers_of(claim))
        waits = remedy_steps.waits_for(compensation)
        home_visits = visit_rows.of_claim_page(claim)
        return self.page(
            claim=claim,
            line=line,
            order=line.order,
            bad=with_unit(claim.bad_milli, line.unit) if claim.bad_milli else "",
            total=with_unit(line.quantity_milli, line.unit),
            compensation=compensation,
            formula=formula(compensation, line.unit) if compensation else None,
            state_tone=tones.STATE_TONES[compensation.state] if compensation else "",
            payouts=marked_payouts(claim) if compensation and compensation.receipt_number else (),
            photos=reading.photos_of(claim),
            follow_ups=() if claim.is_open else follow_ups.of_claim(claim),
            goods=custody.of_claim(claim) if "claims.keep_goods" in may else (),
            diagnoses=marked_diagnoses(diagnoses.of_claim(claim)) if is_diagnosed(claim.goods_type) else (),
            visits=home_visits,
            visits_fen=visit_money.of_claim_page(claim, home_visits),
            clocks=_nearest(running, now),
            holder=holder_words(claim.holder, claim.level),
            events=entries(reading.timeline(claim), is_decider="claims.approve_compensation" in may),
            waits=remedy_steps.waiting_words(waits),
            step=escalation.take_over_step(claim, running, request.user, may)
            or remedy_steps.waiting_step(claim, waits, may)
            or next_step(claim, compensation, may),
            steps=[
                *diagnosis_words.diagnose_step(claim, may),
                *visit_rows.plan_step(claim, may),
                *remedy_steps.further_steps(claim, compensation, may),
                *further_steps(claim, compensation, may, now),
                *escalation.further_steps(claim, request.user, may),
                *flags.further_steps(claim, may),
            ],
            offers=offers,
            **_refusal(claim, now),
            # Why colleagues declined is for those who give claims to people.
            offers_shown=[
                each for each in offers if "claims.assign_claim" in may or each.person_id == request.user.pk
            ],
            place=claim.station,
        )


def _refusal(claim: Claim, now: datetime) -> dict:
    """The refusal of a refused claim, and whether its consumer may still appeal."""
    if claim.status != Status.REJECTED:
        return {}
    refusal = refusals.letters().filter(claim=claim, round=claim.round).first()
    if refusal is None:
        return {}
    known = letter(refusal, today=timezone.localdate(now))
    return {"refusal": refusal, "may_appeal": known["may_appeal"]}


def _nearest(running: list[ClaimClock], now: datetime) -> list[ClaimClock]:
    """The first of the running clocks, each with its urgency, the nearest due time first."""
    nearest = sorted(running, key=lambda clock: (clock.due_at, clock.pk))[:CLOCKS_SHOWN]
    for clock in nearest:
        clock.state = state_of(clock, now)
    return nearest
