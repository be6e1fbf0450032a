"""Who is told what when claims are offered, lie unanswered, or find nobody."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from django.urls import reverse

from aftersales.notices.posting import Message
from claims.models import Claim, Offer


def offered(made: Iterable[tuple[Claim, Offer]]) -> list[Message]:
    """To each person, that a claim waits for their answer, and until when."""
    return [
        Message(
            event="claim.offered",
            recipient_id=row.person_id,
            key=f"claim.offered {row.pk}",
            params={
                "number": claim.number,
                "station": claim.station.name,
                "answer_by_at": row.answer_by.isoformat(),
            },
            url=reverse("claims:offer_answer", args=[row.pk]),
            county_code=claim.county_code,
            urgent=claim.is_urgent,
        )
        for claim, row in made
    ]


def silent(rows: Iterable[tuple[Claim, Offer]]) -> list[Message]:
    """To each person who did not answer, that the claim is being offered to somebody else."""
    return [
        Message(
            event="claim.offer_silent",
            recipient_id=row.person_id,
            key=f"claim.offer_silent {row.pk}",
            params={"number": claim.number},
            url=reverse("claims:offer_answer", args=[row.pk]),
            county_code=claim.county_code,
        )
        for claim, row in rows
    ]


def assigned(claim: Claim, row: Offer) -> Message:
    """To the person to whom somebody gave a claim."""
    return Message(
        event="claim.assigned",
        recipient_id=row.person_id,
        key=f"claim.assigned {row.pk}",
        params={"number": claim.number},
        url=reverse("claims:claim_detail", args=[claim.number]),
        county_code=claim.county_code,
    )


def unassigned(cases: Sequence[tuple[Claim, Sequence[int], int]]) -> list[Message]:
    """To the heads, that nobody is left: one message a head, about the claim or about how many there are.

    Each case is a claim, the accounts of its heads, and how often the claim was offered before.
    """
    by_head: dict[tuple[int, str], list[tuple[Claim, int]]] = {}
    for claim, heads, asked in cases:
        for head in heads:
            by_head.setdefault((head, claim.county_code), []).append((claim, asked))
    return [
        _one(head, *rows[0]) if len(rows) == 1 else _many(head, rows) for (head, _c), rows in by_head.items()
    ]


def _one(head: int, claim: Claim, asked: int) -> Message:
    return Message(
        event="claim.unassigned",
        recipient_id=head,
        key=f"claim.unassigned {claim.pk} {claim.round}.{claim.level} {asked}",
        params={"number": claim.number, "station": claim.station.name},
        url=reverse("claims:claim_dispatch", args=[claim.number]),
        county_code=claim.county_code,
    )


def _mark(rows: Sequence[tuple[Claim, int]]) -> str:
    """The same for the same claims, asked about as often: telling it twice is telling it once."""
    asked = sorted((claim.pk, claim.round, claim.level, times) for claim, times in rows)
    return sha256(repr(asked).encode()).hexdigest()[:16]


def _many(head: int, rows: Sequence[tuple[Claim, int]]) -> Message:
    first, _asked = rows[0]
    return Message(
        event="claim.unassigned_many",
        recipient_id=head,
        key=f"claim.unassigned_many {first.county_code} {_mark(rows)}",
        params={"count": len(rows)},
        url=f"{reverse('claims:claim_list')}?nobody=on",
        county_code=first.county_code,
    )
