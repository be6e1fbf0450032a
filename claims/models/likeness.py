"""How pictures look, in numbers that can be searched."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from claims.models.evidence import Photo


class PhotoPrint(models.Model):
    """The look of one crop of a photo: 64 signs to find it by, 255 finer ones to tell it from others.

    Written with the photo and gone with it; never changes. `bands` of `look` are columns of their own,
    because an index answers equality and a picture that was saved again differs in a few signs only
    (docs/rules/flags.md, section 2). A picture without structure has none.
    """

    photo = models.ForeignKey(Photo, models.CASCADE, related_name="prints", verbose_name=_("photo"))
    crop = models.PositiveSmallIntegerField(_("crop"))
    look = models.BigIntegerField(_("look"))
    band_0 = models.SmallIntegerField(db_index=True)
    band_1 = models.SmallIntegerField(db_index=True)
    band_2 = models.SmallIntegerField(db_index=True)
    band_3 = models.SmallIntegerField(db_index=True)
    detail = models.BinaryField(_("detail"), max_length=32)

    objects = ScopedManager()
    scope_paths = ScopePaths(
        county="photo__county_code", region="photo__station__region_id", station="photo__station_id"
    )

    class Meta:
        verbose_name = _("look of a photo")
        verbose_name_plural = _("looks of photos")
        ordering = ["photo_id", "crop"]
        constraints = [models.UniqueConstraint(fields=["photo", "crop"], name="print_once_per_crop")]

    def __str__(self):
        return f"{self.photo_id}/{self.crop}"
