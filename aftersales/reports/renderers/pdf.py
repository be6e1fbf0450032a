"""A report on A4 paper: cover, key figures, charts as lines, tables whose headings come again on each page.

The same report gives the same bytes: no moment of making, no random names inside.
"""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Sequence
from datetime import UTC

from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace
from pylopdf_fonts_zh_cn import sans_path, serif_path

from aftersales.reports.edition_words import target_words
from aftersales.reports.renderers.sections import (
    Entry,
    Report,
    Section,
    behind_words,
    facts,
    misses_target,
    sections,
)
from aftersales.reports.renderers.tables import foot
from aftersales.web.exports import Written, safe_file_name

# It says of every file which tables it left out.
logging.getLogger("fontTools.subset").setLevel(logging.WARNING)

SERIF, SANS = "serif", "sans"
DEEP, BRAND, ORANGE, PALE = (14, 59, 42), (27, 94, 67), (178, 70, 10), (229, 239, 231)
INK, MUTED, LINE, WHITE = (22, 39, 31), (77, 96, 87), (213, 221, 216), (255, 255, 255)
MARGIN, FOOT = 18, 18
KEY_FIGURES = (
    "filed",
    "resolution_rate",
    "response_median",
    "satisfaction",
    "compensated_amount",
    "resolution_mean",
)
"""What the cover shows large, as far as the report has it."""
WIDE_FROM = 10
"""Tables with this many columns lie across."""
HEAD_ROOM = 45
"""Millimetres: with less room than this a table begins on the next page."""
BARS = 14
"""At most so many bars in a chart."""


def pdf(report: Report) -> Written:
    """The report as a PDF for paper."""
    paper = _Paper(report)
    _cover(paper, report)
    for section in sections(report):
        _section(paper, report, section)
    _definitions(paper, report)
    content = bytes(paper.output())
    return Written(
        file=io.BytesIO(content),
        file_name=safe_file_name(report.title, "pdf"),
        content_type="application/pdf",
        rows=sum(len(section.rows) for section in sections(report)),
        is_truncated=False,
        sha256=hashlib.sha256(content).hexdigest(),
    )


class _Paper(FPDF):
    """Pages with a line on top, and the fingerprint and the page number at the foot."""

    def __init__(self, report: Report):
        super().__init__(orientation="portrait", unit="mm", format="A4")
        self.heading, self.footing = report.title, foot(report)
        self.set_creation_date(report.made_at.astimezone(UTC))
        self.set_margin(MARGIN)
        self.set_auto_page_break(True, FOOT + 4)
        self.add_font(SERIF, fname=serif_path())
        self.add_font(SANS, fname=sans_path())
        self.lies = "portrait"
        self.set_title(report.title)
        self.set_lang("zh-CN" if report.language == "zh-hans" else report.language)
        self.known = self.get_known_signs()

    def get_known_signs(self) -> frozenset[int]:
        return frozenset(self.fonts[SANS].cmap) & frozenset(self.fonts[SERIF].cmap)

    def shown(self, words: str) -> str:
        """The words with a box for every sign that the fonts do not have."""
        return "".join(sign if ord(sign) in self.known or sign in " \n" else "□" for sign in words)

    def header(self) -> None:
        if self.page_no() == 1:
            return
        self.set_font(SANS, size=8)
        self.set_text_color(*MUTED)
        self.set_xy(MARGIN, 9)
        self.cell(0, 4, self.shown(self.heading))
        self.set_draw_color(*LINE)
        self.set_line_width(0.2)
        self.line(MARGIN, 14, self.w - MARGIN, 14)
        self.set_y(MARGIN)

    def footer(self) -> None:
        self.set_font(SANS, size=7)
        self.set_text_color(*MUTED)
        self.set_xy(MARGIN, self.h - FOOT + 4)
        self.cell(self.epw - 30, 4, self.footing)
        self.cell(30, 4, f"{self.page_no()} / {{nb}}", align="R")

    def say(
        self,
        words: str,
        *,
        size: float = 10,
        colour: tuple[int, int, int] = INK,
        font: str = SANS,
        width: float = 0,
        align: str = "L",
        leading: float = 1.5,
    ) -> None:
        """Words in as many lines as they need; the next thing stands under them."""
        self.set_font(font, size=size)
        self.set_text_color(*colour)
        self.multi_cell(
            width,
            size * 0.3528 * leading,
            self.shown(words),
            align=align,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )

    def fitted(self, words: str, size: float, width: float, font: str = SANS) -> None:
        """Set the font so that the words fit into the width."""
        self.set_font(font, size=size)
        while self.get_string_width(self.shown(words)) > width and size > 6:
            size -= 0.5
            self.set_font(font, size=size)

    def turn(self, orientation: str) -> None:
        """Begin a page that lies as told, as do those after it."""
        self.lies = orientation
        self.add_page(orientation=orientation)

    def needs(self, height: float) -> None:
        """Begin a new page when there is less room than this."""
        if self.get_y() + height > self.h - FOOT - 4:
            self.add_page(same=True)


def _cover(paper: _Paper, report: Report) -> None:
    paper.add_page()
    paper.set_fill_color(*DEEP)
    paper.rect(0, 0, paper.w, 84, style="F")
    paper.set_fill_color(*ORANGE)
    paper.rect(MARGIN, 58, 24, 1.6, style="F")
    kind = _("Quarterly after-sales report") if _is_quarter(report) else _("Monthly after-sales report")
    paper.set_xy(MARGIN, 26)
    paper.say(kind, size=15, colour=PALE)
    paper.set_x(MARGIN)
    paper.fitted(report.region, 30, paper.epw, SERIF)
    paper.set_text_color(*WHITE)
    paper.cell(0, 16, paper.shown(report.region), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.set_y(64)
    paper.say(
        f"{report.period}  ·  {report.content['period']['first']} – {report.content['period']['last']}",
        size=13,
        colour=WHITE,
    )
    paper.set_y(96)
    _key_figures(paper, report)
    paper.ln(8)
    for name, value in facts(report):
        _fact(paper, name, value)


def _is_quarter(report: Report) -> bool:
    return report.content["period"]["kind"] == "quarter"


def _key_figures(paper: _Paper, report: Report) -> None:
    known = {value["code"]: value for value in report.content["figures"]}
    chosen = [known[code] for code in KEY_FIGURES if code in known]
    width, height, gap = (paper.epw - 12) / 3, 27, 6
    top = paper.get_y()
    for at, value in enumerate(chosen):
        left = MARGIN + at % 3 * (width + gap)
        y = top + at // 3 * (height + gap)
        paper.set_fill_color(*PALE)
        paper.rect(left, y, width, height, style="F", round_corners=True, corner_radius=2)
        _line(paper, report.word(f"figure:{value['code']}"), left + 4, y + 3, width - 8, 9, MUTED)
        colour = ORANGE if misses_target(value) else BRAND
        words = Entry(value["number"], value["unit"]).words
        _line(paper, words, left + 4, y + 9, width - 8, 18, colour)
        under = f"{behind_words(report, value)}  {target_words(value['target'], value['unit'])}"
        _line(paper, under.strip(), left + 4, y + 20, width - 8, 7.5, MUTED)
    paper.set_y(top + -(-len(chosen) // 3) * (height + gap) - gap)


def _line(paper, words: str, x: float, y: float, width: float, size: float, colour) -> None:
    paper.set_xy(x, y)
    paper.fitted(words, size, width)
    paper.set_text_color(*colour)
    paper.cell(width, size * 0.4, paper.shown(words))


def _fact(paper: _Paper, name: str, value: str) -> None:
    y = paper.get_y()
    _line(paper, name, MARGIN, y + 0.6, 50, 8.5, MUTED)
    paper.set_xy(MARGIN + 52, y)
    paper.set_font(SANS, size=8.5)
    paper.set_text_color(*INK)
    paper.multi_cell(paper.epw - 52, 4.6, paper.shown(value), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.set_draw_color(*LINE)
    paper.set_line_width(0.15)
    paper.line(MARGIN, paper.get_y() + 0.6, paper.w - MARGIN, paper.get_y() + 0.6)
    paper.ln(1.8)


def _section(paper: _Paper, report: Report, section: Section) -> None:
    on_paper = [at for at, heading in enumerate(section.headings) if heading.on_paper]
    orientation = "landscape" if len(on_paper) >= WIDE_FROM else "portrait"
    if paper.page_no() == 1 or paper.lies != orientation:
        paper.turn(orientation)
    else:
        paper.ln(7)
        paper.needs(HEAD_ROOM)
    paper.say(section.title, size=15, colour=BRAND, font=SERIF)
    paper.ln(1.5)
    if section.code == "classes":
        _bars(paper, [(f"{row[0].words} · {row[1].words}", row[-1]) for row in section.rows[:-1]])
    if section.code == "children":
        _bars(paper, sorted(((row[0].words, row[1]) for row in section.rows), key=_by_number))
    _table(paper, section, on_paper)


def _table(paper: _Paper, section: Section, columns: Sequence[int]) -> None:
    shares = [section.headings[at].on_paper for at in columns]
    size = 8.5 if len(columns) < WIDE_FROM else 7.5
    paper.set_font(SANS, size=size)
    paper.set_text_color(*INK)
    paper.set_draw_color(*LINE)
    paper.set_line_width(0.15)
    plain = FontFace(fill_color=WHITE, color=INK)
    with paper.table(
        col_widths=[share * paper.epw / sum(shares) for share in shares],
        width=paper.epw,
        text_align=tuple("RIGHT" if section.headings[at].is_number else "LEFT" for at in columns),
        headings_style=FontFace(color=WHITE, fill_color=BRAND),
        borders_layout="HORIZONTAL_LINES",
        line_height=size * 0.55,
        padding=1.1,
        repeat_headings=1,
    ) as table:
        table.row([paper.shown(section.headings[at].words) for at in columns])
        for number, row in enumerate(section.rows):
            is_total = number >= len(section.rows) - section.totals
            style = FontFace(fill_color=PALE, color=DEEP) if is_total else plain
            table.row([paper.shown(row[at].on_paper) for at in columns], style=style)
    if section.note:
        paper.ln(1)
        paper.say(section.note, size=7.5, colour=MUTED)


def _by_number(bar: tuple[str, Entry]) -> int:
    """The largest first, what is hidden last."""
    return -bar[1].value if bar[1].is_number else 1


def _bars(paper: _Paper, bars: Sequence[tuple[str, Entry]]) -> None:
    """Bars in the order given, their numbers beside them; what is hidden has no length and says so."""
    shown = bars[:BARS]
    most = max((entry.value for _name, entry in shown if entry.is_number), default=0)
    if not most:
        return
    left, room, height = MARGIN + 52, paper.epw - 52 - 18, 6
    paper.needs(len(shown) * height + 6)
    for name, entry in shown:
        y = paper.get_y()
        _line(paper, name, MARGIN, y + 0.9, 50, 8.5, INK)
        length = room * entry.value / most if entry.is_number else 0
        if length:
            paper.set_fill_color(*BRAND)
            paper.rect(left, y + 0.8, max(length, 0.4), height - 2, style="F")
        _line(paper, entry.words, left + length + 1.5, y + 0.9, 18, 8.5, MUTED)
        paper.set_y(y + height)
    paper.set_draw_color(*MUTED)
    paper.set_line_width(0.2)
    paper.line(left, paper.get_y() - len(shown) * height, left, paper.get_y())
    paper.set_x(MARGIN)
    if len(bars) > len(shown):
        paper.say(
            _("The largest %(n)s; all of them stand in the table.") % {"n": len(shown)},
            size=7.5,
            colour=MUTED,
        )
    paper.ln(4)


def _definitions(paper: _Paper, report: Report) -> None:
    if paper.lies != "portrait":
        paper.turn("portrait")
    else:
        paper.ln(7)
        paper.needs(HEAD_ROOM)
    paper.say(_("How the figures are worked out"), size=15, colour=BRAND, font=SERIF)
    paper.ln(2)
    for value in report.content["figures"]:
        paper.needs(14)
        paper.say(report.word(f"figure:{value['code']}"), size=9.5, colour=BRAND)
        paper.say(report.word(f"formula:{value['code']}"), size=8.5, colour=INK)
        paper.ln(1.5)
