"""The words for codes that rules decide on."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from claims.rules.classification import GoodsType, Nature, Severity
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
    OTHER = "other", _("Other reason, explained below")
