from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ClaimsConfig(AppConfig):
    name = "claims"
    verbose_name = _("Claims")

    def ready(self):
        from aftersales.notices import reach
        from aftersales.web import picture_holders
        from claims import checks, notice_events
        from claims.queries import consumers
        from claims.queries.clock_policies import forget_published
        from claims.services import clock_policies, issues, part_lists, policies, results
        from claims.services.hand_over import (
            CallsToMake,
            CashInHand,
            ClaimsInHand,
            GoodsInCustody,
            VisitsPlanned,
        )
        from stations.services import hand_over

        register(checks.platforms_can_be_called)
        register(checks.checklists_are_sound)
        notice_events.register_events()
        picture_holders.register("claims.Photo")
        reach.register(results.CONSUMERS, consumers.phones)
        hand_over.register("claims", ClaimsInHand())
        hand_over.register("goods", GoodsInCustody())
        hand_over.register("cash", CashInHand())
        hand_over.register("calls", CallsToMake())
        hand_over.register("visits", VisitsPlanned())
        post_migrate.connect(
            policies.ensure_programme_terms, sender=self, dispatch_uid="claims.programme_terms"
        )
        post_migrate.connect(
            clock_policies.ensure_programme_policies, sender=self, dispatch_uid="claims.clock_policies"
        )
        post_migrate.connect(issues.ensure_library, sender=self, dispatch_uid="claims.issue_library")
        post_migrate.connect(
            part_lists.ensure_programme_parts, sender=self, dispatch_uid="claims.programme_parts"
        )
        post_migrate.connect(forget_published, sender=self, dispatch_uid="claims.forget_policies")
