"""What waits in the fees of providers, for the start page of the admin."""

from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.web import formats
from aftersales.web.work_lists import Item, Source, WorkList, work_list
from claims.queries import statements


def _to_pay(user) -> list[WorkList]:
    return [
        work_list(
            _("Statements of providers to pay"),
            statements.to_pay(user),
            url=reverse("claims:statement_list"),
            item=_statement,
            tone="info",
        )
    ]


def _to_answer(user) -> list[WorkList]:
    return [
        work_list(
            _("Complaints about fees to answer"),
            statements.to_answer(user),
            url=reverse("claims:statement_list"),
            item=_complaint,
            tone="warn",
        )
    ]


def _to_send(_user) -> list[WorkList]:
    return [
        work_list(
            _("Statements of providers to send"),
            statements.to_send(),
            url=reverse("claims:statement_list"),
            item=_statement,
            tone="warn",
        )
    ]


def _statement(row) -> Item:
    return Item(
        title=f"{row.provider.name} {row.month:%Y-%m}",
        url=reverse("claims:statement_detail", args=[row.pk]),
        text=formats.money(row.total_fen),
    )


def _complaint(row) -> Item:
    return Item(
        title=f"{row.order.provider.name} {row.order.visit.claim.number}",
        url=reverse("claims:fee_complaint", args=[row.pk]),
        text=formats.money(row.claimed_fen),
    )


SOURCES = (
    Source("claims.pay_statement", _to_pay),
    Source("claims.answer_fee_complaint", _to_answer),
    Source("claims.prepare_statement", _to_send),
)
