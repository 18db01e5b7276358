"""What the shapes of events are made of: the base, typed parts with samples, and a stay's facts."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

ID = "01932b1e-5a70-7c44-9f10-3f6d1c2b7a01"
Id = Annotated[UUID, Field(examples=[ID])]
MaybeId = Annotated[UUID | None, Field(examples=[ID])]
Arrival = Annotated[date, Field(examples=["2026-07-03"], description="the hotel's civil date")]
Departure = Annotated[date, Field(examples=["2026-07-05"], description="the hotel's civil date")]
Count = Annotated[int, Field(examples=[2])]
Minor = Annotated[int, Field(examples=[21000], description="minor units of the currency")]
Currency = Annotated[str, Field(examples=["EUR"], description="ISO 4217")]
Sentiment = Annotated[Literal["positive", "neutral", "negative"], Field(examples=["negative"])]
Urgency = Annotated[Literal["normal", "urgent", "emergency"], Field(examples=["normal"])]


class Facts(BaseModel):
    """The payload of one event; nothing else may stand in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class StayFacts(Facts):
    booking_id: Id
    code: Annotated[str, Field(examples=["K7M2QX"])]
    guest_id: Id
    conversation_id: MaybeId
    arrival: Arrival
    departure: Departure
    nights: Count
    adults: Count
    children: Annotated[int, Field(examples=[0])]
    rooms: Annotated[int, Field(examples=[1])]
    total: Minor
    currency: Currency
    source: Annotated[str, Field(examples=["whatsapp"])]


class StayTold(StayFacts):
    before: Annotated[
        dict[str, Any],
        Field(
            examples=[{"arrival": "2026-07-01"}],
            description="what of status, arrival, departure, rooms, adults, children, total and"
            " room_type_id was otherwise",
        ),
    ] = {}
