"""The pages of supervision: what each person sees of them, what they refuse, and how much they ask."""

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aftersales.audit.models import AuditEvent
from claims.models import Check, CheckItem, Evaluation, Finding, ImprovementMeasure
from claims.services import checks, findings
from tests.claims.supervision.cases import OCTOBER, ended_claim, go_through, make_finding, open_check, yes
from tests.claims.supervision.test_evaluations import THIRD, count, evaluate, in_quarter, plan
from tests.factories import NOW, acting_as, make_party, seeing_everything

ASKED = {
    "county": "520123000000",
    "kind": "spot_check",
    "theme": "quality",
    "department": "commerce",
    "period": "2026-10",
    "share": "100",
    "least": "1",
    "most": "40",
}


@pytest.fixture(autouse=True)
def _today():
    """Pages read the clock."""
    with time_machine.travel(NOW, tick=False):
        yield


def page(client, name, *args, **query):
    return client.get(reverse(f"supervision:{name}", args=args), query)


def send(client, name, *args, data=None):
    return client.post(reverse(f"supervision:{name}", args=args), data or {})


def test_a_check_is_looked_at_and_opened(cast, as_user):
    ended_claim(cast), ended_claim(cast)
    client = as_user("supervisor")
    looked = send(client, "check_new", data=ASKED)
    with seeing_everything():
        assert not Check.objects.exists()

    opened = send(client, "check_new", data={**ASKED, "open": "1"})

    assert looked.context["preview"].count == 2
    with seeing_everything():
        check = Check.objects.get()
        assert CheckItem.objects.count() == 2
    assert opened.url == reverse("supervision:check_detail", args=[check.pk])
    again = send(client, "check_new", data={**ASKED, "open": "1"})
    assert (again.status_code, again.context["form"].refused.code) == (409, "nothing_to_draw")


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {**ASKED, "share": "101"},
        {**ASKED, "least": "9", "most": "5"},
        {**ASKED, "county": "320324000000"},
        {**ASKED, "period": "2026-11"},
        {**ASKED, "theme": "\x00"},
        {**ASKED, "most": "9" * 30},
    ],
)
def test_a_wrong_form_opens_nothing_and_keeps_what_was_typed(cast, as_user, wrong):
    ended_claim(cast)

    answer = send(as_user("supervisor"), "check_new", data={**wrong, "open": "1"})

    assert answer.status_code == 200
    assert answer.context["form"].errors
    with seeing_everything():
        assert not Check.objects.exists()


def test_claims_are_gone_through_one_after_the_other(cast, as_user):
    ended_claim(cast), ended_claim(cast)
    check = open_check(cast)
    client = as_user("supervisor")

    first = send(client, "check_item", check.pk, 1, data=yes(check))
    second = send(client, "check_item", check.pk, 2, data=yes(check))

    assert first.url == reverse("supervision:check_item", args=[check.pk, 2])
    assert second.url == reverse("supervision:check_detail", args=[check.pk])
    stale = send(client, "check_item", check.pk, 1, data=yes(check))
    assert (stale.status_code, stale.context["form"].refused.code) == (409, "changed_meanwhile")
    shown = page(client, "check_item", check.pk, 1)
    anew = send(
        client, "check_item", check.pk, 1, data={**yes(check), "seen": shown.context["form"]["seen"].value()}
    )
    assert anew.status_code == 302


def test_the_page_of_a_claim_shows_no_personal_data(cast, as_user):
    claim = ended_claim(cast, description="打13812345678找张桂英的儿子")
    check = open_check(cast)

    body = page(as_user("supervisor"), "check_item", check.pk, 1).content.decode()

    assert claim.number in body
    assert "13812345678" not in body
    assert "张桂英<" not in body
    assert "张**" in body


def test_the_county_sees_which_claims_were_drawn_when_the_check_is_closed(cast, as_user):
    claim = ended_claim(cast)
    check = open_check(cast)
    client = as_user("manager")
    before = page(client, "check_detail", check.pk)
    hidden = page(client, "check_item", check.pk, 1)
    go_through(cast, check)
    with acting_as(cast.supervisor):
        checks.close_check(check=check, conclusion="处理规范", by=cast.supervisor, now=NOW)

    after = page(client, "check_detail", check.pk)

    assert claim.number not in before.content.decode()
    assert hidden.status_code == 404
    assert claim.number in after.content.decode()
    assert page(client, "check_item", check.pk, 1).status_code == 200
    assert send(client, "check_item", check.pk, 1, data=yes(check)).status_code == 404


def test_closing_asks_first_and_not_before_everything_is_gone_through(cast, as_user):
    ended_claim(cast)
    check = open_check(cast)
    client = as_user("supervisor")
    early = send(client, "check_close", check.pk, data={"conclusion": "处理规范"})
    back = reverse("supervision:check_detail", args=[check.pk])
    assert f'<a class="btn main" href="{back}">' in early.content.decode()
    go_through(cast, check)

    assert early.context["form"].refused.code == "items_open"
    assert page(client, "check_close", check.pk).status_code == 200
    assert send(client, "check_close", check.pk, data={"conclusion": ""}).status_code == 200
    assert send(client, "check_close", check.pk, data={"conclusion": "处理规范"}).status_code == 302
    assert send(client, "check_close", check.pk, data={"conclusion": "处理规范"}).status_code == 409


def test_a_finding_goes_from_the_inspector_to_the_county_and_back(cast, as_user):
    make_party(name="别的商家")
    merchant = ended_claim(cast).liable_party
    check = open_check(cast)
    inspector, manager = as_user("supervisor"), as_user("manager")
    begun = inspector.get(
        reverse("supervision:finding_new", args=[check.pk]), {"claim": "1", "question": "amount_by_rule"}
    )
    url = f"{reverse('supervision:finding_new', args=[check.pk])}?claim=1"
    made = inspector.post(
        url,
        {
            "question": "amount_by_rule",
            "party": merchant.pk,
            "severity": "serious",
            "words": "少算 3 元",
            "due_on": "2026-12-01",
        },
    )
    with seeing_everything():
        finding = Finding.objects.get()

    assert begun.context["form"].initial == {
        "question": "amount_by_rule",
        "severity": "serious",
        "due_on": date(2026, 12, 5),
    }
    assert made.url == reverse("supervision:check_item", args=[check.pk, 1])
    assert (finding.station, finding.party, finding.words) == (cast.guangcheng, merchant, "少算 3 元")
    assert list(begun.context["form"].fields["party"].queryset) == [merchant]
    assert send(manager, "finding_step", finding.pk, "report", data={"words": ""}).status_code == 200
    assert (
        send(manager, "finding_step", finding.pk, "report", data={"words": "已补付差额"}).status_code == 302
    )
    stale = send(manager, "finding_step", finding.pk, "report", data={"words": "已补付差额"})
    assert (stale.status_code, stale.context["forms"]["report"].refused.code) == (409, "answered_already")
    assert send(manager, "finding_step", finding.pk, "accept").status_code == 404
    said = {"words": "已附凭证"}
    back = {"return-remark": "没有凭证", "return-due_on": "2026-12-20"}
    assert send(inspector, "finding_step", finding.pk, "return", data=back).status_code == 302
    assert send(manager, "finding_step", finding.pk, "report", data=said).status_code == 302
    assert send(inspector, "finding_step", finding.pk, "accept").status_code == 302
    with seeing_everything():
        finding.refresh_from_db()
    assert (finding.state, finding.due_on) == ("accepted", date(2026, 12, 20))


@pytest.mark.parametrize("claim", ["9", "0", "x", "-1", "１", "9" * 30])
def test_a_claim_that_is_not_in_the_check_has_no_finding(cast, as_user, claim):
    ended_claim(cast)
    check = open_check(cast)

    assert page(as_user("supervisor"), "finding_new", check.pk, claim=claim).status_code == 404
    assert page(as_user("supervisor"), "finding_new", check.pk, claim="1").status_code == 200


def test_findings_are_narrowed_and_counted(cast, as_user):
    ended_claim(cast)
    check = open_check(cast)
    late = make_finding(cast, check, words="少算金额", due_on=date(2026, 11, 21))
    other = make_finding(cast, check, words="没有照片", severity="minor")
    with seeing_everything():
        Finding.objects.filter(pk=late.pk).update(due_on=date(2026, 11, 1))
    client = as_user("manager")

    def shown(**query):
        return [each.pk for each in page(client, "finding_list", **query).context["list_page"]]

    assert shown() == [late.pk, other.pk]
    assert shown(state="overdue") == shown(q="金额") == shown(severity="serious") == [late.pk]
    assert shown(theme="shirking") == shown(q="无此") == []
    assert shown(state="nonsense", theme="none") == [late.pk, other.pk]


@pytest.mark.parametrize(
    ("name", "verb"), [("check_list", "check.exported"), ("finding_list", "finding.exported")]
)
def test_lists_are_taken_away_as_tables(cast, as_user, name, verb):
    ended_claim(cast)
    check = open_check(cast)
    make_finding(cast, check, words="=HYPERLINK(1)")
    client = as_user("manager")

    table = page(client, name, format="xlsx")
    narrowed = page(client, name, format="csv", theme="quality", q="=HYPERLINK")
    text = b"".join(narrowed.streaming_content).decode("utf-8-sig")

    assert table.headers["Content-Type"].endswith("spreadsheetml.sheet")
    assert "修文县" in text
    assert ",=HYPERLINK" not in text
    assert page(client, name, format="doc").status_code == 404
    with seeing_everything():
        events = AuditEvent.objects.filter(verb=verb).order_by("id")
        # What was searched for may name somebody: the table says it, the trail does not.
        assert [event.after["filters"] for event in events] == [{}, {"Theme": "Quality of handling"}]


@pytest.mark.parametrize("name", ["check_list", "finding_list", "evaluation_list"])
def test_empty_lists_say_so_and_other_counties_do_not_exist(cast, as_user, name):
    ended_claim(cast)
    check = open_check(cast)
    make_finding(cast, check)
    evaluate(cast)

    theirs = page(as_user("suining_manager"), name)

    assert theirs.context["list_page"].rows == []
    assert 'class="empty"' in theirs.content.decode()
    assert page(as_user("manager"), name).context["list_page"].rows


def test_lists_ask_the_same_for_one_row_and_for_many(cast, as_user):
    for day in (8, 9, 10, 11):
        ended_claim(cast, day=day)
    client = as_user("manager")
    checked = open_check(cast)
    make_finding(cast, checked)
    evaluate(cast)

    def asked(name, *args):
        with CaptureQueriesContext(connection) as seen:
            assert page(client, name, *args).status_code == 200
        return len(seen)

    few = [asked(name) for name in ("check_list", "finding_list", "evaluation_list")]
    ended_claim(cast, closed_at=OCTOBER.previous.starts_at)
    other = open_check(cast, period=OCTOBER.previous)
    for number in range(5):
        make_finding(cast, other, words=f"问题之{number}号", station=cast.liuguang)
    evaluate(cast, THIRD.previous)
    many = [asked(name) for name in ("check_list", "finding_list", "evaluation_list")]

    assert many == few
    one, four = asked("check_detail", other.pk), asked("check_detail", checked.pk)
    assert one == four


def test_a_quarter_is_evaluated_and_its_plan_made(cast, as_user):
    in_quarter(cast, THIRD)
    count()
    inspector, manager = as_user("supervisor"), as_user("manager")
    shown = page(inspector, "evaluation_new", "520123000000", "2026-Q3")
    empty = send(inspector, "evaluation_new", "520123000000", "2026-Q3", data={"conclusion": ""})
    made = send(inspector, "evaluation_new", "520123000000", "2026-Q3", data={"conclusion": "响应偏慢"})
    with seeing_everything():
        evaluation = Evaluation.objects.get()

    assert (shown.status_code, empty.status_code) == (200, 200)
    assert made.url == reverse("supervision:evaluation_detail", args=[evaluation.pk])
    assert "2 h 30 min" in page(manager, "evaluation_detail", evaluation.pk).content.decode()
    asked = {
        "figure": "response_median",
        "words": "每天两次催办",
        "responsible": cast.officer.pk,
        "due_on": "2027-01-15",
    }
    blank = send(manager, "measure_new", evaluation.pk, data={})
    assert (blank.status_code, "Please choose" in blank.content.decode()) == (200, True)
    assert send(manager, "measure_new", evaluation.pk, data={**asked, "responsible": "x"}).status_code == 200
    assert send(manager, "measure_new", evaluation.pk, data=asked).status_code == 302
    with seeing_everything():
        measure = ImprovementMeasure.objects.get()
    assert send(manager, "measure_end", measure.pk, data={"state": "x"}).status_code == 200
    ended = {"state": "done", "result": "已形成值班表"}
    assert send(manager, "measure_end", measure.pk, data=ended).status_code == 302
    assert send(manager, "measure_end", measure.pk, data=ended).status_code == 409


@pytest.mark.parametrize(
    ("county", "quarter"),
    [
        ("520123000000", "2026-Q4"),
        ("520123000000", "2026-09"),
        ("520123000000", "nonsense"),
        ("320324000000", "2026-Q3"),
        ("0", "2026-Q3"),
    ],
)
def test_only_quarters_that_are_over_in_reach_are_evaluated(cast, as_user, county, quarter):
    assert page(as_user("supervisor"), "evaluation_new", county, quarter).status_code == 404
    assert page(as_user("supervisor"), "evaluation_new", "520123000000", "2026-Q3").status_code == 200


def test_the_effect_of_a_measure_is_read_in_the_next_evaluation(cast, as_user):
    in_quarter(cast, THIRD.previous)
    in_quarter(cast, THIRD)
    count()
    second = evaluate(cast, THIRD.previous)
    measure = plan(cast, second)
    third = evaluate(cast, THIRD)
    client = as_user("manager")

    (row,) = page(client, "evaluation_detail", second.pk).context["measures"]
    later = page(client, "evaluation_detail", third.pk)

    assert (row["before"], row["after"]) == ("2 h 30 min", "2 h 30 min")
    assert later.context["left_over"] == [measure]
    assert [each["measure"] for each in later.context["earlier_measures"]] == [measure]
    url = f"{reverse('supervision:measure_new', args=[third.pk])}?from={measure.pk}"
    assert client.get(url).context["form"]["words"].value() == "每天两次催办"
    assert client.get(f"{url}9").status_code == 404


@pytest.mark.django_db(databases=["default", "reports"])
def test_regulators_read_findings_without_claims_and_persons(cast, as_user):
    claim = ended_claim(cast)
    check = open_check(cast)
    with seeing_everything():
        item = CheckItem.objects.select_related("claim__station").get()
    finding = make_finding(cast, check, item=item, words="少算金额")
    with acting_as(cast.manager):
        findings.report_rectification(finding=finding, words="已补付差额", by=cast.manager, now=NOW)
    client = as_user("regulator")

    answer = client.get(reverse("reports:findings"))
    text = b"".join(client.get(reverse("reports:findings"), {"format": "csv"}).streaming_content).decode(
        "utf-8-sig"
    )

    body = answer.content.decode()
    (row,) = answer.context["list_page"]
    assert (row.words, row.done_words, row.station_name, row.state) == (
        "少算金额",
        "已补付差额",
        "广城村服务点",
        "answered",
    )
    for hidden in (claim.number, cast.supervisor.full_name, cast.manager.full_name):
        assert hidden not in body
        assert hidden not in text
    assert answer.context["standing"] == {
        "total": 1,
        "open": 0,
        "overdue": 0,
        "answered": 1,
        "rectified": 0,
        "in_time": 0,
        "repeated": 0,
    }
    assert client.get(reverse("reports:findings"), {"state": "open"}).context["list_page"].rows == []
    assert client.get(reverse("reports:findings"), {"q": "金额"}).context["list_page"].rows == [row]
    assert client.get(reverse("reports:findings"), {"format": "doc"}).status_code == 404
