"""Main pages for those who hear them, or use keys alone: names, order, tables, pictures, focus."""

import pytest
from django.utils import timezone

from claims.services import clocks
from claims.services import compensation as service
from claims.services import fund as funds
from tests.browser.chromium import DESK, PHONE
from tests.browser.steps import sign_in
from tests.cast import make_cast
from tests.factories import acting_as, make_claim, make_line, make_policy, seeing_everything

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "reports"]),
]

COUNTY = "520123000000"
STOPS = 12
FAULTS = """() => {
  const all = (what, from = document) => [...from.querySelectorAll(what)];
  const short = (each) => each.outerHTML.replace(/\\s+/g, " ").slice(0, 110);
  const named = (each) => (each.getAttribute("aria-label") || each.title || each.textContent
    || all("img[alt]", each).map((img) => img.alt).join("") || each.value || "").trim()
    || all("[aria-label], title", each).length || each.hasAttribute("aria-labelledby");
  const labelled = (each) => each.labels?.length || each.getAttribute("aria-label")
    || each.getAttribute("aria-labelledby") || each.title;
  const shown = (each) => each.getClientRects().length > 0;
  const faults = [];
  const note = (what, found) => found.forEach((each) => faults.push(`${what}: ${short(each)}`));

  if (!/^(zh-hans|en)$/i.test(document.documentElement.lang)) faults.push("no language");
  if (!document.title.trim()) faults.push("no title");
  if (all("main, [role=main]").length !== 1) faults.push("not one main part");
  if (/user-scalable=no|maximum-scale/.test(document.querySelector("meta[name=viewport]")?.content ?? "")) {
    faults.push("cannot be enlarged");
  }
  note("control without a label",
    all("input:not([type=hidden]):not([type=submit]):not([type=button]), select, textarea")
      .filter((each) => !labelled(each)));
  note("button or link without a name",
    all("button, a[href], [role=button], input[type=submit]").filter((each) => !named(each)));
  note("picture without a text", all("img:not([alt])"));
  note("drawing without a text", all("svg[role=img]").filter((each) =>
    !each.getAttribute("aria-label") && !each.getAttribute("aria-labelledby") && !all("title", each).length));
  // A row's heading that Django's lists write has no scope and needs none, being the only one in its row.
  note("heading of a table without scope", all("th:not([scope])")
    .filter((each) => !each.closest("#result_list tbody")));
  note("table without headings", all("table").filter((each) => !all("th", each).length));
  note("choices without a legend", all("fieldset").filter((each) =>
    all("input[type=radio]", each).length && !all("legend", each).length));
  note("tabindex out of order", all("[tabindex]").filter((each) => each.tabIndex > 0));

  const ids = all("[id]").map((each) => each.id);
  const twice = [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
  if (twice.length) faults.push(`ids used twice: ${twice.join(" ")}`);
  all("[aria-describedby], [aria-labelledby]").forEach((each) => {
    const said = ["aria-describedby", "aria-labelledby"].map((name) => each.getAttribute(name) ?? "");
    said.join(" ").split(/\\s+/).filter((id) => id && !document.getElementById(id))
      .forEach((id) => faults.push(`described by nothing: ${id}`));
  });

  const levels = all("h1, h2, h3, h4, h5, h6").filter(shown).map((each) => Number(each.tagName[1]));
  if (levels.filter((level) => level === 1).length !== 1) faults.push("not one main heading");
  levels.forEach((level, index) => {
    if (index && level > levels[index - 1] + 1) faults.push(`heading ${level} after ${levels[index - 1]}`);
  });
  return faults;
}"""
UNSEEN_FOCUS = """() => {
  const each = document.activeElement;
  // The calendar button inside a date draws a ring of its own.
  if (each === document.body || (each.type === "date" && !each.matches(":focus-visible"))) return "";
  const style = getComputedStyle(each);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  return outlined || style.boxShadow !== "none" ? "" : each.outerHTML.slice(0, 110);
}"""


@pytest.fixture
def work(transactional_db):
    """A county with money, and a claim whose villager has chosen and whose amount an officer decides."""
    cast = make_cast()
    make_policy(photos_required=0)
    now = timezone.now()
    with seeing_everything():
        fund = funds.open_fund(county_code=COUNTY, name="修文县售后应急基金", by=cast.officer, now=now)
        deposit = funds.propose_deposit(
            fund=fund, amount_fen=500_000, reference="财拨-01", by=cast.officer, now=now
        )
        funds.confirm_deposit(deposit=deposit, by=cast.manager, now=now)
        funds.propose_deposit(fund=fund, amount_fen=9_900, reference="财拨-02", by=cast.officer, now=now)

    def proposed(paid_fen):
        line = make_line(cast.guangcheng, paid_fen=paid_fen)
        claim = make_claim(cast.guangcheng, filed_by=cast.agent, line=line, filed_at=now)
        with acting_as(cast.agent):
            return service.work_out(claim=claim, by=cast.agent, now=now)

    def chosen(paid_fen):
        with acting_as(cast.agent):
            return service.choose(
                compensation=proposed(paid_fen),
                remedy="refund",
                payout_method="cash",
                asked_how="in_person",
                by=cast.agent,
                now=now,
            )

    cast.line = make_line(cast.guangcheng)
    cast.open, cast.large, cast.paid = proposed(4_000), chosen(40_000), chosen(4_000)
    assert (cast.large.state, cast.paid.state) == ("chosen", "executed")
    with seeing_everything():
        timed = cast.open.claim
        opening = clocks.opening(timed, by=cast.agent, now=now)
        timed.save()
        clocks.begin(timed, opening)
    cast.clock = opening.clocks[0]
    return cast


def paths(cast, who):
    """The main pages of a person; nobody's are those without an account."""
    opened, large, paid = (each.claim.number for each in (cast.open, cast.large, cast.paid))
    return {
        "": ["/account/sign-in/", "/track/", "/rules/"],
        "agent": [
            "/",
            "/claims/",
            "/claims/new/",
            f"/claims/new/{cast.line.pk}/",
            f"/claims/{opened}/",
            f"/claims/{opened}/clocks/",
            f"/claims/{opened}/clocks/{cast.clock.pk}/",
            "/claims/queue/",
            f"/claims/{opened}/choice/",
            f"/claims/{opened}/choice/?choice=refund-cash",
            f"/claims/{opened}/count/",
            f"/claims/{opened}/move/withdraw/",
            f"/claims/{paid}/choice/",
            f"/claims/{paid}/receipt/",
            "/claims/orders/",
            "/claims/orders/new/",
            f"/stations/{cast.guangcheng.pk}/",
            "/dashboards/station/",
            "/account/me/",
            "/account/password/",
        ],
        "manager": [
            "/",
            "/claims/",
            "/claims/queue/?level=0",
            f"/claims/{large}/decide/",
            f"/claims/fund/{COUNTY}/",
            f"/dashboards/county/{COUNTY}/",
            f"/dashboards/county/{COUNTY}/escalations/",
            f"/map/{COUNTY}/",
            "/stations/",
            f"/people/{cast.guangcheng.agents.get().pk}/hand-over/",
            "/admin/",
            "/admin/claims/claim/",
            f"/admin/claims/claim/{cast.large.claim_id}/change/",
            "/admin/claims/compensation/?state=all",
            f"/admin/claims/compensation/{cast.large.pk}/change/",
            "/admin/stations/station/",
        ],
        "regulator": ["/reports/", f"/reports/county-month/?county={COUNTY}"],
    }[who]


@pytest.mark.parametrize(
    ("who", "device"), [("", PHONE), ("agent", PHONE), ("manager", DESK), ("regulator", DESK)]
)
def test_pages_can_be_heard_and_used_with_keys(open_context, work, who, device):
    page = open_context(device).new_page()
    if who:
        sign_in(page, who)
    with seeing_everything():
        asked = paths(work, who)

    found = {}
    for path in asked:
        assert page.goto(path).status == 200, path
        faults = page.evaluate(FAULTS)
        page.evaluate("document.activeElement.blur()")
        for _stop in range(STOPS):
            page.keyboard.press("Tab")
            if unseen := page.evaluate(UNSEEN_FOCUS):
                faults.append(f"focus cannot be seen: {unseen}")
        found[path] = faults

    faulty = [f"{path} {fault}" for path, faults in found.items() for fault in faults]
    assert "\n".join(faulty) == ""


def test_a_faulty_page_is_noticed(open_context, work):
    page = open_context(PHONE).new_page()
    page.goto("/track/")
    page.evaluate("""() => {
      document.documentElement.removeAttribute("lang");
      document.querySelectorAll("main label").forEach((each) => each.remove());
      document.querySelector("main").insertAdjacentHTML("beforeend",
        "<h4>x</h4><img src='data:,'><button></button><table><tr><td>1</td></tr></table>"
        + "<i id=one></i><i id=one></i>");
    }""")

    faults = [fault.split(":")[0] for fault in page.evaluate(FAULTS)]

    assert faults == [
        "no language",
        "control without a label",
        "control without a label",
        "button or link without a name",
        "picture without a text",
        "table without headings",
        "ids used twice",
        "heading 4 after 1",
    ]
