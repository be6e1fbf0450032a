import pytest

from aftersales.accounts.models import system_user
from aftersales.ops.demo.training_questions import ask_with_pictures
from tests.factories import NOW
from training.models import Attachment, Question

pytestmark = pytest.mark.django_db


def test_questions_with_a_picture_are_added_once():
    assert ask_with_pictures(by=system_user(), now=NOW) == 5
    assert ask_with_pictures(by=system_user(), now=NOW) == 0

    asked = Question.objects.filter(kind="picture", retired_at=None)
    assert asked.count() == Attachment.objects.filter(question__in=asked).count() == 5
