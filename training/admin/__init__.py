"""Learning as rows: every change is made on pages of its own or by actions that ask a service."""

from training.admin import certificates, classes, courses, handbook, questions, sittings, skills_checks

__all__ = [
    "certificates",
    "classes",
    "courses",
    "handbook",
    "questions",
    "sittings",
    "skills_checks",
]
