"""The account of a provider reaches its own pages and those that everybody has, and nothing else."""

import pytest

from tests.rights.examples import addresses
from tests.rights.readings import leaks
from tests.rights.visitors import told

pytestmark = pytest.mark.walk
OWN = {"claims:provider_home", "claims:provider_past", "claims:provider_statements"}
EVERYBODYS = {
    "accounts:password_change",
    "accounts:profile",
    "api_docs:area",
    "api_docs:docs",
    "api_docs:errors",
    "api_docs:guide",
    "api_docs:schema",
    "api_docs:try",
    "notices:inbox",
    "notices:settings",
    "ops:healthz",
    "ops:readyz",
    "public:clocks",
    "public:rule_changes",
    "public:rules",
    "public:track",
    "report_public:dictionary",
    "report_public:dictionary_file",
    "report_public:heads",
    "report_public:heads_file",
    "report_public:open_data",
    "report_public:reports",
    "report_public:transparency",
    "styleguide",
    "training_public:handbook",
    "training_public:handbook_article",
    "training_public:handbook_picture",
    "training_public:handbook_print",
    "training_public:verify",
    "training_public:verify_number",
}


def test_a_provider_is_answered_by_its_own_pages_alone(world, visitors):
    opened, leaked = set(), []
    for route, url in addresses(world):
        answer = visitors["provider"].get(url)
        if answer.status == 200:
            opened.add(route.name)
        if found := leaks(answer, world, "provider"):
            leaked.append((route.name, found))

    assert not leaked, told(leaked)
    assert opened == OWN | EVERYBODYS


def test_a_provider_changes_nothing_by_sending(world, visitors):
    changed = []
    for route, url in addresses(world):
        if route.name.startswith(("accounts:", "notices:")):
            continue
        visit = visitors["provider"].ask("POST", url, {"step": "accept", "note": "测试测试"})
        if visit.changed:
            changed.append((route.name, sorted(visit.changed)))
    assert not changed, told(changed)
