"""What regulators read of inspections: findings and what was done, without claims and persons."""

from django.db import models

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from claims.models.supervision import (
    CheckKindChoices,
    DepartmentChoices,
    FindingStateChoices,
    SeverityChoices,
    ThemeChoices,
)


class ReportFinding(models.Model):
    """A finding with its check, its place, and the last rectification that was reported."""

    county_code = models.CharField(max_length=12)
    county_name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=CheckKindChoices)
    theme = models.CharField(max_length=20, choices=ThemeChoices)
    department = models.CharField(max_length=20, choices=DepartmentChoices)
    period = models.CharField(max_length=7)
    station_name = models.CharField(max_length=80, null=True)  # noqa: DJ001
    severity = models.CharField(max_length=8, choices=SeverityChoices)
    words = models.CharField(max_length=500)
    due_on = models.DateField()
    state = models.CharField(max_length=8, choices=FindingStateChoices)
    is_repeated = models.BooleanField()
    found_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    done_words = models.CharField(max_length=1000, null=True)  # noqa: DJ001
    done_at = models.DateTimeField(null=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        managed = False
        db_table = "report_finding"

    def __str__(self):
        return self.words[:40]
