"""Other systems in the admin: looked at, never edited. No secret, no hash of one, no phone of a consumer."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from aftersales.integration.delivery_words import TONES, kind_text, why
from aftersales.integration.models import (
    ApiClient,
    ApiToken,
    WebhookDelivery,
    WebhookEvent,
    WebhookSubscription,
)
from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import NOTHING, badge, facts, moment_column


@admin.register(ApiClient)
class ApiClientAdmin(ReadOnlyAdmin):
    list_display = ("name", "party", "stands", moment_column("created_at", _("entered")))
    list_select_related = ("party",)
    list_filter = ("is_suspended", "party__kind")
    search_fields = ("name", "party__name")
    sortable_by = ()
    fields = readonly_fields = (
        "name",
        "party",
        "stands",
        "user",
        "county_code",
        "contact",
        "adapter",
        "created_by",
        moment_column("created_at", _("entered")),
    )

    @admin.display(description=_("state"))
    def stands(self, client):
        return badge(_("suspended"), "bad") if client.is_suspended else badge(_("let in"), "good")


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    list_display = (
        "begins",
        "client",
        "label",
        moment_column("expires_at", _("expires")),
        moment_column("revoked_at", _("revoked")),
        moment_column("last_used_at", _("last used")),
    )
    list_select_related = ("client",)
    list_filter = ("expires_at", "revoked_at")
    sortable_by = ()
    fields = readonly_fields = (
        "begins",
        "client",
        "label",
        "good_for",
        "rate_per_minute",
        moment_column("created_at", _("issued")),
        "created_by",
        moment_column("expires_at", _("expires")),
        "replaces",
        moment_column("revoked_at", _("revoked")),
        "revoked_by",
        moment_column("last_used_at", _("last used")),
    )

    @admin.display(description=_("begins with"))
    def begins(self, token):
        return str(token)

    @admin.display(description=_("good for"))
    def good_for(self, token):
        return ", ".join(token.scopes) or NOTHING


@admin.register(WebhookSubscription)
class WebhookSubscriptionAdmin(ReadOnlyAdmin):
    list_display = (
        "url",
        "client",
        "stands",
        moment_column("failing_since", _("failing since")),
        moment_column("created_at", _("entered")),
    )
    list_select_related = ("client",)
    list_filter = ("is_active",)
    sortable_by = ()
    fields = readonly_fields = (
        "url",
        "client",
        "description",
        "wanted",
        "stands",
        "stopped_reason",
        moment_column("failing_since", _("failing since")),
        "created_by",
        moment_column("created_at", _("entered")),
        moment_column("ended_at", _("ended")),
    )

    @admin.display(description=_("events"))
    def wanted(self, subscription):
        return ", ".join(subscription.events) or NOTHING

    @admin.display(description=_("state"))
    def stands(self, subscription):
        if subscription.ended_at is not None:
            return badge(_("ended"), "neutral")
        return badge(_("active"), "good") if subscription.is_active else badge(_("stopped"), "bad")


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnlyAdmin):
    list_display = (moment_column("occurred_at", _("happened")), "told", "client", "public_id")
    list_select_related = ("client",)
    list_filter = ("kind", "occurred_at")
    sortable_by = ()
    fields = readonly_fields = (
        "public_id",
        "told",
        "client",
        moment_column("occurred_at", _("happened")),
        "content",
        moment_column("created_at", _("entered")),
    )

    @admin.display(description=_("event"))
    def told(self, event):
        return kind_text(event.kind)

    @admin.display(description=_("content"))
    def content(self, event):
        return facts((name, value) for name, value in event.data.items()) or NOTHING


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    list_display = (
        "told",
        "subscription",
        "stands",
        "tries",
        moment_column("tried_at", _("last try")),
        "failed",
    )
    list_select_related = ("event", "subscription")
    list_filter = ("state",)
    sortable_by = ()
    fields = readonly_fields = (
        "told",
        "event",
        "subscription",
        "stands",
        "tries",
        moment_column("next_try_at", _("next try")),
        moment_column("tried_at", _("last try")),
        moment_column("delivered_at", _("delivered")),
        "failed",
        "duration_ms",
    )

    @admin.display(description=_("state"))
    def stands(self, delivery):
        return badge(delivery.get_state_display(), TONES[delivery.state])

    @admin.display(description=_("event"))
    def told(self, delivery):
        return kind_text(delivery.event.kind)

    @admin.display(description=_("last error"))
    def failed(self, delivery):
        return why(delivery.last_error) or NOTHING
