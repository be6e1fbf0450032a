"""The pages on which a draft of a clock policy is changed, previewed and published."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web import formats
from aftersales.web.admin import PageAdmin
from aftersales.web.service_forms import ServiceForm
from claims.admin.clock_previews import page_of_preview
from claims.forms.clock_policies import LineForm, LongestPauseForm, PublishForm
from claims.models import ClockPolicy, ClockRule
from claims.models.choices import PauseReasonChoices
from claims.models.clock_policies import ClockPolicyState, PolicyKind
from claims.queries.clock_policies import Allowances, allowances_of, clocks_of_kind, policy_before
from claims.queries.clock_previews import last_full_month
from claims.rules.clock_policies import about
from claims.services import clock_policies as service
from claims.services import clock_policy_lines as lines
from claims.services.clock_policies import KEEP_PROGRAMME
from claims.views import clock_words
from stations.access.guards import may_throughout
from stations.models import Region
from stations.queries import reaches

CHANGE = "claims.change_clockpolicy"


class DraftPages(PageAdmin):
    """Each page asks for one service call about a draft that the person may keep."""

    door_permissions = dict.fromkeys(
        ("line_view", "line_remove_view", "pause_view", "preview_view", "publish_view", "drop_view"), CHANGE
    )

    def get_urls(self):
        own = [
            path(
                f"<int:object_id>/{address}",
                self.admin_site.admin_view(view),
                name=f"claims_clockpolicy_{name}",
            )
            for address, name, view in (
                ("line/", "line", self.line_view),
                ("line/<int:line_id>/", "line_change", self.line_view),
                ("line/<int:line_id>/remove/", "line_remove", self.line_remove_view),
                ("pause/<slug:reason>/", "pause", self.pause_view),
                ("preview/", "preview", self.preview_view),
                ("publish/", "publish", self.publish_view),
                ("drop/", "drop", self.drop_view),
            )
        ]
        return [*own, *super().get_urls()]

    def line_view(self, request, object_id, line_id=None):
        policy = self._draft(request, object_id)
        line = None if line_id is None else policy.rules.filter(pk=line_id).first()
        if line_id is not None and line is None:
            raise Http404
        form = LineForm(
            request.POST if request.method == "POST" else None,
            clocks=clocks_of_kind(policy.kind),
            line=line,
            is_law=policy.kind == PolicyKind.LAW,
            initial={"clock": request.GET.get("clock", "")[:20]},
        )
        if form.is_bound and form.is_valid():
            given = {"policy": policy, **form.values, "by": request.user, "now": timezone.now()}
            if form.call(lines.set_line, **given):
                return self.to_page(policy, f"clock-{form.result.clock}")
        title = line_name(line) if line else _("A line for certain claims")
        return self.service_page(request, form, title=title, button=_("Write into the draft"), row=policy)

    def line_remove_view(self, request, object_id, line_id):
        policy = self._draft(request, object_id)
        line = policy.rules.filter(pk=line_id).first()
        if line is None:
            raise Http404
        form = ServiceForm(request.POST if request.method == "POST" else None)
        given = {"policy": policy, "line": line, "by": request.user, "now": timezone.now()}
        if form.is_bound and form.is_valid() and form.call(lines.remove_line, **given):
            return self.to_page(policy, f"clock-{line.clock}")
        return self.service_page(
            request,
            form,
            title=_("Take out: %(line)s") % {"line": line_name(line)},
            button=_("Take the line out"),
            text=_("The next wider line of the clock will count for these claims."),
            row=policy,
            is_dangerous=True,
        )

    def pause_view(self, request, object_id, reason):
        policy = self._draft(request, object_id)
        pause = policy.pause_rules.filter(reason=reason).first()
        if pause is None:
            raise Http404
        form = LongestPauseForm(
            request.POST if request.method == "POST" else None, max_minutes=pause.max_minutes
        )
        if form.is_bound and form.is_valid():
            given = {"policy": policy, "reason": reason, "max_minutes": form.max_minutes}
            if form.call(lines.set_longest_pause, **given, by=request.user, now=timezone.now()):
                return self.to_page(policy, "pauses")
        return self.service_page(
            request,
            form,
            title=_("Longest pause: %(reason)s") % {"reason": PauseReasonChoices(reason).label},
            button=_("Write into the draft"),
            text=_("After this time the clock goes on by itself."),
            row=policy,
        )

    def preview_view(self, request, object_id):
        policy = self._draft(request, object_id)
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        today = timezone.localdate()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Preview: %(policy)s") % {"policy": name_of(policy)},
            "opts": self.opts,
            "original": policy,
            "policy_name": name_of(policy),
            **page_of_preview(policy, request.GET, today=today, now=timezone.now()),
        }
        return TemplateResponse(request, "admin/claims/clockpolicy/preview.html", context)

    def publish_view(self, request, object_id):
        policy = self._draft(request, object_id)
        said = allowances_of([policy.pk])[policy.pk]
        today = timezone.localdate()
        form = PublishForm(
            request.POST if request.method == "POST" else None,
            initial={
                "seen": said.fingerprint,
                "valid_from": max(today + timedelta(days=1), policy.valid_from),
                "note": policy.note,
            },
        )
        if form.is_bound and form.is_valid():
            given = {name: form.cleaned_data[name] for name in ("seen", "valid_from", "note")}
            if form.call(service.publish, policy=policy, **given, by=request.user, now=timezone.now()):
                told = _("Published: it counts from %(day)s on.") % {"day": formats.day(policy.valid_from)}
                self.message_user(request, told, messages.SUCCESS)
                return self.to_page(policy)
            if form.refused.code == "changed_meanwhile":
                self.message_user(request, str(form.refused), messages.ERROR)
                return redirect("admin:claims_clockpolicy_publish", policy.pk)
        before, _was, changes = compared(policy, said)
        response = self.service_page(
            request,
            form,
            title=_("Publish: %(policy)s") % {"policy": name_of(policy)},
            button=_("Publish"),
            row=policy,
            changes=changes,
            before_name=name_of(before) if before else "",
            preview_month=last_full_month(today),
        )
        response.template_name = "admin/claims/clockpolicy/publish.html"
        return response

    def drop_view(self, request, object_id):
        policy = self._draft(request, object_id)
        form = ServiceForm(request.POST if request.method == "POST" else None)
        given = {"policy": policy, "by": request.user, "now": timezone.now()}
        if form.is_bound and form.is_valid() and form.call(service.drop, **given):
            self.message_user(request, _("The draft was dropped."), messages.SUCCESS)
            return redirect("admin:claims_clockpolicy_changelist")
        return self.service_page(
            request,
            form,
            title=_("Drop: %(policy)s") % {"policy": name_of(policy)},
            button=_("Drop the draft"),
            text=_("It can be read later, but never be published."),
            row=policy,
            is_dangerous=True,
        )

    def _draft(self, request, object_id) -> ClockPolicy:
        """The version, for who may keep it: 403 for a door that is shut, 404 for a row out of reach."""
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        policy = self.get_object(request, object_id)
        if policy is None:
            raise Http404
        if not self.may_keep(request, policy) or policy.state != ClockPolicyState.DRAFT:
            raise PermissionDenied
        return policy

    def may_keep(self, request, policy) -> bool:
        """Whether this person drafts and publishes for the policy's place."""
        if not request.user.has_perm(CHANGE):
            return False
        if policy.county_code:
            return reaches(policy.county_code)
        return may_throughout(request.user, KEEP_PROGRAMME)

    def to_page(self, policy, anchor: str = ""):
        """Back to the version, at one of its clocks."""
        address = reverse("admin:claims_clockpolicy_change", args=[policy.pk])
        return redirect(f"{address}#{anchor}" if anchor else address)


def name_of(policy: ClockPolicy) -> str:
    """A version as people call it: place, kind and number."""
    place = getattr(policy, "county_name", None) or _place_name(policy.county_code)
    if policy.kind == PolicyKind.LAW:
        place = policy.get_kind_display()
    return _("%(place)s, version %(version)s") % {"place": place, "version": policy.version}


def compared(policy: ClockPolicy, said: Allowances):
    """The version before, all it says, and what changes from it; nothing for the first one."""
    before = policy_before(policy)
    was = allowances_of([before.pk])[before.pk] if before else None
    if was is None:
        return None, None, []
    return before, was, clock_words.changes(was.rules, said.rules, was.longest_pause, said.longest_pause)


def line_name(line: ClockRule) -> str:
    """A line by its clock and the claims it is for."""
    words = clock_words.about_words(about(line), has_narrower=False)
    return _("%(clock)s: %(what)s") % {"clock": line.get_clock_display(), "what": words}


def _place_name(county_code: str) -> str:
    if not county_code:
        return _("whole programme")
    return Region.objects.filter(code=county_code).values_list("name", flat=True).first() or county_code
