"""The ledger of the model: each call is reserved at the most it can cost, then settled."""

from dataclasses import dataclass, fields
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.assistant.models import AssistantCall, AssistantLimits, AssistantSpending
from frontdesk.kit.clock import local_day
from frontdesk.kit.ids import uuid7


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call, as the provider counts them."""

    tokens_in: int
    tokens_out: int

    @property
    def tokens(self) -> int:
        return self.tokens_in + self.tokens_out


NOTHING = Usage(0, 0)


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars for a million tokens, which is millionths of a dollar for one."""

    tokens_in: Decimal
    tokens_out: Decimal

    def micros(self, usage: Usage) -> int:
        """Rounded up: never less than it costs."""
        cost = self.tokens_in * usage.tokens_in + self.tokens_out * usage.tokens_out
        return int(cost.to_integral_value(ROUND_CEILING))


@dataclass(frozen=True, slots=True)
class Limits:
    """What a hotel's day and month may cost."""

    tokens_per_day: int
    tokens_per_month: int
    micros_per_day: int
    micros_per_month: int
    model_enabled: bool = True


@dataclass(frozen=True, slots=True)
class Wanted:
    """One call before it is made: `most` is what it can cost at most."""

    turn_id: UUID
    purpose: str
    model: str
    most: Usage


async def limits_of(session: AsyncSession, defaults: Limits) -> Limits:
    """The hotel's own, and the installation's where it says nothing."""
    own = await session.scalar(select(AssistantLimits))
    if own is None:
        return defaults
    said = {f.name: getattr(own, f.name) for f in fields(Limits)}
    return Limits(**{n: getattr(defaults, n) if v is None else v for n, v in said.items()})


async def reserve(
    session: AsyncSession,
    hotel_id: UUID,
    wanted: Wanted,
    *,
    prices: Prices,
    limits: Limits,
    zone: str,
    now: datetime,
) -> UUID | None:
    """The call's id; None where a day's or a month's limit does not cover the most it can cost.

    Turns that ask at once stand in line at the two rows, so together they never pass a limit.
    """
    day = local_day(now, zone).isoformat()
    month_spent, day_spent = await _spending(session, hotel_id, day)
    tokens, micros = wanted.most.tokens, prices.micros(wanted.most)
    for spent, most_tokens, most_micros in (
        (day_spent, limits.tokens_per_day, limits.micros_per_day),
        (month_spent, limits.tokens_per_month, limits.micros_per_month),
    ):
        if spent.tokens + tokens > most_tokens or spent.micros + micros > most_micros:
            return None
    for spent in (day_spent, month_spent):
        spent.calls, spent.tokens, spent.micros = (
            spent.calls + 1,
            spent.tokens + tokens,
            spent.micros + micros,
        )
    made = AssistantCall(
        hotel_id=hotel_id,
        id=uuid7(),
        turn_id=wanted.turn_id,
        purpose=wanted.purpose,
        model=wanted.model,
        day=day,
        tokens=tokens,
        micros=micros,
    )
    session.add(made)
    return made.id


async def settle(
    session: AsyncSession,
    call_id: UUID,
    usage: Usage | None,
    *,
    outcome: str,
    prices: Prices,
    now: datetime,
) -> None:
    """Where nobody knows what it cost (`usage` None), the reservation stays counted."""
    call = (
        await session.scalars(
            select(AssistantCall).where(AssistantCall.id == call_id).with_for_update()
        )
    ).one()
    if call.state == "settled":
        return
    if usage is not None:
        call.tokens_in, call.tokens_out = usage.tokens_in, usage.tokens_out
        tokens, micros = usage.tokens, prices.micros(usage)
        for spent in await _spending(session, call.hotel_id, call.day):
            spent.tokens = max(0, spent.tokens + tokens - call.tokens)
            spent.micros = max(0, spent.micros + micros - call.micros)
        call.tokens, call.micros = tokens, micros
    call.state, call.outcome, call.settled_at = "settled", outcome, now


async def _spending(session: AsyncSession, hotel_id: UUID, day: str) -> list[AssistantSpending]:
    """The month's row and the day's, locked, made where they are missing; always in this order."""
    periods = (day[:7], day)
    rows = [{"hotel_id": hotel_id, "id": uuid7(), "period": period} for period in periods]
    await session.execute(insert(AssistantSpending).values(rows).on_conflict_do_nothing())
    query = (
        select(AssistantSpending)
        .where(AssistantSpending.period.in_(periods))
        .order_by(AssistantSpending.period)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list((await session.scalars(query)).all())
