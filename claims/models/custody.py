"""Returned goods that a station keeps until they go on."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.audit.append_only import append_only
from claims.models.claims import Claim
from claims.rules.custody import Whereabouts
from stations.models import Station


class WhereaboutsChoices(models.TextChoices):
    ON_SHELF = Whereabouts.ON_SHELF.value, _("On the shelf")
    WITH_COURIER = Whereabouts.WITH_COURIER.value, _("Handed to the courier")
    COLLECTED = Whereabouts.COLLECTED.value, _("Given back to the consumer")
    PASSED_ON = Whereabouts.PASSED_ON.value, _("Passed on to another station")
    DISPOSED = Whereabouts.DISPOSED.value, _("Disposed of")


class Condition(models.TextChoices):
    UNOPENED = "unopened", _("Unopened")
    OPENED = "opened", _("Opened, complete")
    INCOMPLETE = "incomplete", _("Parts are missing")
    DAMAGED = "damaged", _("Damaged")
    SPOILED = "spoiled", _("Spoiled")


class CustodyItem(models.Model):
    """Goods of one claim that a station has taken in, from the counter to the day they leave.

    Created by `services.custody.receive`; leaves once. `keeper` answers for it and changes at a hand-over.
    Passing goods on to another station ends the row here and begins one there, with `came_from`.
    """

    label = models.CharField(_("label"), max_length=12, unique=True)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="goods", verbose_name=_("claim"))
    station = models.ForeignKey(Station, models.PROTECT, related_name="goods", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    what = models.CharField(_("goods"), max_length=80)
    pieces = models.PositiveIntegerField(_("number of pieces"), default=1)
    condition = models.CharField(_("condition"), max_length=10, choices=Condition)
    remark = models.CharField(_("remark"), max_length=200, blank=True)
    shelf = models.CharField(_("shelf"), max_length=20)
    received_at = models.DateTimeField(_("received"))
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("received by")
    )
    keeper = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="goods_kept", verbose_name=_("keeper")
    )
    came_from = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="went_to",
        verbose_name=_("came from"),
    )
    returned_for = models.ForeignKey(
        "claims.Compensation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="goods_back",
        verbose_name=_("returned for"),
        help_text=_("The return or exchange these goods stand for; they are the merchant's from then on."),
    )
    whereabouts = models.CharField(
        _("whereabouts"), max_length=12, choices=WhereaboutsChoices, default=WhereaboutsChoices.ON_SHELF
    )
    left_at = models.DateTimeField(_("went out"), null=True, blank=True)
    left_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("handed out by"),
    )
    courier = models.CharField(_("courier"), max_length=40, blank=True)
    parcel_number = models.CharField(_("parcel number"), max_length=40, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("goods in custody")
        verbose_name_plural = _("goods in custody")
        ordering = ["-received_at", "-id"]
        indexes = [
            models.Index(
                fields=["station", "received_at", "id"],
                name="goods_on_shelf",
                condition=Q(whereabouts="on_shelf"),
            ),
            models.Index(fields=["keeper"], name="goods_kept", condition=Q(whereabouts="on_shelf")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(whereabouts="on_shelf", left_at__isnull=True)
                | ~Q(whereabouts="on_shelf") & Q(left_at__isnull=False, left_by__isnull=False),
                name="goods_leave_once",
            ),
            models.CheckConstraint(condition=Q(pieces__gt=0), name="goods_are_some"),
        ]

    def __str__(self):
        return self.label


@append_only
class Stocktake(models.Model):
    """One look at the shelf of a station against the books; written when it is finished."""

    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    at = models.DateTimeField(_("counted on"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("counted by")
    )
    found = models.JSONField(_("found"), default=list)
    missing = models.JSONField(_("missing"), default=list)
    unexpected = models.JSONField(_("found though booked out"), default=list)
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("stocktake")
        verbose_name_plural = _("stocktakes")
        ordering = ["-at", "-id"]

    def __str__(self):
        return f"{self.station} {self.at:%Y-%m-%d}"
