import json

import pytest
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from aftersales.lib.errors import Refused
from aftersales.web.problems import CONTENT_TYPE


def answer(error):
    class View(APIView):
        authentication_classes = ()
        permission_classes = ()
        renderer_classes = (JSONRenderer,)

        def get(self, request):
            raise error

    request = APIRequestFactory().get("/api/v1/things/")
    request.request_id = "abc12345"
    response = View.as_view()(request).render()
    assert response.headers["Content-Type"] == CONTENT_TYPE
    return response, json.loads(response.content)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Refused("not now", code="wrong_state"), 409, "wrong_state"),
        (Refused("other content", code="key_reused"), 422, "key_reused"),
        (Refused("no key", code="key_missing"), 400, "key_missing"),
        (Http404("Claim 42 of county 520123"), 404, "not_found"),
        (PermissionDenied("secret reason"), 403, "permission_denied"),
        (exceptions.NotAuthenticated(), 403, "not_authenticated"),
        (exceptions.ParseError(), 400, "parse_error"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.UnsupportedMediaType("text/x"), 415, "unsupported_media_type"),
    ],
)
def test_each_kind_of_error_has_its_status_and_code(error, status, code):
    response, body = answer(error)

    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["type"] == "about:blank"
    assert body["title"]
    assert body["request_id"] == "abc12345"


def test_a_refusal_is_told_in_its_own_words():
    _response, body = answer(Refused("今日申请已满", code="daily_limit"))

    assert body["detail"] == "今日申请已满"


def test_hidden_and_missing_look_alike_and_say_nothing_of_the_inside():
    _response, body = answer(Http404("Claim 42 of county 520123"))

    assert "42" not in json.dumps(body)
    assert "detail" not in body


def test_validation_errors_point_at_every_value():
    class Line(serializers.Serializer):
        amount = serializers.IntegerField(max_value=5)

    class Order(serializers.Serializer):
        number = serializers.CharField()
        lines = Line(many=True)

    order = Order(data={"lines": [{"amount": 1}, {"amount": 9}]})
    order.is_valid()

    _response, body = answer(exceptions.ValidationError(order.errors))

    found = {(error["pointer"], error["code"]) for error in body["errors"]}
    assert found == {("/number", "required"), ("/lines/1/amount", "max_value")}


def test_errors_of_the_whole_body_point_at_it_and_names_are_escaped():
    _response, body = answer(exceptions.ValidationError({"non_field_errors": ["no"], "a/b~c": ["bad"]}))

    assert {error["pointer"] for error in body["errors"]} == {"", "/a~1b~0c"}


def test_djangos_validation_errors_are_answered_alike():
    response, body = answer(DjangoValidationError({"phone": ["wrong"]}))

    assert response.status_code == 400
    assert [(error["pointer"], error["detail"]) for error in body["errors"]] == [("/phone", "wrong")]


def test_a_throttled_program_learns_when_to_come_back():
    response, _body = answer(exceptions.Throttled(wait=11.2))

    assert (response.status_code, response.headers["Retry-After"]) == (429, "12")


def test_a_fault_is_not_swallowed():
    with pytest.raises(ZeroDivisionError):
        answer(ZeroDivisionError())
