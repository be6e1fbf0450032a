"""Who works where, and worked where before."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.web import formats
from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import NOTHING, badge, lines, link, link_to
from aftersales.web.admin_filters import DefaultFilter
from stations.forms.people import PersonForm
from stations.models import Agent, Posting
from stations.models.agents import Skill
from stations.services import agents


class PostedFilter(DefaultFilter):
    """People at work, unless those who have left are asked for."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("posted", _("at work")), ("uncertified", _("at work, not certified")), ("left", _("left"))]

    def queryset(self, request, queryset):
        rows = queryset.filter(left_on__isnull=self.value() != "left")
        if self.value() == "uncertified":
            return rows.exclude(certified_until__gte=timezone.localdate())
        return rows


@admin.register(Agent)
class AgentAdmin(ReadOnlyAdmin):
    door_permissions = {"details_view": "stations.change_agent"}
    list_display = ("user", "station", "origin", "certificate", "joined_on", "left_on", "steps")
    list_select_related = ("user", "station")
    list_filter = (PostedFilter, "origin")
    search_fields = ("user__full_name", "user__username")
    search_help_text = gettext_lazy("Name or user name")
    ordering = ("station__region_id", "id")
    sortable_by = ()
    fields = readonly_fields = (
        "user",
        "station",
        "certificate",
        "origin",
        "dialects",
        "skills_shown",
        "provider",
        "joined_on",
        "left_on",
        "postings_shown",
        "steps",
    )

    def get_urls(self):
        view = self.admin_site.admin_view(self.details_view)
        return [path("<path:object_id>/details/", view, name="stations_agent_details"), *super().get_urls()]

    @admin.display(description=gettext_lazy("certificate"))
    def certificate(self, agent):
        if agent.certified_until is None or agent.certified_until < timezone.localdate():
            return badge(_("not certified"), "warn")
        return badge(_("certified until %(day)s") % {"day": formats.day(agent.certified_until)}, "good")

    @admin.display(description=gettext_lazy("skills"))
    def skills_shown(self, agent):
        known = [str(Skill(skill).label) for skill in agent.skills if skill in Skill.values]
        return ", ".join(known) or NOTHING

    @admin.display(description=gettext_lazy("postings"))
    def postings_shown(self, agent):
        rows = agent.postings.select_related("station")
        return lines(
            f"{row.station} · {formats.day(row.started_on)} – {formats.day(row.ended_on)}" for row in rows
        )

    @admin.display(description=gettext_lazy("steps"))
    def steps(self, agent):
        if agent.left_on is not None:
            return NOTHING
        return lines(
            [
                link(
                    reverse("admin:stations_agent_details", args=[agent.pk]), _("Change the person's details")
                ),
                link(reverse("stations:hand_over", args=[agent.pk]), _("Hand over, post or let go")),
            ]
        )

    def details_view(self, request, object_id):
        """Change what is known about a person beside name and posting."""
        if not request.user.has_perm("stations.change_agent"):
            raise PermissionDenied
        agent = self.get_object(request, object_id)
        if agent is None:
            raise Http404
        shown = {field: getattr(agent, field) for field in ("origin", "dialects", "skills", "provider")}
        form = PersonForm(request.POST if request.method == "POST" else None, initial=shown)
        if (
            form.is_bound
            and form.is_valid()
            and form.call(
                agents.change_details,
                agent=agent,
                by=request.user,
                now=timezone.now(),
                **form.cleaned_data,
            )
        ):
            self.message_user(request, _("Saved."), messages.SUCCESS)
            return redirect("admin:stations_agent_change", agent.pk)
        return self.service_page(
            request, form, title=_("Change the person's details"), button=_("Save"), row=agent
        )


@admin.register(Posting)
class PostingAdmin(ReadOnlyAdmin):
    list_display = ("agent", "where", "started_on", "ended_on", "reason")
    list_display_links = None
    list_select_related = ("agent__user", "station")
    search_fields = ("agent__user__full_name", "station__name")
    search_help_text = gettext_lazy("Name of the person or the station")
    date_hierarchy = "started_on"
    sortable_by = ()

    @admin.display(description=gettext_lazy("station"))
    def where(self, posting):
        return link_to(posting.station)
