"""Who learned what in the demonstration: courses read, exams passed, certificates issued, run out, revoked.

Runs before the claims: who is certified follows from it, and with that who may decide what.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from aftersales.accounts.models import User, system_user
from aftersales.notices import inbox
from aftersales.ops.demo.people import PILOT, Staff
from aftersales.ops.demo.training_courses import Learning
from aftersales.ops.demo.training_exams import Examining, Learner, print_all, show_names
from aftersales.ops.demo.training_questions import ask_with_pictures
from aftersales.ops.demo.training_words import TrainingWords, at, days_ago
from training.models import ArticleVersion, Certificate, LessonVersion
from training.rules.exams import DrawLine, Purpose
from training.services import certificates, exams

CERTIFIED_AFTER = 30
"""Days from the first course to the certificate, in Learner's usual way."""

TWO_YEARS = 730
RAN_OUT, RUNS_OUT, RENEWED = -3, 24, 50
"""In so many days the certificates of three people end; the last one is renewed already."""

REVOKED = 9
READ_UNTIL = timedelta(days=20)
"""Messages that are older have been read."""

ROVER_LEARNED = 198


class Training:
    """Plays a year of learning, person by person."""

    def __init__(self, staff: Staff, *, words: TrainingWords, now: datetime):
        self.staff, self.words, self.now = staff, words, now
        self.trainer, self.manager = staff.trainer, staff.manager
        self.learning, self.examining = Learning(words), Examining(words)

    def write(self) -> Iterator[str]:
        """Write everything; yields what was written, in words for whoever waits."""
        self._publish_since_the_pilot()
        learners = self._learners()
        read = 0
        for learner in learners:
            self.learning.enrol([learner.user], learner.since, by=self.trainer)
            read += self.learning.read_required(learner.user, learner.since, within=24)
        held = [self.examining.certify(learner) for learner in learners]
        held.append(self.examining.renew(learners[-1], days_ago(self.now, 14)))
        self.examining.qualify_again(learners[2], days_ago(self.now, 8))
        read += self._newcomer()
        yield f"lessons read {read}, certificates {len(held)}"
        spared = {self._own_agent().pk}
        passed = list(self.examining.quarters(learners, now=self.now, spared=spared))
        yield f"quarterly checks {len(passed)}, passed {sum(passed)}"
        self._revoke(held[3])
        named = show_names(held, now=self.now)
        standing = list(
            Certificate.objects.filter(county_code=self.staff.county_code, revoked_at__isnull=True)
            .filter(valid_until__gte=days_ago(self.now, 0))
            .order_by("station_id", "id")
        )
        printed = print_all(standing, by=self.trainer, now=self.now - timedelta(hours=1))
        told = certificates.send_reminders(self.now)
        yield f"names shown {named}, printed {printed}, reminders {told}"
        self.learning.fall_behind([each.user for each in learners[1:-2]], by=self.trainer, now=self.now)
        course = self.learning.write_course(self.trainer, now=self.now)
        people = [self._own_agent(), *(each.user for each in learners if each.user != self._own_agent())]
        self.learning.half_read(course, people, by=self.trainer, now=self.now)
        yield f"days of training {self._hours(learners)}"
        self._practice()
        for user in [*(learner.user for learner in learners), self.staff.newcomer]:
            inbox.mark_all_read(user=user, until=self.now - READ_UNTIL, now=self.now)
        pictures = ask_with_pictures(by=self.trainer, now=at(days_ago(self.now, 30), 10))
        yield f"questions with a picture {pictures}"

    def _learners(self) -> list[Learner]:
        """The agents, their own first, and the technician last: since when and how well they learn."""
        others = [
            self.staff.agents[station.pk]
            for station in self.staff.stations
            if self.staff.agents[station.pk] != self._own_agent()
        ]
        learners = [self._learner(self._own_agent(), self._year(0), 920)]
        for number, user in enumerate(others):
            ends_in = {0: RAN_OUT, 1: RUNS_OUT}.get(number)
            since = self._since_for(ends_in) if ends_in is not None else self._year(number)
            learners.append(self._learner(user, since, 830 + self.words.random.randrange(0, 130, 10)))
        learners[4].exam_days = [24, 26]
        learners.append(self._learner(self.staff.rover, days_ago(self.now, ROVER_LEARNED), 900))
        learners.append(self._learner(self.staff.technician, self._since_for(RENEWED), 940))
        return learners

    def _learner(self, user: User, since: date, skill: int) -> Learner:
        return Learner(user, since, skill, self.trainer)

    def _year(self, number: int) -> date:
        return days_ago(self.now, 376 - 2 * number)

    def _since_for(self, days: int) -> date:
        """When somebody began to learn whose certificate ends in so many days."""
        return days_ago(self.now, TWO_YEARS + CERTIFIED_AFTER - 1 - days)

    def _own_agent(self) -> User:
        return next(user for user in self.staff.agents.values() if user.username == "agent")

    def _newcomer(self) -> int:
        """Somebody new has a mentor, has read everything, and has failed the theory twice."""
        user, since = self.staff.newcomer, days_ago(self.now, 72)
        self.learning.mentor(self._own_agent(), user, since, by=self.manager)
        self.learning.enrol([user], since, by=self.trainer)
        read = self.learning.read_required(user, since, within=40)
        new = self._learner(user, since, 760)
        self.examining.theory(new, since, [58, 69], passes=False)
        self.examining.examine(self.examining.sheets[0], new, days_ago(self.now, 5), 850)
        return read

    def _revoke(self, certificate: Certificate) -> None:
        certificates.revoke(
            certificate,
            reason=self.words.table["revoked"],
            by=self.manager,
            now=at(days_ago(self.now, REVOKED), 16, 10),
        )

    def _hours(self, learners: list[Learner]) -> int:
        shares = {1: 300, 3: 500}
        written = sum(
            self.learning.record_hours(
                learner.user, learner.since, by=self.trainer, share=shares.get(number, 940), now=self.now
            )
            for number, learner in enumerate(learners)
        )
        written += self.learning.record_hours(
            self.staff.newcomer, days_ago(self.now, 72), by=self.trainer, share=1000, now=self.now
        )
        self.learning.record_twice(self._own_agent(), by=self.trainer, now=self.now)
        return written

    def _practice(self) -> None:
        """A short exam for practice, which may be sat again and again."""
        exams.define(
            code="E-PRACTICE",
            title="每日一练",
            purpose=Purpose.PRACTICE,
            lines=[DrawLine("inspection", "", 3), DrawLine("compensation", "", 4), DrawLine("law", "", 3)],
            minutes=15,
            pass_permille=800,
            attempts=20,
            wait_hours=0,
            by=self.trainer,
            now=at(days_ago(self.now, 30), 11),
        )

    def _publish_since_the_pilot(self) -> None:
        """What comes with the programme was there when the first people learned, not since today."""
        began = self.now - PILOT
        for versions in (LessonVersion, ArticleVersion):
            versions.objects.filter(written_by=system_user()).update(published_at=began)
