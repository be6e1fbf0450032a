"""Consumers, their orders, and the lines that claims are about."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.accounts.personal import SealedPerson
from aftersales.accounts.scoping import ScopedManager, ScopePaths
from claims.models.choices import GoodsTypeChoices, ReturnExceptionChoices
from stations.models import Party, Station


class Consumer(SealedPerson):
    """A villager or city buyer who asks for a remedy, as one station knows them.

    Created with the first order or claim at that station. The same phone may be known at another
    station; only the county sees both (docs/decisions/consumers-per-station.md).
    """

    station = models.ForeignKey(Station, models.PROTECT, related_name="consumers", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    dialect = models.CharField(_("dialect or language"), max_length=30, blank=True)
    is_city_buyer = models.BooleanField(_("city buyer"), default=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("own account"),
    )
    created_at = models.DateTimeField(_("known since"))

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta(SealedPerson.Meta):
        verbose_name = _("consumer")
        verbose_name_plural = _("consumers")
        ordering = ["-id"]
        constraints = [
            *SealedPerson.Meta.constraints,
            models.UniqueConstraint(
                fields=["station", "phone_index"],
                condition=~Q(phone_index=""),
                name="consumer_phone_once_per_station",
            ),
        ]
        indexes = [models.Index(fields=["county_code", "phone_index"], name="consumer_county_phone")]


class OrderSource(models.TextChoices):
    TYPED = "typed", _("typed in")
    IMPORT = "import", _("imported")
    API = "api", _("from a platform")


class OrderState(models.TextChoices):
    """How far a purchase is, as its platform says; one that was typed in knows whether it was signed for."""

    PLACED = "placed", pgettext_lazy("order", "placed")
    SHIPPED = "shipped", pgettext_lazy("order", "on its way")
    SIGNED = "signed", pgettext_lazy("order", "signed for")
    CANCELLED = "cancelled", pgettext_lazy("order", "cancelled")
    CLOSED = "closed", pgettext_lazy("order", "completed")


UNSIGNED_STATES = (OrderState.PLACED, OrderState.SHIPPED)


class Order(models.Model):
    """A purchase somebody made online. Imported, pushed by a platform or typed in by an agent.

    `station` is the one that looks after it: the buyer's, or the producer's for produce sold to a city.
    `version` and `changed_at` move with every change of the order or of its lines' goods.
    """

    station = models.ForeignKey(Station, models.PROTECT, related_name="orders", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    number = models.CharField(_("order number"), max_length=40)
    platform = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("platform")
    )
    merchant = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("merchant")
    )
    logistics = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("logistics firm")
    )
    consumer = models.ForeignKey(
        Consumer, models.PROTECT, null=True, blank=True, related_name="orders", verbose_name=_("consumer")
    )
    ordered_at = models.DateTimeField(_("ordered"))
    signed_at = models.DateTimeField(_("signed for"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=OrderState, default=OrderState.PLACED)
    freight_fen = models.BigIntegerField(_("freight"), default=0)
    source = models.CharField(_("source"), max_length=6, choices=OrderSource, default=OrderSource.TYPED)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by")
    )
    created_at = models.DateTimeField(_("entered"))
    changed_at = models.DateTimeField(_("last change"))
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-ordered_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["station", "number"], name="order_number_once_per_station"),
            models.UniqueConstraint(
                fields=["platform", "number"],
                condition=Q(source=OrderSource.API),
                name="order_number_once_per_platform",
            ),
            models.CheckConstraint(condition=Q(freight_fen__gte=0), name="order_freight_not_negative"),
            models.CheckConstraint(
                condition=(Q(signed_at__isnull=True) & ~Q(state=OrderState.SIGNED))
                | (Q(signed_at__isnull=False) & ~Q(state__in=UNSIGNED_STATES)),
                name="order_signed_as_state_says",
            ),
        ]
        indexes = [
            models.Index(fields=["county_code", "number"], name="order_county_number"),
            models.Index(fields=["station", "-ordered_at", "-id"], name="order_station_recent"),
            models.Index(fields=["platform", "changed_at", "id"], name="order_platform_changed"),
        ]

    def __str__(self):
        return self.number


class Unit(models.TextChoices):
    PIECE = "piece", _("pieces")
    KILOGRAM = "kg", _("kg")
    JIN = "jin", _("jin (500 g)")
    BOX = "box", _("boxes")
    BAG = "bag", _("bags")


COUNTABLE_UNITS = frozenset({Unit.PIECE, Unit.BOX, Unit.BAG})


class OrderLine(models.Model):
    """One kind of goods in an order, what was paid for it, and how much of that has been granted back.

    `freight_fen` is the line's share of the order's freight, which counts where the policy says so.
    `granted_fen` and `bad_milli` are accumulators over all remedies on the line. They move by one
    conditional UPDATE in the transaction that grants, and the checks keep them within what was paid.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="lines", verbose_name=_("order"))
    station = models.ForeignKey(
        Station, models.PROTECT, related_name="+", verbose_name=_("station"), editable=False
    )
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    product = models.CharField(_("product"), max_length=120)
    sku = models.CharField(_("article number"), max_length=40, blank=True)
    batch = models.CharField(_("batch"), max_length=40, blank=True)
    lot = models.CharField(
        _("lot number"), max_length=40, blank=True, help_text=_("As the producer printed it on the goods.")
    )
    goods_type = models.CharField(_("goods type"), max_length=20, choices=GoodsTypeChoices)
    quantity_milli = models.BigIntegerField(_("quantity in thousandths"))
    unit = models.CharField(_("unit"), max_length=5, choices=Unit, default=Unit.PIECE)
    paid_fen = models.BigIntegerField(_("paid"))
    freight_fen = models.BigIntegerField(
        _("share of the freight"), default=0, help_text=_("The order's freight, split by what was paid.")
    )
    return_exception = models.CharField(
        _("no return without a reason"), max_length=18, choices=ReturnExceptionChoices, blank=True
    )
    granted_fen = models.BigIntegerField(_("granted"), default=0, editable=False)
    bad_milli = models.BigIntegerField(_("bad quantity granted for"), default=0, editable=False)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["order_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(paid_fen__gte=0, freight_fen__gte=0, quantity_milli__gt=0),
                name="line_paid_and_quantity",
            ),
            models.CheckConstraint(
                condition=Q(granted_fen__gte=0, granted_fen__lte=F("paid_fen") + F("freight_fen")),
                name="line_granted_within_paid",
            ),
            models.CheckConstraint(
                condition=Q(bad_milli__gte=0, bad_milli__lte=F("quantity_milli")),
                name="line_bad_within_quantity",
            ),
        ]

    def __str__(self):
        return self.product

    @property
    def is_countable(self):
        return self.unit in COUNTABLE_UNITS

    @property
    def remaining_fen(self):
        """What is left of the price; where freight counts too, a compensation knows how much."""
        return max(0, self.paid_fen - self.granted_fen)


class ConsentKind(models.TextChoices):
    SPOKEN = "spoken", _("spoken, in person or by phone")
    SIGNED = "signed", _("signed on paper")
    MESSAGE = "message", _("by message")


class Consent(models.Model):
    """That a consumer let somebody file for them and keep their data: how, when, to whom. Never changes."""

    consumer = models.ForeignKey(
        Consumer, models.PROTECT, related_name="consents", verbose_name=_("consumer")
    )
    claim = models.ForeignKey(
        "claims.Claim", models.PROTECT, null=True, related_name="consents", verbose_name=_("claim")
    )
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    kind = models.CharField(_("how"), max_length=8, choices=ConsentKind)
    given_at = models.DateTimeField(_("when"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-given_at"]

    def __str__(self):
        return f"{self.get_kind_display()} {self.given_at:%Y-%m-%d}"
