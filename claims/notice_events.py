"""What people are told about claims, in words. Sorted by code."""

from django.utils.translation import gettext_lazy as _

from aftersales.notices.events import Event, register
from claims.models.choices import ClockChoices, LevelChoices
from claims.models.payouts import FailureReason
from claims.models.supervision import ThemeChoices
from claims.models.visits import VisitFailureChoices, VisitKindChoices
from claims.rules.clocks import Level

CLOCKS = {clock.value: clock.label for clock in ClockChoices}
LEVELS = {level.name.lower(): LevelChoices(level).label for level in Level}
"""A place is the name of a station, or the code of a level where no station stands for it."""
THEMES = dict(ThemeChoices.choices)
VISITS = dict(VisitKindChoices.choices)
VISIT_FAILURES = dict(VisitFailureChoices.choices)

EVENTS = (
    Event(
        "appeal.answered",
        title=_("Your appeal about claim %(number)s is answered"),
        body=_("Read the answer with the number and the last four digits of your phone."),
        outside=True,
    ),
    Event(
        "appeal.dismissed",
        title=_("The appeal about claim %(number)s is dismissed"),
        body=_("The refusal stands. Please give the consumer the letter with the answer."),
    ),
    Event(
        "appeal.filed",
        title=_("An appeal about claim %(number)s waits for your answer"),
        body=_("The consumer does not agree with the refusal. Please answer by %(answer_by)s."),
    ),
    Event(
        "appeal.upheld",
        title=_("The appeal about claim %(number)s is upheld"),
        body=_("The claim goes on in a new round. Please take it up again."),
    ),
    Event(
        "check.closed",
        title=_("The check of %(period)s is closed: %(theme)s"),
        body=_("Findings in your county: %(number)s. Read the conclusion."),
        labels={"theme": THEMES},
    ),
    Event(
        "claim.assigned",
        title=_("You handle claim %(number)s"),
        body=_("Claim %(number)s was given to you. Open it to see what is to be done."),
    ),
    Event(
        "claim.climbed_away",
        title=_("Claim %(number)s has gone up to %(to)s"),
        body=_("%(clock)s ran out at %(due_at)s. You no longer have to act."),
        labels={"clock": CLOCKS, "to": LEVELS},
    ),
    Event(
        "claim.climbed_to_you",
        title=_("Claim %(number)s has come up to you"),
        body=_("%(clock)s ran out at %(due_at)s; until then it was with %(place)s. Please take it over."),
        labels={"clock": CLOCKS, "place": LEVELS},
    ),
    Event(
        "claim.due_moved",
        title=_("Claim %(number)s is due at another time"),
        body=_("The calendar of holidays has changed. The claim is now due at %(due_at)s."),
    ),
    Event(
        "claim.handed_up",
        title=_("Claim %(number)s was handed up to you"),
        body=_("%(place)s cannot settle it. Please read the reason and take it over."),
        labels={"place": LEVELS},
    ),
    Event(
        "claim.low_score",
        title=_("Low score for claim %(number)s"),
        body=_("The consumer is not satisfied. Somebody who had no hand in it calls by %(due_at)s."),
    ),
    Event(
        "claim.offer_silent",
        title=_("Claim %(number)s went on to somebody else"),
        body=_("The offer of claim %(number)s was not answered in time; it is offered to the next person."),
    ),
    Event(
        "claim.offered",
        title=_("Claim %(number)s is offered to you"),
        body=_("A claim from %(station)s needs a handler. Accept or decline by %(answer_by_at)s."),
    ),
    Event(
        "claim.ran_out",
        title=_("Claim %(number)s is overdue"),
        body=_("%(clock)s ran out at %(due_at)s."),
        labels={"clock": CLOCKS},
    ),
    Event(
        "claim.rate",
        title=_("How was claim %(number)s handled?"),
        body=_("Rate it from 1 to 5 with the number and the last four digits of your phone."),
        outside=True,
    ),
    Event(
        "claim.result",
        title=_("Your claim %(number)s is settled"),
        body=_("See what came of it and rate it with the number and the last four digits of your phone."),
        outside=True,
    ),
    Event(
        "claim.resumed_by_itself",
        title=_("Claim %(number)s goes on"),
        body=_("Its pause was at its longest at %(due_at)s. The promised times count again."),
    ),
    Event(
        "claim.sent_back",
        title=_("Claim %(number)s was sent back to you"),
        body=_("%(place)s has given it back. Please read the reason and take it over."),
        labels={"place": LEVELS},
    ),
    Event(
        "claim.unassigned",
        title=_("Nobody is left for claim %(number)s"),
        body=_("Everybody who could take claim %(number)s from %(station)s was asked. Give it to somebody."),
    ),
    Event(
        "claim.unassigned_many",
        title=_("Claims without anybody: %(count)s"),
        body=_("For %(count)s claims nobody is left to ask. Give them to somebody."),
    ),
    Event(
        "claim.warned",
        title=_("Claim %(number)s is due soon"),
        body=_("%(clock)s is due at %(due_at)s."),
        labels={"clock": CLOCKS},
    ),
    Event(
        "demand.overdue",
        title=_("Remind %(party)s of demand %(number)s"),
        body=_("%(open_fen)s is still open and overdue. Print reminder %(turn)s and send it."),
    ),
    Event(
        "fee_complaint.dismissed",
        title=_("The fee for claim %(number)s stays as it is"),
        body=_("The complaint of %(party)s was answered. Read the reason."),
    ),
    Event(
        "fee_complaint.filed",
        title=_("%(party)s objects to the fee for claim %(number)s"),
        body=_("Please look at the order and answer; its statement waits until then."),
    ),
    Event(
        "fee_complaint.upheld",
        title=_("The fee for claim %(number)s was corrected"),
        body=_("The complaint of %(party)s was upheld. The statement shows the new fee."),
    ),
    Event(
        "finding.accepted",
        title=_("A rectification was accepted"),
        body=_("The finding counts as rectified."),
    ),
    Event(
        "finding.answered",
        title=_("A rectification waits for your word"),
        body=_("The county has reported what it did. Accept it or send it back."),
    ),
    Event(
        "finding.due_soon",
        title=_("A finding is to be rectified by %(due_on)s"),
        body=_("Report what was done before the day is over."),
    ),
    Event(
        "finding.made",
        title=_("A check made a finding in your county"),
        body=_("It is to be rectified by %(due_on)s. Read what is wrong."),
    ),
    Event(
        "finding.overdue",
        title=_("A finding is overdue since %(due_on)s"),
        body=_("Nothing is reported yet, or it was sent back."),
    ),
    Event(
        "finding.returned",
        title=_("A rectification was sent back"),
        body=_("Read the reason. The new day is %(due_on)s."),
    ),
    Event(
        "follow_up.due_many",
        title=_("Calls to make today: %(count)s"),
        body=_("Ask the villagers how their claims went. Today's calls and late ones come first."),
    ),
    Event(
        "follow_up.given",
        title=_("Please call about claim %(number)s"),
        body=_("It is your turn to ask the consumer. Due at %(due_at)s."),
    ),
    Event(
        "follow_up.given_second",
        title=_("Low score for claim %(number)s: please call"),
        body=_("The consumer is not satisfied. It is your turn to ask what is wrong, by %(due_at)s."),
    ),
    Event(
        "follow_up.overdue_many",
        title=_("Follow-ups overdue in the county: %(count)s"),
        body=_("Consumers wait to be asked. See whose turn it is, and give calls to whoever has time."),
    ),
    Event(
        "payout.came_back",
        title=_("Refund of claim %(number)s did not arrive"),
        body=_("%(amount_fen)s came back: %(reason)s. Ask the villager how else it can be paid."),
        labels={"reason": dict(FailureReason.choices)},
    ),
    Event(
        "fund.low",
        title=_("%(fund)s is running low"),
        body=_("It holds %(balance_fen)s; it warns below %(limit_fen)s. Please have it topped up."),
    ),
    Event(
        "provider_order.accepted",
        title=_("%(provider)s comes for claim %(number)s"),
        body=_("The provider has accepted the visit of %(starts_at)s."),
    ),
    Event(
        "provider_order.declined",
        title=_("%(declined_by)s has declined a visit for claim %(number)s"),
        body=_("It is offered to %(provider)s now. If they have no account, send them the new link."),
    ),
    Event(
        "provider_order.lapsed",
        title=_("%(declined_by)s did not answer about claim %(number)s"),
        body=_("The visit is offered to %(provider)s now. If they have no account, send them the new link."),
    ),
    Event(
        "provider_order.nobody",
        title=_("No provider is left for claim %(number)s"),
        body=_("Nobody makes the visit of %(starts_at)s yet. Send somebody else or move it."),
    ),
    Event(
        "provider_order.offered",
        title=_("A visit on %(starts_at)s is offered to you"),
        body=_("Please accept or decline by %(answer_by_at)s."),
    ),
    Event(
        "provider_order.withdrawn",
        title=_("The visit on %(starts_at)s is not yours any more"),
        body=_("The order was taken back. You need not go there."),
    ),
    Event(
        "review.objection",
        title=_("A second look objects to claim %(number)s"),
        body=_("The rule had paid it. Read the reason; later claims of the same person are decided by hand."),
    ),
    Event(
        "statement.agreed",
        title=_("%(party)s agrees to statement %(number)s"),
        body=_("%(total_fen)s can be paid by a manager who did not prepare it."),
    ),
    Event(
        "statement.disputed",
        title=_("%(party)s does not agree with statement %(number)s"),
        body=_("Read what is wrong, answer it, and send the statement again."),
    ),
    Event(
        "statement.paid",
        title=_("Statement %(number)s is paid"),
        body=_("%(total_fen)s were transferred to %(party)s."),
    ),
    Event(
        "statement.sent",
        title=_("Statement %(number)s waits for your word"),
        body=_("It comes to %(total_fen)s. Look at each order, then agree or say what is wrong."),
    ),
    Event(
        "visit.announced",
        title=_("Somebody visits you for claim %(number)s: %(window)s"),
        body=_("Please be at home in this window. If the time does not suit you, tell your service point."),
        outside=True,
    ),
    Event(
        "visit.called_off",
        title=_("The visit for claim %(number)s is cancelled: %(window)s"),
        body=_("Nobody comes in this window. Your service point can tell you more."),
        outside=True,
    ),
    Event(
        "visit.cancelled",
        title=_("The visit for claim %(number)s is cancelled"),
        body=_("%(kind)s, %(place)s, %(window)s: nobody has to go."),
        labels={"kind": VISITS},
    ),
    Event(
        "visit.failed",
        title=_("The visit for claim %(number)s came to nothing"),
        body=_("%(kind)s, %(place)s, %(window)s: %(failure)s. Please agree another time."),
        labels={"kind": VISITS, "failure": VISIT_FAILURES},
    ),
    Event(
        "visit.given",
        title=_("You make the visit for claim %(number)s: %(window)s"),
        body=_("%(kind)s, %(place)s. It was given to you."),
        labels={"kind": VISITS},
    ),
    Event(
        "visit.moved",
        title=_("The visit for claim %(number)s is now %(window)s"),
        body=_("%(kind)s, %(place)s. It was planned for %(before)s."),
        labels={"kind": VISITS},
    ),
    Event(
        "visit.planned",
        title=_("A visit for claim %(number)s: %(window)s"),
        body=_("%(kind)s, %(place)s. Open it to see what is to be done."),
        labels={"kind": VISITS},
    ),
    Event(
        "visit.taken_away",
        title=_("Somebody else makes the visit for claim %(number)s"),
        body=_("%(kind)s, %(place)s, %(window)s: you no longer have to go."),
        labels={"kind": VISITS},
    ),
    Event(
        "visit.unassigned",
        title=_("Nobody goes yet for claim %(number)s: %(window)s"),
        body=_("%(kind)s, %(place)s. Send somebody, or ask a provider."),
        labels={"kind": VISITS},
    ),
)


def register_events() -> None:
    """Make them known; called when the app is ready."""
    register(*EVENTS)
