from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = _("Training")

    def ready(self):
        from aftersales.web import picture_holders
        from training.services import starter
        from training import notice_events

        notice_events.register_events()
        picture_holders.register("training.Attachment", "training.ClassPhoto")
        post_migrate.connect(starter.ensure_starter, sender=self, dispatch_uid="training.starter")
