"""The trail in the admin: read by scope, narrowed by kind, person and day, changed by nobody."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from aftersales.audit.admin_filters import AboutFilter, ActorFilter, DayFilter, KindFilter, OutcomeFilter
from aftersales.audit.facts import in_words, kind_of
from aftersales.audit.models import AuditBlock, AuditEvent, Outcome
from aftersales.audit.verbs import label_of
from aftersales.web import formats
from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import NOTHING, badge, facts, link_by_key, moment_column

DOORS = {
    "page": _("Station pages"),
    "admin": _("Administration"),
    "api": _("API"),
    "": _("Tasks and commands"),
}


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ("when", "event", "who", "what", "changes", "reason")
    list_display_links = ("when",)
    list_filter = (DayFilter, KindFilter, ActorFilter, OutcomeFilter, AboutFilter)
    search_fields = ("actor_name",)
    search_help_text = _("Name of the person who did it")
    sortable_by = ()
    fields = readonly_fields = (
        "when",
        "event",
        "actor_name",
        "what",
        "facts_before",
        "facts_after",
        "reason",
        "where_from",
        "written",
    )

    @admin.display(description=_("when"))
    def when(self, event):
        return formats.moment(event.at)

    @admin.display(description=_("event"))
    def event(self, event):
        words = label_of(event.verb)
        return badge(words, "bad") if event.outcome == Outcome.REFUSED else words

    @admin.display(description=_("who"))
    def who(self, event):
        if event.actor_id is None:
            return event.actor_name or NOTHING
        query = urlencode({"actor": event.actor_id, "day": "all"})
        return format_html('<a href="?{}">{}</a>', query, event.actor_name)

    @admin.display(description=_("object"))
    def what(self, event):
        if not event.object_id:
            return NOTHING
        return link_by_key(
            event.object_type, event.object_id, f"{kind_of(event.object_type)} {event.object_id}"
        )

    @admin.display(description=_("what changed"))
    def changes(self, event):
        return facts(in_words(event.after or event.before, event.object_type))

    @admin.display(description=_("before"))
    def facts_before(self, event):
        return facts(in_words(event.before, event.object_type)) or NOTHING

    @admin.display(description=_("after"))
    def facts_after(self, event):
        return facts(in_words(event.after, event.object_type)) or NOTHING

    @admin.display(description=_("from where"))
    def where_from(self, event):
        door = DOORS.get(event.door, event.door)
        return " · ".join(filter(None, [str(door), event.address, event.request_id]))

    @admin.display(description=_("recorded"))
    def written(self, event):
        return formats.moment(event.recorded_at)


@admin.register(AuditBlock)
class AuditBlockAdmin(ReadOnlyAdmin):
    list_display = (
        "number",
        "county_code",
        moment_column("covers_until", _("covers until")),
        "event_count",
        moment_column("sealed_at", _("sealed")),
        "seal",
    )
    list_filter = ("sealed_at",)
    ordering = ("-id",)
    sortable_by = ()
    fields = readonly_fields = (
        "county_code",
        "number",
        "covers_until",
        "event_count",
        "previous_hash",
        "hash",
        "sealed_at",
    )

    @admin.display(description=_("hash"))
    def seal(self, block):
        return format_html('<code title="{}">{}…</code>', block.hash, block.hash[:16])
