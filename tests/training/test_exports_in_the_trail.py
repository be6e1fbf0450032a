"""Who takes people's data out of a county is seen in the trail of that county."""

import pytest

from aftersales.audit.models import AuditEvent
from tests.factories import acting_as
from tests.training.exams.cases import make_bank, make_exam
from training.models import Course

EXPORTS = {
    "certificates/": "certificate.exported",
    "certificates/candidates/": "certificate.exported",
    "courses/{course}/progress/": "enrolment.exported",
    "exams/{exam}/results/": "exam.results_exported",
    "hours/": "hours.exported",
    "hours/ledger/": "hours.exported",
    "people/{agent}/record/": "report.exported",
    "publicity/": "publicity.exported",
    "skills-checks/": "report.exported",
}


@pytest.mark.parametrize(("path", "verb"), EXPORTS.items())
def test_the_county_sees_who_exported(cast, as_user, path, verb):
    make_bank()
    keys = {
        "exam": make_exam().pk,
        "course": Course.objects.first().code,
        "agent": cast.agent.agent.pk,
    }

    answer = as_user("trainer").get(f"/training/{path.format(**keys)}?format=xlsx")

    assert answer.status_code == 200
    b"".join(answer.streaming_content)
    with acting_as(cast.manager):
        seen = list(AuditEvent.objects.filter(verb__endswith="exported").values_list("verb", "actor_name"))
    with acting_as(cast.suining_manager):
        assert not AuditEvent.objects.filter(verb__endswith="exported").exists()
    assert seen == [(verb, "吴老师")]
