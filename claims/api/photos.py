"""Photos of claims in the API: one picture as the body of a request, read as the pages serve them."""

import hashlib
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.response import Response

from aftersales.accounts.api_scopes import ApiScope
from aftersales.web.api.fields import Input, Output, TextField
from aftersales.web.api.filters import LARGEST_KEY
from aftersales.web.api.parsing import bounded
from aftersales.web.api.views import KEY_HEADER, ApiView, Made
from aftersales.web.picture_store import serve_picture
from claims.api.finding import found, photo_token, photos_of
from claims.models import Photo
from claims.models.evidence import PhotoKind
from claims.queries.partners import concerns_claim
from claims.services import evidence
from stations.models import Station

MOST_BYTES = 10 * 1024 * 1024
MEDIA_TYPES = ("image/jpeg", "image/png", "image/webp")
JPEG = "image/jpeg"
STAGE_REFUSALS = (
    "not_found",
    "too_many_photos",
    "too_many_today",
    "empty",
    "damaged",
    "not_a_picture",
    "heic",
    "svg",
    "wrong_format",
    "busy",
    "too_complex",
    "too_many_pixels",
    "side_too_long",
    "animated",
    "storage_unavailable",
    "claim_ended",
)


class PictureParser(BaseParser):
    """The bytes of one picture, at most ten megabytes; what is in them is looked at by the service."""

    def parse(self, stream, media_type=None, parser_context=None) -> bytes:
        return bounded(stream, MOST_BYTES)


class JpegParser(PictureParser):
    media_type = "image/jpeg"


class PngParser(PictureParser):
    media_type = "image/png"


class WebpParser(PictureParser):
    media_type = "image/webp"


PICTURE_PARSERS = (JpegParser, PngParser, WebpParser)


class PictureNegotiation(DefaultContentNegotiation):
    """A picture answers as a picture whatever is accepted; problems stay JSON."""

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class PhotoOut(Output):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(PhotoKind.choices)
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    byte_size = serializers.IntegerField()
    taken_at = serializers.DateTimeField(allow_null=True, help_text="As the camera says.")
    uploaded_at = serializers.DateTimeField()


class PhotoSentOut(PhotoOut):
    left = serializers.IntegerField(help_text="How many more the claim can hold.")


class StageQuery(Input):
    station = serializers.IntegerField(
        min_value=1, max_value=LARGEST_KEY, help_text="Id of the station of the order."
    )
    draft = TextField(max_length=64, help_text="A random name of your own; send it again with the claim.")
    kind = serializers.ChoiceField(PhotoKind.choices, required=False)


class AddQuery(Input):
    kind = serializers.ChoiceField(PhotoKind.choices, required=False)


class PictureView(ApiView):
    """A door that takes one picture."""

    parser_classes = PICTURE_PARSERS
    output_classes = {"POST": PhotoSentOut}
    reads = {"POST": MEDIA_TYPES}
    refusals = {"POST": STAGE_REFUSALS}
    query_class: type[Input]

    def asked(self) -> dict[str, Any]:
        """What the query says about the picture, checked. Raises a validation error."""
        form = self.query_class(data=self.request.query_params.dict())
        form.is_valid(raise_exception=True)
        return form.validated_data

    @property
    def upload(self) -> bytes:
        """The picture; without a body the framework parses nothing and answers a dictionary."""
        return self.request.data if isinstance(self.request.data, bytes) else b""

    def told_apart(self, **asked) -> dict:
        return {**asked, "sha256": hashlib.sha256(self.upload).hexdigest()}

    def sent(self, photo: Photo, number: int) -> Made:
        photo.left = max(0, evidence.PHOTOS_PER_CLAIM - number)
        return Made(self.shown(photo, serializer_class=PhotoSentOut), photo)


class StagedPhotosView(PictureView):
    """Photos for a claim that is not filed yet: sent one by one under a name of your own, `draft`."""

    scopes = {"POST": ApiScope.CLAIMS_WRITE}
    for_consumers = True
    query_class = StageQuery
    serializer_class = PhotoSentOut

    def post(self, request):
        """Send a photo before a claim is filed

        The body is the picture itself, at most 10 MB, 12 under one draft. Where it was taken is removed. What
        is not filed within 24 hours is deleted.
        """
        asked = self.asked()
        station = get_object_or_404(Station.objects.all(), pk=asked["station"])
        token = photo_token(request.auth, asked["draft"])

        def stage() -> Made:
            photo = evidence.stage(
                upload=self.upload,
                station=station,
                form_token=token,
                kind=asked.get("kind", PhotoKind.DAMAGE),
                by=request.user,
                now=timezone.now(),
            )
            return self.sent(photo, Photo.objects.filter(form_token=token, uploaded_by=request.user).count())

        return self.once(stage, body=self.told_apart(**asked))


class ClaimPhotosView(PictureView):
    """What shows the damage. Photos of a home, or of goods in custody, are not told here."""

    scopes = {"GET": ApiScope.CLAIMS_READ, "POST": ApiScope.CLAIMS_WRITE}
    for_consumers = True
    is_list = True
    order = ("id",)
    query_class = AddQuery
    serializer_class = PhotoOut

    def get(self, request, number):
        """List the photos of a claim"""
        return self.page(photos_of(found(request.auth, number)))

    def post(self, request, number):
        """Add a photo to an open claim

        The body is the picture itself, at most 10 MB; a claim holds 12.
        """
        asked, claim = self.asked(), found(request.auth, number)
        token = photo_token(request.auth, f"{number} {request.headers.get(KEY_HEADER, '')}")

        def add() -> Made:
            now = timezone.now()
            photo = evidence.stage(
                upload=self.upload,
                station=claim.station,
                form_token=token,
                kind=asked.get("kind", PhotoKind.DAMAGE),
                by=request.user,
                now=now,
            )
            evidence.attach(claim=claim, form_token=token, by=request.user, now=now)
            return self.sent(photo, photos_of(claim).count())

        return self.once(add, body=self.told_apart(**asked))


class PhotoView(ApiView):
    """One photo of a claim that concerns the caller, or one that was sent before under `draft`."""

    scopes = {"GET": ApiScope.CLAIMS_READ, "DELETE": ApiScope.CLAIMS_WRITE}
    for_consumers = True
    content_negotiation_class = PictureNegotiation
    parameters = {
        "small": {"type": "string", "enum": ["1"], "description": "At most 320 pixels a side."},
        "draft": {"type": "string", "maxLength": 64, "description": "For a photo that is not filed yet."},
    }
    post_parameters = {
        "draft": {"type": "string", "maxLength": 64, "description": "The name it was sent under."}
    }
    serializer_class = PhotoOut
    answers_with = {"GET": (JPEG,)}
    refusals = {"DELETE": ("photo_filed", "unknown_photo")}
    if_match = ()

    def get(self, request, photo_id):
        """Fetch a photo"""
        photo = self._photo(request, photo_id)
        return serve_picture(request, photo.file_name, thumbnail=request.query_params.get("small") == "1")

    def delete(self, request, photo_id):
        """Delete a photo that is not filed yet

        Evidence of a claim stays.
        """
        evidence.discard(photo=self._photo(request, photo_id), by=request.user, now=timezone.now())
        return Response(status=204)

    def _photo(self, request, photo_id: int) -> Photo:
        caller = request.auth
        photos = Photo.objects.filter(goods__isnull=True, visit__isnull=True)
        filed = photos.filter(concerns_claim(caller, "claim__"), claim__isnull=False, pk=photo_id).first()
        if filed is not None:
            return filed
        token = photo_token(caller, request.query_params.get("draft", ""))
        staged = photos.filter(form_token=token, uploaded_by=request.user, claim__isnull=True)
        return get_object_or_404(staged, pk=photo_id)
