"""Events of boards, reports and supervision in words, and their kinds: part of aftersales.audit.verbs."""

from django.utils.translation import gettext_lazy as _

KINDS = {
    "programme": _("Programme"),
    "board": _("Boards"),
}

LABELS = {
    "programme.phase_set": _("Phase of a county set"),
    "programme.planned": _("Programme planned anew"),
    "board.exported": _("Table of a board made"),
}
