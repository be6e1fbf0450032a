"""Demands on liable parties: sent, reminded of, ended. Rule: docs/rules/recovery.md, sections 2 and 3."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.notices.posting import Message, post
from claims.models import AdvanceDispute, Demand, DemandLine, Fund, Reminder
from claims.models.recovery import RUNNING, DemandState, DisputeState, LineOutcome
from claims.queries.policies import policy_for
from claims.queries.recovery import demandable
from claims.rules.recovery import DEMAND_LINES, demand_number, next_reminder_on
from claims.services.transactions import money_move
from stations.models import Party
from stations.queries.staff import Staff

REASON_SIGNS = 4
NUMBER_TRIES = 5
REMIND_AT_ONCE = 500


@money_move
def send(*, fund: Fund, party: Party, advances: Sequence[int], by: User, now: datetime) -> Demand:
    """Ask a party to pay back some of its open advances, by the days the terms in force today give it.

    `advances` are keys. Raises Refused("nothing_chosen"), Refused("too_many"), Refused("not_demandable") for
    an advance of somebody else, one that is settled, disputed or in another running demand, Refused("busy").
    """
    keys = sorted(set(advances))
    if not keys:
        raise Refused(_("Choose at least one advance."), code="nothing_chosen", field="advances")
    if len(keys) > DEMAND_LINES:
        raise Refused(
            _("A demand can name at most %(limit)s claims. Send several.") % {"limit": DEMAND_LINES},
            code="too_many",
            field="advances",
        )
    chosen = list(demandable(fund, party).filter(pk__in=keys))
    if len(chosen) != len(keys):
        raise _not_demandable()
    today = timezone.localdate(now)
    due_on = today + timedelta(days=policy_for(fund.county_code, today).demand_days)
    demand = _numbered(
        fund=fund,
        county_code=fund.county_code,
        party=party,
        year=today.year,
        amount_fen=sum(advance.open_fen for advance in chosen),
        sent_at=now,
        sent_by=by,
        due_on=due_on,
        next_reminder_on=next_reminder_on(due_on, ()),
    )
    try:
        with transaction.atomic():
            DemandLine.objects.bulk_create(
                DemandLine(
                    demand=demand,
                    county_code=demand.county_code,
                    advance=advance,
                    amount_fen=advance.open_fen,
                )
                for advance in chosen
            )
    except IntegrityError:
        raise _not_demandable() from None
    trail.record(
        "demand.sent",
        by=by,
        obj=demand,
        after={
            "number": demand.number,
            "party": party.pk,
            "amount_fen": demand.amount_fen,
            "claims": len(chosen),
            "due_on": due_on.isoformat(),
        },
        at=now,
    )
    return demand


@money_move
def withdraw(*, demand: Demand, reason: str, by: User, now: datetime) -> Demand:
    """Take a demand back; its advances may be demanded anew.

    Raises Refused("reason_missing"), Refused("demand_ended").
    """
    reason = reason.strip()
    if len(reason) < REASON_SIGNS:
        raise Refused(_("Give a reason."), code="reason_missing", field="reason")
    ended = Demand._base_manager.filter(pk=demand.pk, state__in=RUNNING).update(
        state=DemandState.WITHDRAWN, ended_at=now, next_reminder_on=None, withdrawn_because=reason
    )
    if not ended:
        raise Refused(_("This demand has ended already."), code="demand_ended")
    DemandLine._base_manager.filter(demand=demand, outcome="").update(outcome=LineOutcome.WITHDRAWN)
    trail.record(
        "demand.withdrawn", by=by, obj=demand, after={"number": demand.number}, reason=reason, at=now
    )
    return Demand.objects.get(pk=demand.pk)


def remind(*, by: User, now: datetime) -> int:
    """Note the reminders that are due today and tell the people who send them; returns how many.

    A demand at a time, each in its own transaction. A demand on which all that is left is disputed waits.
    Every demand is reminded at most once a day, however often this runs.
    """
    today = timezone.localdate(now)
    due = Demand.objects.filter(state__in=RUNNING, next_reminder_on__lte=today)
    sent = 0
    staff = Staff(now=now)
    for demand in due.select_related("party").order_by("next_reminder_on", "id")[:REMIND_AT_ONCE]:
        with transaction.atomic():
            sent += _remind(demand, staff, by=by, now=now)
    return sent


def restate(advances: Iterable[int], *, by: User, now: datetime) -> None:
    """Let the demands that name these advances say what has become of them; by keys, inside a money move.

    A line ends when nothing is open on its advance and opens again when something is (unless the advance is
    in another running demand by then). The demand is settled when no line is left, withdrawn when all were
    moved to other parties, disputed while something on it is.
    """
    demands = Demand._base_manager.filter(lines__advance__in=list(advances)).exclude(
        lines__outcome=LineOutcome.WITHDRAWN
    )
    for demand in demands.distinct().order_by("pk"):
        _restate(demand, by=by, now=now)


def drop(advances: Iterable[int], *, now: datetime) -> None:
    """Take advances that another party owes from now on out of their running demands."""
    DemandLine._base_manager.filter(advance__in=list(advances), outcome="").update(outcome=LineOutcome.MOVED)


def rest_fen(demand: Demand, *, but_disputed: bool = False) -> int:
    """What is still open on a demand; without what is in dispute, if so asked."""
    lines = DemandLine._base_manager.filter(demand=demand, outcome="").select_related("advance")
    if but_disputed:
        lines = lines.exclude(advance__disputes__state=DisputeState.OPEN)
    return sum(min(line.amount_fen, line.advance.open_fen) for line in lines)


def _remind(demand: Demand, staff: Staff, *, by: User, now: datetime) -> int:
    open_fen = rest_fen(demand, but_disputed=True)
    if not open_fen:
        return 0
    today = timezone.localdate(now)
    turn = demand.reminders + 1
    earlier = list(demand.reminded.order_by("turn").values_list("sent_on", flat=True))
    noted = Demand._base_manager.filter(
        pk=demand.pk, state__in=RUNNING, reminders=demand.reminders, next_reminder_on__lte=today
    ).update(reminders=turn, next_reminder_on=next_reminder_on(demand.due_on, [*earlier, today]))
    if not noted:
        return 0
    Reminder.objects.create(
        demand=demand, county_code=demand.county_code, turn=turn, open_fen=open_fen, sent_on=today
    )
    trail.record(
        "demand.reminded",
        by=by,
        obj=demand,
        after={"number": demand.number, "turn": turn, "open_fen": open_fen},
        at=now,
    )
    params = {"number": demand.number, "party": demand.party.name, "turn": turn, "open_fen": open_fen}
    url = reverse("claims:demand_detail", args=[demand.pk])
    post(
        [
            Message(
                "demand.overdue", user, f"demand {demand.pk} reminder {turn}", params, url, demand.county_code
            )
            for user in staff.in_county(demand.county_code)
        ],
        now=now,
    )
    return 1


def _restate(demand: Demand, *, by: User, now: datetime) -> None:
    lines = list(DemandLine._base_manager.filter(demand=demand).select_related("advance"))
    for line in lines:
        _restate_line(line)
    live = [line.advance_id for line in lines if not line.outcome]
    if live:
        disputed = AdvanceDispute._base_manager.filter(advance__in=live, state=DisputeState.OPEN).exists()
        state = DemandState.DISPUTED if disputed else DemandState.SENT
    else:
        all_moved = all(line.outcome == LineOutcome.MOVED for line in lines)
        state = DemandState.WITHDRAWN if all_moved else DemandState.PAID
    if state == demand.state:
        return
    changes = {"state": state, "ended_at": None if live else now}
    if not live:
        changes["next_reminder_on"] = None
    elif not demand.is_running:
        days = list(demand.reminded.order_by("turn").values_list("sent_on", flat=True))
        changes["next_reminder_on"] = next_reminder_on(demand.due_on, days)
    Demand._base_manager.filter(pk=demand.pk, state=demand.state).update(**changes)
    trail.record(
        "demand.restated",
        by=by,
        obj=demand,
        before={"state": demand.state},
        after={"number": demand.number, "state": str(state)},
        at=now,
    )


def _restate_line(line: DemandLine) -> None:
    is_open = line.advance.open_fen > 0
    if line.outcome == "" and not is_open:
        outcome = LineOutcome.SETTLED
    elif line.outcome == LineOutcome.SETTLED and is_open:
        elsewhere = Q(advance=line.advance_id, outcome="")
        if DemandLine._base_manager.filter(elsewhere).exclude(pk=line.pk).exists():
            return
        outcome = ""
    else:
        return
    DemandLine._base_manager.filter(pk=line.pk, outcome=line.outcome).update(outcome=outcome)
    line.outcome = outcome


def _numbered(**facts) -> Demand:
    """The demand under the next free number of its fund and year."""
    county, year = facts["county_code"], facts["year"]
    for _try in range(NUMBER_TRIES):
        last = Demand._base_manager.filter(county_code=county, year=year).aggregate(last=Max("sequence"))
        sequence = (last["last"] or 0) + 1
        try:
            with transaction.atomic():
                return Demand.objects.create(
                    sequence=sequence, number=demand_number(county, year, sequence), **facts
                )
        except IntegrityError:
            continue
    raise Refused(
        _("Somebody else is changing the same thing at this moment. Please try again."), code="busy"
    )


def _not_demandable() -> Refused:
    return Refused(
        _("One of these advances is settled, disputed or in another demand by now. Choose again."),
        code="not_demandable",
        field="advances",
    )
