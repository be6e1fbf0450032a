"""What each line of an order carries of its freight. Rule: docs/rules/compensation.md, section 6."""

from collections.abc import Sequence

from aftersales.audit.trail import system_scope
from aftersales.lib.money import split
from claims.models import Claim, Order, OrderLine


def share_out(freight_fen: int, lines: Sequence[OrderLine]) -> None:
    """Split a freight over lines that are not written yet, by what is paid for each, to the fen."""
    for line, share in zip(lines, split(freight_fen, [line.paid_fen for line in lines]), strict=True):
        line.freight_fen = share


def spread(order: Order) -> None:
    """Split the freight of an order anew over its lines, inside the caller's transaction.

    A line that somebody has claimed keeps its share: an amount may have been worked out with it. What these
    lines leave goes to the others.
    """
    lines = list(OrderLine._base_manager.filter(order=order).order_by("id"))
    held = claimed_lines(lines)
    free = [line for line in lines if line.pk not in held and line.paid_fen]
    if not free:
        return
    before = {line.pk: line.freight_fen for line in free}
    share_out(order.freight_fen - sum(line.freight_fen for line in lines if line.pk in held), free)
    for line in free:
        if line.freight_fen != before[line.pk]:
            OrderLine._base_manager.filter(pk=line.pk, granted_fen=0).update(freight_fen=line.freight_fen)


def claimed_lines(lines: Sequence[OrderLine]) -> set[int]:
    """The keys of lines that somebody has claimed or been compensated for, in whatever place."""
    with system_scope("claims on order lines", quiet=True):
        claimed = set(
            Claim.objects.filter(order_line__in=[line.pk for line in lines]).values_list(
                "order_line_id", flat=True
            )
        )
    return claimed | {line.pk for line in lines if line.granted_fen or line.bad_milli}
