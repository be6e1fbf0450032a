"""Firms and bodies that a claim can be about or be settled with."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class PartyKind(models.TextChoices):
    PLATFORM = "platform", _("Platform")
    MERCHANT = "merchant", _("Merchant")
    LOGISTICS = "logistics", _("Logistics firm")
    PROVIDER = "provider", _("Service provider")
    INSURER = "insurer", _("Insurer")
    INSPECTION = "inspection", _("Inspection body")
    PARTNER = "partner", _("Partner organisation")


class PartyGrade(models.TextChoices):
    """How a party did in the last rated period; empty: not rated, which is not a good grade."""

    A = "A", _("A")
    B = "B", _("B")
    C = "C", _("C")


class Party(models.Model):
    """A platform, merchant, logistics firm, provider, insurer, inspection body or partner.

    Known to the whole programme, so not scoped; created by imports or by managers, suspended instead
    of deleted. Who works for a party of grade C or a suspended one is offered no claim
    (docs/rules/dispatch.md).
    """

    kind = models.CharField(_("kind"), max_length=10, choices=PartyKind)
    name = models.CharField(_("name"), max_length=120)
    contact = models.CharField(_("contact desk"), max_length=120, blank=True)
    grade = models.CharField(_("grade"), max_length=1, choices=PartyGrade, blank=True)
    is_suspended = models.BooleanField(_("suspended"), default=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="party_once")]

    def __str__(self):
        return self.name
