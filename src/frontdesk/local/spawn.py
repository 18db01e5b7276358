"""Starts a child process that cannot outlive us, finds it a port, keeps its secrets private."""

import contextlib
import ctypes
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

HOST = "127.0.0.1"
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class DidNotStart(Exception):
    """A local server did not start"""


def start_child(
    argv: Sequence[str],
    *,
    log: Path,
    death_signal: signal.Signals,
    user: int | None = None,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start `argv` as the leader of its own session, its output appended to `log`.

    `environment` is added to ours. The kernel sends the child `death_signal` when we die, however
    we die. Call this from the main thread only: the kernel means the thread that forked.
    """
    parent = os.getpid()

    def tie_to_parent() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:  # it died before the tie was made
            os._exit(1)

    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        return subprocess.Popen(  # noqa: S603 - our own argv
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env={**os.environ, **(environment or {})},  # noqa: TID251 - handed on, not read
            start_new_session=True,
            preexec_fn=tie_to_parent,  # noqa: PLW1509 - it makes one system call
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )


def stop_child(
    process: subprocess.Popen[bytes], first: signal.Signals, *, patience: float = 15
) -> None:
    """Ask with `first`, then kill whatever is left of the child's whole process group."""
    if process.poll() is None:
        process.send_signal(first)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    sweep_group(process.pid)


def sweep_group(leader: int) -> None:
    """Kill what a dead leader left behind; its own pid cannot be reused while the group lives."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def port_is_free(port: int, host: str = HOST) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def listens(pid: int, port: int) -> bool:
    """It is this process that listens on `port`, and not somebody who was there before it."""
    wanted = f":{port:04X}"
    inodes = {
        f"socket:[{words[9]}]"
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        for words in (line.split() for line in _lines(Path(table)))
        if len(words) > 9 and words[1].endswith(wanted) and words[3] == "0A"
    }
    try:
        return any(str(fd.readlink()) in inodes for fd in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:  # a descriptor was closed, or the process ended, while we looked
        return False


def _lines(table: Path) -> list[str]:
    return table.read_text().splitlines() if table.exists() else []


def free_port(preferred: int = 0, host: str = HOST) -> int:
    """`preferred` where nobody listens there, else one that the kernel picks."""
    if preferred and port_is_free(preferred, host):
        return preferred
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def kept_port(file: Path, preferred: int = 0) -> int:
    """The port of last time where it is still free, so that addresses stay the same."""
    with contextlib.suppress(FileNotFoundError, ValueError):
        preferred = int(file.read_text())
    port = free_port(preferred)
    file.write_text(f"{port}\n")
    return port


def write_private(file: Path, content: str) -> None:
    """Only its owner can ever read it, also while it is being written."""
    new = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(content)
    new.replace(file)


def kept_secret(file: Path) -> str:
    """A random secret, made at the first asking."""
    if not file.exists():
        write_private(file, secrets.token_urlsafe(32))
    return file.read_text()


def wait_until(true: Callable[[], bool], *, seconds: float, every: float = 0.01) -> bool:
    """Poll until `true()` or until the time is up; says which."""
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(every)
    return True


def tail(log: Path, lines: int = 5) -> str:
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
