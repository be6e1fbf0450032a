"""What was not delivered, for the start page of the admin."""

from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.notices import deliveries
from aftersales.notices.models import Delivery, DeliveryState
from aftersales.web import formats
from aftersales.web.work_lists import Item, Source, WorkList, work_list


def _given_up(user) -> list[WorkList]:
    dead = Delivery.objects.filter(state=DeliveryState.DEAD).order_by("-created_at")
    return [
        work_list(
            _("Messages that were not delivered"),
            dead.only("created_at", "last_error"),
            url=f"{reverse('admin:notices_delivery_changelist')}?state__exact={DeliveryState.DEAD}",
            item=_item,
            tone="warn",
        )
    ]


def _item(delivery: Delivery) -> Item:
    return Item(
        title=formats.moment(delivery.created_at),
        url=reverse("admin:notices_delivery_change", args=[delivery.pk]),
        text=deliveries.reason(delivery.last_error),
    )


SOURCES = (Source("notices.view_delivery", _given_up),)
"""What waits, by the permission it is for; each in one query."""
