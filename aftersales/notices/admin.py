"""The delivery log and the words of messages, for the platform desk and administrators."""

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from aftersales.lib.errors import Refused
from aftersales.notices import channels, deliveries, events, rewording, wording
from aftersales.notices.forms import WordingForm, WordingPlaceForm, places
from aftersales.notices.models import Delivery, DeliveryState, NoticeTemplate
from aftersales.web import formats
from aftersales.web.admin import ReadOnlyAdmin, ServiceAction
from aftersales.web.admin_columns import NOTHING, badge, facts, link, moment_column

TONES = {
    DeliveryState.WAITING: "wait",
    DeliveryState.DELIVERED: "good",
    DeliveryState.DEAD: "bad",
    DeliveryState.FOLDED: "neutral",
}


def channel_name(code: str) -> str:
    return str(channels.KNOWN[code].label) if code in channels.KNOWN else code


def event_name(code: str) -> str:
    """The default title of an event, with its placeholders; its code when it is no longer known."""
    event = events.find(code)
    return str(event.title) if event is not None else code


def title_of(delivery: Delivery) -> str:
    """The default title of a message, as its recipient reads it."""
    event = events.find(delivery.event)
    if event is None:
        return delivery.event
    return wording.fill(str(event.title), wording.shown(event, delivery.params))


class ChannelFilter(SimpleListFilter):
    title = gettext_lazy("sent through")
    parameter_name = "channel"

    def lookups(self, request, model_admin):
        return [(code, channel.label) for code, channel in channels.KNOWN.items()]

    def queryset(self, request, queryset):
        return queryset.filter(channel=self.value()) if self.value() in channels.KNOWN else queryset


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = (
        "posted",
        "about",
        "way",
        "who",
        "stands_at",
        "tries",
        "why",
        "tried_next",
    )
    list_display_links = ("posted",)
    list_filter = ("state", ChannelFilter)
    list_select_related = ("recipient",)
    ordering = ("-created_at", "-id")
    sortable_by = ()
    fields = readonly_fields = (
        "id",
        "about",
        "way",
        "who",
        "address_masked",
        "stands_at",
        "tries",
        "why",
        moment_column("created_at", gettext_lazy("posted")),
        moment_column("tried_at", gettext_lazy("last try")),
        "tried_next",
        moment_column("delivered_at", gettext_lazy("delivered")),
        "told",
        "summary",
    )
    actions = [
        ServiceAction(
            "try_again",
            gettext_lazy("Try again"),
            permission="notices.retry_delivery",
            service=deliveries.try_again,
            argument="delivery",
        )
    ]

    @admin.display(description=gettext_lazy("posted"))
    def posted(self, delivery):
        return formats.moment(delivery.created_at)

    @admin.display(description=gettext_lazy("next try"))
    def tried_next(self, delivery):
        is_waiting = delivery.state == DeliveryState.WAITING
        return formats.moment(delivery.next_try_at) if is_waiting else NOTHING

    @admin.display(description=gettext_lazy("event"))
    def about(self, delivery):
        return title_of(delivery)

    @admin.display(description=gettext_lazy("sent through"))
    def way(self, delivery):
        return channel_name(delivery.channel)

    @admin.display(description=gettext_lazy("recipient"))
    def who(self, delivery):
        person = str(delivery.recipient) if delivery.recipient_id else ""
        return " · ".join(filter(None, [person, delivery.address_masked])) or NOTHING

    @admin.display(description=gettext_lazy("state"))
    def stands_at(self, delivery):
        return badge(delivery.get_state_display(), TONES[delivery.state])

    @admin.display(description=gettext_lazy("last error"))
    def why(self, delivery):
        return deliveries.reason(delivery.last_error) or NOTHING

    @admin.display(description=gettext_lazy("parameters"))
    def told(self, delivery):
        event = events.find(delivery.event)
        shown = wording.shown(event, delivery.params) if event is not None else delivery.params
        return facts(shown.items()) or NOTHING

    @admin.display(description=gettext_lazy("summary"))
    def summary(self, delivery):
        if delivery.digest_id is None:
            return NOTHING
        return link(reverse("admin:notices_delivery_change", args=[delivery.digest_id]), _("Summary"))


@admin.register(NoticeTemplate)
class NoticeTemplateAdmin(ReadOnlyAdmin):
    list_display = (
        "about",
        "place",
        "tongue",
        "title",
        moment_column("changed_at", gettext_lazy("changed")),
        "changed_by",
    )
    list_filter = ("language",)
    list_select_related = ("changed_by",)
    ordering = ("event", "channel", "language")
    sortable_by = ()
    add_label = gettext_lazy("Change the words of a message")
    fields = readonly_fields = ("about", "place", "tongue", "title", "body", "changed_by", "steps")
    actions = [
        ServiceAction(
            "drop",
            gettext_lazy("Go back to the words of the system"),
            permission="notices.change_noticetemplate",
            service=rewording.drop,
            argument="template",
            is_dangerous=True,
        )
    ]

    def has_add_permission(self, request):
        return request.user.has_perm("notices.change_noticetemplate")

    @admin.display(description=gettext_lazy("message"))
    def about(self, template):
        return event_name(template.event)

    @admin.display(description=gettext_lazy("used in"))
    def place(self, template):
        return dict(places()).get(template.channel, template.channel)

    @admin.display(description=gettext_lazy("language"))
    def tongue(self, template):
        return dict(settings.LANGUAGES).get(template.language, template.language)

    @admin.display(description=gettext_lazy("steps"))
    def steps(self, template):
        query = urlencode(
            {"event": template.event, "channel": template.channel, "language": template.language}
        )
        return link(f"{reverse('admin:notices_noticetemplate_add')}?{query}", _("Change the words"))

    def add_view(self, request, form_url="", extra_context=None):
        """First the list of messages, then, for the one in the address, a form with a preview."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if "event" not in request.GET:
            return self._choose(request)
        place = WordingPlaceForm(request.GET)
        event = events.find(request.GET["event"])
        if not place.is_valid() or event is None:
            raise Http404
        return self._reword(request, event, place.cleaned_data)

    def _choose(self, request):
        context = {
            **self.admin_site.each_context(request),
            "title": self.add_label,
            "opts": self.opts,
            "events": events.registered(),
            "languages": settings.LANGUAGES,
        }
        return TemplateResponse(request, "admin/notices/events.html", context)

    def _reword(self, request, event, place):
        with override(place["language"]):
            original = wording.Words(str(event.title), str(event.body))
        stored = NoticeTemplate.objects.filter(**place).first()
        initial = {
            "title": stored.title if stored else original.title,
            "body": stored.body if stored else original.text,
        }
        form = WordingForm(request.POST if request.method == "POST" else None, initial=initial)
        now = timezone.now()
        words = None
        if form.is_bound and form.is_valid():
            if "preview" in request.POST:
                words = self._checked(form, event)
            elif form.call(rewording.reword, **place, **form.cleaned_data, by=request.user, now=now):
                self.message_user(request, _("Saved."), messages.SUCCESS)
                return redirect("admin:notices_noticetemplate_changelist")
        elif not form.is_bound:
            words = initial
        samples = wording.shown(event, rewording.samples(event, now))
        shown = rewording.preview(event, **words, language=place["language"], now=now) if words else None
        context = {
            "event": event,
            "channel": place["channel"],
            "places": places(),
            "language": place["language"],
            "language_name": dict(settings.LANGUAGES)[place["language"]],
            "original": original,
            "samples": samples,
            "shown": shown,
        }
        response = self.service_page(
            request, form, title=_("Change the words"), button=_("Save"), row=stored, **context
        )
        response.template_name = "admin/notices/reword.html"
        return response

    def _checked(self, form, event):
        """The words of a form to look at; None, with the refusal among its errors, when they do not fit."""
        words = dict(form.cleaned_data)
        try:
            rewording.check(event, **words)
        except Refused as refused:
            form.refuse(refused)
            return None
        return words
