"""People due for a check of skills are reminded before the quarter is over. docs/rules/skills-checks.md."""

from datetime import datetime

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from aftersales.notices.posting import Message, post
from training.queries import skills_checks as reading
from training.rules.skills import is_time_to_remind, last_day, name_of, quarter_of


def remind(*, now: datetime) -> int:
    """On the last 30 days of a quarter, tell everybody due who has not passed the theory yet, once.

    Returns how many messages are new. Wants a scope that reaches everything.
    """
    today = timezone.localdate(now)
    quarter = quarter_of(today)
    if not is_time_to_remind(quarter, today):
        return 0
    passed = reading.theory_in(quarter).filter(user=OuterRef("agent__user_id"), has_passed=True)
    due = (
        reading.with_state(reading.due_in(quarter, today), quarter)
        .filter(is_recorded=False, agent__user__is_active=True)
        .exclude(Exists(passed))
        .order_by("pk")
    )
    url = reverse("training:my_skills_checks")
    params = {"quarter": name_of(quarter), "until_on": last_day(quarter).isoformat()}
    return post(
        [
            Message("skills_check.due", user, f"skills check due {name_of(quarter)}", params, url, county)
            for user, county in due.values_list("agent__user_id", "county_code").iterator()
        ],
        now=now,
    )
