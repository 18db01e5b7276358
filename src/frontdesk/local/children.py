"""The four processes of our own: how each is started, and how it shows that it serves."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from frontdesk.local.processes import Child
from frontdesk.local.spawn import HOST, start_child

COMMANDS = {
    "simulator": ("-m", "frontdesk.cli", "simulator"),
    "api": ("-m", "frontdesk.api"),
    "worker": ("-m", "workers", "worker"),
    "clock": ("-m", "workers", "clock"),
}


def child(
    name: str,
    folder: Path,
    environment: dict[str, str],
    ready: Callable[[], Awaitable[bool]],
    *,
    port: int | None = None,
) -> Child:
    log = folder / "logs" / f"{name}.log"

    def start() -> subprocess.Popen[bytes]:
        return start_child(
            [sys.executable, *COMMANDS[name]],
            log=log,
            death_signal=signal.SIGKILL,
            environment=environment,
        )

    return Child(name, start, ready, port=port, log=log)


def answers(port: int, path: str) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        try:
            reader, writer = await asyncio.open_connection(HOST, port)
            request = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n"
            writer.write(request.encode())
            status = await asyncio.wait_for(reader.readline(), 5)
            writer.close()
        except (OSError, TimeoutError):
            return False
        return b" 200 " in status

    return look


def logged(folder: Path, name: str, words: str) -> Callable[[], Awaitable[bool]]:
    log = folder / "logs" / f"{name}.log"
    before = log.stat().st_size if log.exists() else 0

    async def look() -> bool:
        return words in await asyncio.to_thread(_text_after, log, before)

    return look


def _text_after(log: Path, offset: int) -> str:
    if not log.exists():
        return ""
    with log.open("rb") as lines:
        lines.seek(offset)
        return lines.read().decode(errors="replace")
