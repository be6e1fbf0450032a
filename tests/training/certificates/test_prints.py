"""Many certificates in one file: made in the background, with progress, the same bytes again, kept a week."""

import hashlib
from datetime import timedelta

import pytest
from django_q.models import OrmQ

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from tests.factories import NOW, acting_as, seeing_everything
from tests.training.certificates.cases import certificate_of
from training.models import Certificate, CertificatePrint
from training.services import certificate_pdf
from training.services import certificate_prints as service


@pytest.fixture(autouse=True)
def _public_address(settings):
    settings.PUBLIC_URL = "https://shouhou.example.cn"


@pytest.fixture
def certificates(cast):
    return [certificate_of(person, cast.trainer) for person in (cast.agent, cast.neighbour)]


@pytest.fixture
def quick(monkeypatch):
    """Pages without fonts: what is tested is what happens around them."""

    def write(certificates, *, issuers, tell=None):
        for done, _certificate in enumerate(certificates, start=1):
            tell(done)
        return b"%PDF-" + b" ".join(each.number.encode() for each in certificates)

    monkeypatch.setattr(certificate_pdf, "write", write)


def asked(cast, certificates):
    with acting_as(cast.trainer):
        return service.ask(certificates, by=cast.trainer, now=NOW)


def fresh(row):
    with seeing_everything():
        return CertificatePrint.objects.get(pk=row.pk)


def code_of(call, *args, **named) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **named)
    return refused.value.code


def test_asking_enqueues_once_and_making_gives_the_file(cast, certificates):
    row = asked(cast, certificates)

    assert (row.state, row.count, row.county_code) == ("waiting", 2, "520123000000")
    assert OrmQ.objects.count() == 1
    assert service.make(row.pk, now=NOW) == "ready"
    row = fresh(row)
    content = service.path_of(row).read_bytes()
    assert content.startswith(b"%PDF-")
    assert (row.done, row.byte_size, row.sha256) == (2, len(content), hashlib.sha256(content).hexdigest())
    assert row.kept_until == NOW + timedelta(days=7)


def test_made_again_it_is_the_same_file(cast, certificates, quick):
    row = asked(cast, certificates)
    service.make(row.pk, now=NOW)
    first = fresh(row)
    with acting_as(cast.trainer):
        service.ask_again(first, by=cast.trainer, now=NOW + timedelta(days=1))
        waiting = code_of(service.ask_again, first, by=cast.trainer, now=NOW)
    service.make(row.pk, now=NOW + timedelta(days=1))

    again = fresh(row)
    assert waiting == "print_running"
    assert (again.sha256, again.file_name, again.state) == (first.sha256, first.file_name, "ready")
    with seeing_everything():
        events = AuditEvent.objects.filter(verb="certificate_print.made").order_by("id")
        assert [event.before for event in events] == [None, {"sha256": first.sha256}]


def test_delivered_twice_it_is_made_once_and_a_killed_one_begins_anew(cast, certificates, quick):
    row = asked(cast, certificates)
    with seeing_everything():
        CertificatePrint.objects.filter(pk=row.pk).update(state="running", done=1)

    assert service.make(row.pk, now=NOW) == "ready"
    ended = fresh(row).ended_at
    assert service.make(row.pk, now=NOW + timedelta(hours=1)) == "ready"
    assert fresh(row).ended_at == ended


def test_progress_is_written_down_while_it_is_made(cast, certificates, monkeypatch):
    row = asked(cast, certificates * 10)
    seen = []

    def write(certificates, *, issuers, tell=None):
        for done, _certificate in enumerate(certificates, start=1):
            tell(done)
            seen.append(fresh(row).done)
        return b"%PDF-"

    monkeypatch.setattr(certificate_pdf, "write", write)
    service.make(row.pk, now=NOW)

    assert seen == [0] * 9 + [10] * 10 + [20]


def test_a_name_that_cannot_be_printed_is_said_on_the_print(cast, certificates):
    cast.agent.full_name = "杨𠮷"
    named = certificate_of(cast.agent, cast.trainer)
    row = asked(cast, [named])

    assert service.make(row.pk, now=NOW) == "failed"
    row = fresh(row)
    assert "𠮷" in row.problem
    assert (row.file_name, row.sha256, service.path_of(row)) == ("", "", None)


@pytest.mark.parametrize("what", ["none", "too many", "two counties", "no address"])
def test_what_is_not_printed(cast, certificates, settings, what):
    chosen = {
        "none": [],
        "too many": certificates * 501,
        "two counties": [*certificates, certificate_of(cast.suining_agent, cast.trainer)],
        "no address": certificates,
    }[what]
    if what == "no address":
        settings.PUBLIC_URL, settings.DEVELOPMENT = "", False

    with acting_as(cast.trainer):
        code = code_of(service.ask, chosen, by=cast.trainer, now=NOW)

    assert (
        code
        == {
            "none": "nobody_chosen",
            "too many": "too_many",
            "two counties": "several_counties",
            "no address": "public_url_missing",
        }[what]
    )
    assert OrmQ.objects.count() == 0


def test_files_go_after_a_week_and_the_fingerprint_stays(cast, certificates, quick):
    row = asked(cast, certificates)
    service.make(row.pk, now=NOW)
    path = service.path_of(fresh(row))

    assert service.sweep(now=NOW + timedelta(days=7)) == 0
    assert path.is_file()
    assert service.sweep(now=NOW + timedelta(days=7, seconds=1)) == 1
    row = fresh(row)
    assert not path.exists()
    assert (row.file_name, row.state, len(row.sha256)) == ("", "ready", 64)
    assert service.sweep(now=NOW + timedelta(days=8)) == 0


@pytest.mark.parametrize("moment", ["before it is made", "before it is made again"])
def test_a_certificate_that_is_revoked_meanwhile_is_not_printed(cast, certificates, quick, moment):
    row = asked(cast, certificates)
    if moment == "before it is made again":
        service.make(row.pk, now=NOW)
    Certificate._base_manager.filter(pk=certificates[0].pk).update(
        revoked_at=NOW, revoked_by=cast.manager, revoked_reason="代考"
    )

    if moment == "before it is made again":
        with acting_as(cast.trainer):
            assert code_of(service.ask_again, row, by=cast.trainer, now=NOW) == "revoked_inside"
        assert fresh(row).state == "ready"
    else:
        assert service.make(row.pk, now=NOW) == "failed"
        assert (fresh(row).file_name, fresh(row).problem != "") == ("", True)


def test_a_file_with_a_revoked_certificate_is_not_handed_out(cast, certificates, quick, as_user):
    row = asked(cast, certificates)
    service.make(row.pk, now=NOW)
    file, page = (f"/training/certificates/prints/{row.pk}/{part}" for part in ("file/", ""))
    assert as_user("trainer").get(file).status_code == 200
    Certificate._base_manager.filter(pk=certificates[0].pk).update(
        revoked_at=NOW, revoked_by=cast.manager, revoked_reason="代考"
    )

    answer = as_user("trainer").get(file, follow=True)

    assert answer.redirect_chain == [(page, 302)]
    assert "has been revoked" in answer.content.decode()
    with seeing_everything():
        assert AuditEvent.objects.filter(verb="certificate_print.downloaded").count() == 1
