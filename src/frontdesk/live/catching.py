"""Whoever was cut off is told what they missed, once, before anything new."""

from frontdesk.live.changes import since
from frontdesk.live.connection import Connection
from frontdesk.live.doors import Looker
from frontdesk.live.hub import Hub
from frontdesk.live.render import Told, text_of
from frontdesk.live.resume import Place, is_gone, token
from frontdesk.live.room import Room

MOST = 20_000
"""Changes; whoever missed more loads everything anew, which is less."""


async def catch_up(hub: Hub, room: Room, connection: Connection, was: Place, until: Place) -> bool:
    """From where it was up to where the room was when it let the connection in.

    False where that is too much or too long ago. `until` was taken after `was`, so it saw all that
    `was` saw: what lies between is what one did not see and the other did.
    """
    if is_gone(was, until.seen, now=hub.clock.now()):
        return False
    if was.until:
        half = Place(was.until, until.at)
        if not await _told_between(hub, room, connection, was, half):
            return False
        was = half
    return await _told_between(hub, room, connection, was, until)


async def _told_between(
    hub: Hub, room: Room, connection: Connection, was: Place, until: Place
) -> bool:
    past, count = was.past, 0
    while connection.gone is None and count <= MOST:
        upto = until.seen
        async with hub.doors:
            read = await since(hub.db, room.hotel_id, was.seen, until=upto, past=past)
            missed = await room.told(read.changes) if read.changes else []
        for one in missed:
            place = Place(was.seen, until.at, upto, one.change.seq)
            for frame in frames_for(connection.looker, one, token(place)):
                await connection.put(frame)
        if read.is_all:
            return True
        past, count = read.changes[-1].seq, count + len(read.changes)
    return count <= MOST


def frames_for(looker: Looker, one: Told, place: str) -> list[str]:
    if looker.guest is not None:
        mine = one.guest is not None and one.guest_id == looker.guest.guest_id
        return [text_of(one.guest or {}, place)] if mine else []
    if not looker.hears(one.scope, one.departments):
        return []
    *before, last = one.staff
    return [*(text_of(frame) for frame in before), text_of(last, place)]
