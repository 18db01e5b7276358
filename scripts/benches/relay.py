"""A network between clients and a server on this machine, that can go dead without a word."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

AT_ONCE = 64 * 1024


class Relay:
    """While it is dead nothing arrives, in either direction, and nobody is told."""

    def __init__(self) -> None:
        self._dead = False
        self._servers: dict[int, asyncio.Server] = {}
        self._writers: list[asyncio.StreamWriter] = []
        self._pumps: set[asyncio.Task[None]] = set()
        self._opening = asyncio.Lock()

    async def to(self, port: int) -> int:
        """Where a client connects to reach this port."""
        async with self._opening:
            if port not in self._servers:
                self._servers[port] = await self._open(port)
        return self._servers[port].sockets[0].getsockname()[1]

    async def _open(self, port: int) -> asyncio.Server:
        async def joined(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            there = await asyncio.open_connection("127.0.0.1", port)
            self._writers += [writer, there[1]]
            for source, sink in ((reader, there[1]), (there[0], writer)):
                pump = asyncio.create_task(_pump(source, sink))
                self._pumps.add(pump)
                pump.add_done_callback(self._pumps.discard)

        return await asyncio.start_server(joined, "127.0.0.1", 0)

    def kill(self) -> None:
        if not self._dead:
            self._dead = True
            for pump in self._pumps:
                pump.cancel()

    async def close(self) -> None:
        self.kill()
        for writer in self._writers:
            writer.transport.abort()
        for server in self._servers.values():
            server.close()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Cancelled, it leaves both ends open: they still believe in each other."""
    with suppress(ConnectionError):
        while data := await source.read(AT_ONCE):
            sink.write(data)
            await sink.drain()
        sink.close()


@asynccontextmanager
async def relay() -> AsyncIterator[Relay]:
    network = Relay()
    try:
        yield network
    finally:
        await network.close()
