"""The ladder of an alert: its steps lie in the database, and each is told once when it is due."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.logs import get_logger
from frontdesk.messaging.events import emit
from frontdesk.notifications.ladder_models import AlertLadder, AlertStep
from frontdesk.notifications.models import StaffNotification
from frontdesk.notifications.reach import (
    Reached,
    Round,
    bring_forward,
    round_of,
    tell_level,
    tell_member,
    tell_the_last,
)
from frontdesk.notifications.rules import CLIMBS, LAST, Level, level_of, levels_of, sooner

TRIES = 8
USUAL = (Level(),)
"""Where a hotel has no ladder: everybody on shift, then those in charge."""


async def begin(session: AsyncSession, told: StaffNotification, *, now: datetime) -> None:
    """Store every step of a new alert, and tell those that are due: the first at once."""
    own = await ladder_for(session, told.kind, told.department, told.priority_score)
    due = now
    plans: list[tuple[Mapping[str, Any], datetime]] = []
    for level in own or USUAL:
        plans.append((asdict(level), due))
        due += timedelta(minutes=level.minutes)
    plans.append((LAST, due))
    for n, (plan, at) in enumerate(plans):
        session.add(
            AlertStep(
                hotel_id=told.hotel_id,
                notification_id=told.id,
                level=n,
                plan=dict(plan),
                due_at=at,
                try_at=at,
            )
        )
    await session.flush()
    await climb(session, told, now=now)
    if own is None and told.priority_score < CLIMBS:
        await stand_still(session, told.id)


async def tell_one(
    session: AsyncSession, told: StaffNotification, membership_id: UUID, *, now: datetime
) -> None:
    """What is one person's own matter: by the ways they chose, and by their quiet time."""
    this = await round_of(session, told, 0, now=now)
    reached = await tell_member(session, this, membership_id)
    facts: dict[str, Any] = {"level": 0, "channels": sorted({"in_app", *reached.channels})}
    await _happened(session, this, "notification.sent", **facts, people=reached.people)


async def ladder_for(
    session: AsyncSession, kind: str, department: str | None, priority: int
) -> tuple[Level, ...] | None:
    """The hotel's that says most of this alert: its kind, then its department, then priority."""
    query = select(AlertLadder).where(
        AlertLadder.enabled,
        AlertLadder.kind.in_((kind, "*")),
        AlertLadder.department.is_(None) | (AlertLadder.department == department),
        AlertLadder.min_priority <= priority,
    )
    best = max(
        (await session.scalars(query)).all(),
        key=lambda one: (one.kind != "*", one.department is not None, one.min_priority),
        default=None,
    )
    return None if best is None else levels_of(best.levels)


async def climb(session: AsyncSession, told: StaffNotification, *, now: datetime) -> None:
    """Tell what is due; a level that reaches nobody makes the next one due at once.

    The caller holds the alert's row.
    """
    steps = await _waiting(session, told.id)
    reached_any = await _reached_somebody(session, told.id)
    for at, step in enumerate(steps):
        if step.due_at > now:
            return
        this = await round_of(session, told, step.level, now=now)
        reached = await _tell(session, this, step, alone=not reached_any)
        step.state, step.worked_at, step.reached = "done", now, reached.people
        reached_any = reached_any or reached.people > 0
        if reached.people == 0:
            _pull(steps[at + 1 :], now)


async def _reached_somebody(session: AsyncSession, notification_id: UUID) -> bool:
    query = select(AlertStep.id).where(
        AlertStep.notification_id == notification_id, AlertStep.reached > 0
    )
    return await session.scalar(query.limit(1)) is not None


def _pull(later: Sequence[AlertStep], now: datetime) -> None:
    """The next one is due now, and those behind it so much sooner."""
    if not later or later[0].due_at <= now:
        return
    by = later[0].due_at - now
    for step in later:
        step.due_at -= by
        step.try_at = step.due_at


async def _waiting(session: AsyncSession, notification_id: UUID) -> Sequence[AlertStep]:
    query = select(AlertStep).where(
        AlertStep.notification_id == notification_id, AlertStep.state == "waiting"
    )
    return (await session.scalars(query.order_by(AlertStep.level).with_for_update())).all()


async def _tell(session: AsyncSession, this: Round, step: AlertStep, *, alone: bool) -> Reached:
    if step.level > 0:
        await _happened(session, this, "alert.escalated", level=step.level)
    if not step.plan.get("fallback"):
        reached = await tell_level(session, this, level_of(step.plan))
    else:
        if alone:
            await _alarm(session, this)
        reached = await tell_the_last(session, this)
        if not reached.people:
            get_logger().error("alert_reached_nobody", notification=str(this.told.id))
    if reached.people or step.level == 0:
        channels = sorted({"in_app", *reached.channels})
        facts: dict[str, Any] = {"level": step.level, "channels": channels}
        await _happened(session, this, "notification.sent", **facts, people=reached.people)
    return reached


async def _alarm(session: AsyncSession, this: Round) -> None:
    """Nobody on shift: said loudly, shown in the list, and an event of its own."""
    this.told.unattended = True
    get_logger().error("nobody_on_shift", notification=str(this.told.id), kind=this.told.kind)
    await _happened(session, this, "alert.unattended")


async def _happened(session: AsyncSession, this: Round, event: str, **more: object) -> None:
    facts = facts_of(this.told, this.now) | more
    told = this.told
    await emit(session, told.hotel_id, event, told.id, facts, depth=told.depth)


def facts_of(told: StaffNotification, now: datetime) -> dict[str, Any]:
    return {
        "notification_id": str(told.id),
        "kind": told.kind,
        "department": told.department,
        "priority_score": told.priority_score,
        "conversation_id": str(told.conversation_id) if told.conversation_id else None,
        "at": now.isoformat(),
    }


async def hurry(session: AsyncSession, told: StaffNotification, *, now: datetime) -> None:
    """The same episode was told again and presses more: what is left of every wait is halved, and
    what waits for people waits no longer than it would now.
    """
    steps = await _waiting(session, told.id)
    for step in steps:
        step.due_at = step.try_at = sooner(step.due_at, now)
    level = min((step.level for step in steps), default=0)
    await bring_forward(session, await round_of(session, told, level, now=now))


async def stand_still(session: AsyncSession, notification_id: UUID) -> None:
    left = update(AlertStep).where(
        AlertStep.notification_id == notification_id, AlertStep.state == "waiting"
    )
    await session.execute(left.values(state="cancelled"))


async def climb_next(db: Database, clock: Clock, hotel_id: HotelId) -> bool:
    """Work one alert whose next step is due; false when none is."""
    now = clock.now()
    async with db.hotel(hotel_id) as session:
        due = select(AlertStep.id, AlertStep.notification_id).where(
            AlertStep.state == "waiting", AlertStep.try_at <= now
        )
        found = (await session.execute(due.order_by(AlertStep.try_at).limit(1))).one_or_none()
    if found is None:
        return False
    try:
        async with db.hotel(hotel_id) as session:
            return await _work(session, found.notification_id, now=now)
    except Exception as error:  # noqa: BLE001 - counted, retried, then visibly dead
        get_logger().error("alert_step_failed", exc_info=error, step=str(found.id))
        async with db.hotel(hotel_id) as session:
            await _put_off(session, found.id, now=now)
        return True


async def _work(session: AsyncSession, notification_id: UUID, *, now: datetime) -> bool:
    """False where somebody else has this alert in hand; they go on with it."""
    query = select(StaffNotification).where(StaffNotification.id == notification_id)
    told = await session.scalar(query.with_for_update(skip_locked=True, key_share=True))
    if told is None:
        return False
    if told.status == "open":
        await climb(session, told, now=now)
    else:
        await stand_still(session, told.id)
    return True


async def _put_off(session: AsyncSession, step_id: UUID, *, now: datetime) -> None:
    step = (
        await session.scalars(select(AlertStep).where(AlertStep.id == step_id).with_for_update())
    ).one()
    step.tries += 1
    step.try_at = now + timedelta(seconds=2**step.tries)
    if step.tries >= TRIES:
        step.state = "dead"
