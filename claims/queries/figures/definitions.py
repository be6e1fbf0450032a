"""The one definition of every figure: name, formula, unit, target and where it comes from."""

from __future__ import annotations

from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from aftersales.lib.figures import Aim, Figure, Target, Unit
from claims.queries.figures.tally import MEAN_RESOLUTION_TARGET_MINUTES, RESPONSE_TARGET_MINUTES
from claims.rules.satisfaction import TARGET as SATISFACTION_TARGET

DEFINITIONS_VERSION = 1
"""Goes up with every change of what a figure means; frozen reports keep it."""

CLAIMS = _("claims: %(count)s")
ANSWERS = _("answered: %(count)s")

FIGURES: dict[str, Figure] = {
    figure.code: figure
    for figure in (
        Figure(
            "filed",
            _("Claims filed"),
            _("Filed in the period, Shanghai time. All figures below are about these claims."),
            Unit.COUNT,
            "",
            "G-06",
            lambda figures: (figures.filed, figures.filed),
        ),
        Figure(
            "resolution_rate",
            _("Resolution rate"),
            _("Resolved or closed, divided by all that were resolved, closed or refused."),
            Unit.SHARE,
            CLAIMS,
            "G-06",
            lambda figures: (figures.resolution_rate, figures.resolved + figures.rejected),
            more_is_better=True,
        ),
        Figure(
            "response_median",
            _("First response, median"),
            _("Minutes from filing to acceptance; the middle value."),
            Unit.MINUTES,
            CLAIMS,
            "G-06",
            lambda figures: (figures.response_median, figures.response_count),
            Target(Aim.AT_MOST, RESPONSE_TARGET_MINUTES),
            more_is_better=False,
        ),
        Figure(
            "response_p90",
            _("First response, 90th percentile"),
            _("Nine of ten claims were answered at least this fast."),
            Unit.MINUTES,
            CLAIMS,
            "G-06",
            lambda figures: (figures.response_p90, figures.response_count),
            more_is_better=False,
        ),
        Figure(
            "response_in_time",
            _("First response in time"),
            _("Share of answered claims that were accepted within 2 hours."),
            Unit.SHARE,
            CLAIMS,
            "G-06",
            lambda figures: (figures.response_in_time, figures.response_count),
            more_is_better=True,
        ),
        Figure(
            "settlement_in_time",
            _("Compensation within 24 hours"),
            _(
                "Compensation carried out within 24 hours of the damage being confirmed, divided by all "
                "that was carried out."
            ),
            Unit.SHARE,
            CLAIMS,
            "C-09",
            lambda figures: (figures.settlement_in_time, figures.settlements),
            more_is_better=True,
        ),
        Figure(
            "resolution_median",
            _("Resolution, median"),
            _("Minutes from filing to resolution; the middle value."),
            Unit.MINUTES,
            CLAIMS,
            "G-06",
            lambda figures: (figures.resolution_median, figures.resolution_count),
            more_is_better=False,
        ),
        Figure(
            "resolution_p90",
            _("Resolution, 90th percentile"),
            _("Nine of ten claims were resolved at least this fast."),
            Unit.MINUTES,
            CLAIMS,
            "G-06",
            lambda figures: (figures.resolution_p90, figures.resolution_count),
            more_is_better=False,
        ),
        Figure(
            "resolution_mean",
            _("Resolution, mean"),
            _("Sum of the minutes to resolution divided by the number of resolved claims."),
            Unit.MINUTES,
            CLAIMS,
            "G-06",
            lambda figures: (figures.resolution_mean, figures.resolution_count),
            Target(Aim.AT_MOST, MEAN_RESOLUTION_TARGET_MINUTES),
            more_is_better=False,
        ),
        Figure(
            "satisfaction",
            _("Satisfaction"),
            _("Scores of 4 or 5 divided by all scores; the lowest one of a claim counts."),
            Unit.SHARE,
            ANSWERS,
            "G-07",
            lambda figures: (figures.satisfaction.rate, figures.satisfaction.answered),
            Target(Aim.AT_LEAST, SATISFACTION_TARGET),
            more_is_better=True,
        ),
        Figure(
            "answer_rate",
            _("Answers to follow-ups"),
            _("Consumers who gave a score, divided by all who gave one, gave none or were not reached."),
            Unit.SHARE,
            CLAIMS,
            "G-06",
            lambda figures: (figures.satisfaction.answer_rate, figures.satisfaction.asked),
            more_is_better=True,
        ),
        Figure(
            "follow_up_rate",
            _("Follow-up rate"),
            _("Settled claims whose consumer was asked or not reached, divided by all settled ones."),
            Unit.SHARE,
            CLAIMS,
            "U-08",
            lambda figures: (figures.follow_up_rate, figures.resolved),
            more_is_better=True,
        ),
        Figure(
            "complaint_rate",
            _("Complaint rate"),
            _(
                "Orders placed in the period with a claim that was neither withdrawn nor merged, divided by "
                "all that platforms and imports have told of. Orders an agent typed in are left out."
            ),
            Unit.SHARE,
            _("orders: %(count)s"),
            "G-08",
            lambda figures: (figures.complaint_rate, figures.orders),
            Target(Aim.AT_MOST, Fraction(6, 100)),
            more_is_better=False,
        ),
        Figure(
            "first_contact_rate",
            _("Solved the first time"),
            _(
                "Settled claims that were never taken up again and never left their station, divided by all "
                "settled ones."
            ),
            Unit.SHARE,
            CLAIMS,
            "T-17",
            lambda figures: (figures.first_contact_rate, figures.resolved),
            more_is_better=True,
        ),
        Figure(
            "compensated",
            _("Claims with compensation"),
            _("Claims for which a compensation was carried out in their present round."),
            Unit.COUNT,
            CLAIMS,
            "G-06",
            lambda figures: (figures.compensated, figures.filed),
        ),
        Figure(
            "compensated_amount",
            _("Compensation carried out"),
            _("Refunds, coupons and reshipped goods carried out for these claims, at their value."),
            Unit.FEN,
            CLAIMS,
            "G-06",
            lambda figures: (figures.compensated_fen, figures.compensated),
        ),
        Figure(
            "mean_compensation",
            _("Compensation, mean"),
            _("Compensation carried out divided by the number of claims that got one."),
            Unit.FEN,
            CLAIMS,
            "G-06",
            lambda figures: (figures.mean_compensation_fen, figures.compensated),
        ),
        Figure(
            "by_rule",
            _("Approved by rule"),
            _("Small amounts with evidence and without flags, approved without a person's decision."),
            Unit.COUNT,
            CLAIMS,
            "C-06",
            lambda figures: (figures.by_rule, figures.compensated),
        ),
        Figure(
            "reopened",
            _("Reopened"),
            _("Claims with a second round."),
            Unit.COUNT,
            CLAIMS,
            "G-06",
            lambda figures: (figures.reopened, figures.filed),
            more_is_better=False,
        ),
    )
}
