from claims.models.appeals import Appeal, Refusal
from claims.models.availability import Availability, AvailabilityException
from claims.models.cash_boxes import CashBox, CashCount, CashFloat
from claims.models.claims import Claim
from claims.models.clock_policies import ClockPolicy, ClockRule, PauseRule
from claims.models.clocks import ClaimClock, Escalation, Holding, Pause
from claims.models.compensation import Compensation, CompensationPolicy, Coupon, Reship
from claims.models.contracts import Contract, FeeLine
from claims.models.costs import CostBaseline
from claims.models.custody import CustodyItem, Stocktake
from claims.models.day_plans import CalendarFeed, DayPlan
from claims.models.diagnoses import Diagnosis, Issue
from claims.models.dispatch import Offer
from claims.models.evidence import Photo
from claims.models.figures import CellReading, FigureCell, FigureProgress, PlaceReading, ProgressReading
from claims.models.flags import ClaimFlag
from claims.models.follow_ups import FollowUp, FollowUpAttempt, Score
from claims.models.fund import Account, Advance, Deposit, Fund, Movement, SpendingLimit
from claims.models.fund_months import FundMonth
from claims.models.incentives import Incentive, IncentiveBatch
from claims.models.inspections import Inspection
from claims.models.likeness import PhotoPrint
from claims.models.losses import LossLine
from claims.models.orders import Consent, Consumer, Order, OrderLine
from claims.models.parts import Part, PartStock, PartUse, StockMovement
from claims.models.payouts import BankAccount, Payout, PayoutBatch
from claims.models.provider_orders import FeeComplaint, ProviderOrder, ProviderStatement
from claims.models.recovery import AdvanceDispute, BankReceipt, Demand, DemandLine, Reminder
from claims.models.repairs import Repair
from claims.models.returns import MerchantRefund
from claims.models.reviews import ReviewSample
from claims.models.supervision import Check, CheckItem, Evaluation, Finding, ImprovementMeasure, Rectification
from claims.models.visits import HomeHelp, Visit, VisitCost, VisitSignature
from claims.models.write_offs import WriteOff, WriteOffLine

__all__ = [
    "Account",
    "Advance",
    "AdvanceDispute",
    "Appeal",
    "Availability",
    "AvailabilityException",
    "BankAccount",
    "BankReceipt",
    "CalendarFeed",
    "CashBox",
    "CashCount",
    "CashFloat",
    "CellReading",
    "Check",
    "CheckItem",
    "Claim",
    "ClaimClock",
    "ClaimFlag",
    "ClockPolicy",
    "ClockRule",
    "Compensation",
    "CompensationPolicy",
    "Consent",
    "Consumer",
    "Contract",
    "CostBaseline",
    "Coupon",
    "CustodyItem",
    "DayPlan",
    "Demand",
    "DemandLine",
    "Deposit",
    "Diagnosis",
    "Escalation",
    "Evaluation",
    "FeeComplaint",
    "FeeLine",
    "FigureCell",
    "FigureProgress",
    "Finding",
    "FollowUp",
    "FollowUpAttempt",
    "Fund",
    "FundMonth",
    "Holding",
    "HomeHelp",
    "ImprovementMeasure",
    "Incentive",
    "IncentiveBatch",
    "Inspection",
    "Issue",
    "LossLine",
    "MerchantRefund",
    "Movement",
    "Offer",
    "Order",
    "OrderLine",
    "Part",
    "PartStock",
    "PartUse",
    "Pause",
    "PauseRule",
    "Payout",
    "PayoutBatch",
    "Photo",
    "PhotoPrint",
    "PlaceReading",
    "ProgressReading",
    "ProviderOrder",
    "ProviderStatement",
    "Rectification",
    "Refusal",
    "Reminder",
    "Repair",
    "Reship",
    "ReviewSample",
    "Score",
    "SpendingLimit",
    "StockMovement",
    "Stocktake",
    "Visit",
    "VisitCost",
    "VisitSignature",
    "WriteOff",
    "WriteOffLine",
]
