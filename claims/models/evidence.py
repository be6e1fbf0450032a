"""Photos that show what is wrong."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from claims.models.claims import Claim
from claims.models.custody import CustodyItem
from stations.models import Station


class PhotoKind(models.TextChoices):
    DAMAGE = "damage", _("damage")
    LABEL = "label", _("parcel label")
    RECEIPT = "receipt", _("receipt")
    GOODS = "goods", _("returned goods")
    REPORT = "report", _("inspection report")
    VISIT = "visit", _("work at home")
    OTHER = "other", _("other")


class Photo(models.Model):
    """A picture rebuilt from an upload. Staged under a form token until its claim is filed.

    `sha256` is over the original bytes; how the decoded picture looks is kept in its prints.
    """

    claim = models.ForeignKey(
        Claim, models.PROTECT, null=True, blank=True, related_name="photos", verbose_name=_("claim")
    )
    goods = models.ForeignKey(
        CustodyItem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="photos",
        verbose_name=_("goods in custody"),
    )
    visit = models.ForeignKey(
        "claims.Visit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="photos",
        verbose_name=_("home visit"),
    )
    form_token = models.CharField(max_length=64, blank=True, db_index=True)
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    kind = models.CharField(_("shows"), max_length=8, choices=PhotoKind, default=PhotoKind.DAMAGE)
    file_name = models.CharField(max_length=64, unique=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    byte_size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    taken_at = models.DateTimeField(_("taken"), null=True, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded"))

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["id"]

    def __str__(self):
        return f"{self.get_kind_display()} {self.pk}"
