"""Keeps the children of `frontdesk up` alive: started, waited for, restarted aloud, all stopped."""

import asyncio
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from frontdesk.local.spawn import DidNotStart, listens, sweep_group, tail, wait_until

GLANCE = 0.1
"""Seconds between two looks at the children."""
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 30.0
STEADY = 60.0
"""A child that lived this long has its earlier falls forgiven."""


class AlreadyRunning(Exception):
    """frontdesk is already running on this data folder"""


@dataclass(frozen=True, slots=True)
class Child:
    """How to start one process, how to know that it serves, how to ask it to leave."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    ready: Callable[[], Awaitable[bool]]
    farewell: signal.Signals = signal.SIGTERM
    patience: float = 8.0
    """Seconds it may take to leave."""
    port: int | None = None
    """Where it must listen itself, before it counts as ready."""
    log: Path | None = None
    """Shown in part when it does not start."""


@dataclass(slots=True)
class Kept:
    """A child and what became of it."""

    child: Child
    process: subprocess.Popen[bytes]
    since: float
    falls: int = 0
    due: float | None = None
    """When to start it again, where it lies dead."""


@dataclass(slots=True)
class Household:
    """All children, in the order in which they were started; stopped the other way round."""

    say: Callable[[str], object]
    kept: list[Kept] = field(default_factory=list[Kept])

    async def start(self, children: Sequence[Child], *, patience: float = 60) -> None:
        """Start these side by side and wait until each is ready."""
        begun = [Kept(child, child.start(), time.monotonic()) for child in children]
        self.kept += begun
        await asyncio.gather(*(self._await_ready(kept, patience) for kept in begun))

    async def _await_ready(self, kept: Kept, patience: float) -> None:
        until = time.monotonic() + patience
        while not (_at_its_port(kept) and await kept.child.ready()):
            if kept.process.poll() is not None:
                raise _failed(kept.child, f"{how_it_ended(kept.process)} while starting")
            if time.monotonic() > until:
                raise _failed(kept.child, f"was not ready after {patience:.0f} s")
            await asyncio.sleep(GLANCE / 2)

    async def keep_alive(self, stop: asyncio.Event) -> None:
        """Start again whatever falls, later each time, until `stop` is set."""
        while not stop.is_set():
            for kept in self.kept:
                self._look_at(kept)
            try:
                await asyncio.wait_for(stop.wait(), GLANCE)
            except TimeoutError:
                continue

    def _look_at(self, kept: Kept) -> None:
        now = time.monotonic()
        if kept.due is not None:
            if now >= kept.due:
                self._raise_again(kept)
        elif kept.process.poll() is not None:
            if now - kept.since > STEADY:
                kept.falls = 0
            pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**kept.falls)
            kept.falls += 1
            kept.due = now + pause
            sweep_group(kept.process.pid)
            ended = how_it_ended(kept.process)
            self.say(f"{kept.child.name} {ended}; starting it again in {pause:g} s")

    def _raise_again(self, kept: Kept) -> None:
        try:
            kept.process = kept.child.start()
        except DidNotStart as e:
            pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**kept.falls)
            kept.falls += 1
            kept.due = time.monotonic() + pause
            self.say(f"{kept.child.name} did not start; trying again in {pause:g} s ({e})")
            return
        kept.due, kept.since = None, time.monotonic()
        self.say(f"{kept.child.name} is back (process {kept.process.pid})")

    async def stop(self, names: Sequence[str] | None = None) -> None:
        """Ask those named, or all that are left, at once; kill whoever stays too long."""
        leaving = [k for k in self.kept if names is None or k.child.name in names]
        self.kept = [k for k in self.kept if k not in leaving]
        for kept in leaving:
            if kept.process.poll() is None:
                kept.process.send_signal(kept.child.farewell)
        await asyncio.gather(*(_see_off(kept) for kept in leaving))


def _at_its_port(kept: Kept) -> bool:
    return kept.child.port is None or listens(kept.process.pid, kept.child.port)


def _failed(child: Child, how: str) -> DidNotStart:
    if child.log is None:
        return DidNotStart(f"{child.name} {how}")
    return DidNotStart(f"{child.name} {how}; {child.log} ends in:\n{tail(child.log)}")


async def _see_off(kept: Kept) -> None:
    until = time.monotonic() + kept.child.patience
    while kept.process.poll() is None:
        if time.monotonic() > until:
            kept.process.kill()
        await asyncio.sleep(GLANCE / 5)
    sweep_group(kept.process.pid)


def how_it_ended(process: subprocess.Popen[bytes]) -> str:
    code = process.returncode
    if code is not None and code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


@contextmanager
def only_one(folder: Path) -> Generator[None]:
    """Hold the folder's lock; the kernel lets go of it when we die, however we die."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        opened = (folder / "up.lock").open("a+")
    except OSError as e:
        raise DidNotStart(f"{folder} cannot be used (FRONTDESK_DATA): {e.strerror}") from e
    with opened as lock:
        if not wait_until(lambda: _locked(lock), seconds=0.3, every=0.1):  # others only look
            lock.seek(0)
            raise AlreadyRunning(
                f"{AlreadyRunning.__doc__} (process {lock.read().strip() or '?'}, {folder})."
                f" Stop it there with Ctrl-C, or name another folder: FRONTDESK_DATA=..."
            )
        lock.seek(0)
        lock.truncate()
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def is_held(folder: Path) -> bool:
    """Somebody holds the folder's lock."""
    if not (folder / "up.lock").exists():
        return False
    with (folder / "up.lock").open("a+") as lock:
        return not _locked(lock)


def _locked(lock: TextIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def stop_signals(stop: Callable[[], object]) -> Generator[None]:
    """Ctrl-C, SIGTERM and a closed terminal call `stop`, the first of them once."""
    loop = asyncio.get_running_loop()
    wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def first() -> None:
        for number in wanted:
            loop.add_signal_handler(number, lambda: None)
        stop()

    for number in wanted:
        loop.add_signal_handler(number, first)
    try:
        yield
    finally:
        for number in wanted:
            loop.remove_signal_handler(number)
