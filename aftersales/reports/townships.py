"""The places of a county in its report: few columns, small counts hidden among the townships."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aftersales.reports.departments import Subject
from aftersales.reports.material import Network
from aftersales.reports.values import number_in
from claims.rules.statistics import Hidden
from claims.rules.suppression import Sum, protected

if TYPE_CHECKING:
    from aftersales.reports.contents import Report


def township_rows(report: Report, county: str, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    """A row per place of a county: what is hidden cannot be reckoned from the others and the county's own."""
    found = dict(sorted(report.material.townships.get(county, {}).items()))
    subjects = {code: Subject(figures, Network()) for code, figures in found.items()}
    whole = Subject(report.material.figures[county], Network())
    figures = [report.common[column] for column in columns]
    counts: dict[tuple[str, str], int] = {}
    sums = []
    for figure in figures:
        behind = {(code, figure.code): figure.reads(subject)[1] for code, subject in subjects.items()}
        counts |= behind
        shown = report.value(county, figure)["behind"]
        if not isinstance(shown, str):
            sums.append(Sum(figure.reads(whole)[1], tuple(behind)))
    places = protected(
        {code: figures.filed for code, figures in found.items()},
        [] if report.hidden(county) else [Sum(whole.figures.filed, tuple(found))],
    )
    unseen = [key for key in counts if key[0] in places]
    marks = protected(counts, sums, unseen)

    def value(code: str, figure) -> dict[str, Any]:
        mark: Hidden | None = places.get(code) or marks.get((code, figure.code))
        if report.hidden(county) or mark:
            said = report.hidden(county) or mark.value
            return {"number": said, "behind": said}
        number, behind = figure.reads(subjects[code])
        return {"number": number_in(figure.unit, number), "behind": behind}

    return [
        {
            "code": code,
            "name": report.material.township_names.get(code, code),
            "values": [value(code, figure) for figure in figures],
        }
        for code in found
    ]
