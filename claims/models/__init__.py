from claims.models.claims import Claim
from claims.models.clock_policies import ClockPolicy, ClockRule, PauseRule
from claims.models.clocks import ClaimClock, Escalation, Holding, Pause
from claims.models.compensation import Compensation, CompensationPolicy, Coupon, Reship
from claims.models.custody import CustodyItem, Stocktake
from claims.models.dispatch import Offer
from claims.models.evidence import Photo
from claims.models.fund import Account, Advance, Deposit, Fund, Movement, SpendingLimit
from claims.models.fund_months import FundMonth
from claims.models.orders import Consent, Consumer, Order, OrderLine
from claims.models.recovery import AdvanceDispute, BankReceipt, Demand, DemandLine, Reminder
from claims.models.write_offs import WriteOff, WriteOffLine

__all__ = [
    "Account",
    "Advance",
    "AdvanceDispute",
    "BankReceipt",
    "Claim",
    "ClaimClock",
    "ClockPolicy",
    "ClockRule",
    "Compensation",
    "CompensationPolicy",
    "Consent",
    "Consumer",
    "Coupon",
    "CustodyItem",
    "Demand",
    "DemandLine",
    "Deposit",
    "Escalation",
    "Fund",
    "FundMonth",
    "Holding",
    "Movement",
    "Offer",
    "Order",
    "OrderLine",
    "Pause",
    "PauseRule",
    "Photo",
    "Reminder",
    "Reship",
    "SpendingLimit",
    "Stocktake",
    "WriteOff",
    "WriteOffLine",
]
