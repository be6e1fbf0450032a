"""Who learns: people posted at a station. Where they are posted is where their learning is counted."""

from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.lib.errors import Refused
from stations.models import Agent


def learner_of(user: User) -> Agent:
    """The person behind an account, with the station; raises Refused for accounts without a posting."""
    agent = Agent.objects.select_related("station").filter(user=user, left_on__isnull=True).first()
    if agent is None:
        raise Refused(
            _("This account is posted at no station. Learning is counted at a station."), code="not_posted"
        )
    return agent
