"""The entries of sections that the things' own routes say in another way."""

from typing import Self
from uuid import UUID

from pydantic import model_validator

from frontdesk.rooms.addon_routes import AddonIn
from frontdesk.rooms.schemas import PhotoIn, RoomIn, RoomTypeIn


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
