"""Every list of the admin, read from its registry: what it gives away, and what its actions reach."""

import pytest
import time_machine
from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path
from django.db.models import ForeignKey
from django.urls import reverse

from aftersales.accounts.models import User
from aftersales.web.admin import BaseAdmin
from claims.models import Consumer
from stations.models import Region, WorkCalendarDay
from stations.models.regions import RegionChange
from tests.claims.admin.rows import make_rows
from tests.factories import NOW, seeing_everything
from tests.grounds import laid_once

REGISTERED = sorted(admin.site._registry.items(), key=lambda pair: pair[0]._meta.label_lower)
every_list = pytest.mark.parametrize(
    ("model", "model_admin"), REGISTERED, ids=[model._meta.label_lower for model, _admin in REGISTERED]
)
SCOPED = [model for model, _admin in REGISTERED if hasattr(model, "scope_paths")]
WRITTEN_BY_SERVICES = [model for model, _admin in REGISTERED if model._meta.app_label in ("claims", "audit")]
# Divisions and the calendar are public knowledge and the same for everybody.
NOT_PUBLIC = [model for model, _admin in REGISTERED if model not in (Region, RegionChange, WorkCalendarDay)]
# What a hostile person puts behind the name of a column.
SUFFIXES = ("", "__startswith", "__icontains", "__regex", "__gt", "__isnull", "__in", "__range", "__contains")
PERSONAL = ("phone_masked", "name_masked", "phone_index", "name_sealed", "person_key")
# What lies in 睢宁 and nowhere else: names of places and people, and a deposit.
CANARIES = ("睢宁", "王集", "陈楼", "孙二梅", "钱多", "冯经理", "孟", "BANK 320324")
SUINING = "320324000000"


@pytest.fixture(autouse=True)
def _the_clock_stands():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
@laid_once
def both_counties(cast):
    """A row of everything in 修文 and in 睢宁."""
    make_rows(cast.guangcheng, agent=cast.agent, officer=cast.second_officer, manager=cast.manager)
    make_rows(
        cast.chenlou,
        agent=cast.suining_agent,
        officer=cast.suining_officer,
        manager=cast.suining_manager,
        name="孟德海",
    )


def list_url(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def page_url(model, key, page="change"):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=[key])


def in_suining(model):
    """Keys of the model's rows of the other county."""
    with seeing_everything():
        return list(model.objects.filter(county_code=SUINING).values_list("pk", flat=True))


def fingerprint(model, keys):
    return list(model._base_manager.filter(pk__in=keys).order_by("pk").values())


def asked_by_name(model_admin):
    """The parameters that the filters and the dates of a list name themselves."""
    return {model_admin.date_hierarchy} | {
        item if isinstance(item, str) else getattr(item, "parameter_name", "")
        for item in model_admin.list_filter
    }


def columns_of(model):
    """Every column of a model and of what it points at, one step further."""
    for field in model._meta.concrete_fields:
        yield field.name
        if isinstance(field, ForeignKey):
            for far in field.remote_field.model._meta.concrete_fields:
                yield f"{field.name}__{far.name}"


@every_list
def test_a_list_is_made_of_our_own_class(model, model_admin):
    assert isinstance(model_admin, BaseAdmin)
    assert model_admin.has_delete_permission(None) is False
    assert "delete_selected" not in {name for _function, name, _text in model_admin._get_base_actions()}


def test_djangos_own_class_would_let_a_masked_column_be_spelled_out(rf):
    plain = admin.ModelAdmin(Consumer, admin.site)

    assert plain.lookup_allowed("phone_masked__startswith", "1", rf.get("/"))


@every_list
def test_no_column_can_be_read_out_by_look_ups(rf, model, model_admin):
    """Asked of the class, which answers for the list: a name that is not let through ends as 400."""
    request = rf.get(list_url(model))
    asked = asked_by_name(model_admin)

    let_through = {
        f"{column}{suffix}"
        for column in columns_of(model)
        if column not in asked and column.partition("__")[0] not in asked
        for suffix in SUFFIXES
        if model_admin.lookup_allowed(f"{column}{suffix}", "1", request)
    }

    assert let_through == set()


@pytest.mark.parametrize("column", PERSONAL)
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("consumer", ""),
        ("claim", "consumer__"),
        ("orderline", "order__consumer__"),
        ("order", "consumer__"),
    ],
)
def test_nobodys_name_or_phone_is_spelled_out(as_user, column, name, path):
    client = as_user("manager")
    url = reverse(f"admin:claims_{name}_changelist")

    statuses = {client.get(url, {f"{path}{column}{suffix}": "1"}).status_code for suffix in SUFFIXES}

    assert statuses == {400}


@every_list
def test_no_filter_offers_people_of_every_county(model, model_admin):
    """Accounts are not scoped: Django's own filter on one would list everybody."""
    paths = [item for item in model_admin.list_filter if isinstance(item, str)]
    fields = [get_fields_from_path(model, path)[-1] for path in paths]

    assert [field.name for field in fields if getattr(field, "related_model", None) is User] == []


@pytest.mark.parametrize(
    "query", ["", "state=all", "status=all&day=all", "q=1", "o=1", "p=0", "all=", "_facets=True"]
)
def test_lists_filters_and_actions_tell_nothing_of_another_county(as_user, both_counties, query):
    client = as_user("manager")

    told = {
        model._meta.label: [canary for canary in CANARIES if canary in text]
        for model in NOT_PUBLIC
        # A page beyond those of a long list leads back to the first one.
        if (text := client.get(f"{list_url(model)}?{query}", follow=True).content.decode())
    }

    assert told == {model._meta.label: [] for model in NOT_PUBLIC}


@pytest.mark.parametrize("across", ["0", "1"])
def test_no_action_reaches_a_row_of_another_county(as_user, both_counties, across):
    client = as_user("manager")
    before = {model: fingerprint(model, in_suining(model)) for model in SCOPED}

    for model, model_admin in REGISTERED:
        foreign = in_suining(model) if model in SCOPED else []
        for _function, action, _text in model_admin._get_base_actions():
            chosen = {"action": action, "_selected_action": foreign or [999_999], "select_across": across}
            client.post(f"{list_url(model)}?state=all", {**chosen, "apply": "1"})

    assert {model: fingerprint(model, in_suining(model)) for model in SCOPED} == before
    assert [model for model in SCOPED if before[model]]


def test_rows_of_another_county_are_not_found_by_any_page(as_user, both_counties):
    client = as_user("manager")

    answers = {
        (model._meta.label, page): client.get(page_url(model, keys[0], page)).status_code
        for model in SCOPED
        if (keys := in_suining(model))
        for page in ("change", "history")
    }

    assert len(answers) > 30
    assert set(answers.values()) == {404}


@pytest.mark.parametrize("who", ["manager", "officer", "platform", "administrator", "supervisor", "agent"])
def test_nothing_is_deleted_by_anybody(as_user, both_counties, who):
    client = as_user(who)
    before = {model: model._base_manager.count() for model, _admin in REGISTERED}

    statuses = set()
    for model in before:
        row = model._base_manager.first()
        if row is not None:
            statuses.add(client.post(page_url(model, row.pk, "delete"), {"post": "yes"}).status_code)

    assert statuses <= {403, 404}
    assert {model: model._base_manager.count() for model in before} == before


@pytest.mark.parametrize("who", ["manager", "officer", "platform", "administrator"])
def test_rows_that_services_write_are_not_changed_by_a_form(as_user, both_counties, who):
    client = as_user(who)
    tempting = {"state": "executed", "status": "closed", "amount_fen": "1", "reason": "x", "_save": "1"}
    statuses, changed = set(), []

    for model in WRITTEN_BY_SERVICES:
        row = model._base_manager.first()
        if row is None:
            continue
        before = fingerprint(model, [row.pk])
        statuses.add(client.post(page_url(model, row.pk), tempting).status_code)
        if fingerprint(model, [row.pk]) != before:
            changed.append(model)

    assert statuses <= {403, 404}
    assert changed == []


def test_autocomplete_offers_stations_in_reach_only(as_user, cast):
    asked = {"app_label": "stations", "model_name": "agent", "field_name": "station", "term": ""}

    answer = as_user("manager").get(reverse("admin:autocomplete"), asked).json()

    names = {result["text"] for result in answer["results"]}
    assert "广城村服务点" in names
    assert [canary for canary in CANARIES if canary in str(names)] == []


def test_autocomplete_tells_no_person_to_those_who_see_none(as_user):
    asked = {"app_label": "claims", "model_name": "claim", "field_name": "consumer", "term": "1"}

    assert as_user("trainer").get(reverse("admin:autocomplete"), asked).status_code == 403
