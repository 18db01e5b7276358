"""`Idempotency-Key` on creating POSTs: the same request gets the first answer again."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from sqlalchemy import func, insert, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import Conflict
from frontdesk.kit.secrets import digest
from frontdesk.tenancy.models import IdempotencyKey

LOCK_ALL = text(
    "SELECT pg_try_advisory_xact_lock(name) FROM unnest(CAST(:names AS bigint[]))"
    " WITH ORDINALITY AS n (name, place) ORDER BY place"
)


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
    if not await session.scalar(select(func.pg_try_advisory_xact_lock(_name(once, hotel_id)))):
        raise StillWorking


def _name(once: Once, hotel_id: UUID) -> int:
    told = digest(f"{hotel_id}{once.scope}{once.key}")
    return int.from_bytes(told[:8], "big", signed=True)


async def claim(session: AsyncSession, hotel_id: UUID, onces: Sequence[Once]) -> set[Once]:
    """Those whose key is new and in nobody's hands, locked as answer_once() does; of one key that
    comes twice only the first. The others are for answer_once() to answer, in another transaction.
    """
    first = {(once.scope, once.key): once for once in reversed(onces)}
    asked = {"names": [_name(once, hotel_id) for once in first.values()]}
    locked = (await session.scalars(LOCK_ALL, asked)).all()
    free = [once for once, held in zip(first.values(), locked, strict=True) if held]
    keys = [(once.scope, once.key) for once in free]
    query = select(IdempotencyKey.scope, IdempotencyKey.key).where(
        IdempotencyKey.hotel_id == hotel_id,
        tuple_(IdempotencyKey.scope, IdempotencyKey.key).in_(keys),
    )
    known = {(scope, key) for scope, key in await session.execute(query)}
    return {once for once in free if (once.scope, once.key) not in known}


async def remember(
    session: AsyncSession, hotel_id: UUID, answers: Mapping[Once, Mapping[str, Any]]
) -> None:
    """The answers of 201 to keys that this transaction has claimed."""
    if answers:
        rows = [
            {
                "hotel_id": hotel_id,
                "scope": once.scope,
                "key": once.key,
                "request_digest": once.request_digest,
                "status": 201,
                "answer": answer,
            }
            for once, answer in answers.items()
        ]
        await session.execute(insert(IdempotencyKey), rows)
