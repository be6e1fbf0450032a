"""What a consumer can do with a claim of theirs: withdraw it, score it, object to its refusal."""

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from aftersales.accounts.api_scopes import ApiScope
from aftersales.lib.errors import Refused
from aftersales.web.api.fields import Input, Output, TextField
from aftersales.web.api.versions import etag, expected_version
from aftersales.web.api.views import ApiView, Made
from claims.api.claim_outputs import ClaimDetailOut
from claims.api.finding import detailed, found
from claims.models.appeals import AppealState
from claims.models.compensation import AskedHow
from claims.models.follow_ups import ScoreSource
from claims.queries import follow_ups as reading
from claims.services import appeals, casework, scores, speaking


class WithdrawalIn(Input):
    reason = TextField(max_length=200, help_text="What the consumer said.")


class WithdrawalView(ApiView):
    """The consumer no longer wants anything."""

    scopes = {"POST": ApiScope.CLAIMS_WRITE}
    for_consumers = True
    serializer_class = ClaimDetailOut
    input_classes = {"POST": WithdrawalIn}
    refusals = {"POST": ("stale", "illegal_move", "reason_missing", "compensation_approved", "other_side")}
    statuses = {"POST": 200}
    if_match = ("POST",)
    tagged = ("POST",)

    def post(self, request, number):
        """Withdraw a claim"""
        given, claim = self.given(), found(request.auth, number)
        return self.unless_stale(
            lambda: self.once(lambda: self._withdraw(request, claim, given)),
            lambda: self.shown(detailed(found(request.auth, number))),
        )

    def _withdraw(self, request, claim, given) -> Made:
        speaking.check_for_consumer(claim, request.auth)
        casework.withdraw(
            claim=claim,
            reason=given["reason"],
            by=request.user,
            now=timezone.now(),
            expected_version=expected_version(request),
        )
        after = detailed(found(request.auth, claim.number))
        return Made(self.shown(after), after, status=200, headers={"ETag": etag(after.version)})


class ScoreIn(Input):
    stars = serializers.IntegerField(min_value=1, max_value=5)
    attitude = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=5)
    speed = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=5)
    efficiency = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=5, help_text="Whether the problem was solved."
    )
    comment = TextField(required=False, allow_blank=True, max_length=scores.COMMENT_SIGNS)


class ScoreOut(Output):
    stars = serializers.IntegerField()
    attitude = serializers.IntegerField(allow_null=True)
    speed = serializers.IntegerField(allow_null=True)
    efficiency = serializers.IntegerField(allow_null=True)
    source = serializers.ChoiceField(ScoreSource.choices)
    at = serializers.DateTimeField()


class ScoreView(ApiView):
    """How the consumer found it. Once for each round; changes nothing about the claim."""

    scopes = {"POST": ApiScope.CLAIMS_WRITE}
    for_consumers = True
    only_consumers = True
    serializer_class = ScoreOut
    input_classes = {"POST": ScoreIn}
    refusals = {"POST": ("score_given", "score_closed", "score_missing", "too_long")}

    def post(self, request, number):
        """Score a claim"""
        given, claim = self.given(), found(request.auth, number)
        return self.once(lambda: self._score(claim, given))

    def _score(self, claim, given) -> Made:
        now = timezone.now()
        follow_up = reading.open_to_own_score(claim, now=now)
        if follow_up is None:
            if reading.own_score(claim):
                raise Refused(_("You have given your score already. Thank you."), code="score_given")
            raise Refused(_("This claim can no longer be scored here."), code="score_closed")
        score = scores.score_by_consumer(follow_up=follow_up, now=now, **given)
        return Made(self.shown(score), score)


class AppealIn(Input):
    text = TextField(max_length=appeals.TEXT_LIMIT, help_text="What is wrong with the refusal.")


class AppealOut(Output):
    state = serializers.ChoiceField(AppealState.choices)
    filed_at = serializers.DateTimeField()
    answer_by = serializers.DateField(help_text="Somebody one level higher answers by that day.")
    answer = serializers.CharField()


class AppealView(ApiView):
    """What the consumer brings up against a refusal. Once; somebody one level higher answers."""

    scopes = {"POST": ApiScope.CLAIMS_WRITE}
    for_consumers = True
    serializer_class = AppealOut
    input_classes = {"POST": AppealIn}
    refusals = {"POST": ("not_refused", "appeal_over", "appealed_already", "text_missing", "other_side")}

    def post(self, request, number):
        """Appeal against a refusal"""
        given, claim = self.given(), found(request.auth, number)
        return self.once(lambda: self._file(request, claim, given["text"]))

    def _file(self, request, claim, text) -> Made:
        now = timezone.now()
        speaking.check_for_consumer(claim, request.auth)
        if request.auth.consumer:
            appeal = appeals.file_own(claim=claim, text=text, now=now)
        else:
            appeal = appeals.file(
                claim=claim, text=text, filed_how=AskedHow.MESSAGE, by=request.user, now=now
            )
        return Made(self.shown(appeal), appeal)
