"""The admin of lists that the platform keeps for everybody: added, corrected, retired and restored."""

from types import ModuleType

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web.admin import ReadOnlyAdmin, ServiceAction
from aftersales.web.admin_columns import link
from stations.access.guards import may_throughout


class PlatformListAdmin(ReadOnlyAdmin):
    """Rows that services write, for whoever may change them in the whole programme.

    `service` has `add`, `change` and the names of what can be changed in FIELDS; it takes a row under the
    model's name.
    """

    service: ModuleType
    new_form: type
    words_form: type
    add_title = change_title = ""
    sortable_by = ()

    def get_urls(self):
        view = self.admin_site.admin_view(self.details_view)
        return [path("<path:object_id>/details/", view, name=self._page("details")), *super().get_urls()]

    def get_actions(self, request):
        return super().get_actions(request) if self._may(request, "change") else {}

    def has_add_permission(self, request):
        return self._may(request, "add")

    def details_link(self, row) -> str:
        return link(reverse(f"admin:{self._page('details')}", args=[row.pk]), self.change_title)

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = self.new_form(request.POST if request.method == "POST" else None)
        if (
            form.is_bound
            and form.is_valid()
            and form.call(self.service.add, by=request.user, now=timezone.now(), **form.cleaned_data)
        ):
            return redirect(f"admin:{self._page('change')}", form.result.pk)
        return self.service_page(request, form, title=self.add_title, button=_("Save"))

    def details_view(self, request, object_id):
        if not self._may(request, "change"):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        form = self.words_form(
            request.POST if request.method == "POST" else None,
            initial={name: getattr(row, name) for name in self.service.FIELDS},
        )
        named = {self.opts.model_name: row}
        if (
            form.is_bound
            and form.is_valid()
            and form.call(
                self.service.change, **named, by=request.user, now=timezone.now(), **form.cleaned_data
            )
        ):
            self.message_user(request, _("Saved."), messages.SUCCESS)
            return redirect(f"admin:{self._page('change')}", row.pk)
        return self.service_page(request, form, title=self.change_title, button=_("Save"), row=row)

    def _may(self, request, verb: str) -> bool:
        return may_throughout(request.user, f"{self.opts.app_label}.{verb}_{self.opts.model_name}")

    def _page(self, name: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{name}"


def retirement_actions(service: ModuleType, name: str, form: type, *, retire, restore) -> list[ServiceAction]:
    """Actions that retire rows and restore them, each with a reason; `retire` and `restore` are labels."""
    return [
        ServiceAction(
            step,
            label,
            permission=f"claims.change_{name}",
            service=getattr(service, step),
            argument=name,
            form=form,
            is_dangerous=step == "retire",
        )
        for step, label in (("retire", retire), ("restore", restore))
    ]
