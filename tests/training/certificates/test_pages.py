"""The pages of certificates: found, issued, revoked, kept by the holder, checked by anybody."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from aftersales.audit.models import AuditEvent
from stations.models import Agent
from tests.factories import NOW, seeing_everything
from tests.training.certificates.cases import certificate_of, qualified
from training.models import Certificate, CertificatePrint
from training.rules.certificates import ALPHABET, grouped, make_number

LIST, CANDIDATES = "/training/certificates/", "/training/certificates/candidates/"
ISSUE, MINE, PRINTS = "/training/certificates/issue/", "/training/certificates/mine/", LIST + "prints/"


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.PUBLIC_URL = "https://shouhou.example.cn"
    with override("en"):
        yield


@pytest.fixture
def client():
    """Somebody without an account who reads English."""
    visitor = Client()
    visitor.cookies["django_language"] = "en"
    return visitor


@pytest.fixture
def certificate(cast):
    return certificate_of(cast.agent, cast.trainer, issued_on=timezone.localdate())


@pytest.fixture
def qualified_now(cast, monkeypatch):
    """Somebody with both results, seen on the day of the tests' clock, which the pages read too."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    qualified(cast.uncertified, cast.officer)


def text_of(answer) -> str:
    return answer.content.decode()


def test_list_is_found_by_name_number_and_state_and_exported(as_user, cast, certificate):
    trainer = as_user("trainer")
    other = certificate_of(
        cast.neighbour,
        cast.trainer,
        issued_on=date(2024, 1, 1),
        until=timezone.localdate() - timedelta(days=1),
    )

    assert [name in text_of(trainer.get(LIST)) for name in ("王秀兰", "杨光明")] == [True, True]
    assert [name in text_of(trainer.get(LIST, {"q": "光明"})) for name in ("王秀兰", "杨光明")] == [
        False,
        True,
    ]
    by_number = text_of(trainer.get(LIST, {"q": grouped(certificate.number).lower()}))
    assert [name in by_number for name in ("王秀兰", "杨光明")] == [True, False]
    expired = text_of(trainer.get(LIST, {"standing": "expired"}))
    assert [name in expired for name in ("王秀兰", "杨光明")] == [False, True]
    assert "No certificate fits" in text_of(trainer.get(LIST, {"q": "查无此人"}))
    for nonsense in ({"standing": "x", "issued_from": "nonsense"}, {"q": "＝１＋１" * 9}, {"cursor": "x"}):
        assert trainer.get(LIST, nonsense).status_code == 200
    sheet = trainer.get(LIST, {"format": "xlsx", "q": grouped(other.number)})
    assert sheet["Content-Type"].endswith("spreadsheetml.sheet")
    with seeing_everything():
        assert AuditEvent.objects.get(verb="certificate.exported").after["rows"] == 1


def test_lists_take_few_queries_whatever_is_on_them(as_user, cast, django_assert_max_num_queries):
    for person in (cast.agent, cast.neighbour, cast.uncertified, cast.technician):
        certificate_of(person, cast.trainer)
    trainer = as_user("trainer")

    with django_assert_max_num_queries(11):
        assert trainer.get(LIST).status_code == 200
    with django_assert_max_num_queries(14):
        assert trainer.get(CANDIDATES).status_code == 200


def test_candidates_are_issued_to_after_a_look(as_user, cast, qualified_now):
    trainer = as_user("trainer")
    person = Agent._base_manager.get(user=cast.uncertified)
    lacking = Agent._base_manager.get(user=cast.technician)

    ready = text_of(trainer.get(CANDIDATES, {"state": "ready"}))
    shown = text_of(trainer.get(ISSUE, {"person": [person.pk, lacking.pk]}))
    assert ["罗小军" in ready, "陈大勇" in ready, "罗小军" in shown] == [True, False, True]
    assert not Certificate._base_manager.exists()
    answer = trainer.post(ISSUE, {"person": [person.pk, lacking.pk]}, follow=True)

    assert "Certificates issued: 1" in text_of(answer)
    assert "No certificate for 陈大勇" in text_of(answer)
    assert [row.user for row in Certificate._base_manager.all()] == [cast.uncertified]
    again = trainer.post(ISSUE, {"person": [person.pk]}, follow=True)
    assert "Certificates issued" not in text_of(again)


def test_county_staff_are_listed_when_they_go_for_one(as_user, cast):
    Agent._base_manager.filter(user__in=[cast.agent, cast.neighbour]).update(station=cast.xiuwen_centre)
    certificate_of(cast.neighbour, cast.trainer)

    shown = text_of(as_user("trainer").get(CANDIDATES))

    assert [name in shown for name in ("王秀兰", "杨光明", "罗小军")] == [False, True, True]


@pytest.mark.parametrize("sent", [{}, {"person": "x"}, {"person": "0"}, {"person": "9" * 30}])
def test_nonsense_chosen_changes_nothing(as_user, sent):
    trainer = as_user("trainer")

    assert trainer.get(ISSUE, sent).status_code == 302
    assert trainer.post(ISSUE, sent).status_code in (302, 409)
    assert not Certificate._base_manager.exists()


def test_somebody_of_another_county_is_not_there_to_choose(as_user, cast):
    stranger = Agent._base_manager.get(user=cast.suining_agent)

    assert as_user("trainer").get(ISSUE, {"person": stranger.pk}).status_code == 302
    assert "孙二梅" not in text_of(as_user("trainer").get(CANDIDATES))


def test_revoked_with_a_reason_and_the_words_stay_when_refused(as_user, cast, certificate):
    manager = as_user("manager")
    page = f"{LIST}{certificate.pk}/revoke/"

    assert "cannot be taken back" in text_of(manager.get(page))
    assert manager.post(page, {"reason": ""}).status_code == 200
    short = manager.post(page, {"reason": "无"})
    assert (short.status_code, "Say in a few words why" in text_of(short)) == (409, True)
    assert manager.post(page, {"reason": "考试时有人代考"}).status_code == 302
    assert "考试时有人代考" in text_of(manager.get(f"{LIST}{certificate.pk}/"))
    stale = manager.post(page, {"reason": "考试时有人代考"})
    assert (stale.status_code, "revoked already" in text_of(stale)) == (409, True)
    assert as_user("trainer").get(page).status_code == 403


def test_holder_downloads_and_decides_about_the_name(as_user, cast, certificate):
    agent = as_user("agent")
    consent = f"{LIST}{certificate.pk}/consent/"

    assert grouped(certificate.number) in text_of(agent.get(MINE))
    pdf = agent.get(f"{LIST}{certificate.pk}/pdf/")
    assert (pdf["Content-Type"], pdf["Cache-Control"]) == ("application/pdf", "private, no-store")
    assert b"".join(pdf.streaming_content).startswith(b"%PDF-")
    assert agent.post(consent, {"shows_name": "1"}).status_code == 302
    assert Certificate._base_manager.get().shows_name
    for nonsense in ({}, {"shows_name": "yes"}):
        assert "Please try once more" in text_of(agent.post(consent, nonsense, follow=True))
    assert as_user("neighbour").post(consent, {"shows_name": "0"}).status_code == 404
    assert as_user("neighbour").get(f"{LIST}{certificate.pk}/pdf/").status_code == 404
    assert as_user("officer").get(f"{LIST}{certificate.pk}/pdf/").status_code == 404
    assert agent.post(consent, {"shows_name": "0"}).status_code == 302
    assert not Certificate._base_manager.get().shows_name


def test_what_is_missing_is_said_to_the_person(as_user, cast):
    shown = text_of(as_user("uncertified").get(MINE))

    assert "You hold no certificate yet." in shown
    assert "No passed theory exam" in shown
    assert "/training/" in shown


def test_revoked_certificate_is_not_downloaded(as_user, cast, certificate):
    Certificate._base_manager.filter(pk=certificate.pk).update(
        revoked_at=timezone.now(), revoked_by=cast.manager, revoked_reason="考试时有人代考"
    )

    answer = as_user("agent").get(f"{LIST}{certificate.pk}/pdf/", follow=True)

    assert "A revoked certificate is not printed." in text_of(answer)
    assert "考试时有人代考" in text_of(answer)


def test_many_are_printed_and_the_page_looks_again(as_user, cast, certificate):
    trainer = as_user("trainer")
    new = PRINTS + "new/"

    assert "Certificates chosen: 1" in text_of(trainer.get(new))
    assert "No certificate fits" in text_of(trainer.get(new, {"q": "查无此人"}))
    refused = trainer.post(new, {"q": "查无此人"})
    assert (refused.status_code, CertificatePrint._base_manager.count()) == (409, 0)
    answer = trainer.post(new, {"q": "王秀兰"}, follow=True)
    page = text_of(answer)
    row = CertificatePrint._base_manager.get()
    assert row.certificate_ids == [certificate.pk]
    assert 'http-equiv="refresh"' in page
    assert "no longer kept" in text_of(trainer.get(f"{PRINTS}{row.pk}/file/", follow=True))
    again = trainer.post(f"{PRINTS}{row.pk}/")
    assert again.status_code == 409
    assert "Certificates: 1" in text_of(trainer.get(PRINTS))


def verify(client, number):
    return client.get(f"/verify/{number}/")


@pytest.mark.parametrize("typed", ["grouped", "lower", "full width", "blanks"])
def test_number_is_found_however_it_is_typed(client, certificate, typed):
    number = certificate.number
    text = {
        "grouped": grouped(number),
        "lower": number.lower(),
        "full width": "".join(chr(ord(sign) + 0xFEE0) for sign in number),
        "blanks": f" {number[:5]} {number[5:]} ",
    }[typed]

    answer = client.get("/verify/", {"number": text})

    assert (answer.status_code, answer.url) == (302, f"/verify/{number}/")
    assert "This certificate is valid." in text_of(client.get(answer.url))


def test_public_is_told_how_it_stands_and_only_the_name_that_was_agreed_to(client, cast, certificate):
    def told():
        page = text_of(verify(client, certificate.number))
        said = [each for each in ("is valid", "has expired", "was revoked", "Nobody holds") if each in page]
        return said, "王秀兰" in page

    rows = Certificate._base_manager.filter(pk=certificate.pk)
    assert told() == (["is valid"], False)
    rows.update(shows_name=True, consented_at=timezone.now())
    assert told() == (["is valid"], True)
    rows.update(revoked_at=timezone.now(), revoked_by=cast.manager, revoked_reason="考试时有人代考")
    assert told() == (["was revoked"], True)
    page = text_of(verify(client, certificate.number))
    assert "考试时有人代考" not in page
    assert "广城" not in page
    unknown = verify(client, make_number())
    assert unknown.status_code == 200
    assert "Nobody holds a certificate with this number" in text_of(unknown)


def test_expired_is_said(client, cast):
    row = certificate_of(
        cast.agent, cast.trainer, issued_on=date(2024, 1, 1), until=timezone.localdate() - timedelta(days=1)
    )

    assert "This certificate has expired." in text_of(verify(client, row.number))


def test_one_wrong_sign_and_a_swap_are_called_a_slip(client, certificate):
    number = certificate.number
    other = ALPHABET[(ALPHABET.index(number[3]) + 1) % 32]
    place = next(place for place in range(12) if number[place] != number[place + 1])
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]

    for wrong in (number[:3] + other + number[4:], swapped, "x", "售后", "A" * 300):
        answer = verify(client, wrong)
        assert answer.status_code == 200
        assert "a sign is wrong or two are swapped" in text_of(answer)
    assert "a sign is wrong" in text_of(client.get("/verify/", {"number": swapped}))
    assert "required" in text_of(client.get("/verify/", {"number": ""}))


def test_known_and_unknown_cost_the_same_and_looking_is_limited(
    client, certificate, django_assert_num_queries, monkeypatch
):
    verify(client, certificate.number)
    with django_assert_num_queries(5):
        known = verify(client, certificate.number)
    with django_assert_num_queries(5):
        unknown = verify(client, make_number())
    assert (known.status_code, unknown.status_code) == (200, 200)
    assert known["Cache-Control"] == unknown["Cache-Control"] == "private, no-store"
    for _ in range(57):
        verify(client, make_number())

    assert verify(client, certificate.number).status_code == 429
    assert verify(client, make_number()).status_code == 429
