"""The cost of service in words: kinds, bearers, the saving, the table for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction

from django.utils.translation import gettext as _

from aftersales.web import charts, exports
from aftersales.web.formats import money, percent
from claims.models.visits import BearerChoices, CostKindChoices
from claims.queries.costs import ClaimCost, CostMonth, Spent
from claims.rules.costs import FEE, KINDS, TARGET


def kind_word(kind: str) -> str:
    """A kind of cost as pages name it."""
    return _("Fees of providers") if kind == FEE else str(CostKindChoices(kind).label)


def kinds(spent: Spent) -> list[tuple[str, int]]:
    """What was spent by kind, in a fixed order, without kinds that cost nothing."""
    return [(kind_word(kind), spent.by_kind[kind]) for kind in KINDS if spent.by_kind[kind]]


def bearers(spent: Spent) -> list[tuple[str, int]]:
    """What was spent by who bears it, in a fixed order, without those who bear nothing."""
    words = ((str(bearer.label), spent.by_bearer[bearer.value]) for bearer in BearerChoices)
    return [(word, fen) for word, fen in words if fen]


def saving_said(saving: Fraction | None) -> str:
    """The saving in words; above the baseline it is called what it is."""
    if saving is None:
        return ""
    if saving < 0:
        return _("%(share)s more than before") % {"share": percent(-saving)}
    return _("%(share)s less than before") % {"share": percent(saving)}


def compared(saving: Fraction | None) -> str:
    """The same with a sign, for a column: −30.0% is less than before."""
    if not saving:
        return "" if saving is None else percent(saving)
    return f"{'−' if saving > 0 else '+'}{percent(abs(saving))}"


def tone_of(saving: Fraction | None) -> str:
    """Good from the target on, a warning where it costs more than before."""
    if saving is None:
        return ""
    return "good" if saving >= TARGET else "warn" if saving < 0 else ""


def chart(months: Iterable[CostMonth]) -> charts.Chart:
    """Cost of a settled claim by month, beside what it cost before."""
    shown = list(months)
    costs = [
        charts.Point(
            f"{each.month:%m}",
            None if each.per_claim_fen is None else each.per_claim_fen / 100,
            "" if each.per_claim_fen is None else money(each.per_claim_fen),
        )
        for each in shown
    ]
    before = [
        charts.Point(
            f"{each.month:%m}",
            each.baseline.cost_per_claim_fen / 100 if each.baseline else None,
            money(each.baseline.cost_per_claim_fen) if each.baseline else "",
        )
        for each in shown
    ]
    return charts.line_chart(
        _("Cost of a settled claim by month"),
        [charts.Line(_("now"), costs), charts.Line(_("before the network"), before)],
        width=charts.WIDE,
    )


def export(
    county: str,
    month: date,
    claims: Iterable[ClaimCost],
    figures: CostMonth,
    *,
    made_by: str,
    made_at: datetime,
) -> exports.Export:
    """Every claim settled in a month with what its visits cost, one row each."""
    Column = exports.Column
    baseline = figures.baseline.cost_per_claim_fen if figures.baseline else None
    return exports.Export(
        title=_("Cost of service %(month)s") % {"month": f"{month:%Y-%m}"},
        columns=[
            Column(_("Claim"), width=20),
            Column(_("Station"), width=24),
            Column(_("Goods"), width=26),
            Column(_("Settled"), "moment", 18),
            Column(_("Visits"), "integer", 8),
            *(Column(kind_word(kind), "yuan", 12) for kind in KINDS),
            Column(_("Together"), "yuan", 12),
            *(Column(str(bearer.label), "yuan", 14) for bearer in BearerChoices),
            Column(_("Before the network"), "yuan", 14),
        ],
        rows=(
            (
                each.claim.number,
                each.claim.station.name,
                each.claim.order_line.product,
                each.claim.resolved_at,
                each.spent.visits,
                *(each.spent.by_kind[kind] for kind in KINDS),
                each.spent.fen,
                *(each.spent.by_bearer[bearer.value] for bearer in BearerChoices),
                baseline,
            )
            for each in claims
        ),
        made_at=made_at,
        made_by=made_by,
        filters=[
            (_("County"), county),
            (_("Month"), f"{month:%Y-%m}"),
            (_("Settled claims"), str(figures.claims)),
            (_("Saving"), saving_said(figures.saving) or _("no baseline yet")),
        ],
    )
