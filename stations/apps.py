from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class StationsConfig(AppConfig):
    name = "stations"
    verbose_name = _("Station network")

    def ready(self):
        from stations.access import sign_ins
        from stations.services import calendar, opening_hours, programme

        sign_ins.connect()
        post_migrate.connect(calendar.ensure_calendar, sender=self, dispatch_uid="stations.calendar")
        post_migrate.connect(
            opening_hours.ensure_programme_hours, sender=self, dispatch_uid="stations.opening_hours"
        )
        post_migrate.connect(programme.ensure_default_plan, sender=self, dispatch_uid="stations.programme")
