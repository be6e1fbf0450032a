"""The certificate as PDF: its words are signs and not boxes, its code opens the page that answers."""

import re
import zlib

import pytest
import segno

from aftersales.lib.errors import Refused
from tests.factories import seeing_everything
from tests.training.certificates.cases import certificate_of
from training.services import certificate_pdf
from training.services.certificate_pdf import QR_LEFT, QR_SIDE, QR_TOP

BASE = "https://shouhou.example.cn"
POINT = 72 / 25.4
PAGE_HEIGHT = 210


@pytest.fixture(autouse=True)
def _public_address(settings):
    settings.PUBLIC_URL = BASE


@pytest.fixture
def certificate(cast):
    return certificate_of(cast.agent, cast.trainer)


def written(*certificates, issuer="修文县县域共配售后中心"):
    return certificate_pdf.write(certificates, issuers={each.county_code: issuer for each in certificates})


def streams(pdf: bytes) -> list[bytes]:
    """What is drawn, page by page."""
    found = []
    for body in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        try:
            text = zlib.decompress(body)
        except zlib.error:
            continue
        if b" re f" in text:
            found.append(text)
    return found


def code_on(page: bytes, modules: int) -> list[list[bool]]:
    """The modules of the code as they are drawn: read in the middle of each."""
    black, bars = False, []
    for operator, x, y, width, height in re.findall(
        rb"(?:(0(?:\.0*)? g)|([\d.]+) ([\d.-]+) ([\d.]+) (-?[\d.]+) re f)", page
    ):
        if operator:
            black = True
        elif black:
            left, top = float(x) / POINT, PAGE_HEIGHT - float(y) / POINT
            bars.append((left, top, left + float(width) / POINT, top - float(height) / POINT))
    side = QR_SIDE / modules

    def is_black(row, column):
        x, y = QR_LEFT + (column + 0.5) * side, QR_TOP + (row + 0.5) * side
        return any(bar[0] <= x <= bar[2] and bar[1] <= y <= bar[3] for bar in bars)

    return [[is_black(row, column) for column in range(modules)] for row in range(modules)]


def test_code_opens_the_page_that_answers(certificate):
    address = f"{BASE}/verify/{certificate.number}/"
    wanted = [[bool(sign) for sign in row] for row in segno.make(address, error="m", micro=False).matrix]

    (page,) = streams(written(certificate))

    assert code_on(page, len(wanted)) == wanted


def test_same_certificates_same_bytes_and_others_not(cast, certificate):
    other = certificate_of(cast.neighbour, cast.trainer)

    first, again = written(certificate, other), written(certificate, other)

    assert first == again
    assert first != written(other, certificate)
    assert len(streams(first)) == 2


def test_every_sign_is_in_the_embedded_font(certificate):
    pdf = written(certificate)

    assert pdf.startswith(b"%PDF-")
    assert b"NotoSerifSC" in pdf
    assert b"NotoSansSC" in pdf
    assert len(pdf) < 120_000


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("杨𠮷", "sign_missing"),
        ("王😀", "sign_missing"),
        ("杨喆", ""),
        ("阿卜杜热合曼·买买提", ""),
        ("长" * 60, ""),
    ],
)
def test_a_sign_that_the_font_lacks_is_said_and_never_printed_as_a_box(certificate, name, code):
    certificate.holder_name = name

    try:
        written(certificate)
    except Refused as refused:
        assert refused.code == code
        assert name[1:] in refused.message
    else:
        assert code == ""


def test_without_a_public_address_nothing_is_printed(settings, certificate):
    settings.PUBLIC_URL, settings.DEVELOPMENT = "", False

    with pytest.raises(Refused) as refused:
        written(certificate)

    assert refused.value.code == "public_url_missing"


def test_issuer_is_the_centre_of_the_county(cast):
    with seeing_everything():
        found = certificate_pdf.issuers_of({"520123000000", "320324000000"})

    assert found == {"520123000000": "修文县县域共配售后中心", "320324000000": "睢宁县县域共配售后中心"}
