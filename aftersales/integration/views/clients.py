"""Applications of other parties: the list, a new one, one of them, suspending and letting in again."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from aftersales.accounts.api_scopes import ApiScope
from aftersales.integration import queries
from aftersales.integration.forms import ReasonForm, RegisterForm
from aftersales.integration.models import ApiClient, ApiToken
from aftersales.integration.services import clients
from aftersales.web.paging import keyset_page
from claims.services import adapters
from stations.access.guards import PermissionMixin, may_throughout
from stations.models import Region, Station
from stations.queries import active_grants

KEEP = "integration.keep_clients"
STATES = ("active", "suspended")
STEPS = {"suspend": clients.suspend, "resume": clients.resume}


class ClientPage(PermissionMixin, View):
    """A page for whoever keeps the applications of a county or of the programme."""

    permission = KEEP

    def client(self, pk: int) -> ApiClient:
        """One application in reach; 404 for any other."""
        return get_object_or_404(ApiClient.objects.select_related("party", "user", "created_by"), pk=pk)


class Clients(ClientPage):
    """All applications in reach by name, with what they asked in the last seven days."""

    http_method_names = ["get", "head", "options"]

    def get(self, request):
        now = timezone.now()
        word = request.GET.get("q", "").strip()[:60]
        state = request.GET.get("state", "")
        rows = queries.clients_found(word=word, state=state)
        page = keyset_page(rows, cursor=request.GET.get("cursor", ""), order=("name", "id"), size=30)
        standings = queries.standings(page.rows, now=now)
        for row in page.rows:
            row.standing = standings[row.pk]
        soon = queries.current_tokens(now).filter(expires_at__lte=now + queries.ENDS_SOON)
        context = {
            "list_page": page,
            "word": word,
            "state": state if state in STATES else "",
            "soon": soon.filter(client__is_suspended=False).count(),
        }
        return render(request, "integration/clients.html", context)


class ClientNew(ClientPage):
    """Register an application."""

    def get(self, request):
        return self._page(self._form())

    def post(self, request):
        form = self._form(request.POST)
        if form.is_valid():
            given = {"is_programme_wide": False, **form.cleaned_data}
            given["regions"] = list(given["regions"])
            if form.call(clients.register, **given, by=request.user, now=timezone.now()):
                return redirect("integration:client", form.result.pk)
        return self._page(form)

    def _form(self, data=None) -> RegisterForm:
        centres = Station.objects.filter(tier="county").values("region_id")
        counties = Region.objects.filter(pk__in=centres).order_by("code")
        return RegisterForm(data, counties=counties, may_throughout=may_throughout(self.request.user, KEEP))

    def _page(self, form):
        status = 409 if form.refused else 200
        return render(self.request, "integration/client_new.html", {"form": form}, status=status)


class Client(ClientPage):
    """One application: what it may, its tokens, its subscriptions, how much it asks."""

    http_method_names = ["get", "head", "options"]

    def get(self, request, pk):
        client, now = self.client(pk), timezone.now()
        tokens = list(queries.tokens_of(client))
        replaced = {token.replaces_id for token in tokens}
        for token in tokens:
            token.standing, token.tone = standing_of(token, now)
            token.is_current = token.revoked_at is None and token.expires_at > now
            token.is_replaced = token.pk in replaced
            token.may = scope_words(token)
        context = {
            "client": client,
            "adapter": dict(adapters.choices()).get(client.adapter, client.adapter),
            "tokens": tokens,
            "grants": active_grants(client.user_id, now).select_related("region", "station"),
            "subscriptions": queries.subscriptions_of(client),
            "usage": queries.usage_of(client, since=now - queries.RECENT, until=now),
        }
        return render(request, "integration/client.html", context)


class ClientStep(ClientPage):
    """Suspend an application, or let it in again, for a reason and after a second look."""

    def get(self, request, pk, step):
        return self._page(self.client(pk), step, ReasonForm())

    def post(self, request, pk, step):
        client, form = self.client(pk), ReasonForm(request.POST)
        if form.is_valid() and form.call(
            self._service(step),
            client=client,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        ):
            return redirect("integration:client", pk)
        return self._page(client, step, form)

    @staticmethod
    def _service(step: str):
        if step not in STEPS:
            raise Http404
        return STEPS[step]

    def _page(self, client, step, form):
        self._service(step)
        context = {"client": client, "form": form, "is_suspending": step == "suspend"}
        status = 409 if form.refused else 200
        return render(self.request, "integration/client_step.html", context, status=status)


def scope_words(token: ApiToken) -> list[str]:
    """What a token is good for, in words."""
    return [str(ApiScope(scope).label) for scope in token.scopes if scope in ApiScope.values]


def standing_of(token: ApiToken, now) -> tuple[str, str]:
    """How a token stands, in a word and a tone."""
    if token.revoked_at is not None:
        return _("revoked"), "bad"
    if token.expires_at <= now:
        return _("expired"), "neutral"
    if token.expires_at <= now + queries.ENDS_SOON:
        return _("expires soon"), "warn"
    return _("in force"), "good"
