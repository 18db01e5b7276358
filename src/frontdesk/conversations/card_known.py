"""What a handover card tells besides the guest's words: their stay, its money, what is promised."""

from collections.abc import Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.assistant.values import Scene
from frontdesk.bookings.models import Booking
from frontdesk.bookings.payments import came_in, owed
from frontdesk.bookings.queries import coming_bookings
from frontdesk.conversations.card import CardLine
from frontdesk.conversations.escalation_models import HandoverRecord
from frontdesk.conversations.task_models import Task
from frontdesk.conversations.task_rules import GOING
from frontdesk.kit.clock import local_day
from frontdesk.kit.money import format_money


async def known_of(session: AsyncSession, scene: Scene) -> list[CardLine]:
    """Each as it stands now, with the row that it is from."""
    stays = await coming_bookings(session, scene.guest.id, local_day(scene.now, scene.hotel.zone))
    lines = [await _of_stay(session, stay) for stay in _first(stays)]
    chat = scene.conversation_id
    return lines + await _of_task(session, chat) + await _of_promise(session, scene)


def _first(stays: Sequence[Booking]) -> Sequence[Booking]:
    """Whoever is in the house is asking about that stay."""
    return sorted(stays, key=lambda stay: stay.status != "checked_in")[:1]


async def _of_stay(session: AsyncSession, stay: Booking) -> CardLine:
    due = await owed(session, stay) - await came_in(session, stay.id)
    money = f"owes {format_money(due, stay.currency, 'en')}" if due > 0 else "paid"
    status = stay.status.replace("_", " ")
    days = f"{stay.arrival} to {stay.departure}"
    return CardLine(f"Booking {stay.code}, {days}, {status}, {money}", f"booking:{stay.id}")


async def _of_task(session: AsyncSession, conversation_id: UUID) -> list[CardLine]:
    query = select(Task).where(Task.conversation_id == conversation_id, Task.state.in_(GOING))
    task = await session.scalar(query.order_by(Task.created_at.desc(), Task.id.desc()).limit(1))
    if task is None:
        return []
    title = " ".join(task.title.split()[:8])[:80]
    return [CardLine(f"Task {task.number} is open: {title}", f"task:{task.id}")]


async def _of_promise(session: AsyncSession, scene: Scene) -> list[CardLine]:
    """The last time by which an answer was promised, kept or not."""
    of = HandoverRecord
    query = select(of).where(
        of.conversation_id == scene.conversation_id, of.promised_until.is_not(None)
    )
    last = await session.scalar(query.order_by(of.created_at.desc(), of.id.desc()).limit(1))
    if last is None or last.promised_until is None:
        return []
    by = last.promised_until.astimezone(ZoneInfo(scene.hotel.zone))
    return [CardLine(f"Was promised an answer by {by:%Y-%m-%d %H:%M}", f"handover:{last.id}")]
