"""The entries of sections that the things' own routes say in another way."""

from operator import attrgetter
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from frontdesk.conversations.desk_schemas import DepartmentIn
from frontdesk.notifications.routes import StaffIn
from frontdesk.notifications.schemas import Ladder, Level, ShiftIn, ShiftsIn
from frontdesk.rooms.addon_routes import AddonIn
from frontdesk.rooms.schemas import PhotoIn, RoomIn, RoomTypeIn

Named = Annotated[str, Field(min_length=1, max_length=200)]


class RoomTypeEntry(RoomTypeIn):
    active: bool = True


class RoomEntry(RoomIn):
    active: bool = True


class AddonEntry(AddonIn):
    active: bool = True


class PhotoEntry(PhotoIn):
    room_type_id: UUID | None = None
    room_id: UUID | None = None

    @model_validator(mode="after")
    def of_one(self) -> Self:
        if (self.room_type_id is None) == (self.room_id is None):
            raise ValueError("a photo is of a room_type or of a room")
        return self


class DepartmentEntry(DepartmentIn):
    active: bool = True


class StaffEntry(StaffIn):
    """Somebody with their week."""

    shifts: list[ShiftIn] = Field(default_factory=list[ShiftIn], max_length=50)

    @model_validator(mode="after")
    def in_order(self) -> Self:
        ShiftsIn(shifts=self.shifts)
        self.shifts.sort(key=attrgetter("weekday", "starts"))
        return self


class LevelEntry(Level):
    people: list[Named] = Field(default_factory=list[str], max_length=50)
    """Of the staff, by name, or by phone where two have the same name."""
    shared: list[Named] = Field(default_factory=list[str], max_length=20)
    """Shared channels, by name; they are set up by their own routes."""


class LadderEntry(Ladder):
    levels: list[LevelEntry] = Field(min_length=1, max_length=8)
