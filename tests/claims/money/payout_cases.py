"""What tests of payouts arrange: refunds carried out, bank accounts, cash boxes with something in."""

from claims.models import CashBox, Payout
from claims.models.fund import AccountKind
from claims.services import bank_accounts, cash_boxes
from tests.claims.money.cases import choose, proposed
from tests.factories import NOW, acting_as, seeing_everything

CARD, OTHER_CARD = "6222021234567894", "6217001234567893"
PASSBOOK = "010203040506"


def record_account(consumer, *, by, number=CARD, now=NOW, **fields):
    values = {"bank": "农村信用社", "holder": "张桂英", "consent_how": "spoken", **fields}
    values.setdefault("number_again", number)
    with acting_as(by):
        return bank_accounts.record(consumer=consumer, number=number, by=by, now=now, **values)


def paid(cast, *, channel: str = "cash", now=NOW, **line) -> Payout:
    """A refund of 6 yuan that the rule approved and carried out, by this way."""
    proposal = proposed(cast.guangcheng, filed_by=cast.agent, **line)
    if channel == "bank":
        record_account(proposal.claim.consumer, by=cast.agent)
    done = choose(proposal, by=cast.agent, payout_method=channel, now=now)
    assert done.state == "executed"
    with seeing_everything():
        return Payout.objects.get(compensation=done)


def open_box(cast, *, amount_fen: int = 0, station=None) -> CashBox:
    """The cash box of the agent's station, filled by the officer's hand."""
    with acting_as(cast.manager):
        box = cash_boxes.open_box(station=station or cast.guangcheng, by=cast.manager, now=NOW)
    if amount_fen:
        fill_box(cast, box, amount_fen)
    return box


def fill_box(cast, box: CashBox, amount_fen: int) -> None:
    with acting_as(cast.officer):
        cash = cash_boxes.hand_over(box=box, direction="out", amount_fen=amount_fen, by=cast.officer, now=NOW)
    with acting_as(cast.agent):
        cash_boxes.receive(cash=cash, by=cast.agent, now=NOW)


def in_box(box: CashBox) -> int:
    with seeing_everything():
        box.account.refresh_from_db()
        assert box.account.kind == AccountKind.CASH_BOX
        return box.account.balance_fen
