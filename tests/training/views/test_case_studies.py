"""The case library: read by everybody who learns, kept by the trainers of the county."""

import pytest

from tests.factories import NOW
from tests.training.services.test_case_studies import TEXTS
from training.models import CaseStudy
from training.services import case_studies

pytestmark = pytest.mark.django_db
LIST, DESK = "/training/cases/", "/training/cases/desk/"


@pytest.fixture
def case(cast):
    return case_studies.propose(
        **TEXTS, county_code="520123000000", claim_digest="a" * 64, by=cast.trainer, now=NOW
    )


@pytest.fixture
def elsewhere(cast):
    return case_studies.propose(
        **{**TEXTS, "title": "别县的"},
        county_code="320324000000",
        claim_digest="b" * 64,
        by=cast.trainer,
        now=NOW,
    )


def worded(**changed):
    return {**TEXTS, "what_to_learn": "先看纸箱，再归责任。", **changed}


def test_from_the_desk_to_the_library(as_user, case):
    trainer, agent = as_user("trainer"), as_user("agent")
    assert TEXTS["title"] in trainer.get(DESK).content.decode()
    assert agent.get(f"{LIST}{case.pk}/").status_code == 404

    assert trainer.post(f"{DESK}{case.pk}/", worded())["Location"] == f"{DESK}{case.pk}/publish/"
    assert trainer.get(f"{DESK}{case.pk}/publish/").status_code == 200
    assert trainer.post(f"{DESK}{case.pk}/publish/")["Location"] == f"{LIST}{case.pk}/"

    assert "先看纸箱" in agent.get(f"{LIST}{case.pk}/").content.decode()
    assert TEXTS["title"] in agent.get(LIST, {"q": "纸箱", "goods": "produce"}).content.decode()
    assert "No case fits" in agent.get(LIST, {"q": "飞机"}).content.decode()
    assert trainer.post(f"{DESK}{case.pk}/publish/").status_code == 409
    assert TEXTS["title"] in trainer.get(DESK, {"state": "published"}).content.decode()


def test_other_counties_are_not_on_the_desk(as_user, case, elsewhere):
    trainer = as_user("trainer")

    assert "别县的" not in trainer.get(DESK).content.decode()
    for step in ("", "publish/", "drop/"):
        assert trainer.get(f"{DESK}{elsewhere.pk}/{step}").status_code == 404
        assert trainer.post(f"{DESK}{elsewhere.pk}/{step}", {"reason": "xx"}).status_code == 404
    assert "别县的" in as_user("platform").get(DESK).content.decode()


@pytest.mark.parametrize(
    "changed",
    [
        {"title": ""},
        {"goods_type": "gold"},
        {"what_happened": "打13812345678"},
        {"what_was_done": "长" * 501},
    ],
)
def test_nonsense_and_traces_are_refused_and_kept(as_user, case, changed):
    response = as_user("trainer").post(f"{DESK}{case.pk}/", worded(what_to_learn="一句独特的话", **changed))

    assert response.status_code in (200, 409)
    assert "一句独特的话" in response.content.decode()
    case.refresh_from_db()
    assert case.what_to_learn == ""


def test_publishing_without_anything_to_learn_is_refused(as_user, case):
    response = as_user("trainer").post(f"{DESK}{case.pk}/publish/")

    assert response.status_code == 409
    assert "what is to be learned" in response.content.decode()


def test_a_case_is_dropped_with_a_reason(as_user, case):
    trainer = as_user("trainer")

    assert trainer.post(f"{DESK}{case.pk}/drop/", {"reason": ""}).status_code == 200
    assert trainer.post(f"{DESK}{case.pk}/drop/", {"reason": "不典型"})["Location"] == DESK
    assert trainer.post(f"{DESK}{case.pk}/drop/", {"reason": "再来"}).status_code == 409
    assert trainer.post(f"{DESK}{case.pk}/", worded()).status_code == 409
    assert CaseStudy.objects.get().dropped_at is not None


def test_empty_library_and_desk_say_so(as_user):
    assert "No case yet" in as_user("agent").get(LIST).content.decode()
    assert "Nothing here" in as_user("trainer").get(DESK).content.decode()


def test_lists_take_few_queries(as_user, cast, django_assert_max_num_queries):
    for number in range(25):
        case = case_studies.propose(
            **TEXTS, county_code="520123000000", claim_digest=f"{number:064}", by=cast.trainer, now=NOW
        )
        if number % 2:
            CaseStudy.objects.filter(pk=case.pk).update(what_to_learn="x", published_at=NOW)
    for name, url in (("agent", LIST), ("trainer", DESK)):
        client = as_user(name)
        client.get(url)
        with django_assert_max_num_queries(8):
            client.get(url)
