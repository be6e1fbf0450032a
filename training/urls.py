"""The addresses of learning: courses, exams, certificates, classes and the handbook."""

from django.urls import URLPattern, path

from training.views import home, learning, lesson_texts, records

app_name = "training"

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

urlpatterns: list[URLPattern] = [
    *LEARNING,
    *RECORDS,
]
