from datetime import timedelta

import pytest

from aftersales.audit import trail
from aftersales.audit.models import AuditEvent
from aftersales.notices.models import Notice
from aftersales.web.row_writes import RowsGone, insert_new, insert_rows, update_rows
from claims.models import Claim
from tests.factories import NOW, make_claim, make_consumer, make_line, seeing_everything

COLUMNS = ["next_due_at", "level", "holder", "handler", "status", "description", "is_urgent", "accepted_at"]


@pytest.fixture
def claims(cast):
    line, consumer = make_line(cast.guangcheng), make_consumer(cast.guangcheng)
    return [
        make_claim(cast.guangcheng, filed_by=cast.agent, line=line, consumer=consumer) for _each in range(3)
    ]


def stored(claims):
    with seeing_everything():
        return [Claim.objects.values_list(*COLUMNS, "version").get(pk=claim.pk) for claim in claims]


def test_writes_the_named_columns_of_each_row_and_no_other(cast, claims, django_assert_num_queries):
    first, second, untouched = claims
    first.level, first.holder, first.handler = 2, cast.xiuwen_centre, None
    first.next_due_at, first.accepted_at, first.is_urgent = NOW + timedelta(hours=1), None, True
    first.version = 99
    second.status, second.description = "waiting", "it's “quoted”, 有 逗号"
    before = stored([untouched])

    with django_assert_num_queries(1):
        update_rows([first, second], COLUMNS)

    assert stored([untouched]) == before
    assert stored([first, second]) == [
        (first.next_due_at, 2, cast.xiuwen_centre.pk, None, "accepted", "", True, None, 1),
        (
            second.next_due_at,
            0,
            cast.guangcheng.pk,
            cast.agent.pk,
            "waiting",
            "it's “quoted”, 有 逗号",
            False,
            second.accepted_at,
            1,
        ),
    ]


def test_a_row_that_is_gone_is_an_error(claims):
    claims[1].pk = 10**9

    with pytest.raises(RowsGone, match="2 of 3"):
        update_rows(claims, ["level"])


def test_no_rows_are_no_statement(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        update_rows([], ["level"])


def event(verb, **facts):
    return trail.prepare(verb, by=None, at=NOW, **facts)


def test_inserts_rows_as_they_stand(db, django_assert_num_queries):
    rows = [
        event("claim.filed", county_code="520123000000", before=None, after={"due_at": "x", "n": [1, None]}),
        event("claim.lost", reason="it's “quoted”, \\ 有 \n 逗号"),
    ]

    with django_assert_num_queries(1):
        insert_rows(rows)

    columns = ("verb", "at", "recorded_at", "county_code", "before", "after", "reason", "claim_id")
    with seeing_everything():
        stored = list(AuditEvent.objects.order_by("id").values_list(*columns))
    assert stored == [tuple(getattr(row, name) for name in columns) for row in rows]


def test_what_is_there_already_is_left_out(cast):
    def notice(key, user=cast.agent):
        return Notice(recipient=user, event="claim.warned", key=key, params={"n": 1}, created_at=NOW)

    first = notice("a")
    assert insert_new([first]) == {first.pk}

    again, other, new = notice("a"), notice("a", cast.officer), notice("b")

    assert insert_new([again, other, new]) == {other.pk, new.pk}
    assert set(Notice.objects.values_list("pk", "key", "params__n", "is_urgent")) == {
        (first.pk, "a", 1, False),
        (other.pk, "a", 1, False),
        (new.pk, "b", 1, False),
    }


def test_no_rows_are_inserted_without_a_statement(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        insert_rows([])
        assert insert_new([]) == set()
