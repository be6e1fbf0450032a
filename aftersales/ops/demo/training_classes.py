"""Village classes and publicity of the demonstration: twelve months of them, with gaps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from aftersales.lib.months import month_of, months_from
from aftersales.ops.demo.people import Staff
from aftersales.ops.demo.photos import evidence
from aftersales.ops.demo.training_words import TrainingWords, at, days_ago
from stations.models import Station
from training.models import Article, VillageClass
from training.queries.starter_texts import class_ideas
from training.services import class_attendees, class_photos, publicity, village_classes

MONTHS = 12
KEPT_SHARE = 900
"""Thousandths of the classes that were held; of the others, a third was planned and called off."""

PHOTOS = 14
PHOTO_KINDS = ("peach", "label", "vegetable", "seedlings")
NAMED_EVERY = 17


class Classes:
    """Plans, holds and forgets classes at every village point, and writes the log of publicity."""

    def __init__(self, staff: Staff, words: TrainingWords, people, *, now: datetime):
        self.staff, self.words, self.people, self.now = staff, words, people, now
        self.ideas = class_ideas()
        self.articles = {article.code: article for article in Article.objects.filter(retired_at__isnull=True)}
        self.this_month = month_of(days_ago(now, 0))

    def write(self) -> Iterator[str]:
        """Write everything; yields what was written, in words for whoever waits."""
        held = [row for station in self.staff.stations for row in self._past(station)]
        photos = self._photograph(held)
        planned = sum(self._present(number, station) for number, station in enumerate(self.staff.stations))
        yield f"village classes held {len(held)}, with photos {photos}, this month {planned}"
        yield f"publicity {sum(self._tell(station) for station in self.staff.stations)}"

    def _past(self, station: Station) -> Iterator[VillageClass]:
        for back in range(MONTHS, 0, -1):
            month = months_from(self.this_month, -back)
            chance = self.words.random.randrange(1000)
            if month <= month_of(station.opened_on) or chance >= KEPT_SHARE + 70:
                continue
            row = self._plan(station, self.words.evening(month + timedelta(days=chance % 22 + 4)))
            if chance < KEPT_SHARE:
                yield self._hold(row)
            else:
                reason = self.words.one_of("cancelled")
                village_classes.cancel(
                    row, reason=reason, by=row.teacher, now=row.starts_at - timedelta(hours=4)
                )

    def _present(self, number: int, station: Station) -> int:
        """This month: the agent's own station plans ahead; others have held theirs, forgot the record, plan,
        or have nothing yet."""
        today = days_ago(self.now, 0)
        if self.staff.agents[station.pk].username == "agent":
            self._plan(station, self.words.evening(today + timedelta(days=5)), planned_ahead=9)
            return 1
        turn = number % 5
        if turn == 4:
            return 0
        if turn == 3:
            late = self.words.evening(today + timedelta(days=4))
            self._plan(station, late, planned_ahead=8)
            return 1
        row = self._plan(station, self.words.evening(today - timedelta(days=5)))
        if turn < 2:
            self._hold(row)
        return 1

    def _plan(self, station: Station, starts_at: datetime, *, planned_ahead: int = 9) -> VillageClass:
        idea = self.ideas[starts_at.month]
        return village_classes.plan(
            station,
            title=idea.title,
            starts_at=starts_at,
            place=self.words.one_of("places"),
            teacher=self.staff.agents[station.pk],
            article=self.articles.get(idea.article),
            minutes=40,
            by=self.staff.agents[station.pk],
            now=min(self.now, starts_at) - timedelta(days=planned_ahead, hours=2),
        )

    def _hold(self, row: VillageClass) -> VillageClass:
        ended = row.starts_at + timedelta(minutes=row.minutes + 20)
        row = village_classes.hold(
            row,
            attended=self.words.random.randint(8, 34),
            report=self.words.one_of("reports"),
            by=row.teacher,
            now=ended,
        )
        if row.pk % NAMED_EVERY == 0:
            names = [self.people.person() for _turn in range(6)]
            class_attendees.add(
                row, names=names, consent_how="signed", by=row.teacher, now=ended + timedelta(minutes=5)
            )
        return row

    def _photograph(self, held: list[VillageClass]) -> int:
        chosen = sorted(held, key=lambda row: (row.starts_at, row.pk))[-PHOTOS:]
        for number, row in enumerate(chosen):
            picture = evidence(PHOTO_KINDS[number % len(PHOTO_KINDS)], self.words.random)
            moment = row.starts_at + timedelta(minutes=row.minutes + 30)
            class_photos.add(upload=picture, village_class=row, by=row.teacher, now=moment)
        return len(chosen)

    def _tell(self, station: Station) -> int:
        agent, lines = self.staff.agents[station.pk], []
        for back in range(self.words.random.randrange(3, 20), 340, 55):
            day: date = days_ago(self.now, back)
            how = self.words.one_of("publicity")
            lines.append(
                publicity.record(
                    station,
                    day=day,
                    kind=how["kind"],
                    what=how["what"],
                    reached=self.words.random.choice([None, 25, 40, 60, 120]),
                    by=agent,
                    now=at(day, 18, 20),
                )
            )
        if agent.username == "agent":
            publicity.withdraw(lines[1], reason="记错了日期，重新登记", by=agent, now=at(lines[1].day, 19))
        return len(lines)
