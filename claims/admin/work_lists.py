"""What waits in claims, compensation and the fund, for the start page of the admin."""

from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web import formats
from aftersales.web.work_lists import Item, Source, WorkList, work_list
from claims.admin import provider_work_lists
from claims.models import Appeal, Claim, ClaimClock, Compensation, ReviewSample, Visit
from claims.queries import cash_boxes, follow_up_turns, follow_ups, incentives, payouts, recovery, visits
from claims.queries import work_lists as waiting
from claims.queries.dispatch import without_anybody
from claims.queries.fund_books import write_offs_to_confirm
from claims.queries.refusals import appeals_for
from claims.queries.reviews import waiting_for as reviews_for


def _to_decide(user) -> list[WorkList]:
    return [
        work_list(
            _("To decide"),
            _with_claim(waiting.mine_to_decide(user, timezone.now())),
            url=_list("claims_compensation", state="mine"),
            item=_compensation,
            tone="warn",
        )
    ]


def _appeals(user) -> list[WorkList]:
    return [
        work_list(
            _("Appeals to answer"),
            appeals_for(user, timezone.now()),
            url=reverse("claims:appeal_list"),
            item=_appeal,
            tone="warn",
        )
    ]


def _reviews(user) -> list[WorkList]:
    return [
        work_list(
            _("Second looks"),
            reviews_for(user).select_related("claim__order_line", "compensation"),
            url=reverse("claims:review_list"),
            item=_review,
        )
    ]


def _to_pay(user) -> list[WorkList]:
    return [
        work_list(
            _("Approved, waiting for money"),
            _with_claim(waiting.waiting_for_money()),
            url=_list("claims_compensation", state="approved", remedy__exact="refund"),
            item=_compensation,
            tone="warn",
        )
    ]


def _not_arrived(user) -> list[WorkList]:
    return [
        work_list(
            _("Refunds that did not arrive"),
            payouts.owed().select_related("claim__order_line"),
            url=_list("claims_payout", state="owed"),
            item=_payout,
            tone="bad",
        ),
        work_list(
            _("Differences of cash counts"),
            cash_boxes.to_book().select_related("station"),
            url=_list("claims_cashcount"),
            item=_count,
            tone="warn",
        ),
    ]


def _to_work_on(user) -> list[WorkList]:
    now = timezone.now()
    return [
        work_list(
            _("Overdue claims"),
            _with_product(waiting.overdue(now)),
            url=_list("claims_claim", status="overdue"),
            item=lambda claim: _claim(claim, now),
            tone="bad",
        ),
        work_list(
            _("Claims without anybody"),
            _with_product(without_anybody()),
            url=_list("claims_claim", status="open", handler="nobody"),
            item=lambda claim: _claim(claim, now),
            tone="warn",
        ),
    ]


def _failed_alarms(user) -> list[WorkList]:
    return [
        work_list(
            _("Clocks whose alarm failed"),
            waiting.failed_alarms(),
            url=_list("claims_claimclock", alarm="failed"),
            item=_clock,
            tone="bad",
        )
    ]


def _deposits(user) -> list[WorkList]:
    return [
        work_list(
            _("Deposits to confirm"),
            waiting.deposits_to_confirm(user),
            url=_list("claims_deposit", state="proposed"),
            item=_deposit,
            tone="info",
        )
    ]


def _write_offs(user) -> list[WorkList]:
    return [
        work_list(
            _("Write-offs to confirm"),
            write_offs_to_confirm(user),
            url=_list("claims_writeoff", state="proposed"),
            item=_write_off,
            tone="info",
        )
    ]


def _overdue_demands(user) -> list[WorkList]:
    return [
        work_list(
            _("Overdue demands"),
            recovery.overdue(timezone.localdate()),
            url=_list("claims_demand", state="overdue"),
            item=_demand,
            tone="warn",
        )
    ]


def _disputes(user) -> list[WorkList]:
    return [
        work_list(
            _("Disputes of advances to decide"),
            recovery.to_decide(user),
            url=_list("claims_advancedispute"),
            item=_dispute,
            tone="info",
        )
    ]


def _low_funds(user) -> list[WorkList]:
    return [
        work_list(
            _("Funds that run low"),
            waiting.low_funds(),
            url=_list("claims_fund"),
            item=_fund,
            tone="bad",
        )
    ]


def _follow_ups(user) -> list[WorkList]:
    own = follow_up_turns.waiting_for(user)
    rows = own.select_related("claim__order_line").order_by(*follow_ups.DUE_ORDER)
    return [
        work_list(
            _("Follow-ups to call"), rows, url=reverse("claims:follow_up_list"), item=_follow_up, tone="info"
        )
    ]


def _visits(_user) -> list[WorkList]:
    """Visits that somebody has to be sent to, and those that have to be agreed again."""
    address, order = reverse("claims:visit_list"), visits.NEXT_ORDER
    lists = (
        (_("Visits nobody goes to yet"), "nobody", visits.without_anybody),
        (_("Visits to agree again"), "again", visits.to_agree_again),
    )
    return [
        work_list(
            title,
            waits(visits.listed()).order_by(*order),
            url=f"{address}?tab={tab}",
            item=_visit,
            tone="warn",
        )
        for title, tab, waits in lists
    ]


def _incentive_payments(user) -> list[WorkList]:
    return [
        work_list(
            _("Payments of incentives to confirm"),
            incentives.to_confirm(user),
            url=_list("claims_incentivebatch", state__exact="proposed"),
            item=_incentive_payment,
            tone="info",
        )
    ]


def _with_claim(rows: QuerySet[Compensation]) -> QuerySet[Compensation]:
    return rows.select_related("claim__order_line").only(
        "amount_fen", "claim__number", "claim__order_line__product"
    )


def _with_product(rows: QuerySet[Claim]) -> QuerySet[Claim]:
    return rows.select_related("order_line").only("number", "next_due_at", "order_line__product")


def _list(name: str, **filters: str) -> str:
    url = reverse(f"admin:{name}_changelist")
    return f"{url}?{urlencode(filters)}" if filters else url


def _page(name: str, key: int) -> str:
    return reverse(f"admin:{name}_change", args=[key])


def _compensation(row: Compensation) -> Item:
    return Item(
        title=row.claim.order_line.product,
        url=_page("claims_compensation", row.pk),
        text=formats.money(row.amount_fen),
    )


def _appeal(row: Appeal) -> Item:
    return Item(
        title=row.claim.order_line.product,
        url=reverse("claims:appeal_detail", args=[row.pk]),
        text=formats.day(row.answer_by),
    )


def _review(row: ReviewSample) -> Item:
    return Item(
        title=row.claim.order_line.product,
        url=reverse("claims:review_detail", args=[row.pk]),
        text=formats.money(row.compensation.payable_fen),
    )


def _payout(row) -> Item:
    return Item(
        title=row.claim.order_line.product,
        url=reverse("claims:payout_detail", args=[row.pk]),
        text=formats.money(row.amount_fen),
    )


def _count(row) -> Item:
    return Item(
        title=row.station.name,
        url=reverse("claims:cash_box", args=[row.box_id]),
        text=formats.money(row.difference_fen),
    )


def _claim(row: Claim, now) -> Item:
    return Item(
        title=row.order_line.product,
        url=_page("claims_claim", row.pk),
        text=formats.time_left(row.next_due_at, now),
    )


def _clock(row: ClaimClock) -> Item:
    return Item(
        title=f"{row.claim.number} {row.get_clock_display()}",
        url=_page("claims_claimclock", row.pk),
        text=row.alarm_error,
    )


def _deposit(row) -> Item:
    return Item(title=row.reference, url=_page("claims_deposit", row.pk), text=formats.money(row.amount_fen))


def _write_off(row) -> Item:
    return Item(
        title=str(row.party or row.reason),
        url=_page("claims_writeoff", row.pk),
        text=formats.money(row.amount_fen),
    )


def _fund(row) -> Item:
    return Item(
        title=row.fund.name, url=_page("claims_fund", row.fund_id), text=formats.money(row.balance_fen)
    )


def _follow_up(row) -> Item:
    return Item(
        title=row.claim.order_line.product,
        url=reverse("claims:follow_up", args=[row.pk]),
        text=formats.time_left(row.due_at, timezone.now()),
    )


def _visit(row: Visit) -> Item:
    return Item(
        title=f"{row.place} {row.claim.order_line.product}",
        url=reverse("claims:visit_detail", args=[row.pk]),
        text=formats.named_day(row.starts_at),
    )


def _incentive_payment(row) -> Item:
    return Item(
        title=f"{row.month:%Y-%m}",
        url=reverse("claims:incentive_batch", args=[row.pk]),
        text=formats.money(row.amount_fen),
    )


def _demand(row) -> Item:
    return Item(
        title=f"{row.party.name} {row.number}",
        url=reverse("claims:demand_detail", args=[row.pk]),
        text=formats.money(row.amount_fen),
    )


def _dispute(row) -> Item:
    return Item(
        title=f"{row.advance.claim.number} {row.party.name}",
        url=reverse("claims:dispute_detail", args=[row.pk]),
        text=formats.money(row.advance.open_fen),
    )


SOURCES = (
    Source("claims.approve_compensation", _to_decide),
    Source("claims.decide_appeal", _appeals),
    Source("claims.review_payouts", _reviews),
    Source("claims.view_compensation", _to_pay),
    Source("claims.record_payout", _not_arrived),
    Source("claims.view_claim", _to_work_on),
    Source("claims.retry_alarms", _failed_alarms),
    Source("claims.confirm_deposit", _deposits),
    Source("claims.confirm_write_off", _write_offs),
    Source("claims.send_demand", _overdue_demands),
    Source("claims.decide_dispute", _disputes),
    Source("claims.view_fund", _low_funds),
    Source("claims.record_follow_up", _follow_ups),
    Source("claims.send_others", _visits),
    Source("claims.confirm_incentives", _incentive_payments),
    *provider_work_lists.SOURCES,
)
"""What waits, by the permission it is for; each list in one query."""
