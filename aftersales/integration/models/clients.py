"""Applications of other parties, the tokens they send, and how much they ask. docs/integration.md."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from stations.models import Party


class ApiClient(models.Model):
    """An application of one party that talks to us; acts under an account of its own, where its grants count.

    `county_code` names the county whose manager keeps it; empty for one of the whole programme. It is
    suspended, never deleted. `adapter` names the words its platform uses (claims/data/adapters).
    """

    party = models.ForeignKey(Party, models.PROTECT, related_name="api_clients", verbose_name=_("party"))
    name = models.CharField(_("name"), max_length=80)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="api_client", verbose_name=_("account")
    )
    county_code = models.CharField(_("county"), max_length=12, blank=True, editable=False)
    contact = models.CharField(_("contact desk"), max_length=120, blank=True)
    adapter = models.CharField(_("words of"), max_length=30, blank=True)
    is_suspended = models.BooleanField(_("suspended"), default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by")
    )
    created_at = models.DateTimeField(_("entered"))

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["party", "name"], name="api_client_once")]

    def __str__(self):
        return self.name


class ApiToken(models.Model):
    """A secret that an application sends with every request. Only its SHA-256 is kept; shown once.

    `scopes` are values of ApiScope. Rotation makes a second token and lets the first one end after an
    overlap. Only `expires_at` (earlier), `revoked_at`, `revoked_by` and `last_used_at` ever change.
    """

    client = models.ForeignKey(
        ApiClient, models.PROTECT, related_name="tokens", verbose_name=_("application")
    )
    county_code = models.CharField(_("county"), max_length=12, blank=True, editable=False)
    label = models.CharField(_("purpose"), max_length=80)
    prefix = models.CharField(_("begins with"), max_length=16)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(_("good for"), default=list)
    rate_per_minute = models.PositiveIntegerField(_("requests a minute"), default=300)
    created_at = models.DateTimeField(_("issued"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("issued by")
    )
    expires_at = models.DateTimeField(_("expires"))
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("replaces")
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("revoked by"),
    )
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(rate_per_minute__gt=0), name="api_token_rate_positive"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="api_token_ends_after_start"
            ),
        ]

    def __str__(self):
        return f"{self.prefix}…"


class TokenMinute(models.Model):
    """How often one token asked within one minute: what the rate is held against, and the page of usage.

    `subject` tells a token ("t5") from a consumer's session ("s7"), which is counted under its token too.
    """

    token = models.ForeignKey(ApiToken, models.CASCADE, related_name="minutes")
    subject = models.CharField(max_length=24)
    minute = models.DateTimeField()
    requests = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    faults = models.PositiveIntegerField(default=0)
    throttled = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "minute"], name="token_minute_once")]
        indexes = [models.Index(fields=["token", "minute"], name="token_minute_recent")]

    def __str__(self):
        return f"{self.subject} {self.minute:%Y-%m-%d %H:%M}"
