"""The inbox and its settings: everybody's own, whatever they may do."""

from itertools import groupby

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from aftersales.accounts.frames import frame_of
from aftersales.notices import channels, inbox, preferences
from aftersales.notices.forms import MarkAllReadForm, PreferenceForm
from aftersales.notices.models import Notice


class InboxView(LoginRequiredMixin, TemplateView):
    """What the person has been told, newest first, grouped by day."""

    template_name = "notices/inbox.html"

    def get_context_data(self, **kwargs):
        now = timezone.now()
        only_new = self.request.GET.get("show") == "new"
        page = inbox.page(self.request.user, cursor=self.request.GET.get("cursor", ""), only_new=only_new)
        return super().get_context_data(
            frame=frame_of(self.request.user),
            page=page,
            days=[(day, list(entries)) for day, entries in groupby(page, key=lambda entry: entry.day)],
            today=timezone.localdate(now),
            only_new=only_new,
            has_new=any(entry.is_new for entry in page),
            form=MarkAllReadForm(initial={"until": now.isoformat()}),
            **kwargs,
        )


class NoticeOpenView(LoginRequiredMixin, View):
    """Marks one message read and goes to the page it is about."""

    http_method_names = ["post"]

    def post(self, request, pk):
        notice = get_object_or_404(Notice, pk=pk, recipient=request.user)
        return HttpResponseRedirect(
            inbox.open_notice(notice=notice, now=timezone.now()) or reverse("notices:inbox")
        )


class MarkAllReadView(LoginRequiredMixin, View):
    """Marks everything read that had been posted when the page was made."""

    http_method_names = ["post"]

    def post(self, request):
        form = MarkAllReadForm(request.POST)
        if form.is_valid():
            until = form.cleaned_data["until"]
            inbox.mark_all_read(user=request.user, until=until, now=timezone.now())
            messages.success(request, _("All messages are marked as read."))
        return redirect("notices:inbox")


class SettingsView(LoginRequiredMixin, View):
    """Which channels, when, and to which address."""

    def get(self, request):
        return self._page(PreferenceForm(preference=preferences.of(request.user)))

    def post(self, request):
        form = PreferenceForm(request.POST, preference=preferences.of(request.user))
        if form.is_valid() and form.call(
            preferences.save,
            user=request.user,
            muted=form.muted,
            quiet_from=form.cleaned_data["quiet_from"],
            quiet_until=form.cleaned_data["quiet_until"],
            language=form.cleaned_data["language"],
            email=form.address(channels.EMAIL),
            phone=form.address(channels.PHONE),
            by=request.user,
            now=timezone.now(),
        ):
            messages.success(request, _("Saved."))
            return redirect("notices:settings")
        return self._page(form)

    def _page(self, form):
        context = {"form": form, "frame": frame_of(self.request.user), "channels": bool(channels.active())}
        return render(self.request, "notices/settings.html", context)
