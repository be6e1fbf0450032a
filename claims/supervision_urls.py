"""Pages of supervision: checks, findings, quarterly evaluations and what follows from them."""

from django.urls import path

from claims.views import check_items, checks, evaluations, findings, improvement

app_name = "supervision"
urlpatterns = [
    path("", checks.CheckList.as_view(), name="check_list"),
    path("new/", checks.CheckNew.as_view(), name="check_new"),
    path("<int:pk>/", checks.CheckDetail.as_view(), name="check_detail"),
    path("<int:pk>/close/", checks.CheckClose.as_view(), name="check_close"),
    path("<int:pk>/claims/<int:position>/", check_items.CheckedClaim.as_view(), name="check_item"),
    path("<int:pk>/finding/", findings.FindingNew.as_view(), name="finding_new"),
    path("findings/", findings.FindingList.as_view(), name="finding_list"),
    path("findings/<int:pk>/", findings.FindingDetail.as_view(), name="finding_detail"),
    path("findings/<int:pk>/<str:step>/", findings.FindingStep.as_view(), name="finding_step"),
    path("evaluations/", evaluations.EvaluationList.as_view(), name="evaluation_list"),
    path("evaluations/<int:pk>/", evaluations.EvaluationDetail.as_view(), name="evaluation_detail"),
    path(
        "evaluations/new/<str:county_code>/<str:quarter>/",
        evaluations.EvaluationNew.as_view(),
        name="evaluation_new",
    ),
    path("evaluations/<int:pk>/measure/", improvement.MeasureNew.as_view(), name="measure_new"),
    path("measures/<int:pk>/", improvement.MeasureEnd.as_view(), name="measure_end"),
]
