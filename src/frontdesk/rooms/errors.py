"""Why something about rooms could not be done."""

from frontdesk.kit.errors import Conflict, Invalid, NotFound


class Taken(Conflict):
    """There is one by that name already"""

    code = "taken"


class InUse(Conflict):
    """Something hangs on it: deactivate it instead"""

    code = "in_use"


class WouldOversell(Conflict):
    """Rooms are sold on these nights that would be missing"""

    code = "would_oversell"


class RoomClaimed(Conflict):
    """This room has a stay or a block on some of these nights"""

    code = "room_claimed"


class NoSuchStep(Conflict):
    """There is no way from the present state to that one"""

    code = "no_such_step"


class NoSuchRoom(NotFound):
    """There is no such room"""

    code = "no_such_room"


class BadDates(Invalid):
    """The last day must come after the first, and not years later"""

    code = "bad_dates"
