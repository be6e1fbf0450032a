"""What to put into the parameters of the addresses of learning, as in tests/rights/examples.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db.models import Model

from tests.rights.handbook_rows import article_picture, published_case, waiting_case
from tests.rights.learning_rows import LESSON, OPEN, TAKEN, lesson_picture
from tests.rights.question_rows import question_picture
from training.models import (
    Attendee,
    Certificate,
    CertificatePrint,
    ClassPhoto,
    Enrolment,
    Exam,
    HourEntry,
    Mentorship,
    PracticalExam,
    PracticalSheet,
    Publicity,
    Question,
    Sitting,
    VillageClass,
)
from training.rules.certificates import make_number

if TYPE_CHECKING:
    from tests.rights.world import Place

MISSING_CERTIFICATE = make_number()
TRAINING_PARAMETERS: dict[str, dict[str, str]] = {
    "training:class_cancel": {"pk": "village_class"},
    "training:class_correct": {"pk": "village_class"},
    "training:class_detail": {"pk": "village_class"},
    "training:class_edit": {"pk": "village_class"},
    "training:class_hold": {"pk": "village_class"},
    "training:class_name_remove": {"pk": "attendee"},
    "training:class_names": {"pk": "village_class"},
    "training:class_names_show": {"pk": "village_class"},
    "training:class_photo": {"pk": "class_photo"},
    "training:class_photo_remove": {"pk": "class_photo"},
    "training:class_photos": {"pk": "village_class"},
    "training:class_poster": {"pk": "village_class"},
    "training:class_sheet": {"pk": "village_class"},
    "training:publicity_photos": {"pk": "publicity"},
    "training:publicity_withdraw": {"pk": "publicity"},
    "training:certificate_consent": {"pk": "certificate"},
    "training:certificate_detail": {"pk": "certificate"},
    "training:certificate_file": {"pk": "certificate"},
    "training:certificate_revoke": {"pk": "certificate"},
    "training:print_detail": {"pk": "certificate_print"},
    "training:print_file": {"pk": "certificate_print"},
    "training_public:verify_number": {"number": "certificate_number"},
    "training:person_record": {"pk": "agent"},
    "training:skills_check": {"quarter": "=2026-Q1", "agent_id": "agent"},
    "training:course_detail": {"code": "course_taken"},
    "training:course_edit": {"code": "course_taken"},
    "training:course_enrol": {"code": "course_taken"},
    "training:course_learn": {"pk": "enrolment"},
    "training:course_progress": {"code": "course_taken"},
    "training:course_retire": {"code": "course_taken"},
    "training:course_take": {"code": "course_open"},
    "training:enrolment_withdraw": {"pk": "enrolment"},
    "training:hour_correct": {"pk": "hour_entry"},
    "training:lesson_detail": {"code": "lesson_code"},
    "training:lesson_draft": {"code": "lesson_code"},
    "training:lesson_drop": {"code": "lesson_code"},
    "training:lesson_move": {"code": "lesson_code"},
    "training:lesson_new": {"code": "course_taken"},
    "training:lesson_picture": {"pk": "lesson_picture"},
    "training:lesson_picture_add": {"code": "lesson_code"},
    "training:lesson_picture_remove": {"code": "=rights-lesson", "pk": "draft_picture"},
    "training:lesson_preview": {"code": "lesson_code"},
    "training:lesson_read": {"pk": "enrolment", "code": "=rights-lesson"},
    "training:lesson_retire": {"code": "lesson_code"},
    "training:mentor_end": {"pk": "mentorship"},
    "training:exam_detail": {"pk": "exam"},
    "training:exam_paper": {"pk": "exam"},
    "training:exam_results": {"pk": "exam"},
    "training:exam_retire": {"pk": "exam"},
    "training:question_detail": {"pk": "question"},
    "training:question_picture": {"pk": "question_picture"},
    "training:question_picture_add": {"pk": "question"},
    "training:question_replace": {"pk": "question"},
    "training:question_restore": {"pk": "question"},
    "training:question_retire": {"pk": "question"},
    "training:article_drop": {"code": "=rights-article"},
    "training:article_edit": {"code": "=rights-article"},
    "training:article_picture": {"pk": "article_picture"},
    "training:article_picture_remove": {"pk": "article_draft_picture"},
    "training:article_pictures": {"code": "=rights-article"},
    "training:article_place": {"code": "=rights-article"},
    "training:article_preview": {"code": "=rights-article"},
    "training:article_print": {"code": "=rights-article"},
    "training:article_review": {"code": "=rights-article"},
    "training:article_state": {"code": "=rights-article"},
    "training:article_version": {"code": "=rights-article", "number": "=1"},
    "training:article_versions": {"code": "=rights-article"},
    "training:case_detail": {"pk": "case"},
    "training:case_drop": {"pk": "waiting_case"},
    "training:case_edit": {"pk": "waiting_case"},
    "training:case_publish": {"pk": "waiting_case"},
    "training:handbook_article": {"code": "=rights-article"},
    "training_public:handbook_article": {"code": "=rights-article"},
    "training_public:handbook_picture": {"pk": "article_picture"},
    "training_public:handbook_print": {"code": "=rights-article"},
    "training:practical_detail": {"pk": "practical"},
    "training:practical_new": {"sheet": "sheet", "agent": "agent"},
    "training:sheet_detail": {"pk": "sheet"},
    "training:sheet_retire": {"pk": "sheet"},
    "training:sitting_detail": {"pk": "sitting"},
    "training:sitting_hand_in": {"pk": "sitting"},
    "training:sitting_paper": {"pk": "sitting"},
    "training:sitting_picture": {"pk": "question_picture"},
    "training:sitting_question": {"pk": "sitting", "place": "=1"},
    "training:sitting_result": {"pk": "sitting"},
    "training:sitting_start": {"code": "=RIGHTS-PRACTICE"},
}
# Rows that belong to no place.
TRAINING_SHARED = frozenset(
    {
        "=rights-article",
        "exam",
        "=RIGHTS-PRACTICE",
        "question",
        "question_picture",
        "sheet",
        "course_open",
        "course_taken",
        "lesson_code",
        "lesson_picture",
        "draft_picture",
        "article_picture",
        "article_draft_picture",
        "case",
        # Whether a certificate is good is told to everybody who has its number.
        "certificate_number",
    }
)


def training_facts(
    place: Place | None, key: Callable[[type[Model]], int], *, missing: int
) -> dict[str, object]:
    """Keys and numbers by which one can ask for what is learned at a place; `missing` where there is none."""
    certificate = place.row(Certificate) if place else None
    return {
        "certificate": key(Certificate),
        "enrolment": key(Enrolment),
        "hour_entry": key(HourEntry),
        "mentorship": key(Mentorship),
        "course_open": OPEN if place else "no-such-course",
        "course_taken": TAKEN if place else "no-such-course",
        "lesson_code": LESSON if place else "no-such-lesson",
        "lesson_picture": lesson_picture(is_draft=False) if place else missing,
        "draft_picture": lesson_picture(is_draft=True) if place else missing,
        "article_picture": article_picture(is_draft=False) if place else missing,
        "article_draft_picture": article_picture(is_draft=True) if place else missing,
        "case": published_case() if place else missing,
        "waiting_case": waiting_case(place.county_code) if place else missing,
        "certificate_print": key(CertificatePrint),
        "exam": key(Exam),
        "question": key(Question),
        "sitting": key(Sitting),
        "sheet": key(PracticalSheet),
        "practical": key(PracticalExam),
        "question_picture": question_picture() if place else missing,
        "certificate_number": certificate.number if certificate else MISSING_CERTIFICATE,
        "village_class": key(VillageClass),
        "attendee": key(Attendee),
        "class_photo": key(ClassPhoto),
        "publicity": key(Publicity),
    }
