"""Rooms and what they are described with, as the API shows them; money in minor units."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

PLAIN = r"^[^\x00]*$"
"""PostgreSQL keeps no NUL."""
Code = Annotated[str, Field(min_length=1, max_length=20, pattern=PLAIN)]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=PLAIN)]
Text = Annotated[str, Field(max_length=5000, pattern=PLAIN)]
Note = Annotated[str, Field(max_length=1000, pattern=PLAIN)]
Words = Annotated[list[Name], Field(max_length=50)]
Money = Annotated[int, Field(ge=0, le=10**12)]
People = Annotated[int, Field(ge=0, le=50)]
Position = Annotated[int, Field(ge=-1000, le=100_000)]
Beds = Annotated[dict[Code, Annotated[int, Field(ge=1, le=50)]], Field(max_length=20)]


def shows(example: dict[str, object]) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"example": example})  # pyright: ignore[reportArgumentType]


class Row(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    created_at: datetime
    updated_at: datetime


class RoomTypeIn(BaseModel):
    model_config = shows(
        {
            "code": "DBL",
            "name": "Double room with sea view",
            "max_adults": 2,
            "max_children": 1,
            "max_guests": 3,
            "base_price": 12000,
        }
    )
    code: Code
    name: Name
    description: Text = ""
    max_adults: int = Field(ge=1, le=50)
    max_children: People = 0
    max_guests: int = Field(ge=1, le=50)
    beds: str = Field("", max_length=200, pattern=PLAIN)
    bed_types: Beds = Field(default_factory=dict[str, int], description="bed type code: how many")
    features: Words = Field(default_factory=list[str])
    base_price: int = Field(gt=0, le=10**12, description="minor units a night, without tax")
    accessible: bool = False


class RoomTypePatch(BaseModel):
    model_config = shows({"name": "Double room, renovated", "active": True})
    name: Name | None = None
    description: Text | None = None
    max_adults: int | None = Field(None, ge=1, le=50)
    max_children: People | None = None
    max_guests: int | None = Field(None, ge=1, le=50)
    beds: str | None = Field(None, max_length=200, pattern=PLAIN)
    bed_types: Beds | None = None
    features: Words | None = None
    base_price: int | None = Field(None, gt=0, le=10**12)
    accessible: bool | None = None
    active: bool | None = None


class RoomTypeOut(RoomTypeIn):
    model_config = ConfigDict(from_attributes=True, extra="ignore")
    id: UUID
    active: bool
    created_at: datetime


class RoomIn(BaseModel):
    model_config = shows(
        {
            "room_type_id": "0198f3b1-0000-7000-8000-000000000001",
            "number": "204",
            "floor": "2",
            "features": ["corner"],
        }
    )
    room_type_id: UUID
    number: Code
    floor: Code | None = None
    features: Words = Field(default_factory=list[str])
    notes: Note = ""


class RoomPatch(BaseModel):
    model_config = shows({"notes": "The window is new.", "active": True})
    room_type_id: UUID | None = None
    number: Code | None = None
    floor: Code | None = None
    features: Words | None = None
    notes: Note | None = None
    active: bool | None = None


class RoomOut(Row):
    room_type_id: UUID
    number: str
    floor: str | None
    status: str
    features: list[str]
    notes: str
    active: bool
    cleaned_at: datetime | None
    cleaned_by: str | None


class FloorIn(BaseModel):
    model_config = shows({"code": "2", "name": "Second floor", "position": 2})
    code: Code
    name: Name
    position: Position = 0


class FloorPatch(BaseModel):
    model_config = shows({"name": "Second floor, sea side"})
    name: Name | None = None
    position: Position | None = None


class FloorOut(Row):
    code: str
    name: str
    position: int


class BedTypeIn(BaseModel):
    model_config = shows({"code": "queen", "name": "Queen bed", "sleeps": 2, "width_cm": 150})
    code: Code
    name: Name
    sleeps: int = Field(1, ge=1, le=10)
    width_cm: int | None = Field(None, ge=40, le=400)


class BedTypePatch(BaseModel):
    model_config = shows({"name": "Queen bed, extra long"})
    name: Name | None = None
    sleeps: int | None = Field(None, ge=1, le=10)
    width_cm: int | None = Field(None, ge=40, le=400)


class BedTypeOut(Row):
    code: str
    name: str
    sleeps: int
    width_cm: int | None


class FeatureIn(BaseModel):
    model_config = shows({"name": "balcony", "category": "view"})
    name: Name
    category: Name = "room"
    description: Text = ""


class FeaturePatch(BaseModel):
    model_config = shows({"description": "With two chairs and a table."})
    category: Name | None = None
    description: Text | None = None


class FeatureOut(Row):
    name: str
    category: str
    description: str


class PhotoIn(BaseModel):
    model_config = shows(
        {
            "url": "https://images.example.org/double.jpg",
            "caption": "The view",
        }
    )
    url: str = Field(max_length=2000, pattern=r"^https://[^\x00-\x20]+$")
    caption: str = Field("", max_length=300, pattern=PLAIN)
    position: Position = 0


class PhotoPatch(BaseModel):
    model_config = shows({"caption": "The view at dusk", "position": 1})
    caption: str | None = Field(None, max_length=300, pattern=PLAIN)
    position: Position | None = None


class PhotoOut(Row):
    room_type_id: UUID | None
    room_id: UUID | None
    url: str
    caption: str
    position: int
