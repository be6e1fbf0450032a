"""What a person makes of a flag. docs/rules/flags.md, section 4."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import ClaimFlag
from claims.models.flags import Verdict
from claims.queries import decisions
from claims.services import deciding

NOTE_SIGNS = 4


def judge(*, flag: ClaimFlag, verdict: str, note: str, was: str, by: User, now: datetime) -> ClaimFlag:
    """Say what a person made of a flag: harmless, or misuse confirmed with a note why.

    `was`: the verdict that the person saw. A verdict may be changed; each change stays in history. Whoever
    filed the claim, worked its amount out or gains from it does not judge.

    Raises Refused("unknown_flag"), Refused("unknown_verdict"), Refused("note_missing"),
    Refused("conflict"), Refused("stale") when somebody was faster or the reason is gone.
    """
    note = note.strip()
    found = ClaimFlag.objects.select_related("claim__consumer").filter(pk=flag.pk).first()
    if found is None:
        raise Refused(_("There is no such flag."), code="unknown_flag")
    if verdict not in Verdict.values:
        raise Refused(_("Say what you found."), code="unknown_verdict", field="verdict")
    if verdict == Verdict.CONFIRMED and len(note) < NOTE_SIGNS:
        raise Refused(_("Write down what shows the misuse."), code="note_missing", field="note")
    conflict = decisions.conflict_of(by, found.claim)
    if conflict is not None:
        raise deciding.conflict_refusal(conflict)
    with transaction.atomic():
        # Past the scope on purpose, as in claims.services.moves.
        judged = ClaimFlag._base_manager.filter(pk=found.pk, verdict=was, lapsed_at__isnull=True).update(
            verdict=verdict, note=note, judged_by=by, judged_at=now
        )
        if not judged:
            raise Refused(
                _("Somebody else has just judged this, or its reason is gone. Reload to see it."),
                code="stale",
            )
        trail.record(
            "flag.judged",
            by=by,
            obj=found,
            before={"verdict": was},
            after={"code": found.code, "verdict": verdict},
            reason=note,
            at=now,
        )
    return ClaimFlag.objects.get(pk=found.pk)
