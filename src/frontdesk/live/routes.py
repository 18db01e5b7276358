"""The door of the live channel, and its frames as JSON schema."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from frontdesk.kit.web import DbDep
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}/live", tags=["live"])
Reader = Annotated[Principal, Depends(allow("conversations:read"))]
PATH = "/v1/hotels/{hotel_id}/live"


class FrameOut(BaseModel):
    """One kind of frame and its JSON schema."""

    type: str
    description: str
    frame: dict[str, Any]


class FramesOut(BaseModel):
    """Everything that is said over the socket."""

    path: str
    subprotocol: str
    server: list[FrameOut]
    client: list[FrameOut]
    closes: dict[str, str]


@router.get("/frames")
async def list_frames(db: DbDep, hotel_id: UUID, asker: Reader) -> FramesOut:
    """What the server says and what a client may; `closes` are the codes that mean something."""
    from frontdesk.live.asks import ASKS  # noqa: PLC0415 - a megabyte of shapes, for readers only
    from frontdesk.live.doors import PROTOCOL  # noqa: PLC0415 - see above
    from frontdesk.live.frames import CLOSES, FRAMES, name_of  # noqa: PLC0415 - see above

    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

    def out(frame: type[BaseModel]) -> FrameOut:
        schema = frame.model_json_schema()
        return FrameOut(type=name_of(frame), description=frame.__doc__ or "", frame=schema)

    return FramesOut(
        path=PATH,
        subprotocol=PROTOCOL,
        server=[out(frame) for frame in FRAMES],
        client=[out(ask) for ask in ASKS],
        closes={str(code): why for code, why in CLOSES.items()},
    )


async def _live(socket: WebSocket) -> None:
    """Loaded with the first connection: a process that nobody looks at has none of it."""
    from frontdesk.live.hub import Hub  # noqa: PLC0415 - see above
    from frontdesk.live.socket import serve  # noqa: PLC0415 - see above

    state = socket.app.state
    if state.hub is None:
        state.hub = Hub(state.db, state.clock, state.settings)
        state.hub.start()
    await serve(socket, state.hub, socket.path_params["hotel_id"])


SOCKET = WebSocketRoute(PATH, _live, name="live")
"""Judges by itself who looks on (live/doors.py), before it accepts."""
