"""Spare parts: what there is, where it lies, which visit takes it, and the part that comes back."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.audit.append_only import append_only
from claims.models.diagnoses import ApplianceChoices
from claims.models.visits import Visit
from claims.rules.parts import OldPart, PartState, StockReason, is_low
from stations.models import Station


class StockReasonChoices(models.TextChoices):
    RECEIVED = StockReason.RECEIVED.value, pgettext_lazy("part", "Received")
    SENT = StockReason.SENT.value, _("Sent to another station")
    USED = StockReason.USED.value, _("Used at a visit")
    COUNTED = StockReason.COUNTED.value, _("Difference at a count")
    BROKEN = StockReason.BROKEN.value, _("Broken or lost")


class PartStateChoices(models.TextChoices):
    RESERVED = PartState.RESERVED.value, _("Put aside")
    USED = PartState.USED.value, _("Used")
    RELEASED = PartState.RELEASED.value, _("Put back")


class OldPartChoices(models.TextChoices):
    NONE = OldPart.NONE.value, _("No old part")
    TAKEN_BACK = OldPart.TAKEN_BACK.value, _("Taken back")
    LEFT = OldPart.LEFT.value, _("Left with the consumer")
    MISSING = OldPart.MISSING.value, pgettext_lazy("part", "Missing")
    SENT_ON = OldPart.SENT_ON.value, _("Sent to the merchant")


class Part(models.Model):
    """A spare part by its code; the same for every county, so not scoped. Retired instead of deleted."""

    code = models.CharField(_("part number"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=80)
    appliance = models.CharField(_("appliance"), max_length=16, choices=ApplianceChoices)
    fits = models.CharField(_("fits"), max_length=200, blank=True)
    guide = models.TextField(_("how to replace it"), max_length=2000, blank=True)
    price_fen = models.BigIntegerField(_("price"), default=0)
    old_part_comes_back = models.BooleanField(_("the old part comes back"), default=False)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("spare part")
        verbose_name_plural = _("spare parts")
        ordering = ["appliance", "code"]
        constraints = [models.CheckConstraint(condition=Q(price_fen__gte=0), name="part_price_sane")]

    def __str__(self):
        return f"{self.code} {self.name}"


class PartStock(models.Model):
    """How many of a part lie at a station, and how many of them are put aside for visits.

    Moved by conditional UPDATEs with the CHECK behind them: the last part is taken once.
    """

    part = models.ForeignKey(Part, models.PROTECT, related_name="stocks", verbose_name=_("spare part"))
    station = models.ForeignKey(
        Station, models.PROTECT, related_name="part_stocks", verbose_name=_("station")
    )
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    on_hand = models.PositiveIntegerField(_("on the shelf"), default=0)
    reserved = models.PositiveIntegerField(_("put aside"), default=0)
    low_at = models.PositiveIntegerField(_("order more below"), default=1)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("stock of a part")
        verbose_name_plural = _("stock of parts")
        ordering = ["station_id", "part__code"]
        indexes = [models.Index(fields=["county_code", "part"], name="part_stock_county")]
        constraints = [
            models.UniqueConstraint(fields=["part", "station"], name="part_stock_once"),
            models.CheckConstraint(condition=Q(reserved__lte=F("on_hand")), name="part_stock_holds_reserved"),
        ]

    def __str__(self):
        return f"{self.part_id} {self.station_id}"

    @property
    def free(self) -> int:
        """How many can still be put aside."""
        return self.on_hand - self.reserved

    @property
    def is_low(self) -> bool:
        """Whether more is to be ordered."""
        return is_low(on_hand=self.on_hand, reserved=self.reserved, low_at=self.low_at)


class PartUse(models.Model):
    """A part put aside for a visit, then used or put back; and where the old part went."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="parts", verbose_name=_("home visit"))
    stock = models.ForeignKey(PartStock, models.PROTECT, related_name="uses", verbose_name=_("stock"))
    part = models.ForeignKey(Part, models.PROTECT, related_name="uses", verbose_name=_("spare part"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    quantity = models.PositiveSmallIntegerField(_("pieces"), default=1)
    state = models.CharField(
        _("state"), max_length=8, choices=PartStateChoices, default=PartStateChoices.RESERVED
    )
    price_fen = models.BigIntegerField(_("price for each"), default=0)
    old_part = models.CharField(
        _("old part"), max_length=10, choices=OldPartChoices, default=OldPartChoices.NONE
    )
    old_part_sent_on = models.DateField(_("old part sent on"), null=True, blank=True)
    reserved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("put aside by")
    )
    reserved_at = models.DateTimeField(_("put aside at"))
    ended_at = models.DateTimeField(_("used or put back"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(
        county="county_code", region="stock__station__region_id", station="stock__station_id"
    )

    class Meta:
        verbose_name = _("part for a visit")
        verbose_name_plural = _("parts for visits")
        ordering = ["visit_id", "id"]
        indexes = [models.Index(fields=["stock"], name="old_part_back", condition=Q(old_part="taken_back"))]
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "stock"], condition=Q(state="reserved"), name="part_reserved_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="part_use_some"),
            models.CheckConstraint(
                condition=Q(state="reserved", ended_at__isnull=True)
                | ~Q(state="reserved") & Q(ended_at__isnull=False),
                name="part_use_ends_once",
            ),
        ]

    def __str__(self):
        return f"{self.visit_id} {self.part_id}"

    @property
    def cost_fen(self) -> int:
        """What the pieces cost together, at the price when they were put aside."""
        return self.quantity * self.price_fen


@append_only
class StockMovement(models.Model):
    """One change of the number on the shelf, with the number after it. Never changes."""

    stock = models.ForeignKey(PartStock, models.PROTECT, related_name="movements", verbose_name=_("stock"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    reason = models.CharField(_("reason"), max_length=8, choices=StockReasonChoices)
    change = models.IntegerField(_("change"))
    on_hand = models.PositiveIntegerField(_("on the shelf afterwards"))
    use = models.ForeignKey(
        PartUse, models.PROTECT, null=True, blank=True, related_name="movements", verbose_name=_("for")
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))

    objects = ScopedManager()
    scope_paths = ScopePaths(
        county="county_code", region="stock__station__region_id", station="stock__station_id"
    )

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(change=0), name="stock_movement_some"),
            models.UniqueConstraint(
                fields=["use"], condition=Q(reason="used"), name="stock_movement_used_once"
            ),
        ]

    def __str__(self):
        return f"{self.stock_id} {self.change}"
