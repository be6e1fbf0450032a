"""Photos that were used twice in the demonstration, and what an officer made of one of them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet
from PIL import Image

from aftersales.accounts.models import User
from aftersales.accounts.scoping import acting_in
from aftersales.ops.demo.people import Staff
from aftersales.web import picture_store
from aftersales.web.service_forms import new_form_key
from claims.models import Claim, ClaimFlag, Photo
from claims.services import evidence, flag_verdicts
from stations.access.scope import authority_of

USED_TWICE = 2
SAME_BOX = "两张工单是同一箱水果：头一回只报了上层，第二回才看到底层，照片用了同一张。"


class Flags:
    """Adds to a county whose last days are written photos that somebody sends in once more."""

    def __init__(self, staff: Staff, *, now: datetime):
        self.staff, self.now = staff, now

    def write(self) -> Iterator[str]:
        """Two claims that wait for a decision get a photo of a claim at another station; one is judged."""
        waiting = Claim.objects.filter(
            county_code=self.staff.county_code, compensations__state="chosen", photos__isnull=False
        ).select_related("station", "filed_by")
        claims = list(waiting.distinct().order_by("-filed_at")[:USED_TWICE])
        before = Photo.objects.filter(claim__county_code=self.staff.county_code, goods__isnull=True).exclude(
            claim__in=claims
        )
        for claim in claims:
            self._send_again(claim, before.exclude(station=claim.station))
        yield f"photos used twice {len(claims)}"
        yield f"flags judged {self._judge(claims[1:])}"

    def _send_again(self, claim: Claim, before: QuerySet) -> None:
        """At half the size and saved anew, as a picture that was passed on by phone."""
        sent = ClaimFlag.objects.exclude(other_photo=None).values("other_photo")
        other = before.exclude(pk__in=sent).order_by("-id")[0]
        picture = Image.open(picture_store.path_of(other.file_name))
        copy = io.BytesIO()
        picture.resize((picture.width // 2, picture.height // 2)).save(copy, "JPEG", quality=60)
        token = new_form_key()
        with self._as(claim.filed_by):
            evidence.stage(
                upload=copy.getvalue(),
                station=claim.station,
                form_token=token,
                by=claim.filed_by,
                now=self.now,
            )
            evidence.attach(claim=claim, form_token=token, by=claim.filed_by, now=self.now)

    def _judge(self, claims: list[Claim]) -> int:
        flags = list(ClaimFlag.objects.filter(claim__in=claims, code="like_photo", verdict="")[:1])
        officer = self.staff.officer
        for flag in flags:
            with self._as(officer):
                flag_verdicts.judge(
                    flag=flag, verdict="harmless", note=SAME_BOX, was="", by=officer, now=self.now
                )
        return len(flags)

    def _as(self, user: User):
        user.__dict__.pop("_authority", None)
        return acting_in(authority_of(user, now=self.now).scope)
