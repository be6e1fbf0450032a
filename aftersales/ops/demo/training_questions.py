"""Questions with a picture in the question bank of the demonstration; the pictures are drawn."""

from __future__ import annotations

import tomllib
from datetime import datetime

from aftersales.accounts.models import User
from aftersales.ops.demo.words import DATA
from demo import photos
from training.models import Question
from training.rules.exams import QuestionKind
from training.services import questions

GIVEN = ("code", "topic", "goods_type", "caption", "text", "options", "answer", "explanation", "source")


def ask_with_pictures(*, by: User, now: datetime) -> int:
    """Put the questions with a picture into the bank, as far as they are not there; says how many are new."""
    told = tomllib.loads((DATA / "training_questions.toml").read_text(encoding="utf-8"))["questions"]
    known = set(Question.objects.values_list("code", flat=True))
    new = [each for each in told if each["code"] not in known]
    for each in new:
        questions.add(
            **{name: each[name] for name in GIVEN},
            kind=QuestionKind.PICTURE.value,
            picture=drawn(each),
            by=by,
            now=now,
        )
    return len(new)


def drawn(told: dict) -> bytes:
    """The picture of a question, a JPEG; the same every time."""
    match told["picture"]:
        case "appliance":
            return photos.broken_appliance_photo(told["seed"])
        case "label":
            return photos.parcel_label_photo(told["seed"])
        case "seedlings":
            return photos.wilted_seedlings_photo(told["seed"])
        case kind:
            return photos.bad_fruit_photo(kind, told["bad_share"], told["seed"])
