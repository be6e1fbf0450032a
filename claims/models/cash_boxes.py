"""Cash that a station holds for the fund: the box, money carried to and from it, and its daily counts."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from claims.models.fund import Account, Fund, Movement
from stations.models import Station


class CashBox(models.Model):
    """The cash box of one station. Opened by a manager; `keeper` answers for what is in it.

    What it should hold is the balance of its account, which cash payouts and floats move.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="cash_boxes", verbose_name=_("fund"))
    station = models.ForeignKey(Station, models.PROTECT, related_name="cash_boxes", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    account = models.OneToOneField(
        Account, models.PROTECT, related_name="cash_box", verbose_name=_("account")
    )
    keeper = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cash_boxes_kept",
        verbose_name=_("keeper"),
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("opened by")
    )
    opened_at = models.DateTimeField(_("opened"))
    counted_at = models.DateTimeField(_("last counted"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("cash box")
        verbose_name_plural = _("cash boxes")
        ordering = ["station_id"]
        constraints = [
            models.UniqueConstraint(fields=["fund", "station"], name="cash_box_once_per_station"),
        ]

    def __str__(self):
        return str(self.station)


class FloatDirection(models.TextChoices):
    OUT = "out", _("To the station")
    BACK = "back", _("Back to the county")


class FloatState(models.TextChoices):
    HANDED = "handed", _("Handed over, not yet received")
    RECEIVED = "received", _("Received")
    CANCELLED = "cancelled", _("Crossed out")


class CashFloat(models.Model):
    """Cash that one person hands to another, between county and box; booked when it was received."""

    box = models.ForeignKey(CashBox, models.PROTECT, related_name="floats", verbose_name=_("cash box"))
    station = models.ForeignKey(
        Station, models.PROTECT, related_name="+", verbose_name=_("station"), editable=False
    )
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    direction = models.CharField(_("direction"), max_length=4, choices=FloatDirection)
    amount_fen = models.BigIntegerField(_("amount"))
    state = models.CharField(_("state"), max_length=9, choices=FloatState, default=FloatState.HANDED)
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("handed over by")
    )
    handed_at = models.DateTimeField(_("handed over"))
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("received by"),
    )
    received_at = models.DateTimeField(_("received"), null=True, blank=True)
    movement = models.OneToOneField(
        Movement, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("movement")
    )

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("cash handed over")
        verbose_name_plural = _("cash handed over")
        ordering = ["-handed_at", "-id"]
        indexes = [
            models.Index(fields=["box", "handed_at"], name="float_waiting", condition=Q(state="handed"))
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="float_amount_positive"),
            models.CheckConstraint(
                condition=Q(received_by__isnull=True) | ~Q(received_by=F("handed_by")),
                name="float_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(state="received", received_by__isnull=False, movement__isnull=False)
                | ~Q(state="received") & Q(received_by__isnull=True, movement__isnull=True),
                name="float_received_is_booked",
            ),
        ]

    def __str__(self):
        return f"{self.get_direction_display()} {self.handed_at:%Y-%m-%d}"


class CashCount(models.Model):
    """What somebody counted in a box, against what the books said at that moment.

    A difference carries a reason and is booked by somebody else; only the last count of a box is booked.
    """

    box = models.ForeignKey(CashBox, models.PROTECT, related_name="counts", verbose_name=_("cash box"))
    station = models.ForeignKey(
        Station, models.PROTECT, related_name="+", verbose_name=_("station"), editable=False
    )
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    book_fen = models.BigIntegerField(_("by the books"))
    counted_fen = models.BigIntegerField(_("counted"))
    reason = models.CharField(_("reason of the difference"), max_length=200, blank=True)
    counted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("counted by")
    )
    counted_at = models.DateTimeField(_("counted on"))
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("difference booked by"),
    )
    booked_at = models.DateTimeField(_("difference booked"), null=True, blank=True)
    movement = models.OneToOneField(
        Movement, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("movement")
    )

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("cash count")
        verbose_name_plural = _("cash counts")
        ordering = ["-counted_at", "-id"]
        indexes = [models.Index(fields=["box", "-counted_at", "-id"], name="cash_count_recent")]
        constraints = [
            models.CheckConstraint(
                condition=Q(book_fen__gte=0, counted_fen__gte=0), name="cash_count_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(book_fen=F("counted_fen")) | ~Q(reason=""), name="cash_count_difference_explained"
            ),
            models.CheckConstraint(
                condition=Q(booked_by__isnull=True) | ~Q(booked_by=F("counted_by")),
                name="cash_count_four_eyes",
            ),
        ]

    def __str__(self):
        return f"{self.station} {self.counted_at:%Y-%m-%d}"

    @property
    def difference_fen(self):
        """Above zero: more in the box than the books say."""
        return self.counted_fen - self.book_fen
