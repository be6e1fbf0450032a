"""Refusals, appeals against them, second looks at what the rule paid: read here, done on their pages."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from aftersales.web.admin_columns import badge, moment_column
from claims.admin.filters import PlaceFilter
from claims.admin.of_claim import OfClaimAdmin
from claims.models import Appeal, Refusal, ReviewSample
from claims.models.appeals import AppealState
from claims.models.reviews import Verdict
from claims.views.appeals import TONES as APPEAL_TONES
from claims.views.reviews import TONES as REVIEW_TONES


@admin.register(Refusal)
class RefusalAdmin(OfClaimAdmin):
    list_display = (
        "claim_link",
        "station",
        "code",
        "level",
        "refused_by",
        moment_column("refused_at", gettext_lazy("refused on")),
        "appeal_until",
    )
    list_select_related = ("claim", "station", "refused_by")
    list_filter = ("code", "level", PlaceFilter)
    fields = readonly_fields = (
        "claim_link",
        "round",
        "station",
        "policy",
        "code",
        "text",
        "level",
        "refused_by",
        "refused_at",
        "appeal_until",
    )


@admin.register(Appeal)
class AppealAdmin(OfClaimAdmin):
    list_display = (
        "claim_link",
        "station",
        "state_shown",
        "needs_level",
        moment_column("filed_at", gettext_lazy("filed")),
        "answer_by",
        "answered_by",
    )
    list_select_related = ("claim", "station", "answered_by")
    list_filter = ("state", "needs_level", PlaceFilter)
    fields = readonly_fields = (
        "claim_link",
        "station",
        "state_shown",
        "text",
        "filed_how",
        "filed_by",
        "filed_at",
        "answer_by",
        "needs_level",
        "answer",
        "level",
        "answered_by",
        "answered_at",
    )

    @admin.display(description=gettext_lazy("state"))
    def state_shown(self, appeal):
        return badge(appeal.get_state_display(), APPEAL_TONES[AppealState(appeal.state)])


@admin.register(ReviewSample)
class ReviewSampleAdmin(OfClaimAdmin):
    list_display = (
        "claim_link",
        "station",
        "filed_by",
        moment_column("drawn_at", gettext_lazy("drawn")),
        "result",
        "judged_by",
    )
    list_select_related = ("claim", "station", "filed_by", "judged_by")
    list_filter = ("verdict", PlaceFilter)
    fields = readonly_fields = (
        "claim_link",
        "station",
        "filed_by",
        "drawn_at",
        "result",
        "reason",
        "judged_by",
        "judged_at",
    )

    @admin.display(description=gettext_lazy("result"))
    def result(self, sample):
        return badge(sample.get_verdict_display(), REVIEW_TONES[Verdict(sample.verdict)])
