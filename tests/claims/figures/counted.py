"""Figures of claims counted one by one, without any cell."""

from claims.queries.figures import Figures
from claims.queries.figures.cases import COLUMNS, add


def figures_of(cases) -> Figures:
    figures = Figures()
    add(figures, cases.order_by().values_list(*COLUMNS))
    return figures
