"""What a county asks back, in the small world of tests/rights/world.py: one row of each kind."""

from datetime import date

from claims.models import AdvanceDispute, BankReceipt, Demand, DemandLine, Reminder
from tests.factories import NOW
from tests.rights.marks import Marks


def recovery_rows(mark: Marks, advance, official) -> list:
    """A demand of an advance with its line and reminder, a payment, and a dispute that nobody has decided."""
    place = {"county_code": advance.county_code}
    demand = Demand.objects.create(
        fund=advance.fund,
        party=advance.party,
        year=2026,
        sequence=1,
        number=mark.also(f"ZC{advance.county_code[:6]}-2026-0001"),
        amount_fen=600,
        sent_at=NOW,
        sent_by=official,
        due_on=date(2026, 11, 30),
        state="disputed",
        reminders=1,
        **place,
    )
    return [
        demand,
        DemandLine.objects.create(demand=demand, advance=advance, amount_fen=600, **place),
        Reminder.objects.create(demand=demand, turn=1, open_fen=600, sent_on=date(2026, 12, 1), **place),
        BankReceipt.objects.create(
            fund=advance.fund,
            party=advance.party,
            reference=mark.word("slip"),
            amount_fen=100,
            parts=[[advance.pk, 100]],
            booked_by=official,
            booked_at=NOW,
            **place,
        ),
        AdvanceDispute.objects.create(
            advance=advance,
            party=advance.party,
            objection="other",
            text=mark.word("objection"),
            evidence=mark.word("evidence"),
            raised_by=official,
            raised_at=NOW,
            **place,
        ),
    ]
