"""What a county has agreed with a service provider: which visits, when, for which fee."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from claims.models.choices import GoodsTypeChoices
from claims.models.visits import VisitKindChoices
from claims.rules.visits import MOST_SEATS
from stations.models import Party, Station


class Contract(models.Model):
    """A contract of one county with one provider, for a span of days. Ended, never deleted.

    `station` is where the provider sets out from; `seats` how many visits it makes in one window.
    `weekdays` lists the days of the week (0 is Monday) on which it works.
    """

    provider = models.ForeignKey(
        Party,
        models.PROTECT,
        related_name="contracts",
        limit_choices_to={"kind": "provider"},
        verbose_name=_("service provider"),
    )
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    number = models.CharField(_("contract number"), max_length=40)
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name=_("sets out from"))
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"))
    weekdays = models.JSONField(_("days of the week"), default=list)
    seats = models.PositiveSmallIntegerField(_("visits in a window"), default=1)
    answer_minutes = models.PositiveSmallIntegerField(_("minutes to answer an order"), default=120)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made"))
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        ordering = ["-valid_from", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["county_code", "number"], name="contract_number_once"),
            models.CheckConstraint(condition=Q(valid_from__lte=F("valid_until")), name="contract_in_order"),
            models.CheckConstraint(condition=Q(seats__gte=1, seats__lte=MOST_SEATS), name="contract_seats"),
        ]

    def __str__(self):
        return self.number


class FeeLine(models.Model):
    """The fee for one kind of visit: a base, an amount for each kilometre beyond the free ones, and so many
    thousandths more after hours. An empty goods type stands for every other one."""

    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="fee_lines", verbose_name=_("contract")
    )
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    visit_kind = models.CharField(_("kind of visit"), max_length=12, choices=VisitKindChoices)
    goods_type = models.CharField(_("goods type"), max_length=24, choices=GoodsTypeChoices, blank=True)
    base_fen = models.BigIntegerField(_("fee for the visit"))
    free_km = models.PositiveSmallIntegerField(_("kilometres included"), default=3)
    per_km_fen = models.BigIntegerField(_("for each kilometre more"), default=0)
    after_hours_permille = models.PositiveSmallIntegerField(_("after hours, thousandths more"), default=0)
    vain_permille = models.PositiveSmallIntegerField(
        _("for a way in vain, thousandths of the fee"), default=0
    )

    objects = ScopedManager()
    scope_paths = ScopePaths(
        county="county_code", region="contract__station__region_id", station="contract__station_id"
    )

    class Meta:
        verbose_name = _("fee")
        verbose_name_plural = _("fees")
        ordering = ["contract_id", "visit_kind", "goods_type"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "visit_kind", "goods_type"], name="fee_line_once"),
            models.CheckConstraint(
                condition=Q(base_fen__gte=0, per_km_fen__gte=0, vain_permille__lte=1000),
                name="fee_line_sane",
            ),
        ]

    def __str__(self):
        return f"{self.contract_id} {self.visit_kind} {self.goods_type}"
