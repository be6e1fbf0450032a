"""Village classes and publicity in the small world of tests/rights/world.py."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Model
from django.utils import timezone

from aftersales.accounts import sealing
from aftersales.accounts.models import User
from aftersales.web import picture_store, pictures
from stations.models import Station
from tests.claims.pictures import jpeg
from tests.factories import NOW
from tests.rights.marks import Marks
from training.models import Attendee, ClassPhoto, Publicity, VillageClass


def class_rows(mark: Marks, station: Station, teacher: User) -> list[Model]:
    """A planned class with a name on its list and a photo, and a line of publicity."""
    where = {"county_code": station.county_code}
    starts_at = timezone.now() + timedelta(days=2)
    planned = VillageClass.objects.create(
        station=station,
        month=timezone.localdate(starts_at).replace(day=1),
        title=mark.word("classtitle"),
        starts_at=starts_at,
        place=mark.word("classplace"),
        teacher=teacher,
        planned_by=teacher,
        planned_at=NOW,
        **where,
    )
    name, key = mark.person()["name"], sealing.new_person_key()
    picture = pictures.rebuild(jpeg(sum(map(ord, mark.stem))), now=NOW)
    return [
        planned,
        Attendee.objects.create(
            village_class=planned,
            person_key=key,
            name_sealed=sealing.seal(key, name),
            name_masked=f"{mark.surname}**",
            consent_how="spoken",
            added_by=teacher,
            added_at=NOW,
            **where,
        ),
        line := Publicity.objects.create(
            station=station,
            day=timezone.localdate(),
            kind="loudspeaker",
            what=mark.word("publicity"),
            reached=300,
            by=teacher,
            at=NOW,
            **where,
        ),
        ClassPhoto.objects.create(
            publicity=line,
            station=station,
            file_name=mark.also(picture_store.store(picture)),
            width=picture.width,
            height=picture.height,
            byte_size=len(picture.jpeg),
            sha256=mark.also(picture.sha256),
            uploaded_by=teacher,
            uploaded_at=NOW,
            **where,
        ),
    ]
