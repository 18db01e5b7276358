"""The housekeeping board: every room of the house on one day, in one query."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

BOARD = text("""
    SELECT r.id AS room_id, r.number, r.floor, r.status, r.notes, r.cleaned_at, r.cleaned_by,
           k.code AS room_type, coalesce(c.arriving, false) AS arriving,
           coalesce(c.departing, false) AS departing, coalesce(c.staying, false) AS staying,
           coalesce(c.blocked, false) AS blocked, coalesce(t.tasks, '[]') AS tasks
    FROM rooms r
    JOIN room_types k ON k.hotel_id = r.hotel_id AND k.id = r.room_type_id
    LEFT JOIN floors f ON f.hotel_id = r.hotel_id AND f.code = r.floor
    LEFT JOIN LATERAL (
        SELECT bool_or(kind = 'stay' AND first = :day) AS arriving,
               bool_or(kind = 'stay' AND until = :day) AS departing,
               bool_or(kind = 'stay' AND first < :day AND until > :day) AS staying,
               bool_or(kind = 'block' AND until > :day) AS blocked
        FROM room_claims
        WHERE hotel_id = r.hotel_id AND room_id = r.id
            AND daterange(first, until, '[]') @> CAST(:day AS date)) c ON true
    LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_object(
                   'task_id', id, 'kind', kind, 'status', status, 'assignee', assignee,
                   'notes', notes) ORDER BY kind) AS tasks,
               array_agg(assignee) AS assignees
        FROM housekeeping_tasks
        WHERE hotel_id = r.hotel_id AND room_id = r.id AND day = :day) t ON true
    WHERE r.active
        AND (CAST(:floor AS text) IS NULL OR r.floor = :floor)
        AND (CAST(:status AS text) IS NULL OR r.status = :status)
        AND (CAST(:assignee AS text) IS NULL OR :assignee = ANY (t.assignees))
    ORDER BY f.position NULLS LAST, r.floor NULLS LAST, r.number
    LIMIT 2000""")


async def board(
    session: AsyncSession,
    day: date,
    *,
    floor: str | None = None,
    status: str | None = None,
    assignee: str | None = None,
) -> Sequence[Any]:
    """By floor and number: status, who comes, stays and goes, blocks, and the day's tasks."""
    asked = {"day": day, "floor": floor, "status": status, "assignee": assignee}
    return (await session.execute(BOARD, asked)).mappings().all()
