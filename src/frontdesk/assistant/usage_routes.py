"""What a hotel's model costs and may cost, over HTTP."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.assistant.ledger import Limits, limits_of
from frontdesk.assistant.means import limits_in
from frontdesk.assistant.models import AssistantCall, AssistantLimits, AssistantSpending
from frontdesk.kit.clock import local_day
from frontdesk.kit.ids import uuid7
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, SettingsDep, page_rows
from frontdesk.tenancy.audit import changed, record
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}/assistant", tags=["assistant"])
Reader = Annotated[Principal, Depends(allow("reports:read"))]
Writer = Annotated[Principal, Depends(allow("hotel:write"))]
MOST = 10**15
Most = Annotated[int | None, Field(ge=0, le=MOST)]


class LimitsPatch(BaseModel):
    """Null takes the hotel's own limit back: the installation's counts again."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"tokens_per_day": 200_000, "micros_per_month": 5_000_000}},
    )
    model_enabled: bool = True
    """False: not a word of this hotel's guests leaves for a model."""
    tokens_per_day: Most = None
    tokens_per_month: Most = None
    micros_per_day: Most = None
    """Millionths of a US dollar."""
    micros_per_month: Most = None


class Period(BaseModel):
    period: str
    """2026-11 or 2026-11-21, by the hotel's calendar."""
    calls: int
    tokens: int
    tokens_limit: int
    micros: int
    micros_limit: int


class UsageOut(BaseModel):
    hotel_id: UUID
    engine: Literal["local", "groq"]
    """The installation's."""
    model: str
    model_enabled: bool
    price_in: Decimal
    """US dollars for a million tokens."""
    price_out: Decimal
    day: Period
    month: Period
    outcomes: dict[str, int]
    """Of this day's settled calls: `used`, or why the local engine did it."""
    open_reservations: int
    """Calls under way, or whose worker died: counted at the most they can cost."""


class CallOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    turn_id: UUID
    purpose: str
    model: str
    state: str
    day: str
    tokens: int
    micros: int
    tokens_in: int | None
    tokens_out: int | None
    outcome: str | None
    created_at: datetime
    settled_at: datetime | None


@router.get("/usage")
async def read_usage(
    db: DbDep, clock: ClockDep, settings: SettingsDep, hotel_id: UUID, asker: Reader
) -> UsageOut:
    """This day and month, beside their limits."""
    async with db.hotel(hotel_id) as session:
        hotel = await the_hotel(session)
        limits = await limits_of(session, limits_in(settings))
        day = local_day(clock.now(), hotel.timezone).isoformat()
        return UsageOut(
            hotel_id=hotel_id,
            engine="groq" if settings.engine == "groq" else "local",
            model=settings.groq_model,
            model_enabled=limits.model_enabled,
            price_in=settings.groq_price_in,
            price_out=settings.groq_price_out,
            day=await _period(session, day, limits.tokens_per_day, limits.micros_per_day),
            month=await _period(session, day[:7], limits.tokens_per_month, limits.micros_per_month),
            **await _outcomes(session, day),
        )


@router.get("/calls")
async def list_calls(db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep) -> Page[CallOut]:
    """The ledger, newest first; `turn_id` is the messages' own."""
    async with db.hotel(hotel_id) as session:
        model = AssistantCall
        rows, after = await page_rows(session, select(model), ask, model.created_at, model.id)
    return Page(items=[CallOut.model_validate(r) for r in rows], next=after)


@router.patch("/limits")
async def patch_limits(
    db: DbDep, settings: SettingsDep, hotel_id: UUID, asker: Writer, wanted: LimitsPatch
) -> Limits:
    """What is left out stays as it is; the answer is what counts from now on."""
    given = wanted.model_dump(exclude_unset=True)
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)
        await set_limits(session, hotel_id, given, by=asker.actor)
        return await limits_of(session, limits_in(settings))


async def set_limits(
    session: AsyncSession, hotel_id: UUID, given: Mapping[str, Any], *, by: str
) -> None:
    """What is left out stays as it is."""
    own = await _own_limits(session, hotel_id)
    old, new = changed(own, given)
    for name, value in given.items():
        setattr(own, name, value)
    await session.flush()
    subject = f"hotel:{hotel_id}"
    record(session, hotel_id, "assistant.limits", subject, by=by, old=old, new=new)


async def _own_limits(session: AsyncSession, hotel_id: UUID) -> AssistantLimits:
    """Locked; made where the hotel had none."""
    made = insert(AssistantLimits).values(hotel_id=hotel_id, id=uuid7())
    await session.execute(made.on_conflict_do_nothing())
    return (await session.scalars(select(AssistantLimits).with_for_update())).one()


async def _period(session: AsyncSession, period: str, tokens: int, micros: int) -> Period:
    spent = await session.scalar(
        select(AssistantSpending).where(AssistantSpending.period == period)
    )
    return Period(
        period=period,
        calls=spent.calls if spent else 0,
        tokens=spent.tokens if spent else 0,
        tokens_limit=tokens,
        micros=spent.micros if spent else 0,
        micros_limit=micros,
    )


async def _outcomes(session: AsyncSession, day: str) -> dict[str, Any]:
    query = (
        select(AssistantCall.outcome, func.count().label("calls"))
        .where(AssistantCall.day == day)
        .group_by(AssistantCall.outcome)
    )
    counts = {row.outcome: row.calls for row in await session.execute(query)}
    still = counts.pop(None, 0)
    return {"outcomes": counts, "open_reservations": still}
