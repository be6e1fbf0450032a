"""What tests of flags arrange: photos kept by whoever filed, flags as they stand, people who gain."""

from datetime import timedelta

from claims.models import Claim, ClaimFlag
from claims.queries.signs import signs_of
from claims.services import evidence, flags
from tests.factories import NOW, acting_as, seeing_everything

TOKEN = "form-token-0123456789"
OTHER_TOKEN = "form-token-9876543210"
DAY = timedelta(days=1)


def found(claim, compensation=None) -> dict[str, dict]:
    """What is noticed at a claim now: facts by code."""
    with seeing_everything():
        claim = Claim.objects.select_related("consumer", "order_line__order", "liable_party").get(pk=claim.pk)
        return {sign.code: sign.facts for sign in signs_of(claim, compensation=compensation)}


def raised(claim) -> list[tuple]:
    """Current flags of a claim: code, own photo, the other photo."""
    with seeing_everything():
        rows = ClaimFlag.objects.filter(claim=claim, lapsed_at__isnull=True).order_by("id")
        return list(rows.values_list("code", "photo", "other_photo"))


def keep_photo(claim, upload, *, token=TOKEN):
    """A photo that the claim's filer sends in and attaches to it."""
    with acting_as(claim.filed_by):
        photo = evidence.stage(
            upload=upload, station=claim.station, form_token=token, by=claim.filed_by, now=NOW
        )
        evidence.attach(claim=claim, form_token=token, by=claim.filed_by, now=NOW)
        return photo


def refresh(claim):
    with seeing_everything():
        claim = Claim.objects.select_related("consumer", "order_line__order", "liable_party").get(pk=claim.pk)
        flags.refresh(claim=claim, compensation=None, now=NOW)


def only_flag(claim) -> ClaimFlag:
    with seeing_everything():
        return ClaimFlag.objects.get(claim=claim)


def own(consumer, user):
    with seeing_everything():
        consumer.user = user
        consumer.save(update_fields=["user"])
