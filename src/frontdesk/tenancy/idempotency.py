"""`Idempotency-Key` on creating POSTs: the same request gets the first answer again."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import Conflict
from frontdesk.kit.secrets import digest
from frontdesk.tenancy.models import IdempotencyKey


class KeyReused(Conflict):
    """This Idempotency-Key was used for another request"""

    code = "idempotency_key_reused"


class StillWorking(Conflict):
    """The first request with this Idempotency-Key is still being worked"""

    code = "idempotency_in_progress"


@dataclass(frozen=True, slots=True)
class Once:
    """A creating request: its key, if it sent one, and what would make it another request."""

    scope: str
    key: str | None
    request_digest: bytes


async def _once(
    request: Request,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> Once:
    body = (await request.body()).decode("utf-8", "replace")
    path = f"{request.method} {request.url.path}"
    return Once(path, idempotency_key, digest(f"{path}\n{body}"))


OnceDep = Annotated[Once, Depends(_once)]


async def answer_once(
    session: AsyncSession,
    once: Once,
    hotel_id: UUID,
    create: Callable[[], Awaitable[BaseModel]],
    *,
    status: int = 201,
) -> Response:
    """Run `create` and remember its answer in the same transaction, or give the remembered one.

    Raises StillWorking for a concurrent second request and KeyReused for another body. An error
    in `create` rolls the key back with everything else: the caller may try again.
    """
    if once.key is None:
        return JSONResponse((await create()).model_dump(mode="json"), status)
    await _lock(session, once, hotel_id)
    known = await session.scalar(
        select(IdempotencyKey).where(
            IdempotencyKey.hotel_id == hotel_id,
            IdempotencyKey.scope == once.scope,
            IdempotencyKey.key == once.key,
        )
    )
    if known is not None:
        if known.request_digest != once.request_digest:
            raise KeyReused
        return JSONResponse(known.answer, known.status)
    answer = (await create()).model_dump(mode="json")
    session.add(
        IdempotencyKey(
            hotel_id=hotel_id,
            scope=once.scope,
            key=once.key,
            request_digest=once.request_digest,
            status=status,
            answer=answer,
        )
    )
    await session.flush()
    return JSONResponse(answer, status)


async def _lock(session: AsyncSession, once: Once, hotel_id: UUID) -> None:
    """Held until the transaction ends; a second holder is a concurrent request."""
    name = int.from_bytes(digest(f"{hotel_id}{once.scope}{once.key}")[:8], "big", signed=True)
    if not await session.scalar(select(func.pg_try_advisory_xact_lock(name))):
        raise StillWorking
