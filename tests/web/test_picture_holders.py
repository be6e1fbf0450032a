"""The sweep of files leaves every picture alone that a row names, whichever app the row is of."""

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

from aftersales.web.picture_holders import StoredNames, registered
from tests.factories import NOW, seeing_everything
from training.models import ClassPhoto


def names_pictures(model) -> bool:
    try:
        return all(model._meta.get_field(name) for name in ("file_name", "width", "height"))
    except FieldDoesNotExist:
        return False


def test_every_model_that_names_pictures_is_registered():
    models = {model._meta.label for model in apps.get_models() if names_pictures(model)}

    assert "claims.Photo" in models
    assert registered() == models


def test_names_of_rows_are_known_and_others_are_not(cast):
    held, free = "ab" * 16, "ab" * 15 + "cd"
    with seeing_everything():
        ClassPhoto.objects.create(
            station=cast.guangcheng,
            county_code=cast.guangcheng.county_code,
            file_name=held,
            width=4,
            height=3,
            byte_size=9,
            sha256="0" * 64,
            uploaded_by=cast.agent,
            uploaded_at=NOW,
        )

    names = StoredNames()

    assert (held in names, free in names, "cd" * 16 in names) == (True, False, False)
