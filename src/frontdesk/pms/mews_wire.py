"""The rows of the Mews Connector API that we read, as its documentation names them.

https://docs.mews.com/connector-api/operations/reservations (ver 2023-06-06), and beside it
customers, orderitems, agecategories, resourcecategories, resources.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,100}$")]
Count = Annotated[int, Field(ge=0, le=1000)]
Money = Annotated[Decimal, Field(max_digits=20, allow_inf_nan=False)]
Texts = dict[str, str]


class Row(BaseModel):
    Id: Id


class PersonCount(BaseModel):
    AgeCategoryId: Id
    Count: Count


class ReservationRow(Row):
    State: Literal[
        "Inquired", "Confirmed", "Started", "Processed", "Canceled", "Optional", "Requested"
    ]
    Number: str = Field("", max_length=100)
    AccountId: Id
    RequestedResourceCategoryId: Id
    AssignedResourceId: Id | None = None
    ScheduledStartUtc: AwareDatetime
    ScheduledEndUtc: AwareDatetime
    PersonCounts: list[PersonCount] = Field(max_length=100)


class CustomerRow(Row):
    FirstName: str | None = None
    LastName: str | None = None
    Phone: str | None = None


class TaxValue(BaseModel):
    Value: Money


class Amount(BaseModel):
    Currency: str = Field(pattern="^[A-Z]{3}$")
    GrossValue: Money
    TaxValues: list[TaxValue] = Field(max_length=100)


class OrderItemRow(Row):
    ServiceOrderId: Id
    Type: str
    Amount: Amount


class AgeCategoryRow(Row):
    Classification: str | None = None


class CategoryRow(Row):
    ShortNames: Texts | None = None
    ExternalIdentifier: str | None = None


class ResourceRow(Row):
    Name: str | None = None


def utc(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
