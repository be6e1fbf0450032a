from claims.models.claims import Claim
from claims.models.compensation import Compensation, CompensationPolicy, Coupon, Reship
from claims.models.evidence import Photo
from claims.models.fund import Account, Advance, Deposit, Fund, Movement, SpendingLimit
from claims.models.orders import Consent, Consumer, Order, OrderLine

__all__ = [
    "Account",
    "Advance",
    "Claim",
    "Compensation",
    "CompensationPolicy",
    "Consent",
    "Consumer",
    "Coupon",
    "Deposit",
    "Fund",
    "Movement",
    "Order",
    "OrderLine",
    "Photo",
    "Reship",
    "SpendingLimit",
]
