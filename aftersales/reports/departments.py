"""What each department of the regulators reads first. Definitions in words: docs/rules/reports.md."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from aftersales.lib.figures import Figure, Unit
from aftersales.reports.material import Network
from claims.models.supervision import DepartmentChoices
from claims.queries.figures import FIGURES, Figures
from claims.queries.figures.definitions import CLAIMS
from claims.rules.classification import PARENT, GoodsType, Nature
from claims.rules.statistics import share

PRODUCE = frozenset(goods for goods, parent in PARENT.items() if GoodsType.PRODUCE in (goods, parent))
INPUTS = frozenset(
    goods for goods, parent in PARENT.items() if GoodsType.AGRICULTURAL_INPUTS in (goods, parent)
)
STATIONS = _("stations: %(count)s")
FINDINGS = _("findings: %(count)s")


@dataclass(frozen=True)
class Subject:
    """What figures of a department are read from."""

    figures: Figures
    network: Network

    def filed(self, goods: frozenset[str]) -> int:
        return sum(
            count
            for (each, _nature, _status), count in self.figures.by_class_and_status.items()
            if each in goods
        )

    def filed_about(self, nature: str) -> int:
        return sum(
            count
            for (_goods, each, _status), count in self.figures.by_class_and_status.items()
            if each == nature
        )

    def compensated(self, goods: frozenset[str]) -> int:
        return sum(counts.compensated for each, counts in self.figures.by_goods.items() if each in goods)

    def compensated_fen(self, goods: frozenset[str]) -> int:
        return sum(counts.compensated_fen for each, counts in self.figures.by_goods.items() if each in goods)

    def resolution_rate(self, goods: frozenset[str]):
        kinds = [counts for each, counts in self.figures.by_goods.items() if each in goods]
        settled = sum(counts.settled for counts in kinds)
        ended = settled + sum(counts.rejected for counts in kinds)
        return share(settled, ended), ended


def of_subject(figure: Figure) -> Figure:
    """A figure of claims, read from a subject as those of the departments are."""
    return replace(figure, reads=lambda subject: figure.reads(subject.figures))


def _of_goods(code: str, goods: frozenset[str], filed, paid, rate) -> tuple[Figure, ...]:
    """Claims, compensation and resolution of one group of goods."""
    return (
        Figure(
            f"{code}_filed",
            filed,
            _("Claims about these goods that were filed in the period."),
            Unit.COUNT,
            CLAIMS,
            "G-01",
            lambda subject: (subject.filed(goods), subject.figures.filed),
        ),
        Figure(
            f"{code}_resolution_rate",
            rate,
            _("Resolved or closed claims about these goods, divided by these and the refused ones."),
            Unit.SHARE,
            CLAIMS,
            "G-01",
            lambda subject: subject.resolution_rate(goods),
            more_is_better=True,
        ),
        Figure(
            f"{code}_compensated_amount",
            paid,
            _("Refunds, coupons and reshipped goods carried out for claims about these goods."),
            Unit.FEN,
            CLAIMS,
            "G-01",
            lambda subject: (subject.compensated_fen(goods), subject.compensated(goods)),
        ),
    )


DEPARTMENTS: dict[str, tuple[Figure, ...]] = {
    DepartmentChoices.MARKET_REGULATION.value: (
        Figure(
            "quality_share",
            _("Claims about quality"),
            _("Claims about the quality of the goods, divided by all claims filed."),
            Unit.SHARE,
            CLAIMS,
            "G-01",
            lambda subject: (
                share(subject.filed_about(Nature.QUALITY), subject.figures.filed),
                subject.figures.filed,
            ),
            more_is_better=False,
        ),
        Figure(
            "refusal_rate",
            _("Refusal rate"),
            _("Refused claims, divided by all that were resolved, closed or refused."),
            Unit.SHARE,
            CLAIMS,
            "G-01",
            lambda subject: (
                share(subject.figures.rejected, subject.figures.resolved + subject.figures.rejected),
                subject.figures.resolved + subject.figures.rejected,
            ),
            more_is_better=False,
        ),
        of_subject(FIGURES["complaint_rate"]),
        of_subject(FIGURES["reopened"]),
        Figure(
            "findings",
            _("Findings of inspections"),
            _("Findings made in the period by special inspections and spot checks."),
            Unit.COUNT,
            FINDINGS,
            "G-02",
            lambda subject: (subject.network.findings, subject.network.findings),
        ),
        Figure(
            "rectified_share",
            _("Findings rectified"),
            _("Findings of the period whose rectification was accepted, divided by all of them."),
            Unit.SHARE,
            FINDINGS,
            "G-02",
            lambda subject: (
                share(subject.network.rectified, subject.network.findings),
                subject.network.findings,
            ),
            more_is_better=True,
        ),
    ),
    DepartmentChoices.COMMERCE.value: (
        Figure(
            "stations",
            _("Stations in operation"),
            _("Stations of all tiers that operated when the report was made."),
            Unit.COUNT,
            STATIONS,
            "N-10",
            lambda subject: (subject.network.stations, subject.network.stations),
        ),
        Figure(
            "reporting_share",
            _("Stations that filed claims"),
            _("Stations with at least one claim filed in the period, divided by the stations in operation."),
            Unit.SHARE,
            STATIONS,
            "G-05",
            lambda subject: (
                share(min(subject.network.reporting, subject.network.stations), subject.network.stations),
                subject.network.stations,
            ),
        ),
        *(
            of_subject(FIGURES[code])
            for code in (
                "response_in_time",
                "settlement_in_time",
                "resolution_mean",
                "satisfaction",
                "follow_up_rate",
            )
        ),
    ),
    DepartmentChoices.AGRICULTURE.value: (
        *_of_goods(
            "produce",
            PRODUCE,
            _("Farm produce: claims filed"),
            _("Farm produce: compensation"),
            _("Farm produce: resolution rate"),
        ),
        *_of_goods(
            "inputs",
            INPUTS,
            _("Farm inputs: claims filed"),
            _("Farm inputs: compensation"),
            _("Farm inputs: resolution rate"),
        ),
    ),
}
