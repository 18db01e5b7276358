"""Asks the broker whether it answers, in Redis' own few words: its client weighs 6 MiB."""

import asyncio
import ssl
from urllib.parse import unquote, urlsplit

SECONDS = 2


class BadAnswer(Exception):
    """The broker answers, but not that it works"""


async def ping(url: str) -> None:
    """Raise BadAnswer, OSError or ValueError unless what stands at `redis[s]://` answers PONG."""
    at = urlsplit(url)
    if at.scheme not in ("redis", "rediss") or not at.hostname:
        raise ValueError("the broker's address is not of Redis")
    async with asyncio.timeout(SECONDS):
        reader, writer = await asyncio.open_connection(
            at.hostname,
            at.port or 6379,
            ssl=ssl.create_default_context() if at.scheme == "rediss" else None,
        )
        try:
            if at.password:
                names = [unquote(at.username)] if at.username else []
                await _say(reader, writer, "AUTH", *names, unquote(at.password))
            await _say(reader, writer, "PING")
        finally:
            writer.close()


async def _say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *words: str) -> None:
    parts = [f"${len(word.encode())}\r\n{word}\r\n" for word in words]
    writer.write(f"*{len(words)}\r\n{''.join(parts)}".encode())
    if not (await reader.readline()).startswith(b"+"):
        raise BadAnswer(BadAnswer.__doc__)
