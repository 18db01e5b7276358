"""Whoever was cut off is told what they missed, once, before anything new."""

from collections.abc import Sequence

from frontdesk.live.changes import Change, since
from frontdesk.live.connection import Connection
from frontdesk.live.doors import Looker
from frontdesk.live.hub import Hub
from frontdesk.live.render import Told, text_of
from frontdesk.live.resume import Place, is_gone, token
from frontdesk.live.room import Room
from frontdesk.portal.chat import threads_of

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
            missed = await _missed(hub, room, connection.looker, read.changes)
        for one in missed:
            place = Place(was.seen, until.at, upto, one.change.seq)
            for frame in frames_for(connection.looker, one, token(place)):
                await connection.put(frame)
        if read.is_all:
            return True
        past, count = read.changes[-1].seq, count + len(read.changes)
    return count <= MOST


async def _missed(hub: Hub, room: Room, looker: Looker, changes: Sequence[Change]) -> list[Told]:
    """Of a guest, only what is of their own chats is read: they are many, and nothing else is."""
    if looker.guest is not None and changes:
        async with hub.db.hotel(room.hotel_id) as session:
            own = await threads_of(session, looker.guest)
        changes = [c for c in changes if c.conversation_id in own]
    return await room.told(changes) if changes else []


def frames_for(looker: Looker, one: Told, place: str) -> list[str]:
    if looker.guest is not None:
        mine = one.guest is not None and one.guest_id == looker.guest.guest_id
        return [text_of(one.guest or {}, place)] if mine else []
    if not looker.hears(one.scope, one.departments):
        return []
    *before, last = one.staff
    return [*(text_of(frame) for frame in before), text_of(last, place)]
