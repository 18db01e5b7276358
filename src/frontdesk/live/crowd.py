"""Who is online, who looks at what, who types: told to colleagues, and a little of it to guests."""

from collections.abc import Mapping
from time import monotonic
from typing import Any
from uuid import UUID

from frontdesk.kit.db import Database
from frontdesk.kit.pulse import Pulse
from frontdesk.live.connection import Connection
from frontdesk.live.counters import count
from frontdesk.live.doors import CHATS, Looker
from frontdesk.live.facts import Member
from frontdesk.live.presence import ALL, Crowd, Seen, Shown, Table, as_told, here
from frontdesk.live.render import text_of
from frontdesk.live.room import Room

TYPES = 6
"""Seconds that a word of typing holds."""


def say_who_is_here(pulse: Pulse, room: Room) -> None:
    """To the other processes."""
    room.said_at = monotonic()
    pulse.say(room.hotel_id, {"here": as_told(here(room.connections))})


def heard(pulse: Pulse, room: Room, told: Mapping[str, Any]) -> None:
    """What another process says: ids and actors; names are read here."""
    if "hello" in told:
        say_who_is_here(pulse, room)
    if "here" in told:
        news = room.elsewhere.heard(str(told["from"]), told["here"], at=monotonic())
        room.crowd_heard = room.crowd_heard or news
    if "typing" in told:
        show_typing(room, **told["typing"])
    if "viewing" in told:
        show_viewing(room, **told["viewing"])


def show_typing(
    room: Room,
    *,
    actor: str,
    talk: str,
    guest: str,
    on: bool,
    department: str | None = None,
    but: Connection | None = None,
) -> None:
    """To colleagues, and to the guest whose chat it is where staff write."""
    about = {"conversation_id": talk, "seconds": TYPES if on else 0}
    frame = {"type": "typing", **about, **who(room.known, actor)}
    room.say(frame, scope=CHATS, departments=_of(department), but=but)
    if not actor.startswith("guest:"):
        somebody = {"user_id": "staff", "name": "Staff", "role": "staff"}
        room.say_to_guest(UUID(guest), {"type": "typing", **about, **somebody})


def show_viewing(
    room: Room,
    *,
    actor: str,
    talk: str | None,
    department: str | None = None,
    but: Connection | None = None,
) -> None:
    """Who is of other departments hears that somebody is there, and not where they look."""
    frame = {"type": "presence", "online": True, "viewing": talk, **who(room.known, actor)}
    room.say(frame, scope=CHATS, departments=_of(department), but=but)


def _of(department: str | None) -> tuple[UUID, ...]:
    return () if department is None else (UUID(department),)


def who(people: Mapping[str, Member], actor: str) -> dict[str, str]:
    member = people.get(actor)
    if member is not None:
        return {"user_id": str(member.id), "name": member.name, "role": member.role}
    kind, _, shown = actor.partition(":")
    if kind == "guest":
        return {"user_id": shown, "name": "Guest", "role": "customer"}
    return {"user_id": shown if kind == "key" else kind, "name": kind, "role": kind}


async def tell_who_is_there(room: Room) -> None:
    """Once a second at most, to staff; a guest hears only whether somebody is there."""
    table, people = room.table(), await room.people()
    all_ = apart = _said(room.crowd, shown_in(table, people))
    if any(connection.looker.departments for connection in room.connections):
        hidden = {actor: Seen(seen.connections) for actor, seen in table.items()}
        apart = _said(room.apart, shown_in(hidden, people))
    staffed = any(actor.startswith("user:") for actor in table)
    for connection in room.connections:
        looker = connection.looker
        if looker.may(CHATS):
            _tell_staff(connection, *(apart if looker.departments else all_))
        elif looker.guest is not None and connection.staffed is not staffed:
            connection.staffed = staffed
            connection.newest(ALL, text_of(for_guest(looker, staffed=staffed)))


def _said(crowd: Crowd, shown: Shown) -> tuple[str, str | None]:
    """All of it, and what is said to who knows it: the same, what changed, or nothing."""
    said = crowd.tell(shown, at=monotonic())
    whole = text_of(crowd.whole())
    return whole, None if said is None else whole if said["type"] == ALL else text_of(said)


def _tell_staff(connection: Connection, whole: str, change: str | None) -> None:
    if not connection.knows_crowd or change is whole:
        connection.knows_crowd = True
        connection.newest(ALL, whole)
    elif change is not None:
        connection.amend(ALL, whole, change)


def shown_in(table: Table, people: Mapping[str, Member]) -> Shown:
    """Programs are not people: a key is not shown."""
    users: Shown = {}
    for actor, seen in table.items():
        kind, _, shown = actor.partition(":")
        member = people.get(actor)
        if member is not None:
            users[str(member.id)] = {
                "user_id": str(member.id),
                "email": member.email,
                "role": member.role,
                "name": member.name,
                "viewing": list(seen.viewing),
            }
        elif kind == "guest":
            users[shown] = {"user_id": shown, "email": None, "role": "customer", "viewing": []}
    return users


def for_guest(looker: Looker, *, staffed: bool) -> dict[str, Any]:
    me = {"user_id": looker.shown_id, "email": None, "role": "customer"}
    users: dict[str, Any] = {looker.shown_id: me}
    if staffed:
        users["staff"] = {"user_id": "staff", "email": None, "role": "staff"}
    return {"type": "online_users", "users": users}


async def tell_counters(db: Database, room: Room) -> None:
    askers = [c for c in room.connections if c.looker.may(CHATS)]
    if not askers:
        return
    async with db.hotel(room.hotel_id) as session:
        counted = await count(session)
    for connection in askers:
        frame = text_of(counted.frame(connection.looker))
        connection.newest("counters", frame)
