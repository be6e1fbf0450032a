"""Visits at the consumer's home: when who goes, what it cost, what came of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.accounts.personal import OwnKey, SealedTextField
from aftersales.accounts.scoping import ScopedManager, ScopePaths
from claims.models.claims import Claim
from claims.models.orders import ConsentKind, Consumer
from claims.rules.visits import (
    BOOKED,
    MOST_SEATS,
    Bearer,
    CostKind,
    Transport,
    VisitFailure,
    VisitKind,
    VisitOutcome,
    VisitState,
)
from stations.models import Party, Region, Station

BOOKED_STATES = sorted(state.value for state in BOOKED)


class VisitKindChoices(models.TextChoices):
    PICKUP = VisitKind.PICKUP.value, _("Pickup")
    INSPECTION = VisitKind.INSPECTION.value, _("Inspection at home")
    INSTALLATION = VisitKind.INSTALLATION.value, _("Installation")
    REPAIR = VisitKind.REPAIR.value, _("Repair at home")


class VisitStateChoices(models.TextChoices):
    PLANNED = VisitState.PLANNED.value, _("Planned")
    UNDER_WAY = VisitState.UNDER_WAY.value, _("On the way")
    DONE = VisitState.DONE.value, pgettext_lazy("visit", "Done")
    FAILED = VisitState.FAILED.value, _("Came to nothing")
    MOVED = VisitState.MOVED.value, _("Moved to another time")
    CANCELLED = VisitState.CANCELLED.value, pgettext_lazy("visit", "Cancelled")


class VisitOutcomeChoices(models.TextChoices):
    SOLVED = VisitOutcome.SOLVED.value, _("Done, it works")
    NOT_SOLVED = VisitOutcome.NOT_SOLVED.value, _("The fault is still there")
    NEEDS_PART = VisitOutcome.NEEDS_PART.value, _("A part is needed, one more visit")
    NEEDS_WORKSHOP = VisitOutcome.NEEDS_WORKSHOP.value, _("Must go to the workshop")
    TAKEN_ALONG = VisitOutcome.TAKEN_ALONG.value, _("Goods taken along")
    NOT_WORTH_IT = VisitOutcome.NOT_WORTH_IT.value, _("Not worth repairing")


class VisitFailureChoices(models.TextChoices):
    NOBODY_HOME = VisitFailure.NOBODY_HOME.value, _("Nobody at home")
    WRONG_ADDRESS = VisitFailure.WRONG_ADDRESS.value, _("The address is wrong")
    REFUSED = VisitFailure.REFUSED.value, _("The consumer did not want it any more")
    ROAD = VisitFailure.ROAD.value, _("Road or weather")
    NO_PART = VisitFailure.NO_PART.value, _("The part was missing")
    DID_NOT_COME = VisitFailure.DID_NOT_COME.value, _("Whoever was sent did not come")
    OTHER = VisitFailure.OTHER.value, _("Another reason")


class TransportChoices(models.TextChoices):
    WALK = Transport.WALK.value, _("on foot")
    BICYCLE = Transport.BICYCLE.value, _("bicycle")
    MOTORBIKE = Transport.MOTORBIKE.value, _("motorbike")
    TRICYCLE = Transport.TRICYCLE.value, _("tricycle")
    CAR = Transport.CAR.value, _("car")
    BUS = Transport.BUS.value, _("bus")
    DRONE = Transport.DRONE.value, _("drone")


class CostKindChoices(models.TextChoices):
    TRAVEL = CostKind.TRAVEL.value, _("Travel")
    LABOUR = CostKind.LABOUR.value, _("Labour")
    PART = CostKind.PART.value, _("Part")
    FREIGHT = CostKind.FREIGHT.value, pgettext_lazy("cost", "Freight")
    OTHER = CostKind.OTHER.value, pgettext_lazy("cost", "Other")


class BearerChoices(models.TextChoices):
    FUND = Bearer.FUND.value, _("the county's fund")
    LIABLE_PARTY = Bearer.LIABLE_PARTY.value, _("the liable party")
    CONSUMER = Bearer.CONSUMER.value, _("the consumer")
    PROVIDER = Bearer.PROVIDER.value, _("the provider")
    STATION = Bearer.STATION.value, _("the station")


class Visit(models.Model):
    """One way to the consumer's home (上门), in one window, by one technician or one provider.

    Booked by inserting it: the seats of a window are unique, so that the last one is taken once. Neither a
    technician nor a provider: nobody has been found yet. `place` is the village that is driven to; the exact
    address stays with the consumer. A visit that is moved ends, and goes on as a row with `moved_from`.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="visits", verbose_name=_("claim"))
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    station = models.ForeignKey(
        Station, models.PROTECT, related_name="visits_sent", verbose_name=_("sent by station")
    )
    place = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("place"))
    kind = models.CharField(_("kind"), max_length=12, choices=VisitKindChoices)
    task = models.CharField(_("what is to be done"), max_length=300)
    is_home_help = models.BooleanField(
        _("cannot come"), default=False, help_text=_("The consumer needs help at home.")
    )
    technician = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="visits",
        verbose_name=_("technician"),
    )
    provider = models.ForeignKey(
        Party,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="visits",
        limit_choices_to={"kind": "provider"},
        verbose_name=_("service provider"),
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    seat = models.PositiveSmallIntegerField(_("seat in the window"), default=0)
    state = models.CharField(
        _("state"), max_length=9, choices=VisitStateChoices, default=VisitStateChoices.PLANNED
    )
    distance_m = models.PositiveIntegerField(_("distance in metres"), null=True, blank=True)
    override_reason = models.CharField(_("reason for going further"), max_length=200, blank=True)
    transport = models.CharField(_("on the road by"), max_length=9, choices=TransportChoices, blank=True)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("planned by")
    )
    planned_at = models.DateTimeField(_("planned"))
    started_at = models.DateTimeField(_("set out"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ended by"),
    )
    outcome = models.CharField(_("outcome"), max_length=14, choices=VisitOutcomeChoices, blank=True)
    found = models.CharField(_("what was found"), max_length=500, blank=True)
    done = models.CharField(_("what was done"), max_length=500, blank=True)
    failure = models.CharField(
        _("why it came to nothing"), max_length=13, choices=VisitFailureChoices, blank=True
    )
    failure_note = models.CharField(_("note"), max_length=200, blank=True)
    proof = models.CharField(
        _("proof"),
        max_length=9,
        choices=[("signature", _("Signature")), ("photo", _("Photo")), ("paper", _("Signed on paper"))],
        blank=True,
    )
    moved_from = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="moved_to",
        verbose_name=_("moved from"),
    )
    repair = models.OneToOneField(
        "claims.Repair",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="visit",
        verbose_name=_("repair"),
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedManager()
    scope_paths = ScopePaths(
        county="county_code", region="claim__station__region_id", station="claim__station_id"
    )

    class Meta:
        verbose_name = _("home visit")
        verbose_name_plural = _("home visits")
        ordering = ["-starts_at", "-id"]
        indexes = [
            models.Index(fields=["county_code", "starts_at", "id"], name="visit_county_day"),
            models.Index(
                fields=["technician", "starts_at"], name="visit_booked", condition=Q(state__in=BOOKED_STATES)
            ),
            models.Index(fields=["provider", "starts_at"], name="visit_provider_day"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["technician", "starts_at", "seat"],
                condition=Q(state__in=BOOKED_STATES, technician__isnull=False),
                name="visit_technician_seat_once",
            ),
            models.UniqueConstraint(
                fields=["provider", "county_code", "starts_at", "seat"],
                condition=Q(state__in=BOOKED_STATES, provider__isnull=False),
                name="visit_provider_seat_once",
            ),
            models.UniqueConstraint(
                fields=["claim", "kind"],
                condition=Q(state__in=BOOKED_STATES),
                name="visit_one_of_a_kind_planned",
            ),
            models.CheckConstraint(
                condition=Q(technician__isnull=True) | Q(provider__isnull=True), name="visit_by_one"
            ),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="visit_window_in_order"),
            models.CheckConstraint(condition=Q(seat__lt=MOST_SEATS), name="visit_seat_sane"),
            models.CheckConstraint(
                condition=(Q(state="done") & ~Q(outcome="")) | (~Q(state="done") & Q(outcome="")),
                name="visit_done_has_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(failure=""), name="visit_failed_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(state__in=BOOKED_STATES, ended_at__isnull=True)
                | ~Q(state__in=BOOKED_STATES) & Q(ended_at__isnull=False),
                name="visit_ends_once",
            ),
        ]

    def __str__(self):
        return f"{self.claim_id} {self.get_kind_display()}"

    @property
    def is_booked(self) -> bool:
        return self.state in BOOKED


class VisitSignature(OwnKey):
    """How the consumer signed on the screen: strokes as points, sealed like all personal data."""

    visit = models.OneToOneField(
        Visit, models.PROTECT, related_name="signature", verbose_name=_("home visit")
    )
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    strokes_sealed = SealedTextField(_("strokes (sealed)"))
    at = models.DateTimeField(_("when"))

    objects = ScopedManager()
    scope_paths = ScopePaths(
        county="county_code", region="visit__claim__station__region_id", station="visit__claim__station_id"
    )

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")

    def __str__(self):
        return f"{self.visit_id}"


class VisitCost(models.Model):
    """One cost line of a visit and who bears it (V-04). A wrong line is withdrawn, never changed."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="costs", verbose_name=_("home visit"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    kind = models.CharField(_("kind"), max_length=7, choices=CostKindChoices)
    amount_fen = models.BigIntegerField(_("amount"))
    borne_by = models.CharField(_("borne by"), max_length=12, choices=BearerChoices)
    note = models.CharField(_("note"), max_length=100, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    at = models.DateTimeField(_("recorded"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(
        county="county_code", region="visit__claim__station__region_id", station="visit__claim__station_id"
    )

    class Meta:
        verbose_name = _("cost of a visit")
        verbose_name_plural = _("costs of visits")
        ordering = ["visit_id", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="visit_cost_positive"),
        ]

    def __str__(self):
        return f"{self.visit_id} {self.kind}"


class HomeHelp(OwnKey):
    """That a consumer needs help at home (行动不便), told with a consent of its own, withdrawn at any time.

    Why is health data (PIPL article 28): sealed and shown on request alone; that there is a need is shown to
    whoever plans a visit.
    """

    consumer = models.ForeignKey(
        Consumer, models.PROTECT, related_name="home_help", verbose_name=_("consumer")
    )
    station = models.ForeignKey(
        Station, models.PROTECT, related_name="+", verbose_name=_("station"), editable=False
    )
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    why_sealed = SealedTextField(_("why (sealed)"), blank=True, default="")
    consent_how = models.CharField(_("consent"), max_length=8, choices=ConsentKind)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("need of help at home")
        verbose_name_plural = _("needs of help at home")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["consumer"], condition=Q(withdrawn_at__isnull=True), name="home_help_once"
            )
        ]

    def __str__(self):
        return f"{self.consumer_id}"
