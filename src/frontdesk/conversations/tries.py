"""Works waiting events together, and one by one where one of them fails: it dies alone."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.logs import get_logger
from frontdesk.messaging.models import InboundEvent

TRIES = 5
"""Of one event, before it is shown as dead."""


async def work_each(
    session: AsyncSession,
    rows: Sequence[InboundEvent],
    work: Callable[[InboundEvent], Awaitable[None]],
    *,
    now: datetime,
) -> list[InboundEvent]:
    """All at once, or one by one where one of them fails; gives those that are dead now."""
    try:
        async with session.begin_nested():
            for row in rows:
                await work(row)
    except Exception as error:  # noqa: BLE001 - each is tried alone, and counted
        get_logger().error("filing_failed", exc_info=error, events=len(rows))
    else:
        for row in rows:
            row.state, row.handled_at = "done", now
        return []
    return [row for row in rows if await _alone(session, row, work, now=now)]


async def _alone(
    session: AsyncSession,
    row: InboundEvent,
    work: Callable[[InboundEvent], Awaitable[None]],
    *,
    now: datetime,
) -> bool:
    """A failing event undoes only itself; true when it was its last try."""
    for known in list(session):
        await session.refresh(known)
    try:
        async with session.begin_nested():
            await work(row)
    except Exception as error:  # noqa: BLE001 - counted, retried, then visibly dead
        await session.refresh(row)
        row.tries += 1
        row.error = type(error).__name__
        row.state = "dead" if row.tries >= TRIES else "waiting"
        return row.state == "dead"
    row.state, row.handled_at = "done", now
    return False
