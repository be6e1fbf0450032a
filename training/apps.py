from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = _("Training")

    def ready(self):
        from aftersales.web import picture_store
        from training import notice_events
        from training.models import Attachment, ClassPhoto

        notice_events.register_events()
        picture_store.keep_files_of(Attachment)
        picture_store.keep_files_of(ClassPhoto)
