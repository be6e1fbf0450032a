"""Histories of visits, drawn at random: seats, parts and orders agree with the visits after every step."""

import os
from random import Random

import pytest

from aftersales.lib.errors import Refused
from claims.models import PartStock, PartUse, ProviderOrder, Visit
from claims.models.visits import BOOKED_STATES
from claims.queries import part_invariants
from claims.rules.provider_orders import WAITING
from claims.rules.status import Action
from claims.services import moves, parts, provider_orders, visits
from stations.models import Region
from tests.cast import Cast
from tests.claims.parts.cases import make_part, make_stock
from tests.claims.providers.order_cases import make_contract
from tests.claims.visits.visit_cases import MONDAY, make_week, shanghai
from tests.factories import NOW, make_claim, make_line, seeing_everything

pytestmark = pytest.mark.django_db

WINDOWS = [shanghai(MONDAY, hour) for hour in (8, 10, 14)]
SEATS, PIECES, FEE, VAIN, CLAIMS, STEPS = 2, 4, 8000, 2400, 5, 100
GIVEN = {
    "start": {},
    "finish": {"outcome": "needs_part", "found": "", "done": "看过了", "proof": "paper"},
    "fail": {"failure": "nobody_home"},
    "cancel": {"note": "村民说好了"},
    "accept": {},
    "decline": {"reason": "too_far"},
    "withdraw": {"note": "改约了"},
}


class History:
    """A technician and an agent with two seats a window, a provider with one, four pumps on a shelf; halfway
    the day of the visits comes."""

    def __init__(self, cast: Cast, random: Random):
        self.cast, self.random, self.now = cast, random, NOW
        for person in (cast.technician, cast.agent):
            make_week(person, cast.guangcheng, *((0, at.time(), SEATS) for at in WINDOWS))
        self.provider = make_contract(cast.guangcheng, name="甲", by=cast.manager, seats=1).provider
        self.stock = make_stock(make_part(), cast.guangcheng, on_hand=PIECES, by=cast.technician)
        self.claims = [self._claim() for _turn in range(CLAIMS)]
        self.place = Region.objects.get(code="520123103204")

    def _claim(self):
        line = make_line(self.cast.guangcheng, product="洗衣机", goods_type="appliance")
        return make_claim(self.cast.guangcheng, filed_by=self.cast.agent, line=line)

    def one(self, rows):
        """One of these rows, the newer ones more often; None of none."""
        found = list(rows.order_by("-pk")[:4])
        return self.random.choice(found) if found else None

    def take_a_step(self):
        """Something that somebody might do, whether it is possible or not."""
        weights = {self.plan: 4, self.change: 4, self.make: 4, self.order: 5, self.part: 4, self.end: 0.3}
        (step,) = self.random.choices(list(weights), list(weights.values()))
        service, given = step()
        try:
            if None not in given.values():
                service(by=self.cast.officer, now=self.now, **given)
        except Refused:
            pass

    def goes(self):
        who = self.random.choice([self.cast.technician, self.cast.agent, None])
        return {"override_reason": "路远"} | ({"technician": who} if who else {})

    def plan(self):
        return visits.plan, {
            "claim": self.random.choice(self.claims),
            "kind": self.random.choice(["repair", "inspection"]),
            "task": "不脱水",
            "place": self.place,
            "starts_at": self.random.choice(WINDOWS),
            "station": self.cast.guangcheng,
            **self.goes(),
        }

    def change(self):
        given = {"visit": self.one(Visit.objects), **self.goes()}
        if self.random.random() < 0.4:
            return visits.give, given
        at = {"starts_at": self.random.choice(WINDOWS), "station": self.cast.guangcheng}
        return visits.move, given | at

    def make(self):
        step = self.random.choice(["start", "finish", "fail", "cancel"])
        return getattr(visits, step), {"visit": self.one(Visit.objects), **GIVEN[step]}

    def order(self):
        step = self.random.choice(["offer", "offer", "accept", "accept", "decline", "withdraw", "lapse"])
        if step == "lapse":
            return lambda by, now: provider_orders.lapse_due(now=now), {}
        if step == "offer":
            return provider_orders.offer, {"visit": self.one(Visit.objects), "provider": self.provider}
        return getattr(provider_orders, step), {"order": self.one(ProviderOrder.objects), **GIVEN[step]}

    def part(self):
        used = {"use": self.one(PartUse.objects)}
        return self.random.choice(
            [
                (parts.reserve, {"visit": self.one(Visit.objects), **self.pump()}),
                (
                    parts.use_unreserved,
                    {"visit": self.one(Visit.objects), **self.pump(), "old_part": "taken_back"},
                ),
                (parts.use, used | {"old_part": "taken_back"}),
                (parts.release, used),
            ]
        )

    def pump(self):
        quantity = self.random.randint(1, 2)
        return {"part": self.stock.part, "station": self.cast.guangcheng, "quantity": quantity}

    def end(self):
        claim = self.random.choice(self.claims)
        claim.refresh_from_db()
        return moves.move, {"claim": claim, "action": Action.WITHDRAW}

    def seats(self):
        """Nobody has more visits in a window than seats, and whoever is nobody's takes none."""
        taken: dict[tuple, list[int]] = {}
        for visit in Visit.objects.filter(state__in=BOOKED_STATES):
            who = (visit.technician_id, visit.provider_id)
            if who != (None, None):
                taken.setdefault((*who, visit.starts_at), []).append(visit.seat)
        for (_technician, provider, _at), found in taken.items():
            assert sorted(found) == sorted(set(found))
            assert len(found) <= (1 if provider else SEATS)

    def pieces(self):
        """No piece is put aside for a visit that has ended, none is lost, none is there twice."""
        assert list(part_invariants.violations()) == []
        stock = PartStock.objects.get(pk=self.stock.pk)
        used = sum(PartUse.objects.filter(state="used").values_list("quantity", flat=True))
        assert stock.on_hand == PIECES - used

    def orders(self):
        """An order waits as long as its visit does; it earns the fee once, in full or for the way in vain."""
        for order in ProviderOrder.objects.select_related("visit"):
            visit = order.visit
            if order.state in WAITING:
                assert visit.state in BOOKED_STATES and visit.provider_id == order.provider_id
            elif order.state == "done":
                assert (visit.state, order.fee_fen) == ("done", FEE)
            elif order.state == "failed":
                assert (visit.state in ("failed", "moved"), visit.failure) == (True, "nobody_home")
                assert order.fee_fen == VAIN
            elif order.state in ("withdrawn", "lapsed"):
                assert order.fee_fen == 0
        earning = ProviderOrder.objects.filter(state__in=("done", "failed")).values_list("visit", flat=True)
        assert len(earning) == len(set(earning))

    def ends(self):
        """A visit has ended exactly when it no longer takes a seat; its claim's end is its own."""
        for visit in Visit.objects.select_related("claim"):
            assert visit.is_booked == (visit.ended_at is None)
            assert visit.claim.is_open or not visit.is_booked


@pytest.mark.parametrize("seed", range(int(os.environ.get("HISTORIES", "6"))))
def test_histories_of_visits(cast, seed):
    with seeing_everything():
        history = History(cast, Random(seed))
        for turn in range(STEPS):
            if turn == STEPS // 2:
                history.now = WINDOWS[0]
            history.take_a_step()
            for check in (history.seats, history.pieces, history.orders, history.ends):
                check()
        assert Visit.objects.exclude(state__in=BOOKED_STATES).exists()
