from django.db import models
from django.utils.translation import gettext_lazy as _


class SubmissionKey(models.Model):
    """One submission that a client sent under a key of its own, and what came of it.

    Written by `idempotency.once` in the transaction of the effect and never changed afterwards, so
    a row that can be seen always has an answer. `client` says who may use the key ("user:12",
    "token:5"); `response` holds no personal data.
    """

    client = models.CharField(_("client"), max_length=80)
    key = models.CharField(_("key"), max_length=64)
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    object_type = models.CharField(_("object type"), max_length=100, blank=True)
    object_id = models.CharField(_("object"), max_length=64, blank=True)
    response = models.JSONField(_("response"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), db_index=True)

    class Meta:
        verbose_name = _("submission key")
        verbose_name_plural = _("submission keys")
        constraints = [models.UniqueConstraint(fields=["client", "key"], name="web_submission_key_once")]

    def __str__(self):
        return f"{self.client} {self.key}"


class FailureCount(models.Model):
    """How often something went wrong for one key in a span of time; kept by `throttle`, purged when old.

    The key is a digest, so that no address and no claim number can be read from it.
    """

    key = models.CharField(max_length=64, primary_key=True)
    started_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    def __str__(self):
        return f"{self.key[:8]} {self.count}"
