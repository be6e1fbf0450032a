"""The addresses of learning: courses, exams, certificates, classes and the handbook."""

from django.urls import URLPattern, path

from training.views import (
    certificate_prints,
    certificates,
    class_months,
    class_people,
    class_pictures,
    class_prints,
    classes,
    home,
    learning,
    lesson_texts,
    own_certificates,
    publicity,
    records,
    skills_checks,
)

app_name = "training"

CLASSES = [
    path("classes/", classes.ClassList.as_view(), name="class_list"),
    path("classes/<int:pk>/", classes.ClassDetail.as_view(), name="class_detail"),
    path("classes/<int:pk>/cancel/", classes.ClassCancel.as_view(), name="class_cancel"),
    path("classes/<int:pk>/correct/", classes.ClassCorrect.as_view(), name="class_correct"),
    path("classes/<int:pk>/edit/", classes.ClassEdit.as_view(), name="class_edit"),
    path("classes/<int:pk>/held/", classes.ClassHold.as_view(), name="class_hold"),
    path("classes/<int:pk>/names/", class_people.ClassNames.as_view(), name="class_names"),
    path("classes/<int:pk>/names/show/", class_people.ClassNamesShow.as_view(), name="class_names_show"),
    path("classes/<int:pk>/photos/", class_pictures.ClassPhotos.as_view(), name="class_photos"),
    path("classes/<int:pk>/poster/", class_prints.ClassPoster.as_view(), name="class_poster"),
    path("classes/<int:pk>/sheet/", class_prints.ClassSheet.as_view(), name="class_sheet"),
    path("classes/month/", class_months.ClassMonth.as_view(), name="class_month"),
    path("classes/names/<int:pk>/remove/", class_people.ClassNameRemove.as_view(), name="class_name_remove"),
    path("classes/new/", classes.ClassNew.as_view(), name="class_new"),
    path("classes/photos/<int:pk>.jpg", class_pictures.ClassPhotoFile.as_view(), name="class_photo"),
    path(
        "classes/photos/<int:pk>/remove/",
        class_pictures.ClassPhotoRemove.as_view(),
        name="class_photo_remove",
    ),
    path("publicity/", publicity.PublicityList.as_view(), name="publicity_list"),
    path("publicity/<int:pk>/photos/", class_pictures.PublicityPhotos.as_view(), name="publicity_photos"),
    path("publicity/<int:pk>/withdraw/", publicity.PublicityWithdraw.as_view(), name="publicity_withdraw"),
    path("publicity/new/", publicity.PublicityNew.as_view(), name="publicity_new"),
]

CERTIFICATES = [
    path("certificates/", certificates.CertificateList.as_view(), name="certificate_list"),
    path("certificates/<int:pk>/", certificates.CertificateDetail.as_view(), name="certificate_detail"),
    path(
        "certificates/<int:pk>/consent/",
        own_certificates.CertificateConsent.as_view(),
        name="certificate_consent",
    ),
    path("certificates/<int:pk>/pdf/", own_certificates.CertificateFile.as_view(), name="certificate_file"),
    path(
        "certificates/<int:pk>/revoke/", certificates.CertificateRevoke.as_view(), name="certificate_revoke"
    ),
    path("certificates/candidates/", certificates.CandidateList.as_view(), name="certificate_candidates"),
    path("certificates/issue/", certificates.CertificateIssue.as_view(), name="certificate_issue"),
    path("certificates/mine/", own_certificates.OwnCertificates.as_view(), name="certificate_own"),
    path("certificates/prints/", certificate_prints.PrintList.as_view(), name="print_list"),
    path("certificates/prints/<int:pk>/", certificate_prints.PrintDetail.as_view(), name="print_detail"),
    path("certificates/prints/<int:pk>/file/", certificate_prints.PrintFile.as_view(), name="print_file"),
    path("certificates/prints/new/", certificate_prints.PrintNew.as_view(), name="print_new"),
]

LEARNING = [
    path("", home.Home.as_view(), name="home"),
    path("lesson-pictures/<int:pk>/", lesson_texts.LessonPicture.as_view(), name="lesson_picture"),
    path("my-courses/", learning.MyCourses.as_view(), name="my_courses"),
    path("my-courses/<int:pk>/", learning.CourseLearn.as_view(), name="course_learn"),
    path("my-courses/<int:pk>/<slug:code>/", learning.LessonRead.as_view(), name="lesson_read"),
    path("take/<slug:code>/", learning.CourseTake.as_view(), name="course_take"),
]

RECORDS = [
    path("people/<int:pk>/record/", records.PersonRecord.as_view(), name="person_record"),
    path("record/", records.OwnRecord.as_view(), name="own_record"),
]

SKILLS = [
    path("my-skills-checks/", skills_checks.MySkillsChecks.as_view(), name="my_skills_checks"),
    path("skills-checks/", skills_checks.SkillsCheckList.as_view(), name="skills_checks"),
    path(
        "skills-checks/<slug:quarter>/<int:agent_id>/",
        skills_checks.SkillsCheckRecord.as_view(),
        name="skills_check",
    ),
]

urlpatterns: list[URLPattern] = [
    *CERTIFICATES,
    *CLASSES,
    *LEARNING,
    *RECORDS,
    *SKILLS,
]
