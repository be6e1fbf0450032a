"""What tests of recovery arrange: a fund that has paid for liable parties on known days."""

from datetime import datetime

import pytest

from aftersales.lib.errors import Refused
from claims.models import Account, Advance, Fund
from claims.models.fund import AccountKind
from claims.services import advance_disputes, compensation, demands, recovery
from stations.models import Party
from tests.claims.money.cases import choose, claim_with_photo
from tests.factories import NOW, acting_as, make_line, seeing_everything


def pay(cast, *, party: Party | None, amount_fen: int = 600, now: datetime = NOW) -> Advance:
    """A payout by rule over an amount up to fifty yuan, as the advance that came of it."""
    claim = claim_with_photo(
        cast.guangcheng,
        filed_by=cast.agent,
        line=make_line(cast.guangcheng, paid_fen=amount_fen * 4),
        bad_milli=5000,
        liable_party=party,
    )
    with acting_as(cast.agent):
        proposal = compensation.work_out(claim=claim, by=cast.agent, now=now)
    paid = choose(proposal, by=cast.agent, now=now)
    assert (paid.state, paid.amount_fen) == ("executed", amount_fen)
    return fresh(Advance, claim=claim)


def fresh(model, **key):
    """A row as it stands in the database now, with what it points to."""
    with seeing_everything():
        related = ("fund", "party", "claim", "movement") if model is Advance else ()
        return model.objects.select_related(*related).get(**key)


def again(row):
    return fresh(type(row), pk=row.pk)


def owed(fund: Fund) -> dict[str, int]:
    """The balance of every account of advances by the name of its party."""
    with seeing_everything():
        accounts = Account.objects.filter(fund=fund, kind=AccountKind.ADVANCES).select_related("party")
        return {account.party.name if account.party else "": account.balance_fen for account in accounts}


def refusal(call, *, now: datetime = NOW, **arguments) -> str:
    with seeing_everything(), pytest.raises(Refused) as refused:
        call(now=now, **arguments)
    return refused.value.code


def send(fund: Fund, party: Party, *advances: Advance, by, now: datetime = NOW):
    with seeing_everything():
        return demands.send(fund=fund, party=party, advances=[each.pk for each in advances], by=by, now=now)


def recover(advance: Advance, amount_fen: int, *, by, reference: str = "R-1", now: datetime = NOW):
    with seeing_everything():
        return recovery.recover(advance=advance, amount_fen=amount_fen, reference=reference, by=by, now=now)


def receive(fund: Fund, party: Party, amount_fen: int, *, by, reference: str = "B-9", **given):
    with seeing_everything():
        return recovery.book_receipt(
            fund=fund, party=party, amount_fen=amount_fen, reference=reference, by=by, now=NOW, **given
        )


def dispute(advance: Advance, *, by, objection: str = "not_liable", text: str = "承运人丢失"):
    with seeing_everything():
        return advance_disputes.raise_dispute(
            advance=advance, objection=objection, text=text, evidence="运单 7731", by=by, now=NOW
        )


def decide(row, outcome: str, *, by, reason: str = "看过运单和照片", **given):
    with seeing_everything():
        return advance_disputes.decide(dispute=row, outcome=outcome, reason=reason, by=by, now=NOW, **given)
