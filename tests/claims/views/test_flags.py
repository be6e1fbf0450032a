"""The page where a person compares pictures and judges what caught the eye."""

import pytest

from claims.models import ClaimFlag, Photo
from claims.services import evidence, flags
from tests.claims.pictures import jpeg
from tests.factories import NOW, acting_as, make_claim, make_consumer, seeing_everything
from tests.grounds import laid_once

pytestmark = pytest.mark.django_db

TOKEN = "form-token-0123456789"


def keep_photo(claim, shade):
    with acting_as(claim.filed_by):
        photo = evidence.stage(
            upload=jpeg(shade), station=claim.station, form_token=TOKEN, by=claim.filed_by, now=NOW
        )
        evidence.attach(claim=claim, form_token=TOKEN, by=claim.filed_by, now=NOW)
        return photo


@pytest.fixture
@laid_once
def pair(cast):
    """Our claim with a photo that a claim of another county had first."""
    theirs = make_claim(cast.chenlou, filed_by=cast.suining_agent)
    keep_photo(theirs, 7)
    ours = make_claim(cast.guangcheng, filed_by=cast.agent)
    keep_photo(ours, 7)
    with seeing_everything():
        return ours, theirs, ClaimFlag.objects.get(claim=ours)


def page(claim) -> str:
    return f"/claims/{claim.number}/flags/"


def address_of(claim) -> str:
    with seeing_everything():
        return f"/claims/photos/{Photo.objects.get(claim=claim).pk}/"


def send(client, claim, flag, **given):
    fields = {"flag": flag.pk, "was": "", "verdict": "harmless", "note": "", **given}
    return client.post(page(claim), {name: value for name, value in fields.items() if value is not None})


def test_officer_sees_their_own_picture_and_of_the_other_county_its_day(door, cast, pair):
    ours, theirs, _flag = pair

    shown = door(cast.officer).get(page(ours)).content.decode()

    assert address_of(ours) in shown
    assert "A claim in another county has the same photo; it was filed on 2026-11-20." in shown
    assert address_of(theirs) not in shown
    assert theirs.number not in shown
    assert theirs.station.name not in shown


def test_platform_desk_sees_both(door, cast, pair):
    ours, theirs, _flag = pair

    shown = door(cast.platform).get(page(ours)).content.decode()

    assert address_of(ours) in shown
    assert address_of(theirs) in shown
    assert f"Claim {theirs.number} has the same photo." in shown


def test_the_page_asks_the_same_number_of_questions_for_any_number_of_flags(
    door, cast, pair, django_assert_max_num_queries
):
    ours, _theirs, _flag = pair
    client = door(cast.platform)
    client.get(page(ours))
    for _more in range(4):
        keep_photo(make_claim(cast.chenlou, filed_by=cast.suining_agent), 7)
    with seeing_everything():
        flags.look_at_photos(claim=ours, new_photos=(), now=NOW)

    with django_assert_max_num_queries(13):
        shown = client.get(page(ours))

    assert len(shown.context["cards"]) == 5


def test_a_verdict_is_kept_and_shown(door, cast, pair):
    ours, _theirs, flag = pair
    client = door(cast.officer)

    answer = send(client, ours, flag, verdict="confirmed", note="the same rotten box")

    assert (answer.status_code, answer.url) == (302, f"{page(ours)}#flag-{flag.pk}")
    shown = client.get(page(ours)).content.decode()
    assert "misuse confirmed" in shown
    assert "the same rotten box" in shown


@pytest.mark.parametrize(
    ("given", "status", "words"),
    [
        ({"verdict": None}, 200, "This field is required."),
        ({"verdict": "guilty"}, 200, "guilty is not one of the available choices."),
        ({"was": "perhaps"}, 200, "perhaps is not one of the available choices."),
        ({"verdict": "confirmed", "note": "x"}, 409, "Write down what shows the misuse."),
        ({"was": "harmless"}, 409, "Somebody else has just judged this"),
    ],
)
def test_what_is_missing_is_said_at_the_form(door, cast, pair, given, status, words):
    ours, _theirs, flag = pair
    client = door(cast.officer)

    answer = send(client, ours, flag, **given)

    assert answer.status_code == status
    assert words in answer.content.decode()
    with seeing_everything():
        assert ClaimFlag.objects.get(pk=flag.pk).verdict == ""


def test_after_somebody_was_faster_the_next_try_counts(door, cast, pair):
    ours, _theirs, flag = pair
    send(door(cast.manager), ours, flag)
    client = door(cast.officer)

    first = send(client, ours, flag, verdict="confirmed", note="the same rotten box")
    form = first.context["cards"][0]["form"]
    second = send(client, ours, flag, was=form["was"].value(), verdict="confirmed", note=form["note"].value())

    assert (first.status_code, second.status_code) == (409, 302)
    with seeing_everything():
        kept = ClaimFlag.objects.get(pk=flag.pk)
        assert (kept.verdict, kept.note) == ("confirmed", "the same rotten box")


def test_a_form_without_a_flag_asks_for_one(door, cast, pair):
    ours, _theirs, _flag = pair

    answer = door(cast.officer).post(page(ours), {"verdict": "harmless"})

    assert answer.status_code == 200
    assert "Choose what you judge from the list." in answer.content.decode()


@pytest.mark.parametrize("key", ["x", "987654321", "9" * 40])
def test_a_flag_of_no_claim_or_another_one_is_not_found(door, cast, pair, key):
    ours, _theirs, _flag = pair

    answer = door(cast.officer).post(page(ours), {"flag": key, "verdict": "harmless"})

    assert answer.status_code == 404


def test_a_flag_of_another_claim_cannot_be_judged_here(door, cast, pair):
    ours, theirs, _flag = pair
    with seeing_everything():
        other = ClaimFlag.objects.get(claim=theirs)

    assert send(door(cast.platform), ours, other).status_code == 404


def test_whoever_filed_the_claim_reads_and_does_not_judge(door, cast):
    consumer = make_consumer(cast.guangcheng)
    with seeing_everything():
        consumer.user = cast.officer
        consumer.save(update_fields=["user"])
        claim = make_claim(cast.guangcheng, filed_by=cast.officer, consumer=consumer)
        flags.look_at_photos(claim=claim, new_photos=(), now=NOW)
        flags.refresh(claim=claim, compensation=None, now=NOW)

    shown = door(cast.officer).get(page(claim)).content.decode()

    assert "The person who filed it gains from it." in shown
    assert "You filed this claim, so somebody else decides." in shown
    assert "Keep this verdict" not in shown


def test_an_ordinary_claim_says_that_nothing_caught_the_eye(door, cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)

    assert "Nothing caught the eye" in door(cast.officer).get(page(claim)).content.decode()


def test_the_claim_page_leads_there_for_those_who_judge(door, cast, pair):
    ours, _theirs, _flag = pair

    assert page(ours) in door(cast.officer).get(f"/claims/{ours.number}/").content.decode()
    assert page(ours) not in door(cast.agent).get(f"/claims/{ours.number}/").content.decode()
    assert door(cast.agent).get(page(ours)).status_code == 403
