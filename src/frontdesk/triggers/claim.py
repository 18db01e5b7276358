"""Takes what is due in one go, with all that it is about: no other worker has it meanwhile.

A row goes out only where its guest, its stay and its chat could be taken too, without waiting for
anybody: who holds one of these may be about to move the row.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.models import Booking
from frontdesk.guests.models import Guest
from frontdesk.kit.db import Tenant
from frontdesk.messaging.models import Conversation
from frontdesk.triggers.addressed import Chats, chats_of
from frontdesk.triggers.models import Trigger
from frontdesk.triggers.plan_models import PlannedSend

AT_ONCE = 25
"""In one transaction: who changes a guest or a stay of them waits for the rest."""
Row = TypeVar("Row", bound=Tenant)


@dataclass(frozen=True, slots=True)
class Claim:
    """One row that is due, and whom it is about."""

    send: PlannedSend
    rule: Trigger
    guest: Guest | None = None
    stay: Booking | None = None
    chat: Conversation | None = None


@dataclass(frozen=True, slots=True)
class Claims:
    """What was taken; `seen` is also what somebody holds something of."""

    taken: list[Claim] = field(default_factory=list[Claim])
    seen: list[UUID] = field(default_factory=list[UUID])


async def claim(session: AsyncSession, now: datetime, *, only: UUID | None = None) -> Claims:
    """The earliest. With `only`, this one, and whatever it waits for."""
    wait = only is not None
    if wait:
        (send,) = await session.scalars(select(PlannedSend).where(PlannedSend.id == only))
        held = await _held(session, [send], wait=True)
        sends = await _due(session, now, only=only)
    else:
        sends = await _due(session, now)
        held = await _held(session, sends, wait=False)
    rules = await _rules_of(session, sends, wait=wait)
    ours = [s for s in sends if held.has(s) and s.trigger_id in rules]
    told = [Claim(s, rules[s.trigger_id], *held.of(s)) for s in ours]
    return Claims(_one_a_chat(told), [s.id for s in sends])


async def _rules_of(
    session: AsyncSession, sends: Sequence[PlannedSend], *, wait: bool
) -> dict[UUID, Trigger]:
    """Nobody changes them until these are sent, so that the next version knows what was."""
    lock = {"read": True, "skip_locked": not wait}
    return await _by_id(session, Trigger, {s.trigger_id for s in sends}, lock=lock)


def _one_a_chat(claims: Sequence[Claim]) -> list[Claim]:
    """What one says in a chat may call off what the next waited for."""
    first = dict[UUID, Claim]()
    for each in claims:
        about = each.chat or each.guest or each.send
        first.setdefault(about.id, each)
    return list(first.values())


async def _due(
    session: AsyncSession, now: datetime, *, only: UUID | None = None
) -> Sequence[PlannedSend]:
    query = select(PlannedSend).where(PlannedSend.state == "planned", PlannedSend.try_at <= now)
    if only is not None:
        query = query.where(PlannedSend.id == only)
    query = query.order_by(PlannedSend.try_at, PlannedSend.rank, PlannedSend.id).limit(AT_ONCE)
    query = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return (await session.scalars(query)).all()


@dataclass(frozen=True, slots=True)
class Held:
    """What is ours until the end of the transaction."""

    guests: dict[UUID, Guest]
    stays: dict[UUID, Booking]
    chats: Chats

    def has(self, send: PlannedSend) -> bool:
        guest = send.guest_id is None or send.guest_id in self.guests
        stay = send.booking_id is None or send.booking_id in self.stays
        return guest and stay and not self.chats.busy(send)

    def of(self, send: PlannedSend) -> tuple[Guest | None, Booking | None, Conversation | None]:
        guest = self.guests.get(send.guest_id) if send.guest_id else None
        stay = self.stays.get(send.booking_id) if send.booking_id else None
        return guest, stay, self.chats.of(send)


async def _held(session: AsyncSession, sends: Sequence[PlannedSend], *, wait: bool) -> Held:
    """The chat before the stay before the guest, as a turn of the chat takes them."""
    chats = await chats_of(session, sends, wait=wait)
    lock: dict[str, Any] = {"key_share": True, "skip_locked": not wait}
    named = _named(s.booking_id for s in sends)
    stays = await _by_id(session, Booking, named, lock={**lock, "read": True})
    guests = await _by_id(session, Guest, _named(s.guest_id for s in sends), lock=lock)
    return Held(guests, stays, chats)


def _named(ids: Iterable[UUID | None]) -> set[UUID]:
    return {each for each in ids if each is not None}


async def _by_id(
    session: AsyncSession,
    model: type[Row],
    ids: Collection[UUID],
    *,
    lock: dict[str, Any] | None = None,
) -> dict[UUID, Row]:
    if not ids:
        return {}
    query = select(model).where(model.id.in_(ids)).order_by(model.id)
    if lock is not None:
        query = query.with_for_update(**lock).execution_options(populate_existing=True)
    return {row.id: row for row in await session.scalars(query)}
