"""The delivery log and the words of messages in the admin."""

import pytest
import time_machine
from django.urls import reverse

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.notices import deliveries, posting, preferences, rewording
from aftersales.notices.models import Delivery, NoticeTemplate
from tests.factories import NOW, seeing_everything
from tests.notices.conftest import WORK, message

pytestmark = pytest.mark.django_db
LOG = reverse("admin:notices_delivery_changelist")
WORDS = reverse("admin:notices_noticetemplate_changelist")
REWORD = reverse("admin:notices_noticetemplate_add")


@pytest.fixture(autouse=True)
def _the_clock_stands():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def dead(cast) -> Delivery:
    posting.post([message(cast.agent, "dead", params={"number": "AS1"})], now=NOW)
    with seeing_everything():
        Delivery.objects.update(
            state="dead", tries=6, last_error="http_503", address_masked="138****1234", tried_at=NOW
        )
        return Delivery.objects.get()


def state(delivery) -> tuple:
    with seeing_everything():
        return Delivery.objects.values_list("state", "tries", "next_try_at").get(pk=delivery.pk)


def events(verb) -> list:
    with seeing_everything():
        return list(
            AuditEvent.objects.filter(verb=verb).values_list("actor_id", "object_id", "before", "after")
        )


def again(client, delivery):
    data = {"action": "try_again", "_selected_action": str(delivery.pk), "apply": "1"}
    return client.post(LOG, data, follow=True)


@pytest.mark.parametrize("person", ["platform", "administrator"])
def test_dead_letters_are_listed_with_their_reason(cast, as_user, dead, person):
    client = as_user(person)

    page = client.get(LOG, {"state__exact": "dead"}).content.decode()
    detail = client.get(reverse("admin:notices_delivery_change", args=[dead.pk])).content.decode()

    for text in (page, detail):
        assert "given up" in text
        assert "the gateway answered 503" in text
        assert "138****1234" in text
    assert "Claim AS1 waits" in page
    assert "Claim AS1 waits" not in client.get(LOG, {"state__exact": "waiting"}).content.decode()
    assert client.get(LOG, {"channel": "console"}).context["cl"].result_count == 1
    assert client.get(LOG, {"channel": "sms"}).context["cl"].result_count == 0


@pytest.mark.parametrize("person", ["manager", "officer", "supervisor", "trainer"])
def test_the_log_is_for_the_desk_alone(cast, as_user, dead, person):
    assert as_user(person).get(LOG).status_code == 403


def test_the_log_cannot_be_searched_by_what_it_does_not_offer(cast, as_user, dead):
    answer = as_user("platform").get(LOG, {"address_masked__startswith": "138"})

    assert answer.status_code in (302, 400)


def test_a_dead_letter_is_put_back_with_its_id(cast, as_user, dead):
    again(as_user("platform"), dead)

    assert state(dead) == ("waiting", 0, NOW)
    assert events("notice.tried_again") == [
        (
            cast.platform.pk,
            str(dead.pk),
            {"state": "dead", "tries": 6, "last_error": "http_503"},
            {"state": "waiting"},
        )
    ]


@pytest.mark.parametrize("was", ["waiting", "delivered", "folded"])
def test_only_a_dead_letter_is_put_back(cast, dead, was):
    more = {"delivered": {"delivered_at": NOW}, "folded": {"digest_id": dead.pk}}.get(was, {})
    with seeing_everything():
        Delivery.objects.update(state=was, **more)

        with pytest.raises(Refused) as refused:
            deliveries.try_again(delivery=dead, by=cast.platform, now=NOW)

    assert (refused.value.code, state(dead)[0], events("notice.tried_again")) == ("not_given_up", was, [])


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("timeout", "no answer in time"),
        ("http_404", "the gateway answered 404"),
        ("smtp_550", "the mail server answered 550"),
        ("smtp", "the mail server refused"),
        ("http_x", "http_x"),
        ("new_reason", "new_reason"),
        ("", ""),
    ],
)
def test_reasons_are_words(cast, as_user, code, words):
    assert deliveries.reason(code) == words


def reword(client, query=None, **words):
    data = {"title": "Look: %(number)s", "body": "At %(station)s."} | words
    url = f"{REWORD}?event=test.work&language=en&channel={query or ''}"
    return client.post(url, data)


def test_messages_are_offered_with_the_words_they_have(cast, as_user):
    client = as_user("platform")

    page = client.get(REWORD).content.decode()
    form = client.get(f"{REWORD}?event=test.work&language=en")

    assert "Claim %(number)s waits" in page
    assert form.context["form"].initial["title"] == "Claim %(number)s waits"
    assert form.context["shown"].title == "Claim ‹number› waits"
    assert "worth ¥12.50, level county centre" in form.context["shown"].text


def test_own_words_are_stored_and_used(cast, as_user):
    client = as_user("platform")

    assert reword(client, "sms")["Location"] == WORDS

    row = NoticeTemplate.objects.get()
    assert (row.event, row.channel, row.language, row.title, row.body, row.changed_by, row.changed_at) == (
        "test.work",
        "sms",
        "en",
        "Look: %(number)s",
        "At %(station)s.",
        cast.platform,
        NOW,
    )
    assert "Look: %(number)s" in client.get(WORDS).content.decode()
    reword(client, "sms", title="Again: %(number)s")
    assert NoticeTemplate.objects.get().title == "Again: %(number)s"
    assert [
        (actor, before and before["title"], after["title"])
        for actor, _id, before, after in events("notice.reworded")
    ] == [
        (cast.platform.pk, "Look: %(number)s", "Again: %(number)s"),
        (cast.platform.pk, None, "Look: %(number)s"),
    ]


def test_a_preview_stores_nothing(cast, as_user):
    answer = reword(as_user("platform"), preview="Preview")

    assert (answer.context["shown"].title, answer.context["shown"].text) == (
        "Look: ‹number›",
        "At ‹station›.",
    )
    assert not NoticeTemplate.objects.exists()


@pytest.mark.parametrize("preview", [{}, {"preview": "Preview"}])
@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("title", "Dear %(full_name)s", "unknown_placeholder"),
        ("body", "%(number)s %(phone)s", "unknown_placeholder"),
        ("title", "%(number)d", "broken_placeholder"),
        ("body", "%(number", "broken_placeholder"),
    ],
)
def test_a_wrong_placeholder_is_a_form_error(cast, as_user, field, text, code, preview):
    answer = reword(as_user("platform"), **{field: text}, **preview)

    errors = answer.context["form"].errors.get_json_data()
    assert (answer.status_code, [(name, each["code"]) for name in errors for each in errors[name]]) == (
        409,
        [(field, code)],
    )
    assert not NoticeTemplate.objects.exists()


def test_known_placeholders_are_named_in_the_error(cast, as_user):
    answer = reword(as_user("platform"), title="%(nr)s")

    assert answer.context["form"].errors["title"] == [
        "%(nr)s is not known here. Known are: %(amount_fen)s, %(due_at)s, %(level)s, %(number)s, "
        "%(station)s, %(village)s."
    ]


def test_own_words_are_taken_away(cast, as_user):
    client = as_user("platform")
    reword(client)
    row = NoticeTemplate.objects.get()

    client.post(WORDS, {"action": "drop", "_selected_action": row.pk, "apply": "1"})

    assert not NoticeTemplate.objects.exists()
    assert len(events("notice.wording_dropped")) == 1


@pytest.mark.parametrize(
    "query",
    [
        "event=nothing&language=en",
        "event=test.work&language=xx",
        "event=test.work",
        "event=test.work&language=en&channel=pigeon",
    ],
)
def test_what_does_not_exist_has_no_page(cast, as_user, query):
    assert as_user("platform").get(f"{REWORD}?{query}").status_code == 404


def test_a_manager_does_not_change_words(cast, as_user):
    assert reword(as_user("manager")).status_code == 403


def test_addresses_in_the_log_are_masked(cast, as_user, settings):
    settings.NOTICE_CHANNELS = ["email"]
    quiet = preferences.of(cast.agent)
    preferences.save(
        user=cast.agent,
        muted=[],
        quiet_from=quiet.quiet_from,
        quiet_until=quiet.quiet_until,
        language="en",
        email="wang.fang@example.com",
        phone=None,
        by=cast.agent,
        now=NOW,
    )
    posting.post([message(cast.agent)], now=NOW)

    page = as_user("platform").get(LOG).content.decode()

    assert "wang.fang" not in page


def test_samples_stand_for_every_placeholder():
    samples = rewording.samples(WORK, NOW)

    assert samples == {
        "amount_fen": 1250,
        "due_at": NOW.isoformat(),
        "level": "county",
        "number": "‹number›",
        "station": "‹station›",
        "village": "‹village›",
    }


def test_dead_letters_wait_on_the_start_page(cast, as_user, dead):
    def lists(person):
        found = as_user(person).get(reverse("admin:index")).context["work_lists"]
        return {each.title: (each.count, [item.text for item in each.items]) for each in found}

    told = "Messages that were not delivered"
    assert lists("platform")[told] == ("1", ["the gateway answered 503"])
    assert told not in lists("manager")
