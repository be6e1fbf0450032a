from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StationsConfig(AppConfig):
    name = "stations"
    verbose_name = _("Station network")

    def ready(self):
        from stations.access import sign_ins

        sign_ins.connect()
