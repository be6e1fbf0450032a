"""docs/rules/exams.md: kinds of questions, papers, sittings, and when somebody has passed."""

from __future__ import annotations

from enum import StrEnum


class QuestionKind(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    PICTURE = "picture"
    ORDERING = "ordering"


class SittingState(StrEnum):
    """Where a theory exam of one person stands."""

    OPEN = "open"
    SUBMITTED = "submitted"
    EXPIRED = "expired"


class Purpose(StrEnum):
    """What an exam is for: the certificate, the quarterly skills check (E-04), or practice alone."""

    CERTIFICATE = "certificate"
    SKILLS_CHECK = "skills_check"
    PRACTICE = "practice"
