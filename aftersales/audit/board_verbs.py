"""Events of boards, reports and supervision in words, and their kinds: part of aftersales.audit.verbs."""

from django.utils.translation import gettext_lazy as _

KINDS = {
    "check": _("Checks of claims"),
    "finding": _("Findings"),
    "evaluation": _("Quarterly evaluations"),
    "measure": _("Measures of improvement"),
    "programme": _("Programme"),
    "figures": _("Figures"),
    "board": _("Boards"),
    "report_export": _("Files of reports"),
}

LABELS = {
    "check.opened": _("Check opened and its claims drawn"),
    "check.claim_checked": _("Claim of a check gone through"),
    "check.closed": _("Check closed"),
    "check.exported": _("Table of checks made"),
    "finding.made": _("Finding made"),
    "finding.answered": _("Rectification reported"),
    "finding.accepted": _("Rectification accepted"),
    "finding.returned": _("Rectification sent back"),
    "finding.exported": _("Table of findings made"),
    "evaluation.made": _("Quarter of a county evaluated"),
    "measure.planned": _("Measure of improvement planned"),
    "measure.ended": _("Measure of improvement ended"),
    "programme.phase_set": _("Phase of a county set"),
    "programme.planned": _("Programme planned anew"),
    "figures.put_right": _("Figures that differed from the claims put right"),
    "board.exported": _("Table of a board made"),
    "report_export.asked": _("File of a report asked for"),
    "report_export.approved": _("Large file of a report approved"),
    "report_export.refused": _("Large file of a report refused"),
    "report_export.stopped": _("File of a report given up"),
    "report_export.made": _("File of a report made"),
    "report_export.failed": _("File of a report not made"),
    "report_export.fetched": _("File of a report fetched"),
    "report_export.link_ended": _("Link to a file of a report tried by somebody else"),
    "report_export.removed": _("File of a report removed"),
    "report.frozen": _("Report of a period frozen"),
    "report.corrected": _("Frozen report corrected by a new edition"),
    "report.published": _("Quarterly report shown to everybody"),
}
