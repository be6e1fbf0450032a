"""Whatever is typed or sent, a page answers with a page: no fault, and nothing of it runs as markup."""

from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from claims.models import Claim
from claims.services import compensation as service
from tests.claims.pictures import jpeg
from tests.factories import (
    NOW,
    acting_as,
    make_claim,
    make_consumer,
    make_fund,
    make_line,
    make_policy,
    seeing_everything,
)

HOSTILE = [
    "a\x00b",
    "\ufffe\u202e\u2066",
    "🍑" * 600,
    "9" * 400,
    "-1",
    "1e309",
    "٣",
    "９９９９９９９９９９９９",
    "' OR 1=1 --",
    '"><script>alert(1)</script>',
]
FORMS = {
    "/claims/new/{line}/": [
        "form_key",
        "send",
        "remove",
        "symptom",
        "bad_milli",
        "consent_kind",
        "description",
        "goods_type",
        "nature",
        "severity",
        "channel",
        "batch",
        "file_anyway",
    ],
    "/claims/new/{line}/live/": ["form_key", "bad_milli", "description", "goods_type", "nature"],
    "/claims/new/{line}/photos/": ["form_key"],
    "/claims/orders/new/": [
        "form_key",
        "product",
        "paid",
        "quantity",
        "ordered_on",
        "name",
        "phone",
        "number",
    ],
    "/claims/{number}/choice/?choice=refund-cash": ["asked_how", "version"],
    "/claims/{number}/decide/": ["refuse", "code", "text", "version"],
    "/claims/{number}/move/accept/": ["progress", "finish_at", "method", "version"],
    "/claims/{number}/move/withdraw/": ["reason", "version"],
    "/claims/{number}/merge/": ["into", "version"],
    "/claims/{number}/photos/": ["form_key"],
    "/claims/consumers/{consumer}/": ["reason"],
}
QUERIES = [
    "/?q={}",
    "/claims/?q={}",
    "/claims/?status={}&goods={}&nature={}&since={}&until={}&mine={}&overdue={}",
    "/claims/?cursor={}",
    "/claims/?status__in={}&consumer__phone_sealed={}&ordering={}&_connector={}",
    "/claims/new/?q={}",
    "/claims/orders/?q={}&cursor={}",
    "/claims/orders/new/?number={}",
    "/claims/{number}/choice/?choice={}",
    "/claims/consumers/{consumer}/?claim={}",
    "/claims/photos/1/?small={}",
]


@pytest.fixture
def places(cast):
    """A claim that waits for a choice, its line and its consumer."""
    make_fund("520123000000")
    make_policy()
    consumer = make_consumer(cast.guangcheng)
    line = make_line(cast.guangcheng, consumer=consumer)
    claim = make_claim(
        cast.guangcheng, filed_by=cast.agent, line=line, consumer=consumer, procedure="quality_proportional"
    )
    with acting_as(cast.agent):
        service.work_out(claim=claim, by=cast.agent, now=NOW)
    return {"line": line.pk, "number": claim.number, "consumer": consumer.pk}


def harmless(answer) -> bool:
    return answer.status_code < 500 and b"<script>alert(1)</script>" not in answer.content


@pytest.mark.parametrize("path", FORMS)
def test_no_value_of_a_form_breaks_it(cast, door, places, path):
    client = door(cast.officer)
    client.raise_request_exception = False
    address = path.format(**places)

    broken = [
        (field, value[:20])
        for field in FORMS[path]
        for value in HOSTILE
        if not harmless(client.post(address, {"send": "1", field: value}))
    ]

    assert broken == []


@pytest.mark.parametrize("query", QUERIES)
def test_no_query_breaks_a_page(cast, door, places, query):
    client = door(cast.officer)
    client.raise_request_exception = False
    path, _, rest = query.partition("?")
    addresses = [f"{path.format(**places)}?{rest.replace('{}', quote(value))}" for value in HOSTILE]

    assert [address[:60] for address in addresses if not harmless(client.get(address))] == []


@pytest.mark.parametrize("number", ["%00", "SH" + "9" * 300, "..%2f..", "%F0%9F%8D%91", "SH 1", "%27"])
def test_no_number_in_an_address_breaks_a_page(cast, door, number):
    client = door(cast.agent)
    client.raise_request_exception = False

    for page in ("", "choice/", "move/start/", "merge/", "photos/", "receipt/"):
        assert client.get(f"/claims/{number}/{page}").status_code in (400, 404)


@pytest.mark.parametrize("pk", ["0", "9" * 18, "9" * 40])
def test_no_key_in_an_address_breaks_a_page(cast, door, pk):
    client = door(cast.agent)
    client.raise_request_exception = False

    for page in (f"new/{pk}/", f"photos/{pk}/", f"orders/{pk}/", f"consumers/{pk}/"):
        assert client.get(f"/claims/{page}").status_code == 404


@pytest.mark.parametrize(
    "name", ["a" * 300 + ".jpg", "../../x.jpg", "<script>alert(1)</script>.jpg", "\u202egpj.exe"]
)
def test_names_of_files_are_shown_as_text(cast, door, places, name):
    broken = SimpleUploadedFile(name, b"no picture", content_type="image/jpeg")

    page = door(cast.agent).post(
        f"/claims/new/{places['line']}/", {"form_key": "form-key-of-odd-names", "photos": [broken]}
    )

    assert harmless(page)
    assert len(page.context["refusals"]) == 1


def test_form_that_was_not_ours_is_refused(cast, places):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.agent)

    answers = [
        client.post(f"/claims/{places['number']}/move/withdraw/", {"version": 1, "reason": "村民说不要了"}),
        client.post(f"/claims/new/{places['line']}/", {"send": "1"}),
        client.post(
            f"/claims/new/{places['line']}/photos/",
            {"photos": [SimpleUploadedFile("a.jpg", jpeg(1), content_type="image/jpeg")]},
        ),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    with seeing_everything():
        assert Claim.objects.get().status == "accepted"
