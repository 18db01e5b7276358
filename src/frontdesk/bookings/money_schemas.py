"""What the shapes of folios, payments and invoices share."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from frontdesk.bookings.payments import MAX_AMOUNT

Amount = Annotated[int, Field(ge=1, le=MAX_AMOUNT)]
Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^\x00]*$")
]


SOME_ID = "0198f3b1-0000-7000-8000-000000000001"


def with_example(example: dict[str, Any]) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"example": example})


class Seen(BaseModel):
    model_config = ConfigDict(from_attributes=True)
