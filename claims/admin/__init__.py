"""The county's admin over claims: lists, pages and work lists; every change goes through a service."""

from claims.admin import (
    claims,
    clock_policies,
    clocks,
    compensations,
    consumers,
    custody,
    deposits,
    evidence,
    follow_ups,
    fund,
    fund_books,
    incentives,
    offers,
    orders,
    policies,
    remedies,
)

__all__ = [
    "claims",
    "clock_policies",
    "clocks",
    "compensations",
    "consumers",
    "custody",
    "deposits",
    "evidence",
    "follow_ups",
    "fund",
    "fund_books",
    "incentives",
    "offers",
    "orders",
    "policies",
    "remedies",
]
