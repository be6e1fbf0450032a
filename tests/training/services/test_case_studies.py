"""Cases to learn from: proposed, worded, published, dropped; nothing in them leads to a person."""

import pytest
from django.db import transaction
from django.utils.translation import override

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from tests.factories import NOW, acting_as, seeing_everything
from training.models import CaseStudy
from training.queries import case_studies as reading
from training.services import case_studies

pytestmark = pytest.mark.django_db

XIUWEN = "520123000000"
TEXTS = {
    "title": "整箱压坏，算物流还是质量",
    "goods_type": "fresh_fruit",
    "problem": "logistics",
    "what_happened": "24 个里坏了 7 个，纸箱塌了一角。",
    "what_was_done": "按 7 ÷ 24 退款，向物流公司追偿。",
}


@pytest.fixture
def by(cast):
    return {"by": cast.trainer, "now": NOW}


def proposed(by, digest="a" * 64, county=XIUWEN, **changed):
    return case_studies.propose(**{**TEXTS, **changed}, county_code=county, claim_digest=digest, **by)


def refused(code, call, /, *args, **kwargs):
    with pytest.raises(Refused) as caught, transaction.atomic():
        call(*args, **kwargs)
    assert caught.value.code == code
    return caught.value


def test_a_case_is_proposed_once_for_a_claim(by):
    case = proposed(by)

    assert proposed(by, title="再来一次") is None
    assert list(CaseStudy.objects.values_list("pk", "title")) == [(case.pk, TEXTS["title"])]


def test_a_case_is_worded_and_published(by):
    case = proposed(by)
    refused("nothing_to_learn", case_studies.publish, case, **by)
    case_studies.edit(case, **{**TEXTS, "title": "压坏的猕猴桃"}, what_to_learn="先看纸箱，再归责任。", **by)

    assert list(reading.readable()) == []
    case = case_studies.publish(case, **by)

    assert list(reading.readable()) == [case]
    assert (case.title, case.published_by) == ("压坏的猕猴桃", by["by"])
    refused("case_decided", case_studies.edit, case, **TEXTS, what_to_learn="x", **by)
    refused("case_decided", case_studies.publish, case, **by)
    with seeing_everything():
        verbs = AuditEvent.objects.filter(object_type="training.casestudy").order_by("pk")
        assert list(verbs.values_list("verb", "county_code")) == [
            ("case_study.proposed", XIUWEN),
            ("case_study.edited", XIUWEN),
            ("case_study.published", XIUWEN),
        ]


def test_a_published_case_can_be_taken_out(by):
    case = proposed(by)
    case_studies.edit(case, **TEXTS, what_to_learn="看纸箱。", **by)
    case_studies.publish(case, **by)
    refused("reason_missing", case_studies.drop, case, reason=" ", **by)

    case_studies.drop(case, reason="不典型", **by)

    assert list(reading.readable()) == []
    refused("case_dropped", case_studies.drop, case, reason="x", **by)
    assert proposed(by) is None


@pytest.mark.parametrize(
    "field, text, told",
    [
        ("title", "张三 13812345678", "number"),
        ("what_happened", "订单 TB20261120778899", "number"),
        ("what_was_done", "写信 li@example.com", "number"),
        ("what_happened", "六广镇的村民来了", "六广镇"),
        ("title", "广城村的果子", "广城村"),
        ("what_was_done", "王秀兰去看了", "王秀兰"),
    ],
)
def test_what_leads_to_a_person_is_refused(by, field, text, told):
    with override("en"):
        found = refused("leads_to_a_person", proposed, by, **{field: text})

    assert (found.field, told in found.message) == (field, True)
    case = proposed(by)
    refused("leads_to_a_person", case_studies.edit, case, **{**TEXTS, field: text}, what_to_learn="x", **by)
    refused("leads_to_a_person", case_studies.edit, case, **TEXTS, what_to_learn=text, **by)
    CaseStudy.objects.filter(pk=case.pk).update(what_to_learn=text)
    refused("leads_to_a_person", case_studies.publish, case, **by)


def test_the_county_itself_may_be_named(by):
    assert proposed(by, title="修文县的一个案例").title == "修文县的一个案例"


@pytest.mark.parametrize(
    "changed, code",
    [
        ({"title": ""}, "text_missing"),
        ({"what_happened": " "}, "text_missing"),
        ({"what_was_done": ""}, "text_missing"),
        ({"title": "长" * 81}, "too_long"),
        ({"what_happened": "长" * 501}, "too_long"),
        ({"goods_type": ""}, "unknown_choice"),
        ({"goods_type": "gold"}, "unknown_choice"),
        ({"problem": "gold"}, "unknown_choice"),
    ],
)
def test_incomplete_cases_are_refused(by, changed, code):
    refused(code, proposed, by, **changed)

    assert not CaseStudy.objects.exists()


def test_the_desk_shows_the_own_county_and_the_library_everybody(by, cast):
    ours, theirs = proposed(by), proposed(by, digest="b" * 64, county="320324000000")

    with acting_as(cast.trainer):
        assert list(reading.waiting()) == [ours]
    with acting_as(cast.platform):
        assert set(reading.waiting()) == {ours, theirs}
    with acting_as(cast.agent):
        assert list(reading.waiting()) == []


def test_search_and_filters(by):
    case = proposed(by)
    case_studies.edit(case, **TEXTS, what_to_learn="先看纸箱。", **by)
    case_studies.publish(case, **by)
    other = proposed(by, digest="b" * 64, goods_type="appliance", problem="quality", title="冰箱不制冷")
    case_studies.edit(
        other,
        **{**TEXTS, "goods_type": "appliance", "problem": "quality", "title": "冰箱不制冷"},
        what_to_learn="问",
        **by,
    )
    case_studies.publish(other, **by)

    def found(text="", **about):
        return {each.pk for each in reading.narrowed(reading.matching(reading.readable(), text), **about)}

    assert found("纸箱") == {case.pk, other.pk}
    assert found("先看 纸箱") == {case.pk}
    assert found("冰箱") == {other.pk}
    assert found("100%_") == set()
    assert found(goods="fresh_fruit") == {case.pk}
    assert found(goods="produce") == {case.pk}
    assert found(goods="fresh_fruit", problem="quality") == set()
