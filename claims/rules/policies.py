"""docs/rules/compensation.md: what a version of the terms of compensation consists of."""

FIGURES = (
    "kind",
    "tiers",
    "includes_freight",
    "tolerance_permille",
    "multiplier_permille",
    "minimum_fen",
    "cap_fen",
    "coupon_bonus_permille",
    "coupon_days",
    "photos_required",
    "automatic_limit_fen",
    "officer_limit_fen",
    "station_day_limit_fen",
    "fund_month_limit_fen",
    "claim_limit_fen",
    "person_day_limit_fen",
    "review_sample_permille",
    "appeal_days",
    "demand_days",
    "incentive_fen",
    "published_text",
)
"""What a version says, beside where and from when it counts."""
