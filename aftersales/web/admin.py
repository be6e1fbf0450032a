"""The admin as a door: lists that stay fast, no deleting, filters by name only, actions that call services.

Nothing is registered here; the areas' own admin classes build on these.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin, ShowFacets, SimpleListFilter, helpers
from django.contrib.admin.checks import ModelAdminChecks
from django.contrib.admin.utils import get_fields_from_path, unquote
from django.core import checks
from django.core.exceptions import FieldDoesNotExist, PermissionDenied, SuspiciousOperation, ValidationError
from django.core.paginator import Paginator
from django.db.models import ForeignKey
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused

ACTION_ROW_LIMIT = 200
REASONS_SHOWN = 20
# What a list filter may put behind the name of its field.
FILTER_SUFFIXES = ("exact", "in", "isnull", "gt", "gte", "lt", "lte")


class CappedPaginator(Paginator):
    """Counts up to a cap, so that page 1 of a million rows costs what page 1 of a thousand costs."""

    cap = 2000

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by().values("pk")[: self.cap].count()

    @property
    def is_capped(self) -> bool:
        return self.count == self.cap


class BaseAdminChecks(ModelAdminChecks):
    """What every admin class of ours must say; asked by `manage.py check`."""

    def check(self, admin_obj, **kwargs):
        return [
            *super().check(admin_obj, **kwargs),
            *self._check_joins(admin_obj),
            *self._check_permissions(admin_obj),
        ]

    def _check_joins(self, admin_obj):
        shown = [
            name
            for name in admin_obj.list_display
            if isinstance(_field_of(admin_obj.model, name), ForeignKey)
        ]
        if shown and admin_obj.list_select_related is False:
            hint = f"list_display shows {', '.join(shown)}: name them in list_select_related."
            return [
                checks.Error(
                    "A list would ask the database once a row.", hint=hint, obj=admin_obj, id="web.E001"
                )
            ]
        return []

    def _check_permissions(self, admin_obj):
        return [
            checks.Error(f"The action {name} names no permission.", obj=admin_obj, id="web.E002")
            for function, name, _description in admin_obj._get_base_actions()
            if not getattr(function, "allowed_permissions", ()) and not getattr(function, "permission", "")
        ]


def _field_of(model, name):
    try:
        return model._meta.get_field(name) if isinstance(name, str) else None
    except FieldDoesNotExist:
        return None


class BaseAdmin(ModelAdmin):
    """The class under every admin class of ours.

    Rows are never deleted. A query may name only what `list_filter`, `date_hierarchy` or
    `allowed_lookups` name: any other column, shown or not, could be read out letter by letter.
    History is the audit trail that services write; the admin keeps no log of its own beside it.
    """

    checks_class = BaseAdminChecks
    paginator = CappedPaginator
    show_facets = ShowFacets.NEVER
    show_full_result_count = False
    view_on_site = False
    add_label = ""
    # What a page of the class asks for where it is not the model's own permission, by the view's name.
    door_permissions: dict[str, str] = {}
    list_per_page = 50
    list_max_show_all = 200
    allowed_lookups: tuple[str, ...] = ()

    def has_delete_permission(self, request, obj=None):
        return False

    def permission_of(self, view_name: str, method: str) -> str:
        """The permission that opens one page of the class: whose places the page then shows."""
        app, name = self.opts.app_label, self.opts.model_name
        if view_name in self.door_permissions:
            return self.door_permissions[view_name]
        if view_name == "add_view":
            return f"{app}.add_{name}"
        is_edit = view_name == "change_view" and method == "POST"
        return f"{app}.change_{name}" if is_edit else f"{app}.view_{name}"

    def lookup_allowed(self, lookup, value, request=None):
        names = {self.date_hierarchy, *self.allowed_lookups} - {None}
        for item in self.get_list_filter(request) if request is not None else self.list_filter:
            if isinstance(item, type) and issubclass(item, SimpleListFilter):
                names.add(item.parameter_name)
            else:
                names.add(item[0] if isinstance(item, list | tuple) else item)
        return any(lookup in self._spellings(name) for name in names)

    def _spellings(self, name: str) -> set[str]:
        """The parameters that a filter on `name` may send."""
        suffixes = set(FILTER_SUFFIXES)
        if name == self.date_hierarchy:
            suffixes |= {"year", "month", "day"}
        try:
            field = get_fields_from_path(self.model, name)[-1]
        except FieldDoesNotExist:
            return {name}
        if field.is_relation:
            suffixes |= {f"{field.target_field.name}__{how}" for how in ("exact", "in")}
        return {name, *(f"{name}__{suffix}" for suffix in suffixes)}

    def get_actions(self, request):
        return {
            name: action
            for name, action in super().get_actions(request).items()
            if not getattr(action[0], "permission", "") or request.user.has_perm(action[0].permission)
        }

    def changelist_view(self, request, extra_context=None):
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def history_view(self, request, object_id, extra_context=None):
        """What the audit trail says about the row, for those who may read the trail."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        about = urlencode({"about": f"{self.opts.label_lower}:{row.pk}", "day": "all"})
        return redirect(f"{reverse('admin:audit_auditevent_changelist')}?{about}")

    def service_page(self, request, form, *, title, button, row=None, **context) -> TemplateResponse:
        """Show a form of one service call, for views that add or change by asking a service.

        Answers 409 when the service refused. Further context: text, is_dangerous.
        """
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "media": form.media,
            "form": form,
            "button": button,
            "row": row,
            **context,
        }
        status = 409 if getattr(form, "refused", None) else 200
        return TemplateResponse(request, "admin/service_page.html", context, status=status)

    def log_addition(self, request, obj, message):
        return None

    def log_change(self, request, obj, message):
        return None

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        raise Http404

    def response_action(self, request, queryset):
        key = self.model._meta.pk
        for value in request.POST.getlist(helpers.ACTION_CHECKBOX_NAME):
            try:
                key.run_validators(key.to_python(value))
            except ValidationError:
                raise SuspiciousOperation("not a key of this list") from None
        return super().response_action(request, queryset)


class ReadOnlyAdmin(BaseAdmin):
    """For rows that only services write: money, history, clocks. May be looked at, never edited."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """The row itself is the title: nothing can be done with it here that a verb would have to name."""
        context |= {"title": str(obj), "subtitle": None}
        return super().render_change_form(request, context, add, change, form_url, obj)


class PageAdmin(ReadOnlyAdmin):
    """For rows that are shown on a page of their own design instead of as a list of fields."""

    page_template = ""

    def page_context(self, request, row) -> dict[str, Any]:
        """What the page shows beside the row itself."""
        return {}

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if request.method not in ("GET", "HEAD") or not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": str(row),
            "opts": self.opts,
            "original": row,
            **self.page_context(request, row),
        }
        return TemplateResponse(request, self.page_template, context)


class ServiceAction:
    """An admin action that asks a small form and calls a service once for each chosen row.

        accept = ServiceAction(
            "accept", _("Accept"), permission="area.accept_thing", service=things.accept, argument="thing"
        )

    The service gets the row under `argument`, the form's values, `by` and `now`. Each row is its own
    call and transaction; what was refused is listed with its reason and stops no other row. A subclass
    shows more on the page (`template`, `context`) or asks the service in another way (`call`).
    """

    # A page that offers the action next to a row names it; it must not run for that.
    do_not_call_in_templates = True
    template = "admin/service_action.html"
    row_limit = ACTION_ROW_LIMIT

    def __init__(
        self,
        name: str,
        description: Any,
        *,
        permission: str,
        service: Callable[..., Any],
        argument: str,
        form: type[forms.Form] = forms.Form,
        is_dangerous: bool = False,
    ):
        self.__name__ = self.name = name
        self.short_description = description
        self.permission = permission
        self.service = service
        self.argument = argument
        self.form = form
        self.is_dangerous = is_dangerous

    def __call__(self, modeladmin: ModelAdmin, request, queryset):
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        rows = list(queryset[: self.row_limit + 1])
        if len(rows) > self.row_limit:
            too_many = _("Choose at most %(limit)s rows at a time.") % {"limit": self.row_limit}
            modeladmin.message_user(request, too_many, messages.ERROR)
            return None
        is_sent = "apply" in request.POST
        form = self.form(request.POST, prefix="with") if is_sent else self.form(prefix="with")
        if is_sent and form.is_valid():
            self._call_for_each(modeladmin, request, rows, form.cleaned_data)
            return None
        context = {
            **modeladmin.admin_site.each_context(request),
            "title": self.short_description,
            "opts": modeladmin.model._meta,
            "media": modeladmin.media + form.media,
            "form": form,
            "rows": [(row.pk, self.name_of(row)) for row in rows],
            "action": self,
            "action_name": self.__name__,
            "checkbox_name": helpers.ACTION_CHECKBOX_NAME,
            **self.context(request, rows),
        }
        return TemplateResponse(request, self.template, context)

    def context(self, request, rows: list) -> dict[str, Any]:
        """What the page shows beside the form and the rows."""
        return {}

    def name_of(self, row) -> str:
        """What a row is called in the result."""
        return str(row)

    def call(self, request, row, values: dict) -> Any:
        """Ask the service for one row."""
        return self.service(**{self.argument: row}, **values, by=request.user, now=timezone.now())

    def _call_for_each(self, modeladmin, request, rows: list, values: dict) -> None:
        done, refusals = 0, []
        for row in rows:
            if not request.user.has_perm(self.permission, row):
                forbidden = _("You may not do this there.")
                refusals.append(f"{self.name_of(row)}: {forbidden}")
                continue
            try:
                self.call(request, row, values)
            except Refused as refused:
                refusals.append(f"{self.name_of(row)}: {refused}")
            else:
                done += 1
        if done:
            sentence = _("%(action)s: %(done)s done.") % {"action": self.short_description, "done": done}
            modeladmin.message_user(request, sentence, messages.SUCCESS)
        if refusals:
            sentence = _("%(action)s: %(refused)s refused.") % {
                "action": self.short_description,
                "refused": len(refusals),
            }
            modeladmin.message_user(request, sentence, messages.ERROR)
        for reason in refusals[:REASONS_SHOWN]:
            modeladmin.message_user(request, reason, messages.WARNING)
        if len(refusals) > REASONS_SHOWN:
            more = _("and %(more)s more") % {"more": len(refusals) - REASONS_SHOWN}
            modeladmin.message_user(request, more, messages.WARNING)
