"""The certificate as a PDF in Chinese, A4 across, with a QR code of its verification page.

The same certificates give the same bytes: no moment of making, no random names inside.
"""

from __future__ import annotations

import logging
import math
import tomllib
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import TextMode
from pylopdf_fonts_zh_cn import sans_path, serif_path

from aftersales.lib.errors import Refused
from stations.models import Station
from stations.models.network import TierChoices
from training.models import Certificate
from training.rules.certificates import grouped

WORDS = Path(__file__).parent.parent / "data" / "certificate_words.toml"
# It says of every file which tables it left out.
logging.getLogger("fontTools.subset").setLevel(logging.WARNING)
LOCAL_URL = "http://127.0.0.1:8000"

WIDTH, HEIGHT = 297, 210
DEEP, BRAND, PEACH, ORANGE = (14, 59, 42), (27, 94, 67), (242, 163, 107), (178, 70, 10)
INK, MUTED, PAPER = (22, 39, 31), (77, 96, 87), (253, 252, 247)
HILL, FAR_HILL = (229, 239, 231), (242, 246, 240)
SERIF, SANS = "serif", "sans"
QR_SIDE, QR_LEFT, QR_TOP = 32, 34, 146
NAME_WIDTH, NAME_SIZE, NAME_SMALLEST = 150, 30, 12


def write(
    certificates: Sequence[Certificate],
    *,
    issuers: dict[str, str],
    tell: Callable[[int], None] | None = None,
) -> bytes:
    """One page for each certificate, in this order. `issuers` names who issues in each county.

    `tell` is called with the number of finished pages after each.

    Raises Refused("sign_missing") for a name or station with a sign that the font does not have, and
    Refused("public_url_missing") where nobody has said under which address this system is found.
    """
    words, base = _words(), public_url()
    paper = FPDF(orientation="landscape", unit="mm", format="A4")
    paper.set_creation_date(datetime.combine(_day_of(certificates), time.min, tzinfo=UTC))
    paper.set_auto_page_break(False)
    paper.set_margin(0)
    paper.add_font(SERIF, fname=serif_path())
    paper.add_font(SANS, fname=sans_path())
    paper.set_title(words["title"])
    paper.set_lang("zh-CN")
    for done, certificate in enumerate(certificates, start=1):
        page = _Page(paper, words, base)
        page.draw(certificate, issuers.get(certificate.county_code, ""))
        if tell is not None:
            tell(done)
    return bytes(paper.output())


def issuers_of(counties: set[str]) -> dict[str, str]:
    """Who issues in each county: its centre; public on every certificate, so past the scope."""
    centres = Station._base_manager.filter(tier=TierChoices.COUNTY, county_code__in=counties)
    return dict(centres.order_by("-pk").values_list("county_code", "name"))


def public_url() -> str:
    """The address at which people find this system. Raises Refused("public_url_missing")."""
    address = settings.PUBLIC_URL or (LOCAL_URL if settings.DEVELOPMENT else "")
    if not address:
        raise Refused(
            _("The public address of this system is not set up yet (PUBLIC_URL). Ask the administrator."),
            code="public_url_missing",
        )
    return address


def verify_url(number: str, base: str) -> str:
    """Where anybody finds out whether a certificate is good."""
    return base + reverse("training_public:verify_number", args=[number])


@cache
def _words() -> dict[str, str]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def _day_of(certificates: Sequence[Certificate]) -> date:
    return max(certificate.issued_on for certificate in certificates)


class _Page:
    """One page: the frame, the words, the facts, the code."""

    def __init__(self, paper: FPDF, words: dict[str, str], base: str):
        self.paper, self.words, self.base = paper, words, base

    def draw(self, certificate: Certificate, issuer: str) -> None:
        self.paper.add_page()
        self._frame()
        self._heading()
        self._name(certificate.holder_name)
        self._statement()
        self._code(certificate.number)
        self._facts(certificate, issuer)

    def _frame(self) -> None:
        paper = self.paper
        paper.set_fill_color(*PAPER)
        paper.rect(0, 0, WIDTH, HEIGHT, style="F")
        for colour, height, waves, shift in ((FAR_HILL, 171, 2.5, 0.4), (HILL, 181, 3.5, 2.2)):
            self._shape(colour, [(13, 197), *_hills(height, waves, shift), (WIDTH - 13, 197)])
        for inset, colour, thickness in ((8, DEEP, 1.6), (11.4, PEACH, 0.5), (12.8, BRAND, 0.25)):
            paper.set_draw_color(*colour)
            paper.set_line_width(thickness)
            paper.rect(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset)
        for x, y in ((8, 8), (WIDTH - 8, 8), (8, HEIGHT - 8), (WIDTH - 8, HEIGHT - 8)):
            self._shape(DEEP, _diamond(x, y, 4))

    def _shape(self, colour: tuple[int, int, int], points: list[tuple[float, float]]) -> None:
        self.paper.set_fill_color(*colour)
        self.paper.set_draw_color(*colour)
        self.paper.set_line_width(0.1)
        self.paper.polygon(points, style="DF")

    def _heading(self) -> None:
        self._text(self.words["title"], SERIF, 40, DEEP, y=30, spacing=3, stroke=0.5)
        self._text(self.words["subtitle"], SANS, 11, MUTED, y=49, spacing=0.6)
        paper = self.paper
        paper.set_draw_color(*PEACH)
        paper.set_line_width(0.6)
        paper.line(118, 60, 143, 60)
        paper.line(154, 60, 179, 60)
        self._shape(ORANGE, _diamond(148.5, 60, 2.5))

    def _name(self, name: str) -> None:
        paper, size = self.paper, NAME_SIZE
        self._refuse_missing(name, SERIF)
        paper.set_font(SERIF, size=size)
        while paper.get_string_width(name) > NAME_WIDTH and size > NAME_SMALLEST:
            size -= 1
            paper.set_font(SERIF, size=size)
        width = paper.get_string_width(name)
        paper.set_font(SERIF, size=18)
        addressed = paper.get_string_width(self.words["addressed"])
        left = (WIDTH - width - 6 - addressed) / 2
        self._text(name, SERIF, size, INK, y=75, x=left, stroke=0.25)
        self._text(self.words["addressed"], SERIF, 18, INK, y=77.2, x=left + width + 6)
        paper.set_draw_color(*BRAND)
        paper.set_line_width(0.3)
        paper.line(left - 6, 91, left + width + 4, 91)

    def _statement(self) -> None:
        paper = self.paper
        paper.set_text_color(*INK)
        paper.set_font(SERIF, size=18)
        paper.set_xy(44, 103)
        paper.multi_cell(WIDTH - 88, 11, self.words["text"], align="C")

    def _facts(self, certificate: Certificate, issuer: str) -> None:
        for line, (name, value) in enumerate(
            (
                (self.words["number"], grouped(certificate.number)),
                (self.words["station"], certificate.station.name),
                (self.words["issued_on"], _written(certificate.issued_on)),
                (self.words["valid_until"], _written(certificate.valid_until)),
            )
        ):
            self._text(name, SANS, 12, MUTED, y=146 + line * 8.6, x=84)
            self._text(value, SANS, 12.5, INK, y=146 + line * 8.6, x=108, width=82)
        self._text(self.words["issuer"], SANS, 12, MUTED, y=146, x=198)
        self._text(issuer, SERIF, 14, INK, y=154, x=198, width=80)
        self._text(self.words["seal"], SERIF, 13, MUTED, y=166, x=198)
        self._text(self.words["notice"], SANS, 9, MUTED, y=188.5)

    def _code(self, number: str) -> None:
        address = verify_url(number, self.base)
        rows = segno.make(address, error="m", micro=False).matrix
        module = QR_SIDE / len(rows)
        paper = self.paper
        paper.set_fill_color(255, 255, 255)
        paper.rect(QR_LEFT - 2, QR_TOP - 2, QR_SIDE + 4, QR_SIDE + 4, style="F")
        paper.set_fill_color(0, 0, 0)
        for row, signs in enumerate(rows):
            column = 0
            while column < len(signs):
                run = column
                while run < len(signs) and signs[run]:
                    run += 1
                if run > column:
                    # A hair higher than a module, so that no white line shows between two rows.
                    paper.rect(
                        QR_LEFT + column * module,
                        QR_TOP + row * module,
                        (run - column) * module,
                        module + 0.02,
                        style="F",
                    )
                column = run + 1
        paper.link(QR_LEFT, QR_TOP, QR_SIDE, QR_SIDE, address)
        middle = QR_LEFT + QR_SIDE / 2
        self._text(self.words["check"], SANS, 9, INK, y=181.5, x=middle - 25, width=50, align="C")
        where = self.base.split("://")[-1] + reverse("training_public:verify")
        self._text(where, SANS, 7.5, MUTED, y=186.5, x=middle - 25, width=50, align="C")

    def _text(
        self,
        text: str,
        font: str,
        size: float,
        colour: tuple[int, int, int],
        *,
        y: float,
        x: float | None = None,
        width: float = 0,
        align: str = "L",
        spacing: float = 0,
        stroke: float = 0,
    ) -> None:
        """One line; in the middle of the page without `x`, made smaller where it is wider than `width`."""
        self._refuse_missing(text, font)
        paper = self.paper
        paper.set_font(font, size=size)
        while width and paper.get_string_width(text) > width and size > 6:
            size -= 0.5
            paper.set_font(font, size=size)
        paper.set_text_color(*colour)
        paper.set_draw_color(*colour)
        paper.set_char_spacing(spacing)
        mode = TextMode.FILL_STROKE if stroke else TextMode.FILL
        with paper.local_context(text_mode=mode, line_width=stroke or 0.1):
            paper.set_xy(0 if x is None else x, y)
            paper.cell(
                WIDTH if x is None else width or None, size * 0.42, text, align="C" if x is None else align
            )
        paper.set_char_spacing(0)

    def _refuse_missing(self, text: str, font: str) -> None:
        known = self.paper.fonts[font].cmap
        missing = sorted({sign for sign in text if ord(sign) not in known and sign != " "})
        if missing:
            raise Refused(
                _("The font has no sign for “%(signs)s”, so the certificate cannot be printed.")
                % {"signs": "".join(missing)},
                code="sign_missing",
                details={"signs": [f"U+{ord(sign):04X}" for sign in missing]},
            )


def _hills(height: float, waves: float, shift: float) -> list[tuple[float, float]]:
    """The line of hills from the left frame to the right one."""
    span = WIDTH - 26
    return [
        (13 + span * step / 90, height + 5 * math.cos(shift + 2 * math.pi * waves * step / 90))
        for step in range(91)
    ]


def _diamond(x: float, y: float, half: float) -> list[tuple[float, float]]:
    return [(x - half, y), (x, y - half), (x + half, y), (x, y + half)]


def _written(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
