"""The audit log over HTTP: list it, filtered, and ask whether it is whole."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy import Select, select

from frontdesk.kit.ids import HotelId
from frontdesk.kit.web import DbDep, Page, PageDep, page_rows
from frontdesk.tenancy.audit_chain import verify
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.models import AuditEntry

router = APIRouter(prefix="/v1/hotels/{hotel_id}/audit", tags=["audit"])
Reader = Annotated[Principal, Depends(allow("audit:read"))]
Word = Annotated[str | None, Query(max_length=120, pattern=r"^[\x21-\x7e]+$")]


class EntryOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    created_at: datetime
    actor: str
    action: str
    subject: str
    old: dict[str, Any] | None
    new: dict[str, Any] | None
    ip: str | None
    user_agent: str | None
    seq: int | None


class VerdictOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    hotel_id: UUID
    whole: bool
    sealed: int
    trimmed: int
    unsealed: int
    last_hash: str
    breaks: list[str]


def _filters(
    actor: Word = None,
    action: Word = None,
    subject: Word = None,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
) -> Select[AuditEntry]:
    """`action` may end in a dot and then means all of its kind: `booking.`"""
    e, query = AuditEntry, select(AuditEntry)
    if actor is not None:
        query = query.where(e.actor == actor)
    if action is not None:
        kind = e.action.startswith(action, autoescape=True) if action.endswith(".") else None
        query = query.where(e.action == action if kind is None else kind)
    if subject is not None:
        query = query.where(e.subject == subject)
    if since is not None:
        query = query.where(e.created_at >= since)
    return query if until is None else query.where(e.created_at < until)


@router.get("")
async def list_audit(
    db: DbDep,
    hotel_id: UUID,
    asker: Reader,
    ask: PageDep,
    query: Annotated[Select[AuditEntry], Depends(_filters)],
) -> Page[EntryOut]:
    """Newest first."""
    e = AuditEntry
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, query, ask, e.created_at, e.id)
    return Page(items=[EntryOut.model_validate(row) for row in rows], next=after)


@router.get("/verify")
async def verify_audit(db: DbDep, hotel_id: UUID, asker: Reader) -> VerdictOut:
    """Recomputes the chain; `unsealed` entries are too young to be in it."""
    async with db.hotel(hotel_id) as session:
        return VerdictOut.model_validate(await verify(session, HotelId(hotel_id)))
