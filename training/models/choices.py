"""The words for codes that rules decide on."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from training.rules.classes import ClassState, PublicityKind
from training.rules.exams import Purpose, QuestionKind, SittingState
from training.rules.hours import HourKind
from training.rules.subjects import Audience, Goods, Problem, Topic


class GoodsChoices(models.TextChoices):
    PRODUCE = Goods.PRODUCE.value, _("Other farm produce")
    FRESH_FRUIT = Goods.FRESH_FRUIT.value, _("Fresh fruit")
    VEGETABLES = Goods.VEGETABLES.value, _("Vegetables")
    MEAT_EGGS = Goods.MEAT_EGGS.value, _("Meat and eggs")
    AQUATIC = Goods.AQUATIC.value, _("Fish and seafood")
    GRAIN_OIL = Goods.GRAIN_OIL.value, _("Grain and oil")
    TEA_DRY_GOODS = Goods.TEA_DRY_GOODS.value, _("Tea and dried goods")
    INDUSTRIAL = Goods.INDUSTRIAL.value, _("Other industrial goods")
    APPLIANCE = Goods.APPLIANCE.value, _("Household appliance")
    ELECTRONICS = Goods.ELECTRONICS.value, _("Phones and electronics")
    DAILY_GOODS = Goods.DAILY_GOODS.value, _("Daily goods")
    CLOTHING = Goods.CLOTHING.value, _("Clothing and shoes")
    MOTHER_BABY = Goods.MOTHER_BABY.value, _("Mother and baby")
    AGRICULTURAL_INPUTS = Goods.AGRICULTURAL_INPUTS.value, _("Other agricultural inputs")
    SEED = Goods.SEED.value, _("Seed and seedlings")
    FERTILISER = Goods.FERTILISER.value, _("Fertiliser")
    PESTICIDE = Goods.PESTICIDE.value, _("Pesticide")
    FEED = Goods.FEED.value, _("Feed")
    TOOLS = Goods.TOOLS.value, _("Farm tools")


class ProblemChoices(models.TextChoices):
    QUALITY = Problem.QUALITY.value, _("Quality")
    LOGISTICS = Problem.LOGISTICS.value, _("Logistics")
    SERVICE = Problem.SERVICE.value, _("Service")
    PRICE = Problem.PRICE.value, _("Price")


class TopicChoices(models.TextChoices):
    COMMUNICATION = Topic.COMMUNICATION.value, _("Talking and calming")
    INSPECTION = Topic.INSPECTION.value, _("Inspecting goods")
    EVIDENCE = Topic.EVIDENCE.value, _("Photos and evidence")
    COMPENSATION = Topic.COMPENSATION.value, _("Compensation and money")
    LAW = Topic.LAW.value, _("Law and rules")
    APPLIANCES = Topic.APPLIANCES.value, _("Appliances")
    INPUTS = Topic.INPUTS.value, _("Agricultural inputs")
    DIGITAL = Topic.DIGITAL.value, _("Using the system")
    SAFETY = Topic.SAFETY.value, _("Safety and privacy")


class AudienceChoices(models.TextChoices):
    AGENT = Audience.AGENT.value, _("for agents")
    VILLAGER = Audience.VILLAGER.value, _("for villagers")


class QuestionKindChoices(models.TextChoices):
    SINGLE = QuestionKind.SINGLE.value, _("One answer")
    MULTIPLE = QuestionKind.MULTIPLE.value, _("Several answers")
    TRUE_FALSE = QuestionKind.TRUE_FALSE.value, _("Right or wrong")
    PICTURE = QuestionKind.PICTURE.value, _("With a picture")
    ORDERING = QuestionKind.ORDERING.value, _("Put in order")


class SittingStateChoices(models.TextChoices):
    OPEN = SittingState.OPEN.value, _("Under way")
    SUBMITTED = SittingState.SUBMITTED.value, _("Handed in")
    EXPIRED = SittingState.EXPIRED.value, _("Time was over")


class PurposeChoices(models.TextChoices):
    CERTIFICATE = Purpose.CERTIFICATE.value, _("for the certificate")
    SKILLS_CHECK = Purpose.SKILLS_CHECK.value, _("quarterly skills check")
    PRACTICE = Purpose.PRACTICE.value, _("for practice")


class HourKindChoices(models.TextChoices):
    LESSON = HourKind.LESSON.value, _("Lesson")
    EXAM = HourKind.EXAM.value, _("Exam")
    CLASS = HourKind.CLASS.value, _("Village class")
    MENTORING = HourKind.MENTORING.value, _("With a mentor")
    PRACTICE = HourKind.PRACTICE.value, _("Practice on site")
    OUTSIDE = HourKind.OUTSIDE.value, _("Training elsewhere")
    CORRECTION = HourKind.CORRECTION.value, _("Correction")


class ClassStateChoices(models.TextChoices):
    PLANNED = ClassState.PLANNED.value, pgettext_lazy("class", "Planned")
    HELD = ClassState.HELD.value, _("Held")
    CANCELLED = ClassState.CANCELLED.value, pgettext_lazy("class", "Cancelled")


class PublicityKindChoices(models.TextChoices):
    FARMER_TRAINING = PublicityKind.FARMER_TRAINING.value, _("Training of farmers")
    LOUDSPEAKER = PublicityKind.LOUDSPEAKER.value, _("Village loudspeaker")
    NOTICE_BOARD = PublicityKind.NOTICE_BOARD.value, _("Notice board")
    SHORT_VIDEO = PublicityKind.SHORT_VIDEO.value, _("Short video")
    LEAFLET = PublicityKind.LEAFLET.value, _("Leaflet")
