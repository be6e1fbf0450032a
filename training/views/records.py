"""Somebody's record of learning: for the person, and for whoever looks after training where they work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.web import exports, formats
from stations.access.places import PlacePage, own_station
from stations.models import Agent
from training.queries import hours
from training.queries.certificates import standing_of
from training.queries.records import Record, record_of
from training.rules.certificates import grouped
from training.views.certificate_words import STANDING_TONES, STANDING_WORDS
from training.views.skills_checks import quarter_words

SHOWN_ENTRIES = 5


@dataclass(frozen=True)
class Line:
    """One thing that was learned, examined or given; `state` in words, with the tone of its badge."""

    day: date
    what: str
    detail: str = ""
    state: str = ""
    tone: str = "neutral"


@dataclass(frozen=True)
class Section:
    """Lines of one kind, the newest first."""

    title: str
    lines: list[Line]


class RecordPage(PlacePage):
    """All that is known of one person's learning; XLSX with ?format=xlsx."""

    template_name = "training/record.html"

    def answer(self, agent: Agent | None, user: User):
        """The page or the sheet about this person."""
        record, today = record_of(user), timezone.localdate()
        form = self.request.GET.get("format", "")
        if form:
            return self._export(agent, user, list(sections(record, today)), form)
        return self.page(
            person=user,
            agent=agent,
            is_own=user.pk == self.request.user.pk,
            standing=hours.standing(user, today),
            total_minutes=record.minutes,
            sections=list(sections(record, today)),
            shown=SHOWN_ENTRIES,
            place=agent.station if agent else own_station(self.request.user),
        )

    def _export(self, agent: Agent | None, user: User, found: list[Section], form: str):
        if form != "xlsx":
            raise Http404
        Column = exports.Column
        written = exports.write(
            exports.Export(
                title=_("Record of learning"),
                columns=[
                    Column(_("Kind"), width=20),
                    Column(_("Day"), "day", 12),
                    Column(_("What"), width=36),
                    Column(pgettext("learning", "Details"), width=44),
                    Column(_("State"), width=14),
                ],
                rows=(
                    (section.title, line.day, line.what, line.detail, line.state)
                    for section in found
                    for line in section.lines
                ),
                made_at=timezone.now(),
                made_by=str(self.request.user),
                filters=[(_("Person"), str(user))],
            ),
            form,
        )
        trail.record(
            "report.exported",
            by=self.request.user,
            county_code=agent.county_code if agent else user.county_code,
            after={
                "report": "training_record",
                "user": user.pk,
                "form": form,
                "rows": written.rows,
                "sha256": written.sha256,
            },
        )
        return written.response()


class OwnRecord(RecordPage):
    """What the person at the door has learned, wherever that was."""

    permission = "training.learn"

    def get(self, request):
        agent = Agent.objects.select_related("station").filter(user=request.user).first()
        return self.answer(agent, request.user)


class PersonRecord(RecordPage):
    """What somebody who works in one's reach has learned."""

    permission = "training.view_training"

    def get(self, request, pk):
        agent = get_object_or_404(Agent.objects.select_related("user", "station"), pk=pk)
        return self.answer(agent, agent.user)


def sections(record: Record, today: date) -> Iterator[Section]:
    """The record in words, kind by kind; kinds of which there is nothing are left out."""
    kinds = (
        (_("Certificates"), _certificates(record, today)),
        (_("Courses"), _courses(record)),
        (_("Exams"), _exams(record)),
        (_("Practical exams"), _practicals(record)),
        (_("Quarterly skills checks"), _checks(record)),
        (_("Village classes held"), _classes(record)),
        (_("Mentors"), _mentors(record)),
        (_("Hours of learning"), _hours(record)),
    )
    for title, lines in kinds:
        if found := list(lines):
            yield Section(title, found)


def _certificates(record: Record, today: date) -> Iterator[Line]:
    for each in record.certificates:
        standing = standing_of(each, today)
        until = _("until %(day)s") % {"day": formats.day(each.valid_until)}
        detail = " · ".join(filter(None, [until, str(each.station), each.revoked_reason]))
        state, tone = str(STANDING_WORDS[standing]), STANDING_TONES[standing]
        yield Line(each.issued_on, grouped(each.number), detail, state, tone)


def _courses(record: Record) -> Iterator[Line]:
    for each in record.enrolments:
        if each.finished_at:
            state, tone = _("finished"), "good"
        elif each.withdrawn_at:
            state, tone = pgettext("enrolment state", "given up"), "neutral"
        else:
            state, tone = pgettext("learning", "under way"), "info"
        detail = _("lessons read: %(n)s") % {"n": each.lessons_read}
        yield Line(timezone.localdate(each.enrolled_at), each.course.title, detail, state, tone)


def _passed(has_passed: bool) -> tuple[str, str]:
    return (_("passed"), "good") if has_passed else (_("not passed"), "warn")


def _exams(record: Record) -> Iterator[Line]:
    for each in record.sittings:
        detail = _("attempt %(n)s · %(score)s") % {
            "n": each.attempt,
            "score": formats.permille(each.score_permille),
        }
        yield Line(timezone.localdate(each.ended_at), each.exam.title, detail, *_passed(each.has_passed))


def _practicals(record: Record) -> Iterator[Line]:
    for each in record.practicals:
        score = formats.permille(each.score_permille)
        yield Line(each.held_on, each.sheet.title, score, *_passed(each.has_passed))


def _checks(record: Record) -> Iterator[Line]:
    for each in record.checks:
        quarter = quarter_words(each.quarter)
        detail = _("attitude %(share)s") % {"share": formats.permille(each.attitude_permille)}
        yield Line(timezone.localdate(each.at), quarter, detail, *_passed(each.has_passed))


def _classes(record: Record) -> Iterator[Line]:
    for each in record.classes:
        came = _("people who came: %(n)s") % {"n": each.attended}
        yield Line(timezone.localdate(each.starts_at), each.title, f"{each.station} · {came}")


def _mentors(record: Record) -> Iterator[Line]:
    for each in record.mentorships:
        what = _("%(mentor)s looks after %(trainee)s") % {"mentor": each.mentor, "trainee": each.trainee}
        until = _("until %(day)s") % {"day": formats.day(each.until_on)} if each.until_on else ""
        yield Line(
            each.from_on,
            what,
            each.note,
            until or pgettext("learning", "under way"),
            "neutral" if until else "info",
        )


def _hours(record: Record) -> Iterator[Line]:
    for each in record.hours:
        yield Line(each.day, each.note or each.get_kind_display(), str(each.station), _minutes(each.minutes))


def _minutes(minutes: int) -> str:
    return _("%(n)s min") % {"n": minutes}
