"""The admin as a door, tried on the only table of this area."""

import re
from datetime import UTC, datetime

import pytest
from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.test import Client
from django.urls import path

from aftersales.lib.errors import Refused
from aftersales.web.admin import BaseAdmin, ReadOnlyAdmin, ServiceAction
from aftersales.web.models import SubmissionKey
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
URL = "/admin/web/submissionkey/"


def close(*, row, reason, by, now):
    """A service of the tests: closes a row unless it is closed already."""
    if not SubmissionKey.objects.filter(pk=row.pk, object_type="").update(
        object_type="closed", object_id=reason
    ):
        raise Refused(f"{row.key} is closed already", code="closed")


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=20)


closing = ServiceAction(
    "close", "Close", permission="web.close_key", service=close, argument="row", form=ReasonForm
)


class KeyAdmin(BaseAdmin):
    list_display = ("client", "key")
    list_filter = ("client",)
    date_hierarchy = "created_at"
    search_fields = ("key",)
    allowed_lookups = ("object_type",)
    actions = (closing,)


class Holder(ModelBackend):
    """Everything except what the test takes away."""

    refused: set[str] = set()

    def has_perm(self, user_obj, perm, obj=None):
        return perm not in self.refused

    def has_module_perms(self, user_obj, app_label):
        return True


site = admin.AdminSite()
site.register(SubmissionKey, KeyAdmin)
read_only = admin.AdminSite("read_only")
read_only.register(SubmissionKey, ReadOnlyAdmin)
urlpatterns = [path("admin/", site.urls), path("looked-at/", read_only.urls)]


@pytest.fixture
def rows():
    return SubmissionKey.objects.bulk_create(
        SubmissionKey(client=f"user:{i % 2}", key=f"key-{i}", fingerprint="secret", created_at=NOW)
        for i in range(4)
    )


@pytest.fixture
def manager(settings, monkeypatch):
    settings.ROOT_URLCONF = __name__
    settings.AUTHENTICATION_BACKENDS = [f"{__name__}.Holder"]
    settings.MIDDLEWARE = [
        name for name in settings.MIDDLEWARE if "stations." not in name and "axes" not in name
    ]
    monkeypatch.setattr(Holder, "refused", set())
    client = Client()
    client.force_login(get_user_model().objects.create_user("m", PASSWORD, full_name="经理", is_staff=True))
    return client


def listed(response):
    return sorted(set(re.findall(r">(key-\d)<", response.content.decode())))


def told(response):
    return [str(message) for message in response.context["messages"]]


def send(client, rows, action="close", **more):
    data = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return client.post(URL, data, follow=True)


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("", ["key-0", "key-1", "key-2", "key-3"]),
        ("client=user:1", ["key-1", "key-3"]),
        ("client__exact=user:1", ["key-1", "key-3"]),
        ("object_type=closed", []),
        ("created_at__year=2026", ["key-0", "key-1", "key-2", "key-3"]),
        ("created_at__gte=2027-01-01T00:00:00Z", []),
        ("q=key-2", ["key-2"]),
    ],
)
def test_what_is_named_as_a_filter_filters(manager, rows, query, keys):
    response = manager.get(f"{URL}?{query}")

    assert (response.status_code, listed(response)) == (200, keys)


@pytest.mark.parametrize(
    "query",
    [
        "fingerprint__startswith=s",
        "fingerprint=secret",
        "fingerprint__regex=.*",
        "client__startswith=u",
        "client__contains=u",
        "pk__in=1,2",
        "id=1",
        "created_at__date=2026-11-20",
        "client__gte=%00",
    ],
)
def test_any_other_column_cannot_be_read_out_through_the_address(manager, rows, query):
    assert manager.get(f"{URL}?{query}").status_code == 400


def test_nothing_can_be_deleted(manager, rows):
    assert "delete_selected" not in manager.get(URL).content.decode()
    assert manager.post(f"{URL}{rows[0].pk}/delete/", {"post": "yes"}).status_code == 403
    send(manager, rows, action="delete_selected", post="yes")

    assert SubmissionKey.objects.count() == 4


def test_what_services_write_can_only_be_looked_at(manager, rows):
    address = "/looked-at/web/submissionkey/"

    assert manager.get(f"{address}{rows[0].pk}/change/").status_code == 200
    assert manager.post(f"{address}{rows[0].pk}/change/", {"client": "x"}).status_code == 403
    assert manager.get(f"{address}add/").status_code == 403


def test_counting_stops_at_the_cap_and_says_so(manager, rows, monkeypatch):
    monkeypatch.setattr(BaseAdmin.paginator, "cap", 4)
    capped = manager.get(URL).content.decode()
    monkeypatch.setattr(BaseAdmin.paginator, "cap", 5)
    counted = manager.get(URL).content.decode()

    assert re.search(r"^4\+", capped, re.MULTILINE)
    assert re.search(r"^4 ", counted, re.MULTILINE)


def test_an_action_asks_first_and_changes_nothing_yet(manager, rows):
    response = send(manager, rows[:2])

    assert response.templates[0].name == "admin/service_action.html"
    shown = re.findall(r'name="_selected_action" value="(\d+)"', response.content.decode())
    assert set(shown) == {str(row.pk) for row in rows[:2]}
    assert not SubmissionKey.objects.filter(object_type="closed").exists()


def test_an_action_calls_the_service_for_each_row_and_tells_what_was_refused(manager, rows):
    close(row=rows[1], reason="before", by=None, now=NOW)

    response = send(manager, rows[:3], **{"apply": "1", "with-reason": "mistake"})

    done = SubmissionKey.objects.filter(object_id="mistake").values_list("key", flat=True)
    assert sorted(done) == ["key-0", "key-2"]
    assert len(told(response)) == 3
    assert "user:1 key-1: key-1 is closed already" in told(response)


def test_an_action_with_a_wrong_form_asks_again(manager, rows):
    response = send(manager, rows[:1], **{"apply": "1", "with-reason": ""})

    (error,) = response.context["form"].errors.as_data()["reason"]
    assert error.code == "required"
    assert not SubmissionKey.objects.filter(object_type="closed").exists()


def test_an_action_needs_its_permission(manager, rows, monkeypatch):
    monkeypatch.setattr(Holder, "refused", {"web.close_key"})

    page = manager.get(URL).content.decode()
    send(manager, rows, **{"apply": "1", "with-reason": "mistake"})

    assert 'value="close"' not in page
    assert not SubmissionKey.objects.filter(object_type="closed").exists()


def test_too_many_rows_at_once_are_refused(manager, rows, monkeypatch):
    monkeypatch.setattr(closing, "row_limit", 3)

    too_many = send(manager, rows, **{"apply": "1", "with-reason": "mistake"})
    few_enough = send(manager, rows[:3], **{"apply": "1", "with-reason": "mistake"})

    assert len(told(too_many)) == len(told(few_enough)) == 1
    assert SubmissionKey.objects.filter(object_id="mistake").count() == 3


@pytest.mark.parametrize("key", ["\x00", "abc", "9" * 30, "1 OR 1=1"])
def test_a_hostile_key_is_a_bad_request(manager, rows, key):
    response = manager.post(URL, {"action": "close", "_selected_action": [key]})

    assert response.status_code == 400


def test_the_checks_ask_for_joins_and_permissions():
    class LogAdmin(BaseAdmin):
        list_display = ("user",)

    def bare(modeladmin, request, queryset):
        """An action that names no permission."""

    class WorseAdmin(LogAdmin):
        list_select_related = ("user",)
        actions = (bare,)

    class GoodAdmin(WorseAdmin):
        actions = (closing,)

    def found(admin_class):
        return [error.id for error in admin_class(admin.models.LogEntry, site).check()]

    assert found(LogAdmin) == ["web.E001"]
    assert found(WorseAdmin) == ["web.E002"]
    assert found(GoodAdmin) == []
