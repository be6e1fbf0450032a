"""Events of boards, reports and supervision in words, and their kinds: part of aftersales.audit.verbs."""

from django.utils.translation import gettext_lazy as _

KINDS = {
    "board": _("Boards"),
}

LABELS = {
    "board.exported": _("Table of a board made"),
}
