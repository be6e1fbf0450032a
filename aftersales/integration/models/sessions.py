"""Consumers in a mini-program: a code sent to their phone, and the session it opens. docs/integration.md."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.integration.models.clients import ApiClient, ApiToken


class LoginCode(models.Model):
    """Six digits sent to a phone that one of our consumers has; good for five minutes and five tries.

    `phone_index` is the blind index of the phone. Where nobody is known by that phone a row is kept all the
    same, without a code that could fit, so that the answer tells nothing.
    """

    client = models.ForeignKey(ApiClient, models.PROTECT, related_name="+", verbose_name=_("application"))
    token = models.ForeignKey(ApiToken, models.PROTECT, related_name="+", verbose_name=_("token"))
    public_id = models.UUIDField(unique=True, editable=False)
    phone_index = models.CharField(max_length=64, db_index=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(tries__lte=5), name="login_code_five_tries")]

    def __str__(self):
        return f"{self.public_id}"


class ConsumerSession(models.Model):
    """A consumer who has proved their phone in an application. Only the SHA-256 of the session is kept."""

    client = models.ForeignKey(
        ApiClient, models.PROTECT, related_name="sessions", verbose_name=_("application")
    )
    token = models.ForeignKey(ApiToken, models.PROTECT, related_name="+", verbose_name=_("token"))
    code = models.OneToOneField(LoginCode, models.SET_NULL, null=True, related_name="+")
    phone_index = models.CharField(max_length=64, db_index=True, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("since"))
    expires_at = models.DateTimeField(_("expires"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    def __str__(self):
        return f"{self.pk}"
