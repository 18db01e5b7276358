"""How uvicorn speaks WebSocket for us: loaded with the first connection, and nobody hangs on."""

import asyncio
from typing import Any

MAX_FRAME = 64 * 1024
"""Bytes of one frame of a client's."""
PING, PONG = 20.0, 20.0
"""Seconds between pings, and for the answer."""
HANGS = 5.0
"""Seconds after its end that a peer who reads nothing is cut off."""
OPTIONS: dict[str, Any] = {
    "ws_max_size": MAX_FRAME,
    "ws_ping_interval": PING,
    "ws_ping_timeout": PONG,
    "ws_per_message_deflate": False,
}
"""Compression would keep 64 KiB a connection and gain little on frames this short."""


class LateWebSocket(asyncio.Protocol):
    """Stands for the real protocol until somebody asks for an upgrade."""

    def __new__(cls, *args: Any, **options: Any) -> Any:
        return _protocol()(*args, **options)


def _protocol() -> Any:
    from uvicorn.protocols.websockets.websockets_sansio_impl import (  # noqa: PLC0415 - 3 MiB
        WebSocketsSansIOProtocol,
    )

    class Cut(WebSocketsSansIOProtocol):
        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if not self.handshake_initiated and self.conn.handshake_exc is not None:
                self.transport.write(b"".join(self.conn.data_to_send()))  # else it is never sent
                self.transport.close()

        async def send(self, message: Any) -> None:
            await super().send(message)
            if self.initial_response is not None and self.close_sent:
                self.handshake_complete = True  # refused: else each is logged as an error of ours

        async def run_asgi(self) -> None:
            await super().run_asgi()
            self.loop.call_later(HANGS, self.transport.abort)

    return Cut
