"""The entries of sections that the things' own routes say in another way."""

from frontdesk.rooms.addon_routes import AddonIn
from frontdesk.rooms.schemas import RoomIn, RoomTypeIn


class RoomTypeEntry(RoomTypeIn):
    active: bool = True


class RoomEntry(RoomIn):
    active: bool = True


class AddonEntry(AddonIn):
    active: bool = True
