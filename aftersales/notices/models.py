"""Messages to people: what stands in the inbox, what leaves the house, and how each person wants it."""

import uuid
from datetime import time

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.personal import OwnKey, SealedTextField
from aftersales.accounts.scoping import ScopedManager, ScopePaths

EVENT_LENGTH = 60
KEY_LENGTH = 120
URL_LENGTH = 300


class Notice(models.Model):
    """One message in one person's inbox, written by `posting.post` in the transaction of what it tells of.

    `key` says what it is about ("claim 12 warned, round 1"): the same person is told the same thing once.
    `params` hold codes, numbers and names of stations, never a person's data. A row changes once, when it
    is read, and goes half a year after that.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("recipient"),
    )
    event = models.CharField(_("event"), max_length=EVENT_LENGTH)
    key = models.CharField(max_length=KEY_LENGTH)
    params = models.JSONField(_("parameters"), default=dict)
    url = models.CharField(max_length=URL_LENGTH, blank=True)
    county_code = models.CharField(_("county"), max_length=12, blank=True)
    is_urgent = models.BooleanField(_("urgent"), default=False)
    created_at = models.DateTimeField(_("posted"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-created_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["recipient", "key"], name="notices_notice_once")]
        indexes = [
            models.Index(fields=["recipient", "-created_at", "-id"], name="notices_notice_inbox"),
            models.Index(
                fields=["recipient", "-created_at", "-id"],
                condition=Q(read_at=None),
                name="notices_notice_unread",
            ),
            models.Index(fields=["read_at"], condition=Q(read_at__isnull=False), name="notices_notice_read"),
        ]

    def __str__(self):
        return f"{self.event} {self.key}"


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("waiting to leave")
    DELIVERED = "delivered", _("delivered")
    DEAD = "dead", _("given up")
    FOLDED = "folded", _("in a summary")


class Delivery(models.Model):
    """One message on its way out through one channel: the outbox, and afterwards the delivery log.

    Written in the transaction of what it tells of, sent by `outbox.drain`. `id` is the message's id for the
    receiver and stays the same however often it is sent. No address is kept here: it is looked up at the
    moment of sending, from the recipient's preferences or, for people without an account, through the app
    that knows them (`reach_kind`, `reach_id`; see `reach.register`). So erasing a person leaves nothing
    behind. `address_masked` is what the log shows of the last one used.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.CharField(_("sent through"), max_length=16)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("recipient"),
    )
    reach_kind = models.CharField(_("kind of recipient"), max_length=40, blank=True)
    reach_id = models.BigIntegerField(null=True, blank=True)
    event = models.CharField(_("event"), max_length=EVENT_LENGTH)
    key = models.CharField(max_length=KEY_LENGTH, blank=True)
    params = models.JSONField(_("parameters"), default=dict)
    url = models.CharField(max_length=URL_LENGTH, blank=True)
    language = models.CharField(_("language"), max_length=16, blank=True)
    county_code = models.CharField(_("county"), max_length=12, blank=True)
    is_urgent = models.BooleanField(_("urgent"), default=False)
    created_at = models.DateTimeField(_("posted"), db_index=True)
    state = models.CharField(
        _("state"), max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING
    )
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"))
    tried_at = models.DateTimeField(_("last try"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=40, blank=True)
    address_masked = models.CharField(_("address"), max_length=80, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    digest_id = models.UUIDField(_("summary"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "key"],
                condition=Q(recipient=None),
                name="notices_delivery_outside_once",
            ),
            models.CheckConstraint(
                condition=Q(recipient=None, reach_id__isnull=False)
                | Q(recipient__isnull=False, reach_kind="", reach_id=None),
                name="notices_delivery_to_one",
            ),
            models.CheckConstraint(
                condition=Q(state="delivered", delivered_at__isnull=False)
                | (~Q(state="delivered") & Q(delivered_at=None)),
                name="notices_delivery_delivered",
            ),
            models.CheckConstraint(
                condition=Q(state="folded", digest_id__isnull=False)
                | (~Q(state="folded") & Q(digest_id=None)),
                name="notices_delivery_folded",
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "next_try_at"],
                condition=Q(state="waiting"),
                name="notices_delivery_due",
            ),
            models.Index(
                fields=["recipient", "channel"],
                condition=Q(state="waiting"),
                name="notices_delivery_together",
            ),
            models.Index(
                fields=["digest_id"],
                condition=Q(digest_id__isnull=False),
                name="notices_delivery_digest",
            ),
            models.Index(
                fields=["-created_at"],
                condition=Q(state="dead"),
                name="notices_delivery_dead",
            ),
        ]

    def __str__(self):
        return f"{self.channel} {self.id}"


QUIET_FROM, QUIET_UNTIL = time(21, 0), time(8, 0)


class Preference(OwnKey):
    """How one person wants to be told outside the inbox: channels, quiet hours, language, addresses.

    Without a row the defaults hold. The addresses are sealed under a key of this row's own and are opened
    only to send. Equal quiet times mean no quiet hours.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    muted = models.JSONField(_("channels switched off"), default=list, blank=True)
    quiet_from = models.TimeField(_("quiet from"), default=QUIET_FROM)
    quiet_until = models.TimeField(_("quiet until"), default=QUIET_UNTIL)
    language = models.CharField(_("language"), max_length=16, blank=True)
    email_sealed = SealedTextField(_("e-mail (sealed)"), blank=True, default="")
    phone_sealed = SealedTextField(_("phone (sealed)"), blank=True, default="")
    email_masked = models.CharField(_("e-mail"), max_length=80, blank=True, editable=False)
    phone_masked = models.CharField(_("phone"), max_length=32, blank=True, editable=False)
    changed_at = models.DateTimeField(_("last changed"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice preference")
        verbose_name_plural = _("notice preferences")

    def __str__(self):
        return f"#{self.user_id}"


class NoticeTemplate(models.Model):
    """The platform desk's own wording of one event, in place of the one that comes with the system.

    With an empty channel it holds for the inbox and every channel that has none of its own.
    """

    event = models.CharField(_("event"), max_length=EVENT_LENGTH)
    channel = models.CharField(_("sent through"), max_length=16, blank=True)
    language = models.CharField(_("language"), max_length=16)
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"), max_length=600, blank=True)
    changed_at = models.DateTimeField(_("last changed"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("changed by")
    )

    class Meta:
        verbose_name = _("wording of a notice")
        verbose_name_plural = _("wordings of notices")
        ordering = ["event", "channel", "language"]
        constraints = [
            models.UniqueConstraint(fields=["event", "channel", "language"], name="notices_template_once")
        ]

    def __str__(self):
        return " ".join(filter(None, [self.event, self.channel, self.language]))
