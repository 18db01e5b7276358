"""The web's small change: what a route may ask of the app, pages with cursors, problem+json."""

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import Select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from frontdesk.kit.caller import Caller, caller_of
from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database
from frontdesk.kit.errors import Invalid, Problem
from frontdesk.kit.limiter import Limiter
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.kit.tokens import Signer

T = TypeVar("T")
R = TypeVar("R")


def _db(request: Request) -> Database:
    return request.app.state.db


def _clock(request: Request) -> Clock:
    return request.app.state.clock


def _vault(request: Request) -> Vault:
    return request.app.state.vault


def _settings(request: Request) -> Settings:
    return request.app.state.settings


def _signer(request: Request) -> Signer:
    return request.app.state.signer


def _limiter(request: Request) -> Limiter:
    return request.app.state.limiter


def _caller(request: Request) -> Caller:
    settings: Settings = request.app.state.settings
    return caller_of(request, settings.proxies())


DbDep = Annotated[Database, Depends(_db)]
ClockDep = Annotated[Clock, Depends(_clock)]
VaultDep = Annotated[Vault, Depends(_vault)]
SettingsDep = Annotated[Settings, Depends(_settings)]
SignerDep = Annotated[Signer, Depends(_signer)]
LimiterDep = Annotated[Limiter, Depends(_limiter)]
CallerDep = Annotated[Caller, Depends(_caller)]


class Page(BaseModel, Generic[T]):
    """One page; `next` is the cursor of the following one, null on the last."""

    items: list[T]
    next: str | None = None


class PageAsk(BaseModel):
    limit: int = 50
    cursor: str | None = None


def _page_ask(
    limit: Annotated[int, Query(ge=1, le=200)] = 50, cursor: str | None = None
) -> PageAsk:
    return PageAsk(limit=limit, cursor=cursor)


PageDep = Annotated[PageAsk, Depends(_page_ask)]


def encode_cursor(at: datetime, row_id: UUID) -> str:
    return base64.urlsafe_b64encode(json.dumps([at.isoformat(), str(row_id)]).encode()).decode()


def decode_cursor(cursor: str) -> tuple[datetime, UUID]:
    try:
        at, row_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        return datetime.fromisoformat(at), UUID(row_id)
    except (ValueError, TypeError, binascii.Error):
        raise Invalid("the cursor is not one of ours") from None


async def page_rows(
    session: AsyncSession,
    query: Select[R],
    ask: PageAsk,
    at: InstrumentedAttribute[datetime],
    row_id: InstrumentedAttribute[UUID],
) -> tuple[Sequence[R], str | None]:
    """Newest first, stable under inserts: rows after the cursor's (at, id)."""
    if ask.cursor:
        query = query.where(tuple_(at, row_id) < tuple_(*decode_cursor(ask.cursor)))
    query = query.order_by(at.desc(), row_id.desc()).limit(ask.limit + 1).add_columns(at, row_id)
    rows: list[Any] = list((await session.execute(query)).all())
    more = len(rows) > ask.limit
    rows = rows[: ask.limit]
    last = encode_cursor(rows[-1][-2], rows[-1][-1]) if more else None
    return [row[0] for row in rows], last


def problem_response(problem: Problem) -> JSONResponse:
    """RFC 9457."""
    body: dict[str, Any] = {
        "type": f"urn:frontdesk:problem:{problem.code}",
        "title": problem.title(),
        "status": problem.status,
        **({"detail": problem.detail} if problem.detail else {}),
        **problem.extra,
    }
    return JSONResponse(
        body, problem.status, media_type="application/problem+json", headers=_headers(problem)
    )


def _headers(problem: Problem) -> dict[str, str]:
    if problem.status == 401:
        return {"WWW-Authenticate": "Bearer"}
    return {"Retry-After": str(problem.extra["retry_after"])} if problem.status == 429 else {}
