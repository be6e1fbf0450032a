"""Rows that a service was handed, read again through the scope of the person acting.

Whatever lies outside is refused in the same words as what does not exist.
"""

from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from claims.models import Claim, Consumer, OrderLine, Photo
from stations.models import Station


def station(row: Station) -> Station:
    """The station, if it is inside the scope. Raises Refused("unknown_station")."""
    found = Station.objects.filter(pk=row.pk).first()
    if found is None:
        raise Refused(_("There is no such station."), code="unknown_station", field="station")
    return found


def consumer(row: Consumer) -> Consumer:
    """The consumer, if inside the scope. Raises Refused("unknown_consumer")."""
    found = Consumer.objects.filter(pk=row.pk).first()
    if found is None:
        raise Refused(_("There is no such consumer."), code="unknown_consumer", field="consumer")
    return found


def order_line(row: OrderLine) -> OrderLine:
    """The order line with its order, if inside the scope. Raises Refused("unknown_order_line")."""
    found = OrderLine.objects.select_related("order", "station__parent__parent").filter(pk=row.pk).first()
    if found is None:
        raise Refused(_("There is no such order line."), code="unknown_order_line", field="order_line")
    return found


def claim(row: Claim) -> Claim:
    """The claim, if inside the scope. Raises Refused("unknown_claim")."""
    found = Claim.objects.filter(pk=row.pk).first()
    if found is None:
        raise Refused(_("There is no such claim."), code="unknown_claim", field="claim")
    return found


def photo(row: Photo) -> Photo:
    """The photo, if inside the scope. Raises Refused("unknown_photo")."""
    found = Photo.objects.filter(pk=row.pk).first()
    if found is None:
        raise Refused(_("There is no such photo."), code="unknown_photo", field="photo")
    return found
