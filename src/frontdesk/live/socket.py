"""The WebSocket itself: judged, accepted, caught up, listened to, closed."""

import asyncio
from dataclasses import replace
from time import monotonic
from typing import Any
from uuid import UUID

import orjson
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.websockets import WebSocket

from frontdesk.kit.asked import seeing
from frontdesk.kit.errors import (
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    TooMany,
    Unauthorized,
    Unavailable,
)
from frontdesk.kit.logs import bind_ids, clear_ids, get_logger
from frontdesk.kit.web import problem_response
from frontdesk.live.answers import answer
from frontdesk.live.asks import PARSE, Ask
from frontdesk.live.catching import catch_up
from frontdesk.live.connection import ENDED, NOISY, Connection
from frontdesk.live.doors import PROTOCOL, Looker, as_request, look_in, open_door
from frontdesk.live.hub import Hub
from frontdesk.live.render import text_of
from frontdesk.live.resume import NoPlace, Place, read, token
from frontdesk.live.room import Room

BURST = 40
A_SECOND = 10
"""Frames that a client may send at once, and a second from then on."""
FORGIVEN = 20
"""How often it may be more, before it is closed."""
PARDON = 1.0
"""Seconds for which whoever asks for something is not judged anew; who says nothing, as set."""


async def serve(socket: WebSocket, hub: Hub, hotel: str) -> None:
    """One connection from its handshake to its end."""
    clear_ids()
    try:
        async with hub.doors:
            looker, was = await _judged(socket, hub, hotel)
    except Problem as problem:
        await socket.send_denial_response(problem_response(problem))
        return
    except (SQLAlchemyError, OSError) as lost:
        get_logger().error("database_unavailable", exc_info=lost)
        await socket.send_denial_response(problem_response(Unavailable()))
        return
    chosen = PROTOCOL if PROTOCOL in socket.scope["subprotocols"] else None
    await socket.accept(subprotocol=chosen)
    connection = Connection(looker)
    work = [
        asyncio.create_task(connection.write(socket)),
        asyncio.create_task(_live(socket, hub, connection, was)),
        asyncio.create_task(connection.cut()),
    ]
    try:
        await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)


async def _judged(socket: WebSocket, hub: Hub, hotel: str) -> tuple[Looker, Place | None]:
    try:
        hotel_id = UUID(hotel)
    except ValueError:
        raise NotFound from None
    request = as_request(socket.scope)
    looker = await open_door(request, hotel_id, socket.scope["subprotocols"])
    hub.admit(looker)
    said = socket.query_params.get("resume")
    try:
        return looker, read(said) if said else None
    except NoPlace as wrong:
        raise Invalid(str(wrong)) from None


async def _live(socket: WebSocket, hub: Hub, connection: Connection, was: Place | None) -> None:
    bind_ids(hotel=connection.looker.hotel_id)
    room = None
    try:
        room, place = await hub.enter(connection)
        await _welcome(hub, room, connection, was, place)
        await _listen(socket, hub, room, connection)
    except (SQLAlchemyError, OSError) as lost:
        get_logger().warning("live_lost", why=type(lost).__name__)
        connection.close(1013, "not able just now; resume")
        await asyncio.sleep(FAREWELL_BEGUN)
    finally:
        if room is not None:
            hub.leave(room, connection)


FAREWELL_BEGUN = 0.1
"""Seconds for the writer to say it, before the connection is taken down."""


async def _welcome(
    hub: Hub, room: Room, connection: Connection, was: Place | None, place: Place
) -> None:
    looker = connection.looker
    you = {"user_id": looker.shown_id, "name": looker.name, "role": looker.role}
    frame = {"type": "system", "event": "connected", "message": "connected", "you": you}
    if was is None:
        await connection.put(text_of(frame, token(place)))
    else:
        await connection.put(text_of(frame))
        told = await catch_up(hub, room, connection, was, place)
        event = "resumed" if told else "resync"
        done = {"type": "system", "event": event, "message": WORDS[event]}
        await connection.put(text_of(done, token(place)))
    connection.release()


WORDS = {
    "resumed": "nothing was missed",
    "resync": "away for too long: load lists and histories anew",
}


async def _listen(socket: WebSocket, hub: Hub, room: Room, connection: Connection) -> None:
    """Until the client is gone; one ask at a time, in order."""
    budget, at, pardons = float(BURST), monotonic(), 0
    while True:
        said = await _heard(socket, connection, patience=hub.settings.live_recheck)
        if said is None:
            return
        now = monotonic()
        budget, at = min(BURST, budget + (now - at) * A_SECOND), now
        if budget < 1:
            pardons += 1
            if pardons > FORGIVEN:
                connection.close(NOISY, "too many frames")
                await asyncio.sleep(FAREWELL_BEGUN)
                return
            connection.offer(text_of(refusal(TOO_FAST, None)))
            continue
        budget -= 1
        await _answer(socket, hub, room, connection, said)


TOO_FAST = Invalid("too many frames; slow down")


async def _heard(
    socket: WebSocket, connection: Connection, *, patience: float
) -> str | bytes | None:
    """The next frame; meanwhile whoever looks on is judged anew now and then."""
    receive = asyncio.create_task(socket.receive())
    try:
        while True:
            done, _ = await asyncio.wait({receive}, timeout=patience)
            if done:
                break
            if not await _still(socket, connection, patience=patience):
                await asyncio.sleep(FAREWELL_BEGUN)
                return None
        event = receive.result()
    finally:
        receive.cancel()
    if event["type"] != "websocket.receive":
        return None
    return event.get("text") or event.get("bytes") or b""


async def _still(socket: WebSocket, connection: Connection, *, patience: float) -> bool:
    """Whether they may still look on; with what they may today."""
    if monotonic() - connection.checked < patience:
        return connection.gone is None
    looker = connection.looker
    request = as_request(socket.scope)
    try:
        fresh = await look_in(request, looker.hotel_id, looker.authorization)
    except TooMany:
        return True  # they are busy elsewhere; asked again in a while
    except (Unauthorized, Forbidden, NotFound):
        connection.close(ENDED, "not allowed any more")
        return False
    same_guest = (fresh.guest is None) == (looker.guest is None)
    if looker.guest and fresh.guest and fresh.guest.guest_id != looker.guest.guest_id:
        same_guest = False
    if not same_guest:
        connection.close(ENDED, "come again")
        return False
    connection.looker = replace(fresh, guest=looker.guest)
    connection.checked = monotonic()
    return True


async def _answer(
    socket: WebSocket, hub: Hub, room: Room, connection: Connection, said: str | bytes
) -> None:
    ref = None
    try:
        if not await _still(socket, connection, patience=PARDON):
            return
        asked = orjson.loads(said)
        ref = _ref(asked)
        ask = PARSE.validate_python(asked)
        with seeing(connection.looker.departments):
            frame = await answer(hub, room, connection, ask)
    except (orjson.JSONDecodeError, UnicodeDecodeError):
        frame = refusal(Invalid("a frame is an object of JSON"), ref)
    except ValidationError as wrong:
        frame = refusal(Invalid(errors=_plain(wrong)), ref)
    except Problem as problem:
        frame = refusal(problem, ref)
    except Exception as error:  # noqa: BLE001 - one ask that fails is no reason to hang up
        get_logger().error("live_ask_failed", exc_info=error)
        away = isinstance(error, SQLAlchemyError | OSError)
        frame = refusal(Unavailable() if away else Problem(), ref)
    if frame is not None:
        connection.offer(text_of({**frame, **({"ref": ref} if ref is not None else {})}))


def _ref(asked: Any) -> str | None:
    """The client's own name for it: a refusal carries it too, whatever is wrong with the rest."""
    try:
        return Ask.model_validate(asked).ref
    except ValidationError:
        return None


def _plain(wrong: ValidationError) -> list[dict[str, Any]]:
    """Where and what, without the input: it may hold a guest's words."""
    return [{"at": ".".join(map(str, e["loc"])), "problem": e["msg"]} for e in wrong.errors()]


def refusal(problem: Problem, ref: str | None) -> dict[str, Any]:
    """As problem+json says it, in a frame."""
    return {
        "type": "error",
        "ref": ref,
        "status": problem.status,
        "code": problem.code,
        "message": problem.title(),
        "detail": problem.detail or None,
        **problem.extra,
    }
