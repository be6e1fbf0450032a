"""What other systems are told of by themselves: events, who wants them, and every try. docs/webhooks.md."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.personal import OwnKey, SealedTextField
from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.integration.models.clients import ApiClient


class WebhookSubscription(OwnKey):
    """An address of an application and the kinds of event that are sent there, each one signed.

    `events` are codes of events, or "*" for all. The secret is sealed; for a day after a change the one
    before signs as well. While the address does not answer, it rests until `rests_until`. It stops by itself
    after days without one answer, and says so. It is ended, never deleted.
    """

    client = models.ForeignKey(
        ApiClient, models.PROTECT, related_name="subscriptions", verbose_name=_("application")
    )
    county_code = models.CharField(_("county"), max_length=12, blank=True, editable=False)
    url = models.CharField(_("address"), max_length=300)
    events = models.JSONField(_("events"), default=list)
    description = models.CharField(_("purpose"), max_length=120, blank=True)
    secret_prefix = models.CharField(_("secret begins with"), max_length=16, editable=False)
    secret_sealed = SealedTextField()
    former_secret_sealed = SealedTextField(blank=True, default="")
    former_until = models.DateTimeField(null=True, blank=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    stopped_reason = models.CharField(_("stopped because"), max_length=30, blank=True)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    rests_until = models.DateTimeField(_("not asked before"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by")
    )
    created_at = models.DateTimeField(_("entered"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ["client_id", "id"]

    def __str__(self):
        return self.url


class WebhookEvent(models.Model):
    """Something that happened to what concerns an application, as it is told; never changes.

    Made from the audit trail, so that nothing is told of what was rolled back. `audit_event` and `client`
    together are told once. `data` holds codes, numbers and times, no personal data.
    """

    public_id = models.UUIDField(unique=True, editable=False)
    client = models.ForeignKey(
        ApiClient, models.PROTECT, related_name="events", verbose_name=_("application")
    )
    county_code = models.CharField(_("county"), max_length=12, blank=True, editable=False)
    kind = models.CharField(_("event"), max_length=40)
    audit_event_id = models.BigIntegerField(null=True, editable=False)
    occurred_at = models.DateTimeField(_("happened"))
    data = models.JSONField(_("content"))
    created_at = models.DateTimeField(_("entered"))

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["audit_event_id", "client"], name="webhook_event_once"),
        ]
        indexes = [models.Index(fields=["client", "id"], name="webhook_event_feed")]

    def __str__(self):
        return f"{self.kind} {self.public_id}"


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    DELIVERED = "delivered", _("delivered")
    DEAD = "dead", _("given up")


class WebhookDelivery(models.Model):
    """One event on its way to one subscription: the outbox. Sent at least once, always with the same id."""

    event = models.ForeignKey(
        WebhookEvent, models.PROTECT, related_name="deliveries", verbose_name=_("event")
    )
    subscription = models.ForeignKey(
        WebhookSubscription, models.PROTECT, related_name="deliveries", verbose_name=_("subscription")
    )
    county_code = models.CharField(_("county"), max_length=12, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=9, choices=DeliveryState, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"))
    tried_at = models.DateTimeField(_("last try"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=30, blank=True)
    duration_ms = models.PositiveIntegerField(_("milliseconds"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "subscription"], name="webhook_delivery_once")
        ]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"], name="webhook_delivery_due", condition=Q(state="waiting")
            ),
            models.Index(fields=["subscription", "-id"], name="webhook_delivery_recent"),
        ]

    def __str__(self):
        return f"{self.event_id} → {self.subscription_id}"


class EventProgress(models.Model):
    """How far the audit trail has been read for events; a single row.

    `is_called` says that a reading has been asked for and has not begun yet.
    """

    last_event_id = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    is_called = models.BooleanField(default=False)

    def __str__(self):
        return f"{self.last_event_id}"
