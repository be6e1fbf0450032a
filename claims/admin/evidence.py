"""Photos, as they lie with claims."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import link_to, moment_column
from claims.admin.filters import PlaceFilter
from claims.models import Photo


@admin.register(Photo)
class PhotoAdmin(ReadOnlyAdmin):
    list_display = (
        "thumb",
        "claim_link",
        "kind",
        "station",
        moment_column("taken_at", gettext_lazy("taken")),
        moment_column("uploaded_at", gettext_lazy("uploaded")),
        "uploaded_by",
    )
    list_display_links = None
    list_select_related = ("claim", "station", "uploaded_by")
    list_filter = ("kind", PlaceFilter)
    ordering = ("-id",)
    sortable_by = ()
    list_per_page = 30
    fields = readonly_fields = (
        "picture",
        "claim_link",
        "kind",
        "station",
        "size",
        "taken_at",
        "uploaded_by",
        "uploaded_at",
        "sha256",
    )

    @admin.display(description=gettext_lazy("photo"))
    def thumb(self, photo):
        return format_html(
            '<a href="{}"><img class="thumb" src="{}?small=1" alt="{}" width="72" height="72"></a>',
            reverse("admin:claims_photo_change", args=[photo.pk]),
            reverse("claims:claim_photo", args=[photo.pk]),
            _("Photo %(number)s, %(kind)s") % {"number": photo.pk, "kind": photo.get_kind_display()},
        )

    @admin.display(description=gettext_lazy("photo"))
    def picture(self, photo):
        url = reverse("claims:claim_photo", args=[photo.pk])
        return format_html(
            '<a href="{}"><img src="{}" alt="{}" class="picture"></a>', url, url, photo.get_kind_display()
        )

    @admin.display(description=gettext_lazy("claim"))
    def claim_link(self, photo):
        return link_to(photo.claim) if photo.claim else _("not filed yet")

    @admin.display(description=gettext_lazy("size"))
    def size(self, photo):
        return _("%(width)s × %(height)s, %(kilobytes)s kB") % {
            "width": photo.width,
            "height": photo.height,
            "kilobytes": photo.byte_size // 1000,
        }
