"""Checks of the demonstration with findings in every state, and the evaluations of its last two quarters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.utils import timezone

from aftersales.accounts.models import User
from aftersales.lib.errors import Refused
from aftersales.lib.periods import Period, PeriodKind
from aftersales.ops.demo.people import Staff
from claims.models import Check, CheckItem, Evaluation, Finding
from claims.queries import evaluations as evaluation_reading
from claims.queries import supervision as reading
from claims.rules.supervision import DrawRule
from claims.services import checks, evaluations, findings

DAY = timedelta(days=1)
RULE = DrawRule(50, 5, 12)
AMOUNT, CLASS, PHOTOS, CALLS = "amount_by_rule", "class_right", "evidence_kept", "followed_up"
WORDS = {
    AMOUNT: "按坏果数量应赔金额少算，未按公示比例计算",
    CLASS: "蔬菜登记成了其他农产品，影响时限和统计",
    PHOTOS: "只有一张照片，看不清坏损数量，也没有称重记录",
    CALLS: "回访只拨打一次就结案，没有按规定再打",
    "handed_with_reason": "转交时没有写明理由，群众不清楚由谁负责",
}
DONE = {
    AMOUNT: "已向消费者补付差额，站点重新学习比例赔付计算",
    CLASS: "已改正分类，乡镇技术员每周抽看一次",
    PHOTOS: "已要求拍三个角度并称重，县中心受理时把关",
}


class Supervision:
    """Writes as the supervisor goes through claims and the county's manager answers."""

    def __init__(self, staff: Staff, *, now: datetime):
        self.staff, self.now, self.today = staff, now, timezone.localdate(now)
        self.inspector = User.objects.get(username="supervisor")

    def write(self) -> Iterator[str]:
        """Yields what was written, for progress."""
        last = Period.of(self.today, PeriodKind.MONTH).previous
        for month, tell in zip(last.back(3), (self._rectified, self._answered, self._begun), strict=True):
            try:
                tell(month)
            except Refused as refused:
                if refused.code != "nothing_to_draw":
                    raise
        yield f"checks {Check.objects.count()}, findings {Finding.objects.count()}"
        for quarter in Period.of(self.today, PeriodKind.QUARTER).previous.back(2):
            self._evaluate(quarter)
        yield f"quarterly evaluations {Evaluation.objects.count()}"

    def _rectified(self, month: Period) -> None:
        """Three months ago: what was found is put right."""
        check, at = self._open(month)
        made = [
            self._found(check, position, question, at, days=15)
            for position, question in ((1, AMOUNT), (3, CLASS), (4, PHOTOS))
        ]
        self._go_through(check, at)
        self._close(check, "总体规范，少数站点计算和取证不到位，限期整改。", at + DAY)
        for days, finding in zip((6, 9, 12), made, strict=True):
            self._report(finding, at + days * DAY)
            findings.accept(finding=finding, by=self.inspector, now=at + (days + 1) * DAY)

    def _answered(self, month: Period) -> None:
        """Two months ago: one is found again and sent back, one waits for the inspector, one is overdue."""
        check, at = self._open(month)
        again = self._found(check, 1, AMOUNT, at, days=15)
        reported = self._found(check, 2, PHOTOS, at, days=30)
        self._found(check, 4, CALLS, at, days=30)
        self._go_through(check, at)
        self._close(check, "上轮“金额少算”问题再次出现，应从源头防止；其余见问题清单。", at + DAY)
        self._report(again, at + 10 * DAY)
        findings.send_back(
            finding=again,
            remark="没有附补付凭证，也没有说明怎样防止再发生",
            due_on=self.today + 10 * DAY,
            by=self.inspector,
            now=min(at + 12 * DAY, self.now),
        )
        self._report(reported, self.now - 2 * DAY)

    def _begun(self, month: Period) -> None:
        """Last month: an inspection of shirking that somebody is in the middle of."""
        at = max(self.now - 2 * DAY, month.following.starts_at)
        check = checks.open_check(
            county_code=self.staff.county_code,
            kind="special",
            theme="shirking",
            department="commerce",
            period=month,
            rule=RULE,
            by=self.inspector,
            now=at,
        )
        self._found(check, 1, "handed_with_reason", at, days=15)
        self._go_through(check, at, only=2)

    def _open(self, month: Period) -> tuple[Check, datetime]:
        at = month.following.starts_at + 5 * DAY + timedelta(hours=10)
        check = checks.open_check(
            county_code=self.staff.county_code,
            kind="spot_check",
            theme="quality",
            department="market_regulation",
            period=month,
            rule=RULE,
            by=self.inspector,
            now=at,
        )
        return check, at

    def _found(self, check: Check, position: int, question: str, at: datetime, *, days: int) -> Finding:
        items = CheckItem.objects.filter(check_round=check).select_related("claim__station")
        return findings.find(
            check=check,
            item=items.filter(position=position).first(),
            question=question,
            severity=reading.checklist_of(check).question(question).severity,
            words=WORDS[question],
            due_on=timezone.localdate(at) + days * DAY,
            by=self.inspector,
            now=at,
        )

    def _go_through(self, check: Check, at: datetime, *, only: int | None = None) -> None:
        questions = reading.checklist_of(check).questions
        for item in CheckItem.objects.filter(check_round=check).order_by("position")[:only]:
            noes = set(item.findings.values_list("question", flat=True))
            answers = {each.key: "no" if each.key in noes else "yes" for each in questions}
            checks.answer_item(item=item, answers=answers, seen=None, by=self.inspector, now=at)

    def _close(self, check: Check, conclusion: str, at: datetime) -> None:
        checks.close_check(check=check, conclusion=conclusion, by=self.inspector, now=at)

    def _report(self, finding: Finding, at: datetime) -> None:
        findings.report_rectification(
            finding=finding, words=DONE[finding.question], by=self.staff.manager, now=at
        )

    def _evaluate(self, quarter: Period) -> None:
        at = min(quarter.following.starts_at + 14 * DAY, self.now)
        evaluation = evaluations.evaluate(
            county_code=self.staff.county_code,
            quarter=quarter,
            conclusion="响应和办结总体达标，个别村点满意度偏低；下季度重点抓首次响应和回访。",
            by=self.inspector,
            now=at,
        )
        for earlier in evaluation_reading.left_over(evaluation):
            self._plan(evaluation, earlier.figure, earlier.words, at, carried_over_from=earlier)
        if quarter.following.is_over(self.today):
            done = self._plan(evaluation, "response_median", "每天 8:30 和 14:00 由县中心催办未受理工单", at)
            evaluations.end_measure(
                measure=done,
                state="done",
                result="已形成值班表，未受理工单当天清零",
                by=self.staff.manager,
                now=at + 40 * DAY,
            )
            self._plan(evaluation, "follow_up_rate", "把回访任务分到专人，每周五核对一次", at)
        else:
            self._plan(evaluation, "satisfaction", "满意度低于 80% 的村点由县中心上门带教", at)

    def _plan(self, evaluation: Evaluation, figure: str, words: str, at: datetime, **fields):
        due_on: date = timezone.localdate(at) + 60 * DAY
        return evaluations.plan_measure(
            evaluation=evaluation,
            figure=figure,
            words=words,
            responsible=self.staff.officer,
            due_on=due_on,
            by=self.staff.manager,
            now=at,
            **fields,
        )
