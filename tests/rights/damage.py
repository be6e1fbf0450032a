"""What a request did to places that somebody does not reach."""

from collections.abc import Set

from django.db.models import F, Model

from aftersales.accounts.models import User
from tests.factories import seeing_everything
from tests.rights.watch import differences, fingerprint_of, kept_models
from tests.rights.world import REACH, World

SEEN_ACROSS = "claims_claimflag"
"""A photo that two counties use is noted at both claims, by the system and without naming the other."""


def hidden_rows(world: World, role: str, written: Set[str] | None = None) -> dict[str, dict]:
    """What the places that a role does not reach look like from inside, after these tables were written to.

    A county in which somebody reaches a village changes rightly with that village and is left out.
    """
    own_counties = {world.places[name].county_code for name in REACH[role]}
    hidden = [place for place in world.places.values() if place.name not in REACH[role]]
    return {
        place.name: {
            table: found
            for table, found in fingerprint_of(place.scope, written).items()
            if table != SEEN_ACROSS
        }
        for place in hidden
        if place in world.villages or place.county_code not in own_counties
    }


def harm(before: dict[str, dict], after: dict[str, dict] | None) -> list[str]:
    """Tables of hidden places that a request changed."""
    if after is None:
        return []
    compared = {
        name: differences({table: before[name].get(table) for table in looked_at}, looked_at)
        for name, looked_at in after.items()
    }
    return [f"{name}: {tables}" for name, tables in compared.items() if tables]


def pointing_away() -> list[str]:
    """Rows that point at a row of another county, or raise somebody to a superuser."""
    found = []
    with seeing_everything():
        for model in kept_models():
            if model._meta.db_table == SEEN_ACROSS:
                continue
            for field in _keys_into_counties(model):
                crossed = model.objects.exclude(**{f"{field.name}__isnull": True}).exclude(county_code="")
                crossed = crossed.exclude(**{f"{field.name}__county_code": F("county_code")})
                if crossed.exists():
                    found.append(f"{model._meta.label}.{field.name}")
    if User.objects.filter(is_superuser=True).exists() or User.objects.filter(is_staff=True).exists():
        found.append("a superuser")
    return found


def _keys_into_counties(model: type[Model]):
    if not hasattr(model, "scope_paths") or not _has_county(model):
        return []
    fields = model._meta.concrete_fields
    return [field for field in fields if field.is_relation and _has_county(field.related_model)]


def _has_county(model: type[Model]) -> bool:
    return hasattr(model, "scope_paths") and any(each.name == "county_code" for each in model._meta.fields)
