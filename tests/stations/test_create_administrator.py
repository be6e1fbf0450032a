from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from aftersales.accounts.models import User
from aftersales.accounts.roles import Role
from aftersales.audit.models import AuditEvent
from stations.access.scope import authority_of
from tests.factories import seeing_everything


def create(username, name="王丽"):
    out = StringIO()
    call_command("create_administrator", username, name=name, stdout=out)
    return out.getvalue().split()


def test_a_new_system_gets_its_first_administrator(db, client):
    username, password = create("wang.li")

    authority = authority_of(User.objects.get(username="wang.li"), now=timezone.now())
    assert (username, authority.roles, authority.scope.everywhere) == ("wang.li", {Role.ADMINISTRATOR}, True)
    with seeing_everything():
        events = AuditEvent.objects.order_by("id").values_list("verb", "actor_name")
        assert list(events) == [
            ("scope.opened", "System"),
            ("account.opened", "System"),
            ("grant.given", "System"),
        ]
    assert client.login(username="wang.li", password=password)


@pytest.mark.parametrize(("username", "name"), [("WANG.LI", "另一个"), ("a b", "王丽"), ("li.na", "")])
def test_what_cannot_be_an_account_leaves_none(db, username, name):
    create("wang.li")
    accounts = User.objects.count()

    with pytest.raises(CommandError):
        create(username, name)
    assert User.objects.count() == accounts
