"""Photos of classes and publicity: rebuilt, limited, taken out, erased after three years."""

from datetime import timedelta
from pathlib import Path

import pytest

from aftersales.accounts.models import system_user
from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.web import picture_store
from tests.claims.pictures import jpeg
from tests.factories import NOW, acting_as, seeing_everything
from tests.training.village_class_cases import make_class
from training.models import ClassPhoto, Publicity
from training.rules.classes import ClassState
from training.services import class_photos

pytestmark = pytest.mark.django_db


def make_line(cast, **fields):
    with seeing_everything():
        return Publicity.objects.create(
            station=cast.guangcheng,
            county_code=cast.guangcheng.county_code,
            day=NOW.date(),
            kind="loudspeaker",
            what="怎么拍照",
            by=cast.agent,
            at=NOW,
            **fields,
        )


def stored(settings) -> int:
    return len(list(Path(settings.MEDIA_ROOT).glob("pictures/*/*/*.jpg")))


def refusal(call, **kwargs) -> str:
    with pytest.raises(Refused) as refused:
        call(**kwargs)
    return refused.value.code


def test_photo_belongs_to_its_class_and_place(cast, settings):
    row = make_class(cast.guangcheng, cast.agent)
    with acting_as(cast.agent):
        photo = class_photos.add(upload=jpeg(1), village_class=row, by=cast.agent, now=NOW)

        assert list(row.photos.all()) == [photo]
    assert (photo.station, photo.county_code, photo.publicity) == (cast.guangcheng, row.county_code, None)
    assert picture_store.path_of(photo.file_name).is_file()
    assert stored(settings) == 2


def test_photo_belongs_to_its_line_of_publicity(cast):
    line = make_line(cast)
    with acting_as(cast.agent):
        photo = class_photos.add(upload=jpeg(1), publicity=line, by=cast.agent, now=NOW)

    assert (photo.publicity, photo.village_class) == (line, None)


def test_photos_are_refused_where_nothing_can_be_added(cast, settings):
    cancelled = make_class(cast.guangcheng, cast.agent, state=ClassState.CANCELLED)
    withdrawn = make_line(cast, withdrawn_at=NOW)
    elsewhere = make_class(cast.chenlou, cast.suining_agent)
    given = {"upload": jpeg(1), "by": cast.agent, "now": NOW}
    with acting_as(cast.agent):
        codes = [
            refusal(class_photos.add, village_class=cancelled, **given),
            refusal(class_photos.add, publicity=withdrawn, **given),
            refusal(class_photos.add, village_class=elsewhere, **given),
            refusal(class_photos.add, **given),
            refusal(
                class_photos.add,
                village_class=make_class(cast.guangcheng, cast.agent),
                **given | {"upload": b"%PDF"},
            ),
        ]

    assert codes == ["class_ended", "class_ended", "unknown_class", "unknown_publicity", "not_a_picture"]
    assert stored(settings) == 0


def test_class_has_at_most_twelve_photos(cast, settings):
    row = make_class(cast.guangcheng, cast.agent)
    with seeing_everything():
        ClassPhoto.objects.bulk_create(
            ClassPhoto(
                village_class=row,
                station=row.station,
                county_code=row.county_code,
                file_name=f"{number:032x}",
                width=1,
                height=1,
                byte_size=1,
                sha256="0" * 64,
                uploaded_by=cast.agent,
                uploaded_at=NOW,
            )
            for number in range(class_photos.MOST_PHOTOS - 1)
        )
    with acting_as(cast.agent):
        class_photos.add(upload=jpeg(1), village_class=row, by=cast.agent, now=NOW)
        code = refusal(class_photos.add, upload=jpeg(2), village_class=row, by=cast.agent, now=NOW)

    assert code == "too_many_photos"
    assert stored(settings) == 2


@pytest.mark.django_db(transaction=True)
def test_photo_that_is_taken_out_leaves_no_file(cast, settings):
    row = make_class(cast.guangcheng, cast.agent)
    with acting_as(cast.agent):
        photo = class_photos.add(upload=jpeg(1), village_class=row, by=cast.agent, now=NOW)
        class_photos.take_out(photo, by=cast.agent, now=NOW)
        again = refusal(class_photos.take_out, photo=photo, by=cast.agent, now=NOW)

    assert again == "unknown_photo"
    assert stored(settings) == 0


def test_photos_of_three_years_ago_are_erased(cast, settings):
    row = make_class(cast.guangcheng, cast.agent)
    with acting_as(cast.agent):
        for at in (NOW, NOW - timedelta(days=36 * 31)):
            class_photos.add(upload=jpeg(1), village_class=row, by=cast.agent, now=at)
    with seeing_everything():
        done = [class_photos.erase(by=system_user(), now=NOW) for _turn in range(2)]

        assert ClassPhoto.objects.count() == 1
        assert AuditEvent.objects.get(verb="class_photo.erased").after == {"photos": 1}
    assert done == [1, 0]
    assert stored(settings) == 2
