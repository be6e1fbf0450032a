"""What caught the eye at a claim, and what a person made of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from claims.models.claims import Claim
from claims.models.evidence import Photo
from claims.rules import flags
from stations.models import Station


class FlagCode(models.TextChoices):
    SAME_PHOTO = flags.SAME_PHOTO, _("The same photo with another claim")
    LIKE_PHOTO = flags.LIKE_PHOTO, _("A photo looks like one of another claim")
    PHOTO_BEFORE_GOODS = flags.PHOTO_BEFORE_GOODS, _("A photo older than the delivery")
    PHOTO_OLD = flags.PHOTO_OLD, _("A photo taken long before the claim")
    MANY_CLAIMS = flags.MANY_CLAIMS, _("Many claims from one phone")
    MANY_HOUSEHOLD = flags.MANY_HOUSEHOLD, _("Many claims from one household")
    MANY_AGENT = flags.MANY_AGENT, _("Far more claims than usual from one person who files")
    MANY_MERCHANT = flags.MANY_MERCHANT, _("Far more claims than usual about one merchant")
    MANY_BATCH = flags.MANY_BATCH, _("Many claims about one batch")
    AMOUNT_UNUSUAL = flags.AMOUNT_UNUSUAL, _("An unusual amount")
    OWN_CLAIM = flags.OWN_CLAIM, _("Filed by the person who gains from it")
    OBJECTED = flags.OBJECTED, _("An objection against an earlier claim of this person")


class Verdict(models.TextChoices):
    HARMLESS = "harmless", _("harmless")
    CONFIRMED = "confirmed", _("misuse confirmed")


class ClaimFlag(models.Model):
    """One reason why a person should look at a claim; advice that never refuses anything.

    Raised and brought up to date by `services.flags.refresh`; `lapsed_at` says that its reason is gone. A
    person judges it once or again; what was judged is never lapsed. `photo` is the claim's own picture,
    `other_photo` the one it was found beside, which may lie in another county.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="flags", verbose_name=_("claim"))
    round = models.PositiveSmallIntegerField(_("round"))
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    code = models.CharField(_("what was noticed"), max_length=20, choices=FlagCode)
    what = models.CharField(max_length=40, blank=True, editable=False)
    photo = models.ForeignKey(
        Photo, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("photo")
    )
    other_photo = models.ForeignKey(
        Photo, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("other photo")
    )
    facts = models.JSONField(_("facts"), default=dict)
    raised_at = models.DateTimeField(_("noticed"))
    lapsed_at = models.DateTimeField(_("no longer so"), null=True, blank=True)
    verdict = models.CharField(_("judged"), max_length=9, choices=Verdict, blank=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("judged by"),
    )
    judged_at = models.DateTimeField(_("judged at"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        ordering = ["claim_id", "id"]
        indexes = [
            models.Index(
                fields=["county_code", "-raised_at"],
                name="flag_to_judge",
                condition=Q(verdict="", lapsed_at__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["claim", "code", "what"], name="flag_once_per_subject"),
            models.CheckConstraint(condition=Q(code__in=FlagCode.values), name="flag_code_known"),
            models.CheckConstraint(
                condition=Q(verdict="", judged_by__isnull=True, judged_at__isnull=True)
                | Q(
                    verdict__in=Verdict.values,
                    judged_by__isnull=False,
                    judged_at__isnull=False,
                    lapsed_at__isnull=True,
                ),
                name="flag_judged_by_somebody",
            ),
        ]

    def __str__(self):
        return f"{self.get_code_display()} {self.claim_id}"
