"""The tree of official administrative divisions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from stations.rules.regions import Level


class LevelChoices(models.IntegerChoices):
    PROVINCE = Level.PROVINCE, _("Province")
    CITY = Level.CITY, _("City")
    COUNTY = Level.COUNTY, _("County")
    TOWNSHIP = Level.TOWNSHIP, _("Township")
    VILLAGE = Level.VILLAGE, _("Village")


class Region(models.Model):
    """One division under its official 12-digit statistical code. Imported; public knowledge, so not scoped.

    A division that was merged or re-coded stays as a row with `ended_on` and `replaced_by`.
    """

    code = models.CharField(_("code"), max_length=12, primary_key=True)
    name = models.CharField(_("name"), max_length=60)
    level = models.SmallIntegerField(_("level"), choices=LevelChoices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )
    is_placeholder = models.BooleanField(_("placeholder"), default=False)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    replaced_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaces", verbose_name=_("replaced by")
    )
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["code"]
        indexes = [
            models.Index(fields=["level", "code"], name="region_level_code"),
            models.Index(fields=["name"], name="region_name"),
        ]

    def __str__(self):
        return self.name


class RegionChange(models.Model):
    """One change between two editions of the code list, as it was applied. Never changes."""

    county_code = models.CharField(_("county"), max_length=12)
    old_code = models.CharField(_("old code"), max_length=12, blank=True)
    old_name = models.CharField(_("old name"), max_length=60, blank=True)
    new_code = models.CharField(_("new code"), max_length=12, blank=True)
    new_name = models.CharField(_("new name"), max_length=60, blank=True)
    what = models.CharField(_("change"), max_length=60)
    applied_at = models.DateTimeField(_("applied"))

    class Meta:
        verbose_name = _("region change")
        verbose_name_plural = _("region changes")
        ordering = ["-applied_at", "old_code"]
        constraints = [
            models.UniqueConstraint(
                fields=["old_code", "new_code", "old_name", "new_name"], name="region_change_once"
            )
        ]

    def __str__(self):
        return f"{self.old_code} {self.old_name} → {self.new_code} {self.new_name}"
