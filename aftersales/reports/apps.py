from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "aftersales.reports"
    label = "reports"
    verbose_name = _("Reports")

    def ready(self):
        from aftersales.reports import database_views

        pre_migrate.connect(
            database_views.drop_before_migrate, sender=self, dispatch_uid="report_views_dropped"
        )
        post_migrate.connect(
            database_views.create_after_migrate, sender=self, dispatch_uid="report_views_created"
        )
