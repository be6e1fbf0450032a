"""The OpenAPI document is valid, complete, the same each time, and made without a warning."""

import json

import pytest
from drf_spectacular.drainage import GENERATOR_STATS, reset_generator_stats
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator
from rest_framework.response import Response

from aftersales.integration.api.token import TokenView
from aftersales.web.api.document import document, operations
from tests.api_schema import Undocumented
from tests.api_world import Api, make_client, make_token
from tests.factories import make_party

# Whole tables, articles and reports would fill the page of their operation.
TOO_LONG = {"adapters_show", "handbook_read", "reports_read"}


@pytest.fixture(scope="module")
def made():
    """The document, made anew, and what was warned of meanwhile."""
    reset_generator_stats()
    told = document.__wrapped__("en")
    return told, [*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache]


def test_the_document_is_made_without_a_warning(made):
    assert [str(each) for each in made[1]] == []


def test_the_document_is_openapi_3_1(made):
    validate_schema(made[0])

    assert made[0]["openapi"] == "3.1.1"


def test_the_document_is_the_same_each_time(made):
    assert json.dumps(document.__wrapped__("en")) == json.dumps(made[0])


def test_operations_have_names_of_their_own(made):
    names = [each["operationId"] for each in operations(made[0])]

    assert sorted(names) == sorted(set(names))


def test_every_operation_says_what_it_does_and_which_scope_it_needs(made):
    silent = [
        each["operationId"]
        for each in operations(made[0])
        if not (each["summary"] and each["description"] and each["x-scope"])
    ]

    assert silent == []


def test_every_post_asks_for_a_key_and_every_operation_names_its_refusals(made):
    lacking = []
    for path, item in made[0]["paths"].items():
        for method, each in item.items():
            sent = {one["name"] for one in each["parameters"] if one.get("required")}
            if (method == "post") != ("Idempotency-Key" in sent):
                lacking.append((method, path, "key"))
            if not {"400", "401", "403", "429", "503"} <= set(each["responses"]):
                lacking.append((method, path, "refusals"))

    assert lacking == []


def test_operations_have_examples_that_fit_their_schema(made):
    told, wrong, without = made[0], [], []
    components = {"components": told["components"]}
    for item in told["paths"].values():
        for each in item.values():
            success = next(one for status, one in each["responses"].items() if status.startswith("2"))
            for content in (each.get("requestBody", {}).get("content", {}), success.get("content", {})):
                kind = content.get("application/json")
                if kind is None:
                    continue
                if "example" not in kind and each["operationId"] not in TOO_LONG:
                    without.append(each["operationId"])
                if "example" not in kind:
                    continue
                validator = Draft202012Validator({**kind["schema"], **components})
                if not validator.is_valid(kind["example"]):
                    wrong.append(each["operationId"])

    assert (wrong, without) == ([], [])


def test_hours_are_documented_as_they_are_told(made):
    hours = made[0]["components"]["schemas"]["SpanOut"]["properties"]

    assert {shape["pattern"] for shape in hours.values()} == {"^([01][0-9]|2[0-3]):[0-5][0-9]$"}
    assert not any("format" in shape for shape in hours.values())


def test_headers_of_browsers_are_not_documented_more_narrowly_than_they_are_read(made):
    shapes = {
        each["name"]: each["schema"]
        for methods in made[0]["paths"].values()
        for operation in methods.values()
        for each in operation["parameters"]
        if each["in"] == "header"
    }

    assert shapes["Accept-Language"] == {"type": "string", "examples": ["zh-CN", "en"]}
    assert shapes["If-None-Match"] == {"type": "string"}
    assert "pattern" in shapes["If-Match"] and "pattern" in shapes["Idempotency-Key"]


def test_an_answer_that_is_not_documented_is_noticed(db, cast, monkeypatch):
    _token, secret = make_token(make_client(make_party("platform", "农优鲜")))
    assert Api(secret).get("token/").status_code == 200
    monkeypatch.setattr(TokenView, "one", lambda self, row: self.get_paginated_response([]))
    monkeypatch.setattr(TokenView, "get_paginated_response", lambda self, data: Response({"secret": "x"}))

    with pytest.raises(Undocumented, match="secret"):
        Api(secret).get("token/")
