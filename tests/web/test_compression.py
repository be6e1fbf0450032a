"""Pages leave compressed; what is small, streamed or a picture leaves as it is."""

import gzip

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from aftersales.web.middleware import CompressionMiddleware

LONG = "烂了三个桃子。" * 200


def answer(response, accepts="gzip, deflate"):
    request = RequestFactory().get("/", headers={"accept-encoding": accepts})
    return CompressionMiddleware(lambda request: response)(request)


@pytest.mark.parametrize(
    "content_type", ["text/html; charset=utf-8", "application/json", "application/problem+json"]
)
def test_text_is_compressed_and_can_be_read_again(content_type):
    response = answer(HttpResponse(LONG, content_type=content_type))

    assert response["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response["Vary"]
    assert gzip.decompress(response.content).decode() == LONG
    assert len(response.content) < len(LONG.encode()) / 4


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(LONG, content_type="image/jpeg"),
        HttpResponse("short", content_type="text/html"),
        StreamingHttpResponse([LONG], content_type="text/csv"),
    ],
    ids=["picture", "short", "streamed"],
)
def test_the_rest_is_left_alone(response):
    assert "Content-Encoding" not in answer(response)


def test_browsers_that_do_not_ask_get_plain_text():
    assert "Content-Encoding" not in answer(HttpResponse(LONG), accepts="identity")


def test_pages_of_the_site_are_compressed(client, db):
    response = client.get("/account/sign-in/", headers={"accept-encoding": "gzip"})

    assert response["Content-Encoding"] == "gzip"
