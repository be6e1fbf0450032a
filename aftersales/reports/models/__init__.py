from aftersales.reports.models.editions import Edition, Publication, ReportEdition
from aftersales.reports.models.exports import ReportExport
from aftersales.reports.models.findings import ReportFinding
from aftersales.reports.models.published import (
    FindingDue,
    PublishedEdition,
    PublishedHead,
    StationContact,
)
from aftersales.reports.models.readings import ReportCase, ReportPlace, ReportStation

__all__ = [
    "Edition",
    "FindingDue",
    "Publication",
    "PublishedEdition",
    "PublishedHead",
    "ReportCase",
    "ReportEdition",
    "ReportExport",
    "ReportFinding",
    "ReportPlace",
    "ReportStation",
    "StationContact",
]
