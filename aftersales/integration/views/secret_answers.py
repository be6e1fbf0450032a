"""Answers that show a new secret: once, kept nowhere, and made once for each form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from aftersales.web import idempotency
from aftersales.web.idempotency import Answer
from aftersales.web.service_forms import KeyedForm


def made_once(
    request: HttpRequest,
    form: KeyedForm,
    *,
    about: str,
    service: Callable[..., Any],
    row_of: Callable[[Any], Model],
    **arguments: Any,
) -> tuple[int, str] | None:
    """Call a service that makes a secret, once for this form; the key of its row and the secret.

    Sent again, the same form makes no second one and its secret is "". None where the service refused, which
    the form says then. `about` tells apart what a form may be about.
    """
    secrets: list[str] = []

    def effect() -> Answer:
        made = service(**arguments, by=request.user, now=timezone.now())
        secrets.append(made.secret)
        return Answer.to(row_of(made))

    def once() -> Answer:
        return idempotency.once(
            client=f"user:{request.user.pk}",
            key=form.cleaned_data["form_key"],
            fingerprint=idempotency.fingerprint({**form.shown_values, "about": about}),
            effect=effect,
        )[0]

    if not form.call(once):
        return None
    return int(form.result.object_id), "".join(secrets)


def shown_once(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page with the secret, which no cache keeps."""
    response = render(request, template, context)
    response["Cache-Control"] = "no-store"
    return response
