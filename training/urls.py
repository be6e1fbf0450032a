"""The addresses of learning: courses, exams, certificates, classes and the handbook."""

from django.urls import URLPattern, path

from training.views import (
    article_drafts,
    article_texts,
    case_studies,
    certificate_prints,
    certificates,
    class_months,
    class_people,
    class_pictures,
    class_prints,
    classes,
    courses,
    enrolling,
    exam_results,
    exams,
    figures,
    handbook,
    handbook_desk,
    home,
    hours,
    learning,
    lesson_texts,
    lessons,
    mentors,
    own_certificates,
    practicals,
    publicity,
    question_lists,
    questions,
    records,
    sheets,
    sittings,
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

COURSES = [
    path("courses/", courses.CourseList.as_view(), name="course_list"),
    path("courses/new/", courses.CourseNew.as_view(), name="course_new"),
    path("courses/<slug:code>/", courses.CourseDetail.as_view(), name="course_detail"),
    path("courses/<slug:code>/edit/", courses.CourseEdit.as_view(), name="course_edit"),
    path("courses/<slug:code>/enrol/", enrolling.Enrol.as_view(), name="course_enrol"),
    path("courses/<slug:code>/lessons/new/", lessons.LessonNew.as_view(), name="lesson_new"),
    path("courses/<slug:code>/progress/", enrolling.Progress.as_view(), name="course_progress"),
    path("courses/<slug:code>/retire/", courses.CourseRetire.as_view(), name="course_retire"),
    path("enrolments/<int:pk>/withdraw/", enrolling.Withdraw.as_view(), name="enrolment_withdraw"),
    path("lessons/<slug:code>/", lessons.LessonDetail.as_view(), name="lesson_detail"),
    path("lessons/<slug:code>/draft/", lessons.LessonDraft.as_view(), name="lesson_draft"),
    path("lessons/<slug:code>/draft/drop/", lessons.DraftDrop.as_view(), name="lesson_drop"),
    path("lessons/<slug:code>/draft/pictures/", lessons.PictureAdd.as_view(), name="lesson_picture_add"),
    path(
        "lessons/<slug:code>/draft/pictures/<int:pk>/remove/",
        lessons.PictureRemove.as_view(),
        name="lesson_picture_remove",
    ),
    path("lessons/<slug:code>/draft/preview/", lessons.LessonPreview.as_view(), name="lesson_preview"),
    path("lessons/<slug:code>/move/", lessons.LessonMove.as_view(), name="lesson_move"),
    path("lessons/<slug:code>/retire/", lessons.LessonRetire.as_view(), name="lesson_retire"),
]

HOURS = [
    path("hours/", hours.HourPeople.as_view(), name="hour_people"),
    path("hours/<int:pk>/correct/", hours.HourCorrect.as_view(), name="hour_correct"),
    path("hours/ledger/", hours.HourLedger.as_view(), name="hour_ledger"),
    path("hours/new/", hours.HourNew.as_view(), name="hour_new"),
    path("mentors/", mentors.MentorList.as_view(), name="mentor_list"),
    path("mentors/<int:pk>/end/", mentors.MentorEnd.as_view(), name="mentor_end"),
    path("mentors/new/", mentors.MentorNew.as_view(), name="mentor_new"),
    path("my-hours/", hours.MyHours.as_view(), name="my_hours"),
]

HANDBOOK = [
    path("cases/", case_studies.CaseList.as_view(), name="case_list"),
    path("cases/<int:pk>/", case_studies.CaseDetail.as_view(), name="case_detail"),
    path("cases/desk/", case_studies.CaseDesk.as_view(), name="case_desk"),
    path("cases/desk/<int:pk>/", case_studies.CaseEdit.as_view(), name="case_edit"),
    path("cases/desk/<int:pk>/drop/", case_studies.CaseDrop.as_view(), name="case_drop"),
    path("cases/desk/<int:pk>/publish/", case_studies.CasePublish.as_view(), name="case_publish"),
    path("handbook/", handbook.Handbook.as_view(), name="handbook"),
    path("handbook/a/<slug:code>/", handbook.HandbookArticle.as_view(), name="handbook_article"),
    path("handbook/a/<slug:code>/drop/", article_drafts.ArticleDrop.as_view(), name="article_drop"),
    path("handbook/a/<slug:code>/edit/", article_drafts.ArticleEdit.as_view(), name="article_edit"),
    path(
        "handbook/a/<slug:code>/pictures/", article_drafts.ArticlePictures.as_view(), name="article_pictures"
    ),
    path("handbook/a/<slug:code>/place/", handbook_desk.ArticlePlace.as_view(), name="article_place"),
    path("handbook/a/<slug:code>/preview/", article_drafts.ArticlePreview.as_view(), name="article_preview"),
    path("handbook/a/<slug:code>/print/", handbook.ArticlePrint.as_view(), name="article_print"),
    path("handbook/a/<slug:code>/review/", handbook_desk.ArticleReview.as_view(), name="article_review"),
    path("handbook/a/<slug:code>/state/", handbook_desk.ArticleState.as_view(), name="article_state"),
    path(
        "handbook/a/<slug:code>/versions/", article_drafts.ArticleVersions.as_view(), name="article_versions"
    ),
    path(
        "handbook/a/<slug:code>/versions/<int:number>/",
        article_drafts.ArticleVersionPage.as_view(),
        name="article_version",
    ),
    path("handbook/about/", handbook.HandbookAbout.as_view(), name="handbook_about"),
    path("handbook/desk/", handbook_desk.HandbookDesk.as_view(), name="handbook_desk"),
    path("handbook/new/", handbook_desk.ArticleNew.as_view(), name="article_new"),
    path("handbook/pictures/<int:pk>/", article_texts.ArticlePicture.as_view(), name="article_picture"),
    path(
        "handbook/pictures/<int:pk>/remove/",
        article_drafts.ArticlePictureRemove.as_view(),
        name="article_picture_remove",
    ),
    path("handbook/reviews/", handbook_desk.HandbookReviews.as_view(), name="handbook_reviews"),
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

SITTINGS = [
    path("practicals/", practicals.PracticalList.as_view(), name="practical_list"),
    path("practicals/<int:pk>/", practicals.PracticalDetail.as_view(), name="practical_detail"),
    path("practicals/candidates/", practicals.CandidateList.as_view(), name="practical_candidates"),
    path("practicals/new/<int:sheet>/<int:agent>/", practicals.PracticalNew.as_view(), name="practical_new"),
    path("sheets/", sheets.SheetList.as_view(), name="sheet_list"),
    path("sheets/<int:pk>/", sheets.SheetDetail.as_view(), name="sheet_detail"),
    path("sheets/<int:pk>/retire/", sheets.SheetRetire.as_view(), name="sheet_retire"),
    path("sheets/new/", sheets.SheetNew.as_view(), name="sheet_new"),
    path("sittings/", sittings.SittingList.as_view(), name="sitting_list"),
    path("sittings/<int:pk>/", sittings.SittingDetail.as_view(), name="sitting_detail"),
    path("sittings/<int:pk>/<int:place>/", sittings.SittingQuestion.as_view(), name="sitting_question"),
    path("sittings/<int:pk>/hand-in/", sittings.SittingHandIn.as_view(), name="sitting_hand_in"),
    path("sittings/<int:pk>/paper/", sittings.SittingPaper.as_view(), name="sitting_paper"),
    path("sittings/<int:pk>/result/", sittings.SittingResult.as_view(), name="sitting_result"),
    path("sittings/begin/<slug:code>/", sittings.SittingStart.as_view(), name="sitting_start"),
    path("sittings/pictures/<int:pk>/", sittings.SittingPicture.as_view(), name="sitting_picture"),
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

FIGURES = [
    path("figures/", figures.Figures.as_view(), name="figures"),
]

EXAMS = [
    path("exams/", exams.ExamList.as_view(), name="exam_list"),
    path("exams/<int:pk>/", exams.ExamDetail.as_view(), name="exam_detail"),
    path("exams/<int:pk>/paper/", exams.ExamPaper.as_view(), name="exam_paper"),
    path("exams/<int:pk>/results/", exam_results.ExamResults.as_view(), name="exam_results"),
    path("exams/<int:pk>/retire/", exams.ExamRetire.as_view(), name="exam_retire"),
    path("exams/new/", exams.ExamNew.as_view(), name="exam_new"),
]

QUESTIONS = [
    path("questions/", questions.QuestionList.as_view(), name="question_list"),
    path("questions/<int:pk>/", questions.QuestionDetail.as_view(), name="question_detail"),
    path("questions/<int:pk>/correct/", questions.QuestionReplace.as_view(), name="question_replace"),
    path("questions/<int:pk>/picture/", questions.QuestionPictureAdd.as_view(), name="question_picture_add"),
    path(
        "questions/<int:pk>/restore/", questions.QuestionUse.as_view(step="restore"), name="question_restore"
    ),
    path("questions/<int:pk>/retire/", questions.QuestionUse.as_view(step="retire"), name="question_retire"),
    path("questions/import/", question_lists.QuestionImport.as_view(), name="question_import"),
    path("questions/import/list/", question_lists.QuestionTemplate.as_view(), name="question_template"),
    path("questions/new/", questions.QuestionNew.as_view(), name="question_new"),
    path("questions/pictures/<int:pk>.jpg", questions.QuestionPicture.as_view(), name="question_picture"),
]

urlpatterns: list[URLPattern] = [
    *CERTIFICATES,
    *CLASSES,
    *COURSES,
    *EXAMS,
    *FIGURES,
    *HOURS,
    *HANDBOOK,
    *LEARNING,
    *QUESTIONS,
    *RECORDS,
    *SITTINGS,
    *SKILLS,
]
