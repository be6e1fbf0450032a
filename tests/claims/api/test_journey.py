"""What happens to a claim through the API after it was filed: followed, chosen about, ended, answered."""

import pytest
from django.utils import timezone

from claims.models import Appeal, Claim, Compensation, Payout, Score
from claims.services import casework, compensation
from tests.claims.api.world import program
from tests.claims.follow_up_cases import settled
from tests.claims.money.cases import XIUWEN, make_photo
from tests.factories import NOW, acting_as, make_fund, make_line, make_party, seeing_everything

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


def proposed(world, **fields) -> Claim:
    """An accepted claim with a photo and an amount of 6 yuan."""
    claim = world.claim(**fields)
    make_photo(claim)
    with acting_as(world.cast.agent):
        compensation.work_out(claim=claim, by=world.cast.agent, now=NOW)
    return claim


def refused(world) -> Claim:
    claim = world.claim()
    with acting_as(world.cast.officer):
        return casework.reject(
            claim=claim, code="no_evidence", text="照片看不清", by=world.cast.officer, now=NOW
        )


def paid_back(world) -> Payout:
    """A refund that the platform is to pay back."""
    make_fund(XIUWEN)
    claim = proposed(world)
    answer = world.villager.post(f"claims/{claim.number}/choice/", {"option": "refund-original"}, version=1)
    assert answer.json()["state"] == "executed", answer.json()
    with seeing_everything():
        return Payout.objects.get(claim=claim)


def test_progress_says_what_the_public_page_says(world):
    claim = proposed(world)

    told = world.villager.get(f"claims/{claim.number}/progress/", **{"accept-language": "en"}).json()

    assert told == {
        "number": claim.number,
        "status": "accepted",
        "status_text": "Accepted",
        "sentence": "The amount is worked out. Tell your village station what you choose.",
        "steps": [
            {"code": "under_review", "text": "Under review", "state": "current"},
            {"code": "done", "text": "Done", "state": "ahead"},
        ],
        "promise": told["promise"],
        "expected_finish_at": None,
        "method": "",
        "bad_quantity_text": "3 pieces",
        "compensation": {
            "state": "proposed",
            "amount": "6.00",
            "remedy": "",
            "remedy_text": "",
            "working": told["compensation"]["working"],
            "remarks": [],
            "rules_url": told["compensation"]["rules_url"],
            "coupon": None,
            "coupon_expires_on": None,
            "parcel_number": "",
        },
        "refusal": None,
        "own_score": None,
        "can": ["choose", "withdraw"],
        "continued_under": None,
        "station": {"name": "广城村服务点", "phone": ""},
    }
    assert told["compensation"]["working"].endswith("= ¥6.00")
    assert "张" not in str(told)


def test_a_refusal_comes_with_its_rule_and_the_way_to_object(world):
    claim = refused(world)
    where = f"claims/{claim.number}/"

    before = world.villager.get(f"{where}progress/").json()
    filed = world.villager.post(f"{where}appeal/", {"text": "照片很清楚，请再看一次"})
    again = world.villager.post(f"{where}appeal/", {"text": "照片很清楚，请再看一次"})
    after = world.villager.get(f"{where}progress/").json()

    assert (before["refusal"]["code"], before["refusal"]["explanation"]) == ("no_evidence", "照片看不清")
    assert (before["can"], before["compensation"], before["refusal"]["hotline"]) == (
        ["appeal"],
        None,
        "12315",
    )
    assert (filed.status_code, filed.json()["state"]) == (201, "open")
    assert (again.status_code, again.json()["code"]) == (409, "appealed_already")
    assert (after["can"], after["refusal"]["appeal"]["state"]) == ([], "open")
    with seeing_everything():
        assert Appeal.objects.get().filed_how == "own"


def test_a_platform_files_an_appeal_in_the_consumer_s_name(world):
    claim = refused(world)

    assert world.platform.post(f"claims/{claim.number}/appeal/", {"text": "买家不同意"}).status_code == 201
    with seeing_everything():
        filed = Appeal.objects.get()
        assert (filed.filed_how, filed.filed_by) == ("message", world.platform_user)


def test_a_claim_that_was_not_refused_cannot_be_appealed(world):
    answer = world.villager.post(f"claims/{world.claim().number}/appeal/", {"text": "我不同意"})

    assert (answer.status_code, answer.json()["code"]) == (409, "not_refused")


def test_options_and_a_choice_that_the_rule_pays(world):
    make_fund(XIUWEN)
    claim = proposed(world)
    where = f"claims/{claim.number}/"

    options = world.villager.get(f"{where}options/")
    chosen = world.villager.post(
        f"{where}choice/", {"option": "refund-original"}, version=1, key="choose-once-1"
    )
    again = world.villager.post(
        f"{where}choice/", {"option": "refund-original"}, version=1, key="choose-once-1"
    )

    assert options["ETag"] == '"1"'
    assert options.json()["can_choose"] is True
    assert [each["key"] for each in options.json()["options"]] == ["refund-original", "reship", "coupon"]
    assert (chosen.status_code, chosen.json()["state"]) == (200, "executed")
    assert (chosen.json()["chosen"], chosen.json()["can_choose"]) == ("refund-original", False)
    assert (again.status_code, again.json(), again["ETag"]) == (200, chosen.json(), chosen["ETag"])
    with seeing_everything():
        done = Compensation.objects.get(claim=claim)
        assert (done.asked_how, done.payout_method, done.state) == ("own", "original", "executed")
        assert Payout.objects.filter(claim=claim).count() == 1


@pytest.mark.parametrize(
    ("option", "version", "status", "code"),
    [
        ("refund-cash", 1, 409, "option_unknown"),
        ("refund-bank", 1, 409, "option_unknown"),
        ("everything", 1, 409, "option_unknown"),
        ("refund-original", 2, 409, "stale"),
        ("refund-original", None, 428, "version_missing"),
        ("", 1, 400, "invalid"),
    ],
)
def test_a_choice_that_is_not_taken(world, option, version, status, code):
    make_fund(XIUWEN)
    claim = proposed(world)

    answer = world.villager.post(f"claims/{claim.number}/choice/", {"option": option}, version=version)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (answer.json().get("current") or {}).get("version") == (1 if code == "stale" else None)
    with seeing_everything():
        assert Compensation.objects.get(claim=claim).state == "proposed"


def test_an_amount_that_changed_meanwhile_is_offered_anew(world):
    make_fund(XIUWEN)
    claim = proposed(world)
    with seeing_everything():
        type(world.line).objects.filter(pk=world.line.pk).update(granted_fen=3800)

    answer = world.villager.post(f"claims/{claim.number}/choice/", {"option": "refund-original"}, version=1)

    assert (answer.status_code, answer.json()["code"]) == (409, "amount_changed")
    options = world.villager.get(f"claims/{claim.number}/options/")
    assert (options.json()["amount"], options["ETag"]) == ("2.00", '"2"')


def test_a_claim_without_an_amount_has_no_options(world):
    assert world.villager.get(f"claims/{world.claim().number}/options/").status_code == 404


def test_a_choice_waits_until_the_claim_is_accepted(world):
    claim = proposed(world)
    with seeing_everything():
        Claim.objects.filter(pk=claim.pk).update(status="submitted")

    answer = world.villager.post(f"claims/{claim.number}/choice/", {"option": "refund-original"}, version=1)

    assert (answer.status_code, answer.json()["code"]) == (409, "not_accepted")


def test_a_withdrawal_is_made_from_the_version_that_was_read(world):
    claim = world.claim()
    where = f"claims/{claim.number}/withdrawal/"

    stale = world.villager.post(where, {"reason": "已经解决了"}, version=9)
    blind = world.villager.post(where, {"reason": "已经解决了"})
    done = world.villager.post(where, {"reason": "已经解决了"}, version=claim.version)
    again = world.villager.post(where, {"reason": "已经解决了"}, version=claim.version + 1)

    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert stale.json()["current"]["version"] == claim.version
    assert (blind.status_code, blind.json()["code"]) == (428, "version_missing")
    assert (done.status_code, done.json()["status"]) == (200, "withdrawn")
    assert done["ETag"] == f'"{claim.version + 1}"'
    assert (again.status_code, again.json()["code"]) == (409, "illegal_move")


def test_a_score_comes_once_and_from_the_consumer(world):
    claim = settled(world.line.station, handler=world.cast.agent, line=world.line, consumer=world.consumer)
    where = f"claims/{claim.number}/score/"

    outsider = world.platform.post(where, {"stars": 5})
    given = world.villager.post(where, {"stars": 4, "speed": 5, "comment": "很快"})
    again = world.villager.post(where, {"stars": 5})
    follow_ups = world.platform.get("follow-ups/", {"claim": claim.number}).json()["data"]

    assert (outsider.status_code, outsider.json()["code"]) == (403, "consumers_only")
    assert (given.status_code, given.json()["stars"], given.json()["source"]) == (201, 4, "self")
    assert (again.status_code, again.json()["code"]) == (409, "score_given")
    assert [(each["state"], [score["stars"] for score in each["scores"]]) for each in follow_ups] == [
        ("done", [4])
    ]
    assert "很快" not in str(follow_ups)
    assert world.rival.get("follow-ups/").json()["data"] == []
    assert world.villager.get(f"claims/{claim.number}/progress/").json()["own_score"] == 4
    with seeing_everything():
        assert Score.objects.count() == 1


def test_a_claim_in_work_cannot_be_scored(world):
    answer = world.villager.post(f"claims/{world.claim().number}/score/", {"stars": 5})

    assert (answer.status_code, answer.json()["code"]) == (409, "score_closed")


def test_a_refund_is_confirmed_once(world):
    payout = paid_back(world)
    where = f"payouts/{payout.number}/"

    listed = world.platform.get("payouts/", {"state": "to_instruct"}).json()["data"]
    taken = world.platform.post(f"{where}confirmation/", {"outcome": "accepted", "reference": "R-1"})
    paid = world.platform.post(
        f"{where}confirmation/", {"outcome": "paid", "paid_at": "2026-11-20T10:29:00+08:00"}, key="confirm-1"
    )
    replay = world.platform.post(
        f"{where}confirmation/", {"outcome": "paid", "paid_at": "2026-11-20T10:29:00+08:00"}, key="confirm-1"
    )
    again = world.platform.post(f"{where}confirmation/", {"outcome": "paid"})

    assert [(each["number"], each["amount"], each["order_number"]) for each in listed] == [
        (payout.number, "6.00", "SO-1")
    ]
    assert (taken.json()["state"], taken.json()["reference"]) == ("instructed", "R-1")
    assert (paid.status_code, paid.json()["state"], paid.json()["reference"]) == (200, "confirmed", "R-1")
    assert replay.json() == paid.json()
    assert (again.status_code, again.json()["code"]) == (409, "payout_moved")
    assert world.platform.get(where).json() == paid.json()


def test_a_refund_that_nobody_ordered_by_hand_is_confirmed_in_one_step(world):
    payout = paid_back(world)

    answer = world.platform.post(
        f"payouts/{payout.number}/confirmation/", {"outcome": "paid", "reference": "R-2"}
    )

    assert (answer.json()["state"], answer.json()["reference"]) == ("confirmed", "R-2")


def test_a_refund_that_failed_is_owed_again(world):
    payout = paid_back(world)
    where = f"payouts/{payout.number}/confirmation/"

    unexplained = world.platform.post(where, {"outcome": "failed"})
    ahead = world.platform.post(where, {"outcome": "paid", "paid_at": "2027-01-01T00:00:00+08:00"})
    never = [
        world.platform.post(where, {"outcome": "paid", "paid_at": moment})
        for moment in ("0001-01-01T00:00:00+23:59", "1999-12-31T00:00:00Z", "9999-12-31T23:59:59-23:59", 0)
    ]
    failed = world.platform.post(where, {"outcome": "failed", "reason": "order_unknown"})

    assert (unexplained.status_code, unexplained.json()["code"]) == (409, "reason_unknown")
    assert [answer.status_code for answer in never] == [400] * 4
    assert (ahead.status_code, ahead.json()["errors"][0]["code"]) == (400, "paid_at_ahead")
    assert (failed.status_code, failed.json()["state"]) == (200, "failed")


def test_refunds_are_the_platform_s_own(world):
    payout = paid_back(world)
    merchant = program(world.line.order.merchant)

    for other in (world.rival, world.county, merchant):
        assert other.get("payouts/").json()["data"] == []
        assert other.get(f"payouts/{payout.number}/").status_code == 404
        answer = other.post(f"payouts/{payout.number}/confirmation/", {"outcome": "paid"})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert world.villager.get("payouts/").json()["code"] == "scope_missing"
    with seeing_everything():
        assert Payout.objects.get().state == "to_instruct"


def test_a_consumer_is_told_who_they_are_masked(world):
    world.claim()
    world.claim(line=make_line(world.line.station, consumer=world.consumer), status="withdrawn", handler=None)

    me = world.villager.get("consumers/me/").json()

    assert me == {
        "known_at": [
            {
                "station": {"id": world.line.station_id, "name": "广城村服务点"},
                "name_masked": "张**",
                "phone_masked": "139****2233",
                "known_since": timezone.localtime(NOW).isoformat(),
            }
        ],
        "orders": 2,
        "claims": 2,
        "open_claims": 1,
    }
    assert world.platform.get("consumers/me/").json()["code"] == "consumers_only"
    assert world.stranger.get("consumers/me/").json()["claims"] == 0


def test_reading_takes_few_statements(world, django_assert_max_num_queries):
    claim = proposed(world)
    world.villager.get("consumers/me/")
    for path, most in (
        (f"claims/{claim.number}/", 8),
        (f"claims/{claim.number}/progress/", 12),
        (f"claims/{claim.number}/options/", 8),
        ("follow-ups/", 8),
        ("consumers/me/", 8),
    ):
        with django_assert_max_num_queries(most):
            assert world.villager.get(path).status_code == 200


def test_a_reader_changes_nothing(world):
    claim = proposed(world)
    reader = program(make_party("platform"), scopes=["claims:read", "payouts:read"])

    for act in ("withdrawal", "choice", "score", "appeal"):
        answer = reader.post(f"claims/{claim.number}/{act}/", {}, version=1)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


def test_a_claim_that_goes_on_elsewhere_names_only_what_is_the_caller_s(world):
    other = make_line(world.line.station, consumer=world.consumer, number="SO-7")
    with seeing_everything():
        type(other.order).objects.filter(pk=other.order_id).update(
            platform=make_party("platform", "另一平台")
        )
    target = world.claim(line=other)
    claim = world.claim(status="merged", merged_into=target, handler=None)

    theirs = [world.platform.get(f"claims/{claim.number}/{more}") for more in ("", "progress/")]
    own = [world.villager.get(f"claims/{claim.number}/{more}").json() for more in ("", "progress/")]

    assert target.number not in "".join(answer.content.decode() for answer in theirs)
    assert (own[0]["merged_into"], own[1]["continued_under"]) == (target.number, target.number)
    assert target.number in own[1]["sentence"]
