"""The tables of outside codes, as applications read them."""

import pytest

from tests.api_world import Api, make_client, make_token
from tests.factories import make_party

pytestmark = pytest.mark.django_db


def test_each_platform_is_told_with_its_codes_and_which_is_yours(cast):
    client = make_client(make_party("platform"), region="520123000000", adapter="wechat_store")

    answer = Api(make_token(client)[1]).get("adapters/")

    tables = answer.json()["data"]
    assert [(each["code"], each["is_yours"]) for each in tables] == [
        ("generic", False),
        ("pinduoduo", False),
        ("taobao", False),
        ("wechat_store", True),
    ]
    ours = tables[-1]
    assert ours["told"]["case_status"]["rejected"] == "33"
    assert {
        "kind": "case_status",
        "code": "40",
        "words": "赔付成功",
        "state": None,
        "status": "resolved",
        "nature": None,
        "severity": None,
        "is_without_reason": False,
    } in ours["codes"]
