"""The log of publicity: lines, withdrawals, totals by month."""

from datetime import date, timedelta

import pytest

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from tests.factories import NOW, acting_as, seeing_everything
from training.models import Publicity
from training.queries import publicity as reading
from training.queries.publicity import MonthTotal
from training.services import publicity

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)


def given(cast, **changes):
    values = {
        "day": TODAY,
        "kind": "loudspeaker",
        "what": "怎么拍照",
        "reached": 300,
        "by": cast.agent,
        "now": NOW,
    }
    return values | changes


def refusal(call, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.code


def test_line_is_recorded_for_its_place(cast):
    with acting_as(cast.agent):
        line = publicity.record(cast.guangcheng, **given(cast))

    assert (line.station, line.county_code, line.day, line.kind, line.reached, line.by) == (
        cast.guangcheng,
        "520123000000",
        TODAY,
        "loudspeaker",
        300,
        cast.agent,
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "smoke"}, "unknown_kind"),
        ({"day": TODAY + timedelta(days=1)}, "in_the_future"),
        ({"day": TODAY - timedelta(days=93)}, "too_far_back"),
        ({"what": " "}, "text_missing"),
        ({"what": "讲" * 201}, "too_long"),
        ({"what": "打13812345678"}, "phone_in_text"),
        ({"reached": 0}, "reached_out_of_range"),
        ({"reached": 100_001}, "reached_out_of_range"),
    ],
)
def test_line_refuses_what_does_not_fit(cast, changes, code):
    with acting_as(cast.agent):
        assert refusal(publicity.record, cast.guangcheng, **given(cast, **changes)) == code
        assert not Publicity.objects.exists()


@pytest.mark.parametrize("changes", [{"day": TODAY - timedelta(days=92)}, {"reached": None}, {"reached": 1}])
def test_line_takes_the_edges(cast, changes):
    with acting_as(cast.agent):
        publicity.record(cast.guangcheng, **given(cast, **changes))

        assert Publicity.objects.count() == 1


def test_line_is_withdrawn_once_with_a_reason(cast):
    with acting_as(cast.agent):
        line = publicity.record(cast.guangcheng, **given(cast))
        assert refusal(publicity.withdraw, line, reason="", by=cast.agent, now=NOW) == "text_missing"
        publicity.withdraw(line, reason="记错村了", by=cast.agent, now=NOW)
        again = refusal(publicity.withdraw, line, reason="记错村了", by=cast.agent, now=NOW)

    assert again == "withdrawn"
    with seeing_everything():
        assert AuditEvent.objects.get(verb="publicity.withdrawn").reason == "记错村了"


def test_places_out_of_reach_do_not_exist(cast):
    with acting_as(cast.agent):
        line = publicity.record(cast.guangcheng, **given(cast))
        assert refusal(publicity.record, cast.chenlou, **given(cast)) == "unknown_station"
    with acting_as(cast.suining_manager):
        code = refusal(publicity.withdraw, line, reason="记错村了", by=cast.suining_manager, now=NOW)

    assert code == "unknown_publicity"


def test_totals_leave_withdrawn_lines_and_other_places_out(cast):
    lines = [
        (cast.guangcheng, {}),
        (cast.guangcheng, {"kind": "leaflet", "reached": None}),
        (cast.liuguang, {"day": date(2026, 10, 31), "reached": 50}),
        (cast.chenlou, {}),
    ]
    with seeing_everything():
        for station, changes in lines:
            publicity.record(station, **given(cast, **changes))
        wrong = publicity.record(cast.guangcheng, **given(cast))
        publicity.withdraw(wrong, reason="记错村了", by=cast.agent, now=NOW)
    months = [date(2026, 11, 1), date(2026, 10, 1), date(2026, 9, 1)]

    with acting_as(cast.manager):
        found = reading.totals(months)

    assert found == [
        MonthTotal(months[0], {"loudspeaker": 1, "leaflet": 1}, 300),
        MonthTotal(months[1], {"loudspeaker": 1}, 50),
        MonthTotal(months[2], {}, 0),
    ]
    assert (found[0].lines, found[0].in_order) == (2, [0, 1, 0, 0, 1])
