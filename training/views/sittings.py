"""Sitting an exam on a phone: what is offered, the rules, one question a page, handing in, the result."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from aftersales.web import picture_store
from stations.access.places import PlacePage, own_station, permissions
from training.forms.sittings import AnswerForm
from training.models import Attachment, Exam, Sitting
from training.queries import sittings as reading
from training.queries.courses import required_unfinished
from training.queries.learners import learner_of
from training.queries.sittings import Asked
from training.rules.exams import SittingState
from training.rules.sittings import Phase, as_asked, elapsed, phase, seconds_left
from training.services import sittings as service

OVER = {"time_over", "sitting_over"}
LOOKERS_ON = {"training.view_training", "training.examine"}
KEEP = "training.keep_questions"


class SittingPage(PlacePage):
    """A page about exams that the person at the door sits."""

    permission = "training.sit_exam"

    def find(self, pk) -> Sitting:
        """The person's own sitting, ended if its time is over."""
        sitting = get_object_or_404(reading.own(self.request.user).select_related("exam"), pk=pk)
        return service.end_if_over(sitting, now=timezone.now())


class SittingList(SittingPage):
    """Every exam as it stands for the person, and what came of earlier ones."""

    template_name = "training/sitting_list.html"

    def get(self, request):
        now = timezone.now()
        return self.page(
            offered=reading.offered(request.user, now),
            results=reading.ended(request.user)[: reading.RESULTS_SHOWN],
            not_posted=_why_not_posted(request.user),
            place=own_station(request.user),
        )


class SittingStart(SittingPage):
    """The rules of an exam, whether one may begin, and the button that begins it."""

    template_name = "training/sitting_start.html"

    def get(self, request, code):
        return self._page(self._exam(code))

    def post(self, request, code):
        exam = self._exam(code)
        try:
            sitting = service.start(exam, user=request.user, now=timezone.now())
        except Refused as refused:
            return self._page(exam, refused)
        return redirect("training:sitting_detail", sitting.pk)

    def _exam(self, code) -> Exam:
        return get_object_or_404(Exam, code=code)

    def _page(self, exam: Exam, refused: Refused | None = None):
        user, now = self.request.user, timezone.now()
        offer = reading.offer_of(user, exam, now)
        missing = required_unfinished(user) if reading.asks_for_courses(exam) else []
        not_posted = _why_not_posted(user)
        is_under_way = offer.under_way is not None and phase(offer.under_way.ends_at, now) != Phase.OVER
        may_begin = offer.turn.may_begin and not (missing or not_posted or exam.retired_at)
        return self.page(
            exam=exam,
            offer=offer,
            missing=missing,
            not_posted=not_posted,
            refused=refused,
            is_under_way=is_under_way,
            may_begin=may_begin or is_under_way,
            place=own_station(user),
        )


class SittingDetail(SittingPage):
    """The way into a sitting: to the first question without an answer, or to what came of it."""

    def get(self, request, pk):
        sitting = self.find(pk)
        if sitting.state != SittingState.OPEN:
            return redirect("training:sitting_result", pk)
        paper = reading.paper_of(sitting, with_pictures=False)
        place = next((asked.place for asked in paper if not asked.is_answered), 1)
        return redirect("training:sitting_question", pk, place)


class SittingQuestion(SittingPage):
    """One question. Answers are sent by a button, or by exam.js as soon as they are given (then as JSON)."""

    template_name = "training/sitting_question.html"

    def get(self, request, pk, place):
        sitting = self.find(pk)
        if elsewhere := self._elsewhere(sitting):
            return elsewhere
        paper = reading.paper_of(sitting)
        return self._page(sitting, paper, self._asked(paper, place))

    def post(self, request, pk, place):
        sitting = self.find(pk)
        asked = reading.asked_at(sitting, place)
        if asked is None:
            raise Http404
        form = AnswerForm(asked, request.POST)
        is_background = request.headers.get("Accept", "").startswith("application/json")
        if form.is_valid():
            form.call(
                service.save_answer,
                sitting=sitting,
                place=place,
                answer=as_asked(asked.order, form.shown),
                sent=form.cleaned_data["sent"],
                by=request.user,
                now=timezone.now(),
            )
        if is_background:
            return self._told(sitting, asked, form)
        if form.refused is not None and form.refused.code in {*OVER, "answer_older"}:
            messages.warning(request, form.refused.message)
            return redirect("training:sitting_question", pk, place)
        if form.errors:
            paper = reading.paper_of(sitting)
            return self._page(sitting, paper, self._asked(paper, place), form)
        return redirect(self._next(sitting, place))

    def _asked(self, paper: list[Asked], place: int) -> Asked:
        if not 1 <= place <= len(paper):
            raise Http404
        return paper[place - 1]

    def _elsewhere(self, sitting: Sitting):
        if sitting.state != SittingState.OPEN:
            return redirect("training:sitting_result", sitting.pk)
        if phase(sitting.ends_at, timezone.now()) != Phase.RUNNING:
            return redirect("training:sitting_hand_in", sitting.pk)
        return None

    def _next(self, sitting: Sitting, place: int) -> str:
        target = place - 1 if self.request.POST.get("go") == "previous" else place + 1
        if target > len(sitting.paper):
            return reverse("training:sitting_hand_in", args=[sitting.pk])
        return reverse("training:sitting_question", args=[sitting.pk, max(1, target)])

    def _told(self, sitting: Sitting, asked: Asked, form: AnswerForm) -> JsonResponse:
        """What became of an answer, for the script."""
        if form.refused is not None:
            answer = {"code": form.refused.code, "message": str(form.refused.message)}
            return JsonResponse({**answer, "sent": form.refused.details.get("sent", 0)}, status=409)
        if form.errors:
            said = [message for found in form.errors.values() for message in found]
            return JsonResponse({"code": "answer_impossible", "message": " ".join(said)}, status=400)
        left = seconds_left(sitting.ends_at, timezone.now())
        return JsonResponse({"sent": form.result.sent, "answered": bool(form.result.answer), "left": left})

    def _page(self, sitting: Sitting, paper: list[Asked], asked: Asked, form: AnswerForm | None = None):
        return self.page(
            sitting=sitting,
            exam=sitting.exam,
            paper=paper,
            asked=asked,
            form=form or AnswerForm(asked),
            answered=sum(each.is_answered for each in paper),
            **_clock(sitting),
            place=own_station(self.request.user),
        )


class SittingPaper(SittingPage):
    """The whole paper as parts of pages, so that exam.js can turn them without the network."""

    def get(self, request, pk):
        sitting = self.find(pk)
        if sitting.state != SittingState.OPEN:
            raise Http404
        paper = reading.paper_of(sitting)
        pages = [(asked, AnswerForm(asked)) for asked in paper]
        context = {"sitting": sitting, "pages": pages, "paper": paper}
        return render(request, "training/sitting_paper.html", context)


class SittingHandIn(SittingPage):
    """What is still empty, and the button that ends the exam."""

    template_name = "training/sitting_hand_in.html"

    def get(self, request, pk):
        sitting = self.find(pk)
        if sitting.state != SittingState.OPEN:
            return redirect("training:sitting_result", pk)
        paper = reading.paper_of(sitting, with_pictures=False)
        is_running = phase(sitting.ends_at, timezone.now()) == Phase.RUNNING
        return self.page(
            sitting=sitting,
            exam=sitting.exam,
            paper=paper,
            empty=[asked for asked in paper if not asked.is_answered],
            is_running=is_running,
            **_clock(sitting),
            place=own_station(request.user),
        )

    def post(self, request, pk):
        try:
            service.hand_in(self.find(pk), by=request.user, now=timezone.now())
        except Refused as refused:
            if refused.code not in OVER:
                raise
        return redirect("training:sitting_result", pk)


class SittingResult(PlacePage):
    """What came of an exam; never before its end.

    The right answer to what was wrong is for the candidate, but not while they sit another exam from the
    same bank, and for those who keep the bank. Whoever else looks on may sit the exam too.
    """

    permission = ("training.sit_exam", *sorted(LOOKERS_ON))
    template_name = "training/sitting_result.html"

    def get(self, request, pk):
        sitting = service.end_if_over(self._find(pk), now=timezone.now())
        is_own = sitting.user_id == request.user.pk
        if sitting.state == SittingState.OPEN:
            if is_own:
                return redirect("training:sitting_detail", pk)
            raise Http404
        why_hidden = self._why_hidden(is_own)
        paper = reading.paper_of(sitting, with_pictures=not why_hidden)
        return self.page(
            sitting=sitting,
            exam=sitting.exam,
            is_own=is_own,
            why_hidden=why_hidden,
            wrong=[asked for asked in paper if not asked.is_right],
            right=sum(asked.is_right for asked in paper),
            whole=len(paper),
            turn=reading.turn_of(sitting.user, sitting.exam, timezone.now()) if is_own else None,
            place=own_station(request.user),
        )

    def _why_hidden(self, is_own: bool) -> str:
        """Why the person does not see what is right, as a sentence; empty when they do."""
        user = self.request.user
        if not is_own and KEEP not in permissions(user):
            return _("What was asked and what is right is shown to the candidate and to trainers.")
        if reading.is_under_way(user, timezone.now()):
            return _("You sit an exam just now. What was asked here is shown when that one has ended.")
        return ""

    def _find(self, pk) -> Sitting:
        rows = {"own": reading.own(self.request.user), "others": Sitting.objects.all()}
        wanted = {name: row.select_related("exam", "user", "station") for name, row in rows.items()}
        if own := wanted["own"].filter(pk=pk).first():
            return own
        found = get_object_or_404(wanted["others"], pk=pk)
        if not LOOKERS_ON & permissions(self.request.user, found):
            raise Http404
        return found


class SittingPicture(PlacePage):
    """A picture of a question: for whoever is asked it, and for those who keep the bank."""

    permission = ("training.sit_exam", KEEP)

    def get(self, request, pk):
        picture = get_object_or_404(Attachment, pk=pk, question__isnull=False)
        if KEEP not in permissions(request.user) and not reading.asks(request.user, picture.question_id):
            raise Http404
        return picture_store.serve_picture(request, picture.file_name)


def _clock(sitting: Sitting) -> dict[str, int]:
    now = timezone.now()
    return {
        "left": seconds_left(sitting.ends_at, now),
        "elapsed": elapsed(sitting.started_at, now),
    }


def _why_not_posted(user) -> str:
    try:
        learner_of(user)
    except Refused as refused:
        return str(refused.message)
    return ""
