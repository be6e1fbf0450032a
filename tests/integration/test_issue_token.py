"""`issue_token`: the first token of an application, from the command line."""

import pytest
from django.core.management import CommandError, call_command

from aftersales.integration.models import ApiClient, ApiToken
from tests.api_world import Api
from tests.factories import seeing_everything

XIUWEN = "520123000000"


def issue(capsys, *arguments) -> str:
    call_command("issue_token", "--party", "农优鲜", "--name", "orders", *arguments)
    return capsys.readouterr().out.strip()


def test_it_prints_the_secret_alone_and_enters_what_is_not_known(cast, capsys):
    first = issue(capsys, "--region", XIUWEN, "--scopes", "claims:read", "--label", "test")
    second = issue(capsys, "--region", XIUWEN)

    answer = Api(first).get("token/").json()
    assert {name: answer[name] for name in ("application", "party", "label", "scopes")} == {
        "application": "orders",
        "party": "农优鲜",
        "label": "test",
        "scopes": ["claims:read"],
    }
    assert first != second
    with seeing_everything():
        assert (ApiClient.objects.get().county_code, ApiToken.objects.count()) == (XIUWEN, 2)


@pytest.mark.parametrize("arguments", [["--region", "999999000000"], ["--days", "9999"], ["--rate", "0"]])
def test_what_cannot_be_is_refused_and_leaves_nothing(cast, capsys, arguments):
    with pytest.raises(CommandError):
        issue(capsys, *arguments)

    with seeing_everything():
        assert (ApiClient.objects.count(), ApiToken.objects.count()) == (0, 0)
