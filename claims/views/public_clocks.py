"""The promises in force and every version before them, in plain words, without an account."""

from __future__ import annotations

from django.utils import timezone
from django.views.generic import TemplateView

from claims.models.clock_policies import PolicyKind
from claims.queries.clock_policies import allowances_of, policy_on, versions_in
from claims.views import clock_words
from claims.views.public import counties_with_a_fund


class ClocksView(TemplateView):
    """How long each step may take, and what changed when; of one county with ?county=code.

    ?version=key reads one of the published versions in full. Unknown codes and keys fall back to what is in
    force in the programme.
    """

    template_name = "claims/public_clocks.html"

    def get_context_data(self, **kwargs):
        today = timezone.localdate()
        counties = counties_with_a_fund()
        asked = self.request.GET.get("county", "")
        county = next((each for each in counties if each.code == asked), None)
        code = county.code if county else ""
        pairs = [pair for kind in (PolicyKind.SERVICE, PolicyKind.LAW) for pair in versions_in(code, kind)]
        in_force = {kind: policy_on(code, today, kind) for kind in (PolicyKind.SERVICE, PolicyKind.LAW)}
        wanted = self.request.GET.get("version", "")
        shown = next((policy for policy, _before in pairs if str(policy.pk) == wanted), None)
        said = allowances_of(
            {policy.pk for policy, _before in pairs} | {each.pk for each in in_force.values()}
        )
        policies = [shown] if shown else list(in_force.values())
        return super().get_context_data(
            county=county,
            counties=counties,
            shown=shown,
            policies=[
                {
                    "policy": policy,
                    "families": clock_words.families(said[policy.pk].rules),
                    "pauses": clock_words.pauses(said[policy.pk].longest_pause),
                }
                for policy in policies
            ],
            histories=[
                [
                    {
                        "policy": policy,
                        "is_ahead": policy.valid_from > today,
                        "is_in_force": policy == in_force[kind],
                        "has_before": before is not None,
                        "changes": _changes(said, policy, before),
                    }
                    for policy, before in pairs
                    if policy.kind == kind
                ]
                for kind in in_force
            ],
            **kwargs,
        )


def _changes(said, policy, before) -> list[clock_words.ChangeWords]:
    if before is None:
        return []
    old, new = said[before.pk], said[policy.pk]
    return clock_words.changes(old.rules, new.rules, old.longest_pause, new.longest_pause)
