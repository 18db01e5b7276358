"""Availability on the wire."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from frontdesk.bookings.blocks import Why


class PlanOfferOut(BaseModel):
    rate_plan_id: UUID | None
    rate_plan: str
    name: str
    meal: str
    total: int
    """With tax."""
    tax: int
    deposit: int
    refundable: bool
    free_until: str | None
    """Cancelling costs nothing until then; null where it always costs the fee."""
    fee: int


class BlockOut(BaseModel):
    """Why not, what limit that sets, and on which night.

    Nights, days, rooms, money; of a party that is too big guests, or adults where they alone are
    more than find beds.
    """

    why: Why
    rate_plan: str
    limit: int | None
    feature: str | None
    night: date | None
    rule_id: UUID | None


class ChoiceOut(BaseModel):
    room_type_id: UUID
    name: str
    features: list[str]
    free: int
    total: int
    """Of the cheapest plan, with tax."""
    plans: list[PlanOfferOut]
    barred: list[BlockOut]
    """Plans that do not sell it for this stay."""


class NearOut(BaseModel):
    arrival: date
    departure: date
    rate_plan: str
    total: int


class BarredOut(BlockOut):
    room_type_id: UUID
    name: str
    nearest: NearOut | None
    """The nearest stay of this type that works; null where no date within reach does."""


class DayOut(BaseModel):
    arrival: date
    departure: date
    room_types: int
    """How many can be had."""
    total: int | None
    """Of the cheapest."""


class FoundOut(BaseModel):
    arrival: date
    departure: date
    currency: str
    choices: list[ChoiceOut]
    barred: list[BarredOut]
    days: list[DayOut]
    """Each arrival within `flex` days."""
