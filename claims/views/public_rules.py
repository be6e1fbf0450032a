"""The rules of compensation in plain words with worked examples, and every version of them; no account."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from claims.models import CompensationPolicy
from claims.models.orders import Unit
from claims.queries.clock_policies import in_force
from claims.queries.policies import policy_for, terms_of, versions_in
from claims.rules.classification import GoodsType
from claims.rules.clocks import Clock
from claims.rules.compensation import cumulative_award
from claims.services.lines import written
from claims.views import policy_words
from claims.views.clock_words import amount_words
from claims.views.formula import formula_of
from claims.views.public import counties_with_a_fund

EXAMPLES = ((3, 20, 4000), (5, 12, 3990), (20, 20, 2990))
"""Bad pieces, all pieces, paid in fen; the second falls on half a fen."""
EXAMPLE_FREIGHT_FEN = 600


class RulesView(TemplateView):
    """The terms in force, in plain words with worked examples; of one county with ?county=code.

    ?version=key shows one of the published versions instead. Unknown codes and keys fall back to what is in
    force in the programme.
    """

    template_name = "claims/public_rules.html"

    def get_context_data(self, **kwargs):
        today = timezone.localdate()
        counties = counties_with_a_fund()
        asked = self.request.GET.get("county", "")
        county = next((county for county in counties if county.code == asked), None)
        code = county.code if county else ""
        current = policy_for(code, today)
        versions = versions_in(code)
        wanted = self.request.GET.get("version", "")
        shown = next((each.policy for each in versions if str(each.policy.pk) == wanted), None)
        policy = shown or current
        return super().get_context_data(
            policy=policy,
            shown=shown,
            county=county,
            counties=counties,
            examples=examples_of(policy),
            tiers=terms_of(policy).tiers,
            tolerance=policy.tolerance_permille / 10 if policy.tolerance_permille else None,
            bonus=policy_words.words(policy, "coupon_bonus_permille"),
            said=policy_words.said(policy, policy_words.PUBLIC),
            versions=[
                {
                    "policy": each.policy,
                    "last_day": each.last_day,
                    "is_ahead": each.policy.valid_from > today,
                    "is_in_force": each.policy == current,
                    "has_before": each.before is not None,
                    "changes": policy_words.changes(each.before, each.policy, policy_words.PUBLIC)
                    if each.before
                    else [],
                }
                for each in versions
            ],
            promises=promises_of(code, today),
            **kwargs,
        )


def examples_of(policy: CompensationPolicy) -> list[dict[str, Any]]:
    """A few purchases with what this version pays for them."""
    terms = terms_of(policy)
    drawn = []
    for bad, total, paid in EXAMPLES:
        award = cumulative_award(
            bad_milli=bad * 1000,
            total_milli=total * 1000,
            paid_fen=paid,
            freight_fen=EXAMPLE_FREIGHT_FEN,
            terms=terms,
        )
        drawn.append(
            formula_of(
                written(award),
                Unit.PIECE,
                bad_milli=bad * 1000,
                total_milli=total * 1000,
                paid_fen=terms.basis_fen(paid, EXAMPLE_FREIGHT_FEN),
                amount_fen=award.amount_fen,
            )
        )
    return drawn


def promises_of(county_code: str, today) -> list[tuple[str, str]]:
    """How long settling may take, by goods, as it is promised today."""
    _policy, allowances = in_force(county_code, today)
    named = (
        (_("Fresh fruit, vegetables, meat and fish"), GoodsType.FRESH_FRUIT),
        (_("Other farm produce"), GoodsType.PRODUCE),
        (_("Household appliances"), GoodsType.APPLIANCE),
        (_("Agricultural inputs"), GoodsType.AGRICULTURAL_INPUTS),
        (_("Everything else"), GoodsType.INDUSTRIAL),
    )
    return [
        (words, amount_words(handling.amount, handling.basis))
        for words, goods in named
        if (handling := allowances.rule(Clock.HANDLING, goods_type=goods, nature="", severity=""))
    ]
