"""The cheapest HTTP client there can be: it shares two cores with the server it asks."""

import asyncio

LENGTH = b"content-length: "


class Wire(asyncio.Protocol):
    """One connection, one question at a time; an answer is its bytes, head and body."""

    @classmethod
    async def to(cls, host: str, port: int) -> "Wire":
        return (await asyncio.get_running_loop().create_connection(cls, host, port))[1]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        if not self._answer.done() and _is_whole(self._got):
            self._answer.set_result(self._got)

    def connection_lost(self, exc: Exception | None) -> None:
        if hasattr(self, "_answer") and not self._answer.done():
            self._answer.set_exception(exc or ConnectionError("the server hung up"))

    def ask(self, request: bytes) -> asyncio.Future[bytes]:
        if self._transport.is_closing():
            raise ConnectionError("the server hung up while nothing was asked")
        self._answer = asyncio.get_running_loop().create_future()
        self._got = b""
        self._transport.write(request)
        return self._answer

    def close(self) -> None:
        self._transport.close()


def _is_whole(got: bytes) -> bool:
    """Our server says the length of every answer that these benches ask for."""
    head_end = got.find(b"\r\n\r\n")
    at = got.find(LENGTH)
    if head_end < 0 or at < 0:
        return False
    length = got[at + len(LENGTH) : got.index(b"\r", at)]
    return len(got) >= head_end + 4 + int(length)


def head(method: str, path: str, key: str, length: int) -> bytes:
    """Everything before a JSON body of so many bytes."""
    return (
        f"{method} {path} HTTP/1.1\r\nHost: b\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    ).encode()
