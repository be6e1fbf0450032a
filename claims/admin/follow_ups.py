"""Follow-ups and scores as rows: read here, recorded on their own pages."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import badge, link_to, moment_column
from claims.models import FollowUp, Score
from claims.models.follow_ups import FollowUpState
from claims.rules.follow_ups import LOW

STATE_TONES = {
    FollowUpState.OPEN: "info",
    FollowUpState.DONE: "good",
    FollowUpState.EXHAUSTED: "warn",
    FollowUpState.VOID: "neutral",
}


@admin.register(FollowUp)
class FollowUpAdmin(ReadOnlyAdmin):
    list_display = (
        "claim_link",
        "kind",
        "state_shown",
        "caller",
        moment_column("opened_at", _("since")),
        moment_column("due_at", _("due")),
        moment_column("ended_at", _("ended")),
    )
    list_select_related = ("claim", "caller")
    list_filter = ("state", "kind")
    ordering = ("-id",)
    sortable_by = ()

    @admin.display(description=_("claim"))
    def claim_link(self, follow_up):
        return link_to(follow_up.claim)

    @admin.display(description=_("state"))
    def state_shown(self, follow_up):
        return badge(follow_up.get_state_display(), STATE_TONES[follow_up.state])


@admin.register(Score)
class ScoreAdmin(ReadOnlyAdmin):
    list_display = (
        "claim_link",
        "stars_shown",
        "source",
        "by",
        moment_column("at", _("when")),
        "comment",
    )
    list_select_related = ("claim", "by")
    list_filter = ("stars", "source")
    ordering = ("-id",)
    sortable_by = ()

    @admin.display(description=_("claim"))
    def claim_link(self, score):
        return link_to(score.claim)

    @admin.display(description=_("rating"))
    def stars_shown(self, score):
        return badge(f"{score.stars} / 5", "bad" if score.stars <= LOW else "good")
