import pytest
from django.core.management import CommandError, call_command

from aftersales.audit.models import AuditEvent
from tests.claims.clock_cases import clocked, steps_of
from tests.factories import seeing_everything

pytestmark = pytest.mark.django_db
LATE = "2026-11-24T09:00:00+08:00"


def run(capsys, *arguments):
    call_command("sweep_clocks", *arguments)
    return capsys.readouterr().out.splitlines()


def test_says_what_it_did_and_does_nothing_twice(cast, capsys):
    claim = clocked(cast.guangcheng, cast.agent)

    assert run(capsys, "--now", LATE) == ["warned 4, escalated 3, resumed 0"]
    assert run(capsys, "--now", LATE) == ["warned 0, escalated 0, resumed 0"]

    assert len(steps_of(claim)) == 8
    with seeing_everything():
        assert AuditEvent.objects.filter(verb="scope.opened", reason="sweep_clocks").count() == 2


def test_goes_by_the_present_when_no_moment_is_given(cast, capsys):
    clocked(cast.guangcheng, cast.agent)

    assert run(capsys)[-1].startswith("warned ")


def test_fails_when_an_alarm_failed(cast, capsys):
    claim = clocked(cast.guangcheng, cast.agent)
    with seeing_everything():
        # A class that no policy knows: the next clock cannot be worked out.
        type(claim).objects.filter(pk=claim.pk).update(goods_type="moon rock")

    with pytest.raises(SystemExit) as ended:
        call_command("sweep_clocks", "--now", LATE)

    assert ended.value.code == 1
    said = capsys.readouterr()
    assert said.err == "failed 1\n"
    assert said.out == "warned 0, escalated 0, resumed 0\n"


@pytest.mark.parametrize("text", ["yesterday", "2026-11-24T09:00:00", "2026-13-24T09:00:00+08:00"])
def test_refuses_what_is_no_moment(db, text):
    with pytest.raises(CommandError, match="not a moment with its time zone"):
        call_command("sweep_clocks", "--now", text)
