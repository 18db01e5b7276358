"""Answers of a hotel that are kept until it writes something, or their time is over."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from fastapi import Response

from frontdesk.kit.cache import Area
from frontdesk.kit.db import Database


async def kept(
    db: Database, area: Area, hotel_id: UUID, name: str, make: Callable[[], Awaitable[Response]]
) -> Response:
    """The version is read before what it stands for: what is kept is never newer than it says."""

    async def read() -> list[str]:
        answer = await make()
        return [str(answer.media_type), bytes(answer.body).decode()]

    version = await db.cache.writes(hotel_id)
    if version is None:
        media, body = await read()
    else:
        media, body = await db.cache.kept(area, hotel_id, f"{version}:{name}", read, list[str])
    return Response(body, media_type=media)
