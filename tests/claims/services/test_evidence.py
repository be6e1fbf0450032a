import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from aftersales.accounts.models import User
from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.web import picture_store
from claims.models import Claim, Photo, PhotoPrint
from claims.queries.claims import photos_of
from claims.services import evidence, merging
from tests.claims.pictures import jpeg
from tests.factories import NOW, acting_as, make_claim, seeing_everything
from tests.processes import at_once

TOKEN = "form-token-0123456789"
OTHER_TOKEN = "form-token-9876543210"


def stage(by, station, *, shade=0, token=TOKEN, now=NOW, **options):
    with acting_as(by):
        return evidence.stage(
            upload=options.pop("upload", None) or jpeg(shade),
            station=station,
            form_token=token,
            by=by,
            now=now,
            **options,
        )


def attach(claim, by, *, token=TOKEN):
    with acting_as(by):
        return evidence.attach(claim=claim, form_token=token, by=by, now=NOW)


def refusal(service, **arguments):
    with pytest.raises(Refused) as refused:
        service(**arguments)
    return refused.value.code


def stored_files(settings) -> set[str]:
    return {path.name for path in Path(settings.MEDIA_ROOT).rglob("*.jpg")}


def test_staging_keeps_a_rebuilt_picture_under_the_token(cast, settings):
    photo = stage(cast.agent, cast.guangcheng, kind="label")

    assert (photo.claim_id, photo.form_token, photo.kind) == (None, TOKEN, "label")
    assert (photo.station_id, photo.county_code) == (cast.guangcheng.pk, "520123000000")
    assert (photo.width, photo.height, photo.uploaded_by_id, photo.uploaded_at) == (
        90,
        80,
        cast.agent.pk,
        NOW,
    )
    assert photo.byte_size == picture_store.path_of(photo.file_name).stat().st_size
    assert stored_files(settings) == {f"{photo.file_name}.jpg", f"{photo.file_name}-small.jpg"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"upload": b"<svg xmlns='http://www.w3.org/2000/svg'/>"}, "svg"),
        ({"upload": b"GIF89a"}, "wrong_format"),
        ({"token": "short"}, "key_malformed"),
        ({"kind": "selfie"}, "unknown_kind"),
    ],
)
def test_staging_refuses_what_is_no_evidence_and_keeps_nothing(cast, settings, change, code):
    with pytest.raises(Refused) as refused:
        stage(cast.agent, cast.guangcheng, **change)

    assert refused.value.code == code
    with seeing_everything():
        assert Photo.objects.count() == 0
    assert stored_files(settings) == set()


def test_staging_at_another_village_looks_like_no_such_station(cast, settings):
    for stranger in (cast.neighbour, cast.suining_agent):
        with pytest.raises(Refused) as refused:
            stage(stranger, cast.guangcheng)
        assert refused.value.code == "unknown_station"

    assert stored_files(settings) == set()
    assert stage(cast.technician, cast.guangcheng).uploaded_by_id == cast.technician.pk


def test_a_form_holds_twelve_photos(cast, settings):
    photos = [stage(cast.agent, cast.guangcheng, shade=shade) for shade in range(12)]

    with pytest.raises(Refused) as refused:
        stage(cast.agent, cast.guangcheng, shade=12)
    assert refused.value.code == "too_many_photos"
    assert len(stored_files(settings)) == 24
    assert stage(cast.agent, cast.guangcheng, shade=12, token=OTHER_TOKEN)

    with acting_as(cast.agent):
        evidence.discard(photo=photos[0], by=cast.agent, now=NOW)
    assert stage(cast.agent, cast.guangcheng, shade=12)


def test_a_person_sends_so_many_photos_a_day_and_no_more(cast, monkeypatch):
    monkeypatch.setattr(evidence, "PHOTOS_PER_DAY", 2)
    stage(cast.agent, cast.guangcheng, shade=1, token=OTHER_TOKEN)
    stage(cast.agent, cast.guangcheng, shade=2)

    with pytest.raises(Refused) as refused:
        stage(cast.agent, cast.guangcheng, shade=3, now=NOW + timedelta(hours=23))

    assert refused.value.code == "too_many_today"
    assert stage(cast.agent, cast.guangcheng, shade=3, now=NOW + timedelta(days=1))
    assert stage(cast.technician, cast.guangcheng, shade=3)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_photos_sent_at_once_do_not_pass_the_limit(transactional_db, cast, settings):
    for shade in range(9):
        stage(cast.agent, cast.guangcheng, shade=shade)

    outcomes = at_once(
        lambda shade: stage(cast.agent, cast.guangcheng, shade=shade).pk,
        [(shade,) for shade in range(20, 28)],
    )

    assert sorted(outcome.error for outcome in outcomes) == [""] * 3 + ["Refused"] * 5
    with seeing_everything():
        names = set(Photo.objects.values_list("file_name", flat=True))
    assert len(names) == 12
    assert stored_files(settings) == {f"{name}{end}" for name in names for end in (".jpg", "-small.jpg")}


def test_discarding_takes_row_and_files_away(cast, settings):
    photo = stage(cast.agent, cast.guangcheng)

    with acting_as(cast.agent):
        evidence.discard(photo=photo, by=cast.agent, now=NOW)
        assert Photo.objects.count() == 0
        (event,) = AuditEvent.objects.all()

    assert stored_files(settings) == set()
    assert (event.verb, event.before) == ("photo.discarded", {"sha256": photo.sha256})


def test_only_ones_own_staged_photos_can_be_discarded(cast):
    photo = stage(cast.agent, cast.guangcheng)
    filed = stage(cast.agent, cast.guangcheng, shade=1, token=OTHER_TOKEN)
    attach(make_claim(cast.guangcheng, filed_by=cast.agent), cast.agent, token=OTHER_TOKEN)

    with acting_as(cast.neighbour):
        assert refusal(evidence.discard, photo=photo, by=cast.neighbour, now=NOW) == "unknown_photo"
    with acting_as(cast.technician):  # sees it, did not send it
        assert refusal(evidence.discard, photo=photo, by=cast.technician, now=NOW) == "unknown_photo"
    with acting_as(cast.agent):
        filed.refresh_from_db()
        assert refusal(evidence.discard, photo=filed, by=cast.agent, now=NOW) == "photo_filed"
        assert Photo.objects.count() == 2


def test_attaching_takes_ones_own_photos_of_the_form_and_the_station(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    mine = [stage(cast.agent, cast.guangcheng, shade=shade) for shade in range(2)]
    stage(cast.technician, cast.guangcheng, shade=3)  # same token, another person
    stage(cast.agent, cast.guangcheng, shade=4, token=OTHER_TOKEN)  # another form
    stage(cast.technician, cast.liuguang, shade=5)

    assert attach(claim, cast.agent) == 2

    with seeing_everything():
        assert list(Photo.objects.filter(claim=claim)) == mine
        (event,) = AuditEvent.objects.filter(claim_id=claim.pk)
    assert (event.verb, event.after) == (
        "photo.attached",
        {"photos": {str(photo.pk): photo.sha256 for photo in mine}},
    )
    assert attach(claim, cast.agent) == 0


def test_photos_are_not_added_to_a_claim_that_ended_or_is_full_or_elsewhere(cast):
    ended = make_claim(cast.guangcheng, filed_by=cast.agent, status="resolved")
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    for shade in range(12):
        stage(cast.agent, cast.guangcheng, shade=shade)
    stage(cast.agent, cast.guangcheng, shade=12, token=OTHER_TOKEN)
    call = {"form_token": OTHER_TOKEN, "now": NOW}

    attach(claim, cast.agent)
    with acting_as(cast.agent):
        assert refusal(evidence.attach, claim=ended, by=cast.agent, **call) == "claim_ended"
        assert refusal(evidence.attach, claim=claim, by=cast.agent, **call) == "too_many_photos"
        assert Photo.objects.filter(claim=claim).count() == 12
    with acting_as(cast.neighbour):
        assert refusal(evidence.attach, claim=claim, by=cast.neighbour, **call) == "unknown_claim"


def test_photos_of_a_merged_duplicate_are_listed_with_the_other_claim(cast):
    first = make_claim(cast.guangcheng, filed_by=cast.agent)
    second = make_claim(cast.guangcheng, filed_by=cast.agent, line=first.order_line, consumer=first.consumer)
    photos = []
    for claim, token in ((first, TOKEN), (second, OTHER_TOKEN)):
        photos.append(stage(cast.agent, cast.guangcheng, shade=1, token=token))
        attach(claim, cast.agent, token=token)

    with acting_as(cast.agent):
        merging.merge(duplicate=second, into=first, by=cast.agent, now=NOW)
        assert list(photos_of(first)) == photos
        assert list(photos_of(Claim.objects.get(pk=second.pk))) == photos[1:]


def test_what_a_photo_looks_like_is_kept_and_goes_with_it(cast):
    kept = stage(cast.agent, cast.guangcheng, shade=1)
    thrown_away = stage(cast.agent, cast.guangcheng, shade=2)

    with acting_as(cast.agent):
        assert list(PhotoPrint.objects.values_list("photo", "crop")) == [
            (photo.pk, crop) for photo in (kept, thrown_away) for crop in range(3)
        ]
        evidence.discard(photo=thrown_away, by=cast.agent, now=NOW)
        assert set(PhotoPrint.objects.values_list("photo", flat=True)) == {kept.pk}


def test_a_flat_picture_looks_like_nothing(cast):
    output = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(output, "JPEG")

    photo = stage(cast.agent, cast.guangcheng, upload=output.getvalue())

    with acting_as(cast.agent):
        assert not photo.prints.exists()


def test_sweeping_forgets_what_was_never_filed(cast, settings):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    filed = stage(cast.agent, cast.guangcheng, shade=1)
    attach(claim, cast.agent)
    forgotten = stage(cast.agent, cast.guangcheng, shade=2, token=OTHER_TOKEN)
    waiting = stage(cast.agent, cast.guangcheng, shade=3, token=OTHER_TOKEN, now=NOW + timedelta(hours=1))
    for path in Path(settings.MEDIA_ROOT).rglob("*.jpg"):
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    day_later = NOW + timedelta(hours=24, seconds=1)

    assert evidence.sweep(now=NOW + timedelta(hours=24)) == (0, 0)
    assert evidence.sweep(now=day_later) == (1, 2)
    assert evidence.sweep(now=day_later) == (0, 0)

    with seeing_everything():
        assert set(Photo.objects.all()) == {filed, waiting}
    assert {name[:32] for name in stored_files(settings)} == {filed.file_name, waiting.file_name}
    assert forgotten.file_name not in {filed.file_name, waiting.file_name}


@pytest.mark.race
@pytest.mark.parametrize("moment", ["before the row", "before the commit"])
@pytest.mark.django_db(transaction=True)
def test_a_process_killed_while_staging_leaves_no_row_without_its_file(
    transactional_db, cast, settings, monkeypatch, moment
):
    def stage_or_die(shade, dies):
        if dies and moment == "before the row":
            monkeypatch.setattr(User.objects, "select_for_update", lambda **named: os._exit(9))
        elif dies:
            create = Photo.objects.create
            monkeypatch.setattr(Photo.objects, "create", lambda **columns: (create(**columns), os._exit(9)))
        return stage(cast.agent, cast.guangcheng, shade=shade).file_name

    outcomes = at_once(stage_or_die, [(shade, shade % 2 == 0) for shade in range(8)])

    survived = {outcome.value for outcome in outcomes if not outcome.error}
    assert [outcome.error for outcome in outcomes] == ["Died", ""] * 4
    with seeing_everything():
        assert set(Photo.objects.values_list("file_name", flat=True)) == survived
    assert len(stored_files(settings)) == 16
    for path in Path(settings.MEDIA_ROOT).rglob("*.jpg"):
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    assert evidence.sweep(now=NOW + timedelta(hours=24)) == (0, 0)
    with seeing_everything():
        Photo.objects.update(uploaded_at=NOW + timedelta(hours=1))
    assert evidence.sweep(now=NOW + timedelta(hours=24, seconds=1)) == (0, 8)
    assert {name[:32] for name in stored_files(settings)} == survived
