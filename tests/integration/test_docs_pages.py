"""The pages about the API: open to everybody, in both languages, without outside hosts, and complete."""

import json
import re

import pytest
import yaml
from django.test import Client

from aftersales.integration.docs import errors
from aftersales.web.api import wording
from aftersales.web.api.document import document, operations

CHINESE = re.compile(r"[一-鿿]")
PAGES = ("/api/docs/", "/api/docs/token/", "/api/docs/try/", "/api/guide/", "/api/errors/")


@pytest.fixture
def browser(db):
    return Client()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_page_is_there_in_both_languages(browser, path, language, django_assert_num_queries):
    browser.cookies["django_language"] = language

    with django_assert_num_queries(0):
        answer = browser.get(path)

    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in text
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', text)
    assert " style=" not in text and "<style" not in text and "onclick" not in text


def test_every_area_has_a_page_with_every_operation(browser):
    told = document("en")

    for tag in told["tags"]:
        text = browser.get(f"/api/docs/{tag['name']}/").content.decode()
        names = [each["operationId"] for each in operations(told) if each["tags"] == [tag["name"]]]
        assert [name for name in names if f'id="{name}"' not in text] == []
        assert "`" not in text


def test_an_area_that_is_not_there(browser):
    assert browser.get("/api/docs/nothing/").status_code == 404


def test_the_document_as_json_and_yaml_with_a_tag(browser):
    as_json = browser.get("/api/schema/?lang=en")
    as_yaml = browser.get("/api/schema/?lang=en&form=yaml")
    again = browser.get("/api/schema/?lang=en", headers={"if-none-match": as_json["ETag"]})

    assert json.loads(as_json.content) == yaml.safe_load(as_yaml.content) == document("en")
    assert (again.status_code, again.content) == (304, b"")
    assert browser.get("/api/schema/?form=xml").status_code == 404


def test_every_sentence_of_the_document_is_there_in_chinese():
    told = document("zh-hans")
    lacking = {node[name] for node, name in wording.sentences(told) if not CHINESE.search(node[name])}

    assert sorted(lacking - {""}) == []


def test_no_chinese_is_left_over_from_sentences_that_are_gone():
    told = wording.sentences(document("en"))
    english = {part for node, name in told for part in node[name].split("\n\n")}
    english |= set(errors.WORDS.values())

    assert sorted(set(wording.chinese()) - english) == []


def test_every_area_is_described():
    assert sorted({tag["name"] for tag in document("en")["tags"]} - set(wording.areas())) == []


def test_every_code_is_explained_in_both_languages_and_none_that_is_gone():
    told = errors.told()["codes"]

    assert sorted(errors.used() - set(told)) == []
    assert sorted(set(told) - errors.used()) == []
    assert [code for code, words in told.items() if not (words["en"] and CHINESE.search(words["zh"]))] == []
