from aftersales.reports.models.editions import Edition, Publication
from aftersales.reports.models.exports import ReportExport
from aftersales.reports.models.readings import ReportCase, ReportPlace, ReportStation

__all__ = ["Edition", "Publication", "ReportCase", "ReportExport", "ReportPlace", "ReportStation"]
