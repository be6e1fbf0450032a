"""Flags: what should make a person look at a claim. docs/rules/flags.md.

Advice only: a flag moves a claim to a person, it never refuses one.
"""

SAME_PHOTO = "same_photo"
LIKE_PHOTO = "like_photo"
PHOTO_BEFORE_GOODS = "photo_before_goods"
PHOTO_OLD = "photo_old"
MANY_CLAIMS = "many_claims"
MANY_HOUSEHOLD = "many_household"
MANY_AGENT = "many_agent"
MANY_MERCHANT = "many_merchant"
MANY_BATCH = "many_batch"
AMOUNT_UNUSUAL = "amount_unusual"
OWN_CLAIM = "own_claim"
OBJECTED = "objected"
