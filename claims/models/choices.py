"""The words for codes that rules decide on."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from claims.rules.classification import GoodsType, Nature, Severity
from claims.rules.clocks import Basis, Clock, Family, Level, PauseReason
from claims.rules.happenings import Happening
from claims.rules.returns import ReturnException
from claims.rules.status import Status


class GoodsTypeChoices(models.TextChoices):
    PRODUCE = GoodsType.PRODUCE.value, _("Other farm produce")
    FRESH_FRUIT = GoodsType.FRESH_FRUIT.value, _("Fresh fruit")
    VEGETABLES = GoodsType.VEGETABLES.value, _("Vegetables")
    MEAT_EGGS = GoodsType.MEAT_EGGS.value, _("Meat and eggs")
    AQUATIC = GoodsType.AQUATIC.value, _("Fish and seafood")
    GRAIN_OIL = GoodsType.GRAIN_OIL.value, _("Grain and oil")
    TEA_DRY_GOODS = GoodsType.TEA_DRY_GOODS.value, _("Tea and dried goods")
    INDUSTRIAL = GoodsType.INDUSTRIAL.value, _("Other industrial goods")
    APPLIANCE = GoodsType.APPLIANCE.value, _("Household appliance")
    ELECTRONICS = GoodsType.ELECTRONICS.value, _("Phones and electronics")
    DAILY_GOODS = GoodsType.DAILY_GOODS.value, _("Daily goods")
    CLOTHING = GoodsType.CLOTHING.value, _("Clothing and shoes")
    MOTHER_BABY = GoodsType.MOTHER_BABY.value, _("Mother and baby")
    AGRICULTURAL_INPUTS = GoodsType.AGRICULTURAL_INPUTS.value, _("Other agricultural inputs")
    SEED = GoodsType.SEED.value, _("Seed and seedlings")
    FERTILISER = GoodsType.FERTILISER.value, _("Fertiliser")
    PESTICIDE = GoodsType.PESTICIDE.value, _("Pesticide")
    FEED = GoodsType.FEED.value, _("Feed")
    TOOLS = GoodsType.TOOLS.value, _("Farm tools")


class NatureChoices(models.TextChoices):
    QUALITY = Nature.QUALITY.value, _("Quality")
    LOGISTICS = Nature.LOGISTICS.value, _("Logistics")
    SERVICE = Nature.SERVICE.value, _("Service")
    PRICE = Nature.PRICE.value, _("Price")


class SeverityChoices(models.TextChoices):
    MINOR = Severity.MINOR.value, _("Minor")
    MODERATE = Severity.MODERATE.value, _("Moderate")
    MAJOR = Severity.MAJOR.value, _("Major")


class Channel(models.TextChoices):
    STATION = "station", _("at the station")
    PHONE = "phone", _("by phone")
    MINI_PROGRAM = "mini_program", _("mini-program")
    PUBLIC_PAGE = "public_page", _("public page")
    PLATFORM = "platform", _("platform")


class ReturnExceptionChoices(models.TextChoices):
    CUSTOM_MADE = ReturnException.CUSTOM_MADE.value, _("Made to order")
    OPENED_DIGITAL = ReturnException.OPENED_DIGITAL.value, _("Digital goods, opened or downloaded")
    PERIODICAL = ReturnException.PERIODICAL.value, _("Newspaper or magazine")
    AGREED_AT_PURCHASE = (
        ReturnException.AGREED_AT_PURCHASE.value,
        _("Agreed at the purchase as not to be returned"),
    )


class StatusChoices(models.TextChoices):
    SUBMITTED = Status.SUBMITTED.value, _("Submitted")
    ACCEPTED = Status.ACCEPTED.value, _("Accepted")
    IN_PROGRESS = Status.IN_PROGRESS.value, _("In progress")
    WAITING = Status.WAITING.value, _("Waiting")
    RESOLVED = Status.RESOLVED.value, _("Resolved")
    CLOSED = Status.CLOSED.value, _("Closed")
    REJECTED = Status.REJECTED.value, _("Refused")
    WITHDRAWN = Status.WITHDRAWN.value, _("Withdrawn")
    MERGED = Status.MERGED.value, _("Merged")


class RejectionCode(models.TextChoices):
    OUT_OF_SCOPE = "out_of_scope", _("Not covered by the published promise")
    TOO_LATE = "too_late", _("Reported after the reporting window")
    NO_EVIDENCE = "no_evidence", _("No usable evidence")
    NOT_THE_GOODS = "not_the_goods", _("Evidence shows other goods")
    BELOW_TOLERANCE = "below_tolerance", _("Within the agreed tolerance")
    ALREADY_SETTLED = "already_settled", _("Already settled")
    MISUSE = "misuse", _("Damage by the consumer's own use")
    NO_RETURN_RIGHT = (
        "no_return_right",
        _("Not to be returned without a reason (Consumer Protection Law, article 25)"),
    )
    OTHER = "other", _("Other reason, explained below")


class ClockChoices(models.TextChoices):
    FIRST_RESPONSE = Clock.FIRST_RESPONSE.value, _("First response")
    FRESH_INSPECTION = Clock.FRESH_INSPECTION.value, _("Inspection of fresh goods")
    HANDLING = Clock.HANDLING.value, _("Handling")
    SETTLEMENT = Clock.SETTLEMENT.value, _("Settlement")
    EXCHANGE_SHIPPED = Clock.EXCHANGE_SHIPPED.value, _("Exchange sent")
    RESHIP_SHIPPED = Clock.RESHIP_SHIPPED.value, _("Reship sent")
    RESULT_NOTICE = Clock.RESULT_NOTICE.value, _("Result notice")
    FOLLOW_UP = Clock.FOLLOW_UP.value, _("Follow-up")
    COMPLAINT_ACCEPTANCE = Clock.COMPLAINT_ACCEPTANCE.value, _("Complaint accepted")
    COMPLAINT_HANDLING = Clock.COMPLAINT_HANDLING.value, _("Complaint handled")
    COMPLAINT_MAJOR = Clock.COMPLAINT_MAJOR.value, _("Major complaint handled")
    URGENT_FIRST = Clock.URGENT_FIRST.value, _("Urgent: first handling")
    URGENT_SOLVED = Clock.URGENT_SOLVED.value, _("Urgent: solved")
    VILLAGE_RESPONSE = Clock.VILLAGE_RESPONSE.value, _("Village point takes over")
    TOWNSHIP_RESPONSE = Clock.TOWNSHIP_RESPONSE.value, _("Township takes over")
    COUNTY_RESPONSE = Clock.COUNTY_RESPONSE.value, _("County takes over")
    PLATFORM_RESPONSE = Clock.PLATFORM_RESPONSE.value, _("Platform desk takes over")
    TAKEN_OVER = Clock.TAKEN_OVER.value, _("Handling after taking over")
    REFUND_AFTER_RETURN = Clock.REFUND_AFTER_RETURN.value, _("Refund after goods returned")
    DELIBERATE_DELAY = Clock.DELIBERATE_DELAY.value, _("Line of deliberate delay")
    AUTHORITY_ANSWER = Clock.AUTHORITY_ANSWER.value, _("Authority answers")
    MEDIATION = Clock.MEDIATION.value, _("Mediation ends")


class FamilyChoices(models.TextChoices):
    PROMISE = Family.PROMISE.value, _("Promise to the consumer")
    HAND_OVER = Family.HAND_OVER.value, _("Hand-over between tiers")
    LAW = Family.LAW.value, _("Limit set by law")


class BasisChoices(models.TextChoices):
    NATURAL = Basis.NATURAL.value, _("round the clock")
    OPENING_HOURS = Basis.OPENING_HOURS.value, _("opening hours of working days")
    OPENING_HOURS_DAILY = Basis.OPENING_HOURS_DAILY.value, _("opening hours of every day")
    WORKING_DAYS = Basis.WORKING_DAYS.value, _("working days")
    CALENDAR_DAYS = Basis.CALENDAR_DAYS.value, _("calendar days")


class LevelChoices(models.IntegerChoices):
    VILLAGE = Level.VILLAGE.value, _("Village point")
    TOWNSHIP = Level.TOWNSHIP.value, _("Township standby point")
    COUNTY = Level.COUNTY.value, _("County centre")
    PLATFORM = Level.PLATFORM.value, pgettext_lazy("level", "Platform desk")


class PauseReasonChoices(models.TextChoices):
    CONSUMER = PauseReason.CONSUMER.value, _("Waiting for the consumer")
    GOODS_ON_THE_WAY = PauseReason.GOODS_ON_THE_WAY.value, _("Goods are on the way")
    MERCHANT = PauseReason.MERCHANT.value, _("Waiting for the merchant")
    LOGISTICS = PauseReason.LOGISTICS.value, _("Waiting for the logistics firm")
    INSPECTION = PauseReason.INSPECTION.value, _("Waiting for the inspection result")
    AUTHORITY = PauseReason.AUTHORITY.value, _("Waiting for the authority")
    ROAD_OR_WEATHER = PauseReason.ROAD_OR_WEATHER.value, _("Road or weather")


class HappeningChoices(models.TextChoices):
    INSPECTION_RECORDED = Happening.INSPECTION_RECORDED.value, _("The goods were inspected")
    GOODS_ARRIVED = Happening.GOODS_ARRIVED.value, _("Returned goods have arrived")
    EXCHANGE_APPROVED = Happening.EXCHANGE_APPROVED.value, _("An exchange was approved")
    EXCHANGE_SHIPPED = Happening.EXCHANGE_SHIPPED.value, _("The exchange was sent")
    RESULT_NOTICE_SENT = Happening.RESULT_NOTICE_SENT.value, _("The villager got the result notice")
    AUTHORITY_COMPLAINT_FILED = (
        Happening.AUTHORITY_COMPLAINT_FILED.value,
        _("The villager complained to the authority (12315)"),
    )
    AUTHORITY_ACCEPTED = Happening.AUTHORITY_ACCEPTED.value, _("The authority accepted the complaint")
    MEDIATION_ENDED = Happening.MEDIATION_ENDED.value, _("The mediation has ended")
    MARKED_URGENT = Happening.MARKED_URGENT.value, _("People or property are in danger")
