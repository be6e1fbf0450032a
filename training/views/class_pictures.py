"""Photos of classes and of publicity: added, looked at, taken out."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from aftersales.web.picture_store import serve_picture
from stations.access.places import PlacePage
from training.models import ClassPhoto, Publicity, VillageClass
from training.rules.classes import ClassState
from training.services import class_photos

HOLD, VIEW = "training.hold_class", "training.view_training"


def added_photos(request, **owner) -> list[str]:
    """Keep every photo of the request for a class or a line of publicity; a sentence for each one refused."""
    refusals = []
    for upload in request.FILES.getlist("photos"):
        try:
            class_photos.add(upload=upload, by=request.user, now=timezone.now(), **owner)
        except Refused as refused:
            refusals.append(_("%(file)s: %(reason)s") % {"file": upload.name[:40], "reason": refused.message})
    return refusals


def shown(photo: ClassPhoto) -> dict[str, str]:
    """A photo as components/photo_grid.html shows it."""
    url = reverse("training:class_photo", args=[photo.pk])
    return {"url": url, "thumbnail_url": f"{url}?small=1", "alt": _("Photo of the class")}


def page_of(photo: ClassPhoto) -> str:
    """The page on which a photo is added and taken out."""
    if photo.village_class_id:
        return reverse("training:class_photos", args=[photo.village_class_id])
    return reverse("training:publicity_photos", args=[photo.publicity_id])


class PhotosPage(PlacePage):
    """Adds photos to something, and leads to taking them out."""

    permission = HOLD
    template_name = "training/class_photos.html"
    about = "owner"
    owner_name = ""

    def find(self, pk: int):
        raise NotImplementedError

    def is_over(self, owner) -> bool:
        """Whether nothing can be added any more."""
        raise NotImplementedError

    def back(self, owner) -> str:
        raise NotImplementedError

    def get(self, request, pk):
        return self._page(self.find(pk))

    def post(self, request, pk):
        owner = self.find(pk)
        if not request.FILES.getlist("photos"):
            return self._page(owner, [_("Choose at least one photo.")])
        refusals = added_photos(request, **{self.owner_name: owner})
        if refusals:
            return self._page(owner, refusals)
        messages.success(request, _("Photos added."))
        return redirect(self.back(owner))

    def _page(self, owner, refusals=()):
        photos = list(owner.photos.all())
        return self.page(
            owner=owner,
            back=self.back(owner),
            photos=[shown(photo) | {"pk": photo.pk} for photo in photos],
            most=class_photos.MOST_PHOTOS,
            may_add=not self.is_over(owner) and len(photos) < class_photos.MOST_PHOTOS,
            refusals=refusals,
            place=owner.station,
            status=409 if refusals else 200,
        )


class ClassPhotos(PhotosPage):
    """The photos of a class."""

    owner_name = "village_class"

    def find(self, pk):
        return get_object_or_404(VillageClass.objects.select_related("station"), pk=pk)

    def is_over(self, owner):
        return owner.state == ClassState.CANCELLED

    def back(self, owner):
        return reverse("training:class_detail", args=[owner.pk])


class PublicityPhotos(PhotosPage):
    """The photos of a line of publicity."""

    owner_name = "publicity"

    def find(self, pk):
        return get_object_or_404(Publicity.objects.select_related("station"), pk=pk)

    def is_over(self, owner):
        return owner.withdrawn_at is not None

    def back(self, owner):
        return reverse("training:publicity_list")


class ClassPhotoFile(PlacePage):
    """One picture; small with `?small=1`."""

    permission = (HOLD, VIEW)
    http_method_names = ["get", "head"]

    def get(self, request, pk):
        photo = get_object_or_404(ClassPhoto, pk=pk)
        return serve_picture(request, photo.file_name, thumbnail=request.GET.get("small") == "1")


class ClassPhotoRemove(PlacePage):
    """Takes a photo out: asks once more."""

    permission = HOLD
    template_name = "training/class_photo_remove.html"
    about = "photo"

    def get(self, request, pk):
        photo = get_object_or_404(ClassPhoto.objects.select_related("station"), pk=pk)
        return self.page(photo=photo, picture=shown(photo), back=page_of(photo), place=photo.station)

    def post(self, request, pk):
        photo = get_object_or_404(ClassPhoto.objects.select_related("station"), pk=pk)
        back = page_of(photo)
        try:
            class_photos.take_out(photo, by=request.user, now=timezone.now())
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            messages.success(request, _("The photo is gone."))
        return redirect(back)
