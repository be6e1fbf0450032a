"""Tokens of an application: issued and replaced, the secret shown in the answer alone; revoked."""

from __future__ import annotations

from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from aftersales.integration.forms import ReasonForm, RotateForm, TokenForm
from aftersales.integration.models import ApiToken
from aftersales.integration.services import tokens
from aftersales.integration.views.clients import ClientPage, scope_words
from aftersales.integration.views.secret_answers import made_once, shown_once


class TokenPage(ClientPage):
    """A page that makes a token. Sent again, the same form makes no second one and shows no secret."""

    template = ""

    def token(self, pk: int) -> ApiToken:
        """One token in reach; 404 for any other."""
        return get_object_or_404(ApiToken.objects.select_related("client__party"), pk=pk)

    def make(self, form, about: str, service, **arguments):
        """Call the service once for this form; answer with the secret, or with the form and its errors."""
        made = made_once(
            self.request, form, about=about, service=service, row_of=lambda issued: issued.token, **arguments
        )
        if made is None:
            return None
        token = self.token(made[0])
        context = {
            "client": token.client,
            "token": token,
            "scopes": scope_words(token),
            "secret": made[1],
        }
        return shown_once(self.request, "integration/token_shown.html", context)

    def page(self, form, **context):
        status = 409 if form.refused else 200
        return render(self.request, self.template, {"form": form, **context}, status=status)


class TokenNew(TokenPage):
    """Issue a token for an application."""

    template = "integration/token_new.html"

    def get(self, request, pk):
        return self.page(TokenForm(), client=self.client(pk))

    def post(self, request, pk):
        client, form = self.client(pk), TokenForm(request.POST)
        made = None
        if form.is_valid():
            made = self.make(form, f"issue:{pk}", tokens.issue, client=client, **form.shown_values)
        return made or self.page(form, client=client)


class TokenRotate(TokenPage):
    """Put a new token in the place of one, and let both count for a while."""

    template = "integration/token_rotate.html"

    def get(self, request, pk):
        token = self.token(pk)
        return self.page(RotateForm(), client=token.client, token=token)

    def post(self, request, pk):
        token, form = self.token(pk), RotateForm(request.POST)
        made = None
        if form.is_valid():
            made = self.make(form, f"rotate:{pk}", tokens.rotate, token=token, **form.shown_values)
        return made or self.page(form, client=token.client, token=token)


class TokenRevoke(TokenPage):
    """Let a token count no more, for a reason and after a second look."""

    template = "integration/token_revoke.html"

    def get(self, request, pk):
        token = self.token(pk)
        return self.page(ReasonForm(), client=token.client, token=token)

    def post(self, request, pk):
        token, form = self.token(pk), ReasonForm(request.POST)
        given = {"by": request.user, "now": timezone.now()}
        if form.is_valid() and form.call(
            tokens.revoke, token=token, reason=form.cleaned_data["reason"], **given
        ):
            return redirect("integration:client", token.client_id)
        return self.page(form, client=token.client, token=token)
