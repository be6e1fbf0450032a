from django import template

from aftersales.reports.age import data_age as age_of_data

register = template.Library()


@register.inclusion_tag("reports/data_age.html", takes_context=True)
def data_age(context) -> dict:
    """A line that says from when the data is, where reports read a replica or the main database is away."""
    return {
        "age": age_of_data(),
        "is_standby": getattr(context.get("request"), "is_standby", False),
    }
