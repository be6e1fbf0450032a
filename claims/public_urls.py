from django.urls import path

from claims.views import (
    calendar_feeds,
    provider_links,
    provider_statements,
    public,
    public_clocks,
    public_refusals,
    public_rules,
    rule_changes,
    scores,
)

app_name = "public"
urlpatterns = [
    path("track/", public.TrackView.as_view(), name="track"),
    path("track/letter/", public_refusals.LetterView.as_view(), name="track_letter"),
    path("track/appeal/", public_refusals.AppealView.as_view(), name="track_appeal"),
    path("track/score/", scores.ScoreView.as_view(), name="score"),
    path("p/<str:key>/", provider_links.ProviderLink.as_view(), name="provider_link"),
    path("rules/", public_rules.RulesView.as_view(), name="rules"),
    path("rules/changes/", rule_changes.RuleChangesView.as_view(), name="rule_changes"),
    path("rules/clocks/", public_clocks.ClocksView.as_view(), name="clocks"),
    path(
        "p/statement/<str:token>/",
        provider_statements.ProviderStatementLink.as_view(),
        name="provider_statement",
    ),
    path("calendar/<str:token>.ics", calendar_feeds.CalendarFeedView.as_view(), name="calendar_feed"),
]
