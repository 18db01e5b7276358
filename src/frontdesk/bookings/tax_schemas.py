"""Taxes as the API shows them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from frontdesk.bookings.rate_schemas import SHOWN, WHOLE, Line, Nights, example


class Tax(BaseModel):
    """As TaxIn says, also where it was written before we knew better."""

    model_config = example(
        name="Tourist levy", kind="person_night", amount=350, exempt_under=16, max_nights=7
    )
    name: Annotated[Line, Field(min_length=1)]
    kind: Literal["percent", "person_night", "night", "stay"]
    amount: int = Field(ge=0, le=10**9)
    exempt_under: int | None = Field(None, ge=0, le=18)
    max_nights: Nights | None = None

    def columns(self) -> dict[str, Any]:
        return self.model_dump()


class TaxIn(Tax):
    """`amount` is hundredths of a percent of a `percent` tax, else minor units."""

    @model_validator(mode="after")
    def sound(self) -> "TaxIn":
        if self.kind == "percent" and self.amount > WHOLE:
            raise ValueError(f"amount is above {WHOLE} hundredths of a percent")
        if self.kind != "person_night" and self.exempt_under is not None:
            raise ValueError("exempt_under is for person_night")
        if self.kind not in ("person_night", "night") and self.max_nights is not None:
            raise ValueError("max_nights is for person_night and night")
        return self


class TaxOut(Tax):
    model_config = SHOWN
    id: UUID
    created_at: datetime
