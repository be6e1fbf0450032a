"""Flags in words: what was noticed, with the numbers behind it."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from aftersales.web.formats import day, moment, money
from claims.queries.flags import Standing
from claims.rules import flags

WORDS = {
    flags.PHOTO_BEFORE_GOODS: _(
        "A photo was taken before the goods arrived: %(taken_at)s, the goods %(goods_at)s."
    ),
    flags.PHOTO_OLD: _("A photo was taken %(days)s days before the claim was filed."),
    flags.MANY_CLAIMS: _("%(count)s claims from this phone within %(days)s days."),
    flags.MANY_HOUSEHOLD: _(
        "%(count)s claims from one household within %(days)s days, by %(people)s people."
    ),
    flags.MANY_AGENT: _(
        "%(count)s claims filed by the same person within %(days)s days; usual for them: %(usual)s."
    ),
    flags.MANY_MERCHANT: _(
        "%(count)s claims about this merchant in the county within %(days)s days; usual: %(usual)s."
    ),
    flags.MANY_BATCH: _("%(count)s claims about this batch in the county within %(days)s days."),
    flags.OWN_CLAIM: _("The person who filed it gains from it."),
    flags.OBJECTED: _("Second looks objected to earlier claims of the person who filed it: %(count)s."),
}
UNUSUAL = {
    "station": _("The amount of %(amount)s is unusual: at this station %(usual)s is (claims: %(count)s)."),
    "county": _("The amount of %(amount)s is unusual: in this county %(usual)s is (claims: %(count)s)."),
}
SAME_HERE = _("Claim %(number)s has the same photo.")
SAME_ELSEWHERE = _("A claim in another county has the same photo; it was filed on %(day)s.")
LIKE_HERE = _("A photo looks like one of claim %(number)s: %(agreeing)s of %(signs)s signs agree.")
LIKE_ELSEWHERE = _(
    "A photo looks like one in another county, filed on %(day)s: %(agreeing)s of %(signs)s signs agree."
)


def reason(standing: Standing) -> str:
    """The sentence that says why a person should look."""
    flag, other = standing.flag, standing.other
    if other is not None:
        is_same = flag.code == flags.SAME_PHOTO
        if other.number:
            return (SAME_HERE if is_same else LIKE_HERE) % {**flag.facts, "number": other.number}
        return (SAME_ELSEWHERE if is_same else LIKE_ELSEWHERE) % {**flag.facts, "day": day(other.filed_at)}
    if flag.code == flags.AMOUNT_UNUSUAL:
        facts = flag.facts
        shown = {"amount": money(facts["amount_fen"]), "usual": money(facts["usual_fen"])}
        return UNUSUAL[facts["where"]] % {**facts, **shown}
    return WORDS[flag.code] % _with_moments(flag.facts)


def _with_moments(facts: dict) -> dict:
    return {
        name: moment(datetime.fromisoformat(value)) if name.endswith("_at") else value
        for name, value in facts.items()
    }
