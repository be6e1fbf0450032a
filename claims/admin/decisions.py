"""Deciding about compensations from the list: what is known on one page, then the service row by row."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aftersales.web.admin import ServiceAction
from aftersales.web.formats import money
from aftersales.web.service_forms import NoteField
from claims.models.choices import RejectionCode
from claims.queries.dossiers import Dossier, dossiers
from claims.services import compensation as service
from claims.views.compensation import CONFLICTS, REASONS, UNDECIDED
from claims.views.flag_words import reason
from claims.views.formula import formula
from claims.views.tones import STATE_TONES

LOOKED_THROUGH_AT_ONCE = 20
NO_VERSION = 0


class RefusalForm(forms.Form):
    """Refusing names the rule and explains it in words a villager understands."""

    code = forms.ChoiceField(label=_("Rule"), choices=RejectionCode)
    text = NoteField(
        label=_("Explanation to the consumer"),
        max_length=500,
        min_length=4,
        help_text=_("The consumer reads it on the progress page: what was missing, and what they can do."),
    )


class ReasonForm(forms.Form):
    reason = NoteField(label=_("Reason"), max_length=300, min_length=4)


def cards(compensations, *, user) -> list[dict]:
    """The dossiers of some compensations as templates/admin/claims/parts/dossier.html shows them."""
    return [_card(each) for each in dossiers(compensations, reader=user, now=timezone.now())]


def _card(dossier: Dossier) -> dict:
    compensation = dossier.compensation
    is_undecided = compensation.state in UNDECIDED
    return {
        "dossier": dossier,
        "compensation": compensation,
        "claim": compensation.claim,
        "formula": formula(compensation, compensation.claim.order_line.unit),
        "tone": STATE_TONES[compensation.state],
        "flags": [reason(each) for each in dossier.flags],
        "reasons": [REASONS[code] for code in compensation.level_reasons if code in REASONS],
        "conflict": CONFLICTS[dossier.conflict] if dossier.conflict and is_undecided else "",
        "is_too_low": dossier.level_is_too_low and is_undecided,
    }


class Decision(ServiceAction):
    """An action on compensations that shows each one's dossier first and notices what changed meanwhile."""

    template = "admin/claims/compensation/decide.html"
    row_limit = LOOKED_THROUGH_AT_ONCE

    def context(self, request, rows):
        return {
            "cards": cards(rows, user=request.user),
            "sum_fen": sum(row.amount_fen for row in rows),
        }

    def name_of(self, row):
        return f"{row.claim.number} · {money(row.amount_fen)}"

    def call(self, request, row, values):
        seen = request.POST.get(f"version-{row.pk}", "")
        version = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else NO_VERSION
        return self.service(
            compensation=row, **values, by=request.user, now=timezone.now(), expected_version=version
        )


class Step(Decision):
    """A decision whose service looks at the state alone."""

    def call(self, request, row, values):
        return self.service(compensation=row, **values, by=request.user, now=timezone.now())


ACTIONS = (
    Decision(
        "approve",
        _("Approve"),
        permission="claims.approve_compensation",
        service=service.approve,
        argument="compensation",
    ),
    Decision(
        "refuse",
        _("Refuse with an explanation"),
        permission="claims.refuse_claim",
        service=service.refuse,
        argument="compensation",
        form=RefusalForm,
        is_dangerous=True,
    ),
    Step(
        "execute",
        _("Carry out"),
        permission="claims.execute_payout",
        service=service.execute,
        argument="compensation",
    ),
    Step(
        "revoke",
        _("Take the approval back"),
        permission="claims.approve_compensation",
        service=service.revoke,
        argument="compensation",
        form=ReasonForm,
        is_dangerous=True,
    ),
)
