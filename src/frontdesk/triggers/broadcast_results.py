"""What a broadcast came to: who got it beside who was held out, and one wording beside the other.

Guests are compared whom the audience meant at their turn and who could be written to, counted from
that turn on, so that both sides are alike but for the draw. The test is made once, when the last
guest's days are over: whoever looks daily and stops at the first good figure finds differences
where there are none, so until then the counts are shown and no chance is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import starmap
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.models import Booking
from frontdesk.messaging.models import Conversation, Message
from frontdesk.triggers.broadcast_models import Broadcast, BroadcastSend
from frontdesk.triggers.broadcast_words import gets_second
from frontdesk.triggers.exact_test import Share, difference, fisher

Outcome = Literal["booked", "replied"]
Verdict = Literal["not_yet", "no_difference_seen", "more", "fewer"]
LEVEL = 0.05
"""How often we would see a difference where there is none, over all comparisons of a broadcast."""
DONE = {"booked": "booked", "replied": "wrote"}
NAMES = {
    "got_it": "those who got it",
    "held_out": "those held out",
    "first": "those with the first wording",
    "second": "those with the second wording",
}


@dataclass(frozen=True, slots=True)
class Compared:
    one: str
    other: str
    share: Share
    beside: Share
    verdict: Verdict
    says: str
    p: float | None = None
    interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Results:
    final_at: datetime | None
    """When the test is made; None while it is still being sent."""
    is_final: bool
    groups: dict[str, Share]
    compared: list[Compared]


async def results(
    session: AsyncSession, found: Broadcast, outcome: Outcome, *, days: int, now: datetime
) -> Results:
    groups, last = await _groups(session, found, outcome, days)
    ended = found.state in ("done", "stopped")
    final_at = last + timedelta(days) if ended and last is not None else None
    is_final = final_at is not None and final_at <= now
    pairs = [("got_it", "held_out")] if found.hold_out else []
    pairs += [("second", "first")] if found.second is not None else []
    level = 1 - LEVEL / max(1, len(pairs))

    def judged(one: str, other: str) -> Compared:
        if not is_final:
            return _not_yet((one, other), groups, final_at)
        return compare((one, other), (groups[one], groups[other]), DONE[outcome], level)

    return Results(final_at, is_final, groups, list(starmap(judged, pairs)))


async def _groups(
    session: AsyncSession, found: Broadcast, outcome: Outcome, days: int
) -> tuple[dict[str, Share], datetime | None]:
    """Also when the last of them had their turn."""
    of = BroadcastSend
    query = select(of.guest_id, of.state, of.worked_at, _did(outcome, days).label("did"))
    query = query.where(
        of.broadcast_id == found.id,
        of.state.in_(("sent", "held_out")),
        of.worked_at.is_not(None),
        of.why == [],
    )
    rows: Sequence[Any] = (await session.execute(query)).all()
    did = {name: list[bool]() for name in NAMES}
    for row in rows:
        for name in _names(found, row.guest_id, row.state):
            did[name].append(row.did)
    last = max((row.worked_at for row in rows), default=None)
    return {name: Share(sum(each), len(each)) for name, each in did.items()}, last


def _names(found: Broadcast, guest_id: UUID, state: str) -> tuple[str, ...]:
    if state == "held_out":
        return ("held_out",)
    return ("got_it", "second" if gets_second(found, guest_id) else "first")


def _did(outcome: Outcome, days: int) -> ColumnElement[bool]:
    """Within so many days of their own turn."""
    since = BroadcastSend.worked_at
    until = since + timedelta(days)
    if outcome == "booked":
        made = select(Booking.id).where(
            Booking.hotel_id == BroadcastSend.hotel_id,
            Booking.guest_id == BroadcastSend.guest_id,
            Booking.created_at.between(since, until),
            Booking.status != "cancelled",
        )
        return made.exists()
    wrote = select(Message.id).join(
        Conversation,
        (Conversation.hotel_id == Message.hotel_id) & (Conversation.id == Message.conversation_id),
    )
    wrote = wrote.where(
        Conversation.hotel_id == BroadcastSend.hotel_id,
        Conversation.guest_id == BroadcastSend.guest_id,
        Message.direction == "in",
        Message.occurred_at.between(since, until),
    )
    return wrote.exists()


def compare(
    names: tuple[str, str], shares: tuple[Share, Share], done: str, level: float = 1 - LEVEL
) -> Compared:
    """Once, at the end."""
    (one, other), (share, beside) = names, shares
    chance, (low, high) = fisher(share, beside), difference(share, beside, level)
    seen = f"{_of(share)} of {NAMES[one]} {done}, {_of(beside)} of {NAMES[other]}"
    lies = f"the difference lies between {_points(low)} and {_points(high)} points ({level:.1%})"
    if chance >= 1 - level:
        said = (
            f"Not enough to tell them apart: {seen}; {lies}; by chance alone {chance:.1%} of draws"
        )
        return Compared(
            one,
            other,
            share,
            beside,
            "no_difference_seen",
            f"{said} differ as much.",
            chance,
            (low, high),
        )
    more = share.rate > beside.rate
    said = f"{'More' if more else 'Fewer'} of {NAMES[one]} {done}: {seen}; {lies}; by chance alone"
    said = f"{said} {chance:.2g} of draws differ as much."
    verdict: Verdict = "more" if more else "fewer"
    return Compared(one, other, share, beside, verdict, said, chance, (low, high))


def _not_yet(
    names: tuple[str, str], groups: dict[str, Share], final_at: datetime | None
) -> Compared:
    one, other = names
    when = (
        f"on {final_at:%Y-%m-%d %H:%M} UTC" if final_at else "when it was sent and its days passed"
    )
    said = f"Not enough yet: the test is made once, {when}; until then the counts say nothing."
    return Compared(one, other, groups[one], groups[other], "not_yet", said)


def _of(share: Share) -> str:
    return f"{share.hits} of {share.of} ({share.rate:.1%})"


def _points(gap: float) -> str:
    return f"{gap * 100:+.1f}"
