"""The county manager's admin: Django's own, opened by a permission instead of a staff flag."""

from functools import update_wrapper

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models.base import ModelBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from aftersales.accounts.scoping import acting_in

OUR_APPS = frozenset(
    {
        "accounts",
        "audit",
        "notices",
        "stations",
        "claims",
        "training",
        "reports",
        "integration",
        "imports",
        "ops",
    }
)
# Headings of the start page and the menu, and what stands under them in this order.
GROUPS = (
    (
        _("Claims"),
        (
            "claims.claim",
            "claims.compensation",
            "claims.lossline",
            "claims.inspection",
            "claims.repair",
            "claims.diagnosis",
            "claims.refusal",
            "claims.appeal",
            "claims.reviewsample",
            "claims.claimflag",
            "claims.photo",
            "claims.coupon",
            "claims.reship",
            "claims.merchantrefund",
            "claims.custodyitem",
            "claims.stocktake",
            "claims.followup",
            "claims.score",
        ),
    ),
    (
        _("Clocks and hand-overs"),
        (
            "claims.claimclock",
            "claims.escalation",
            "claims.holding",
            "claims.pause",
            "claims.offer",
        ),
    ),
    (_("Home visits"), ("claims.visit", "claims.visitcost", "claims.availability")),
    (
        _("Spare parts"),
        ("claims.part", "claims.partstock", "claims.partuse", "claims.stockmovement"),
    ),
    (
        _("Providers"),
        (
            "claims.contract",
            "claims.feeline",
            "claims.providerorder",
            "claims.providerstatement",
            "claims.feecomplaint",
        ),
    ),
    (_("Orders and consumers"), ("claims.order", "claims.orderline", "claims.consumer")),
    (
        _("Funds"),
        (
            "claims.fund",
            "claims.fundmonth",
            "claims.advance",
            "claims.demand",
            "claims.advancedispute",
            "claims.bankreceipt",
            "claims.payout",
            "claims.payoutbatch",
            "claims.cashbox",
            "claims.cashfloat",
            "claims.cashcount",
            "claims.deposit",
            "claims.writeoff",
            "claims.movement",
            "claims.account",
            "claims.spendinglimit",
            "claims.incentive",
            "claims.incentivebatch",
        ),
    ),
    (
        _("Supervision"),
        (
            "claims.check",
            "claims.checkitem",
            "claims.finding",
            "claims.rectification",
            "claims.evaluation",
            "claims.improvementmeasure",
        ),
    ),
    (_("Network"), ("stations.station", "stations.region", "stations.regionchange", "stations.party")),
    (_("Programme"), ("stations.programmeplan", "stations.countyphase")),
    (_("People"), ("accounts.user", "stations.agent", "stations.posting", "stations.grant")),
    (
        _("Rules"),
        (
            "claims.compensationpolicy",
            "claims.clockpolicy",
            "stations.workcalendarday",
            "stations.openinghours",
            "claims.issue",
            "claims.costbaseline",
        ),
    ),
    (
        _("Courses and hours"),
        (
            "training.course",
            "training.lesson",
            "training.lessonversion",
            "training.enrolment",
            "training.hourentry",
            "training.mentorship",
        ),
    ),
    (
        _("Exams and certificates"),
        (
            "training.exam",
            "training.question",
            "training.sitting",
            "training.practicalsheet",
            "training.practicalexam",
            "training.skillscheck",
            "training.certificate",
            "training.certificateprint",
        ),
    ),
    (
        _("Handbook and classes"),
        (
            "training.article",
            "training.articleversion",
            "training.articlevote",
            "training.casestudy",
            "training.villageclass",
            "training.publicity",
        ),
    ),
    (_("Messages"), ("notices.delivery", "notices.noticetemplate")),
    (
        _("Other systems"),
        (
            "integration.apiclient",
            "integration.apitoken",
            "integration.webhooksubscription",
            "integration.webhookevent",
            "integration.webhookdelivery",
            "imports.listimport",
        ),
    ),
    (_("Audit trail"), ("audit.auditevent", "audit.auditblock")),
    (_("Operation"), ("ops.jobrun",)),
)


class Choices(AutocompleteJsonView):
    """What a field may be filled with, from the places where these rows may be seen."""

    def has_perm(self, request, obj=None):
        from stations.access.guards import narrow

        narrow(request.user, self.model_admin.permission_of("autocomplete_view", request.method))
        return super().has_perm(request, obj)


class AftersalesAdminSite(AdminSite):
    site_header = _("Aftersales administration")
    site_title = _("Aftersales")
    index_title = _("What needs doing")
    site_url = "/"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.disable_action("delete_selected")

    def register(self, model_or_iterable, admin_class=None, **options):
        """Register models of our own applications; what other packages bring is left out.

        A schedule of the task queue names a function by its path: adding one in the admin would be
        running any code.
        """
        models = [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else model_or_iterable
        ours = [model for model in models if model._meta.app_label in OUR_APPS]
        super().register(ours, admin_class, **options)

    def has_permission(self, request):
        return request.user.is_active and request.user.has_perm("accounts.use_admin")

    def admin_view(self, view, cacheable=False):
        """Somebody who is signed in and may not use the admin is told so instead of asked to sign in.

        A page shows the places where the permission that opens it counts, and no others.
        """
        from aftersales.web.admin import BaseAdmin
        from stations.access.guards import narrow

        guarded = super().admin_view(view, cacheable)

        def door(request, *args, **kwargs):
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            page_of = getattr(view, "__self__", None)
            if isinstance(page_of, BaseAdmin) and request.user.is_authenticated:
                narrow(request.user, page_of.permission_of(view.__name__, request.method))
            return guarded(request, *args, **kwargs)

        door.csrf_exempt = getattr(guarded, "csrf_exempt", False)
        return update_wrapper(door, guarded)

    def autocomplete_view(self, request):
        return Choices.as_view(admin_site=self)(request)

    def get_urls(self):
        """Django's own, without the jump to any row of any model by its number."""
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    @method_decorator(never_cache)
    def login(self, request, extra_context=None):
        """Leads to our own sign-in page, so that its throttle and its rules hold for everybody."""
        target = request.GET.get("next") or reverse("admin:index")
        if request.user.is_authenticated:
            return redirect("admin:index")
        return redirect_to_login(target, reverse(settings.LOGIN_URL))

    def password_change(self, request, extra_context=None):
        return redirect("accounts:password_change")

    def password_change_done(self, request, extra_context=None):
        return redirect("accounts:profile")

    def index(self, request, extra_context=None):
        """The start page: what waits for this person where they may see it, then all they may look at."""
        # Not at the top of the file: this module is loaded before the models are.
        from aftersales.notices.work_lists import SOURCES as ABOUT_MESSAGES
        from claims.admin.work_lists import SOURCES as ABOUT_CLAIMS
        from stations.access.scope import authority
        from stations.admin.work_lists import SOURCES as ABOUT_STATIONS

        held, lists = authority(request.user), []
        for source in (*ABOUT_CLAIMS, *ABOUT_STATIONS, *ABOUT_MESSAGES):
            if source.permission in held.permissions:
                with acting_in(held.reach(source.permission)):
                    lists += source.read(request.user)
        lists.sort(key=lambda waiting: not waiting.items)
        return super().index(request, {"work_lists": lists, **(extra_context or {})})

    def get_app_list(self, request, app_label=None):
        """Models under headings that say what they are about instead of where their code lies."""
        if app_label is not None:
            return super().get_app_list(request, app_label)
        # Unsorted: the order of the headings counts, and sorting translates every name again and again.
        apps = self._build_app_dict(request).values()
        models = {model["model"]._meta.label_lower: model for app in apps for model in app["models"]}
        start = reverse("admin:index", current_app=self.name)
        groups = []
        for number, (heading, labels) in enumerate(GROUPS, start=1):
            here = [models.pop(label) for label in labels if label in models]
            if here:
                groups.append(_group(heading, f"group-{number}", start, here))
        for app in apps:
            rest = [model for model in app["models"] if model["model"]._meta.label_lower in models]
            if rest:
                groups.append({**app, "models": sorted(rest, key=lambda model: str(model["name"]))})
        return groups


def _group(heading, label: str, url: str, models: list[dict]) -> dict:
    return {
        "name": heading,
        "app_label": label,
        "app_url": url,
        "has_module_perms": True,
        "models": models,
    }
