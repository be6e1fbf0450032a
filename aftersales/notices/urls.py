from django.urls import path

from aftersales.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.InboxView.as_view(), name="inbox"),
    path("read/", views.MarkAllReadView.as_view(), name="mark_all_read"),
    path("settings/", views.SettingsView.as_view(), name="settings"),
    path("<uuid:pk>/open/", views.NoticeOpenView.as_view(), name="notice_open"),
]
