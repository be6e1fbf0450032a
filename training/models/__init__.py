from training.models.certificates import Certificate, CertificatePrint
from training.models.classes import Attendee, ClassPhoto, Publicity, VillageClass
from training.models.courses import (
    Attachment,
    Course,
    Enrolment,
    HourEntry,
    Lesson,
    LessonProgress,
    LessonVersion,
    Mentorship,
)
from training.models.exams import (
    Exam,
    PracticalExam,
    PracticalSheet,
    Question,
    Sitting,
    SittingAnswer,
    SkillsCheck,
)
from training.models.handbook import Article, ArticleVersion, ArticleVote, CaseStudy

__all__ = [
    "Article",
    "ArticleVersion",
    "ArticleVote",
    "Attachment",
    "Attendee",
    "CaseStudy",
    "Certificate",
    "CertificatePrint",
    "ClassPhoto",
    "Course",
    "Enrolment",
    "Exam",
    "HourEntry",
    "Lesson",
    "LessonProgress",
    "LessonVersion",
    "Mentorship",
    "PracticalExam",
    "PracticalSheet",
    "Publicity",
    "Question",
    "Sitting",
    "SittingAnswer",
    "SkillsCheck",
    "VillageClass",
]
