from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = _("Training")

    def ready(self):
        from aftersales.web import picture_holders
        from stations.services import hand_over
        from training import notice_events
        from training.services import starter
        from training.services.hand_over import ClassesPlanned, PeopleLookedAfter
        from training.services.postings import LearningFollows

        notice_events.register_events()
        picture_holders.register("training.Attachment", "training.ClassPhoto")
        hand_over.register("classes", ClassesPlanned())
        hand_over.register("mentorships", PeopleLookedAfter())
        hand_over.register_follower("training", LearningFollows())
        post_migrate.connect(starter.ensure_starter, sender=self, dispatch_uid="training.starter")
