"""The programme-wide terms of compensation that must exist before anything can be worked out."""

from datetime import date

from claims.models import CompensationPolicy

FIRST_DAY = date(2020, 1, 1)


def ensure_programme_terms(sender, using="default", **kwargs):
    """After every migration: write the programme's first terms, with the defaults, if it has none."""
    if not CompensationPolicy.objects.using(using).filter(county_code="").exists():
        CompensationPolicy(county_code="", version=1, valid_from=FIRST_DAY).save(using=using)
