"""What the desk kept beside chats goes after its days; what stands beside old messages lets go."""

from datetime import datetime

from sqlalchemy import ColumnElement, CursorResult, Executable, Table, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import metadata


async def forget_desk(session: AsyncSession, before: datetime, batch: int) -> int:
    """Ended tasks, notes, sent words that waited; histories keep their steps without reasons."""
    t, n = metadata.tables["tasks"], metadata.tables["notes"]
    s, d = metadata.tables["scheduled_messages"], metadata.tables["composer_drafts"]
    over = t.c.state.in_(("done", "cancelled")) & (t.c.ended_at < before)
    tasks = (await session.scalars(select(t.c.id).where(over).limit(batch))).all()
    old = or_(n.c.created_at < before, n.c.task_id.in_(tasks))
    notes = (await session.scalars(select(n.c.id).where(old).limit(batch))).all()
    m = metadata.tables["note_mentions"]
    await session.execute(delete(m).where(m.c.note_id.in_(notes)))
    done = [await _count(session, delete(n).where(n.c.id.in_(notes)))]
    free = ~select(n.c.id).where(n.c.task_id == t.c.id).exists()
    done.append(await _count(session, delete(t).where(t.c.id.in_(tasks) & free)))
    sent = (s.c.state != "waiting") & (s.c.send_at < before)
    done.append(await _some(session, s, sent, batch))
    done.append(await _some(session, d, d.c.updated_at < before, batch))
    await _without_words(session, before)
    return max(done)


async def let_go_of(session: AsyncSession, old: ColumnElement[bool]) -> None:
    """Of messages that go, tasks and scheduled words no longer say which they were; `old` is of
    messages.
    """
    m = metadata.tables["messages"]
    gone = select(m.c.id).where(old)
    for name in ("tasks", "scheduled_messages"):
        table = metadata.tables[name]
        worn = table.c.message_id.in_(gone)
        await session.execute(update(table).where(worn).values(message_id=None))


async def _without_words(session: AsyncSession, before: datetime) -> None:
    c, g = metadata.tables["conversation_changes"], metadata.tables["conversation_segments"]
    said = (c.c.at < before) & c.c.reason.is_not(None)
    await session.execute(update(c).where(said).values(reason=None))
    told = (g.c.started_at < before) & or_(g.c.summary.is_not(None), g.c.reason.is_not(None))
    await session.execute(update(g).where(told).values(summary=None, reason=None))


async def _some(session: AsyncSession, table: Table, where: ColumnElement[bool], batch: int) -> int:
    some = select(table.c.id).where(where).limit(batch)
    return await _count(session, delete(table).where(table.c.id.in_(some)))


async def _count(session: AsyncSession, statement: Executable) -> int:
    done = await session.execute(statement)
    assert isinstance(done, CursorResult)  # noqa: S101 - for the type checker: it wrote
    return done.rowcount
