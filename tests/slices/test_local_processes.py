"""The household of `frontdesk up`: nobody is left behind, whoever falls is raised, aloud."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from frontdesk.local.processes import AlreadyRunning, Child, Household, only_one
from frontdesk.local.spawn import DidNotStart, listens, start_child, wait_until

# A leader with one child of its own; both note their process id. Deaf ones ignore SIGTERM.
FAMILY = """
import os, signal, sys, time
notes, deaf = sys.argv[1], sys.argv[2] == "deaf"
if deaf:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.fork()
with open(notes, "a") as out:
    out.write(f"{os.getpid()}\\n")
time.sleep(120)
"""


def gone(pid: int) -> bool:
    """No such process, or only its dead entry waits for a parent to look."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def noted(notes: Path) -> list[int]:
    return [int(line) for line in notes.read_text().split()] if notes.exists() else []


def family(folder: Path, name: str, *, deaf: bool = False, size: int = 2) -> Child:
    notes = folder / name

    def start() -> subprocess.Popen[bytes]:
        argv = [sys.executable, "-c", FAMILY, str(notes), "deaf" if deaf else "polite"]
        return start_child(argv, log=folder / f"{name}.log", death_signal=signal.SIGKILL)

    async def ready() -> bool:
        return len(noted(notes)) >= size

    return Child(name, start, ready, patience=1)


async def eventually(true: Callable[[], bool], seconds: float = 10) -> bool:
    return await asyncio.to_thread(wait_until, true, seconds=seconds)


async def test_stopping_leaves_no_orphan_not_even_a_deaf_grandchild(tmp_path: Path) -> None:
    house = Household(lambda _: None)
    await house.start([family(tmp_path, "polite"), family(tmp_path, "deaf", deaf=True)])
    pids = noted(tmp_path / "polite") + noted(tmp_path / "deaf")
    assert len(pids) == 4
    await house.stop()
    assert await eventually(lambda: all(gone(pid) for pid in pids))


async def test_a_fallen_child_is_raised_and_that_is_said(tmp_path: Path) -> None:
    said: list[str] = []
    house = Household(said.append)
    await house.start([family(tmp_path, "worker")])
    first = noted(tmp_path / "worker")
    stop = asyncio.Event()
    keeping = asyncio.create_task(house.keep_alive(stop))
    os.kill(house.kept[0].process.pid, signal.SIGKILL)
    assert await eventually(lambda: len(noted(tmp_path / "worker")) == 4)
    assert await eventually(lambda: len(said) == 2)
    assert await eventually(lambda: all(gone(pid) for pid in first)), "its grandchild stayed"
    stop.set()
    await keeping
    await house.stop()
    assert "worker was killed by SIGKILL; starting it again in 0.25 s" in said[0]
    assert "worker is back" in said[1]


async def test_a_child_that_falls_again_and_again_waits_longer(tmp_path: Path) -> None:
    said: list[str] = []

    def start() -> subprocess.Popen[bytes]:
        argv = [sys.executable, "-c", "raise SystemExit(3)"]
        return start_child(argv, log=tmp_path / "log", death_signal=signal.SIGKILL)

    async def ready() -> bool:
        return True

    house = Household(said.append)
    await house.start([Child("api", start, ready)])
    stop = asyncio.Event()
    keeping = asyncio.create_task(house.keep_alive(stop))
    assert await eventually(lambda: len(said) >= 5, 15)
    stop.set()
    await keeping
    await house.stop()
    pauses = [line.split(" in ")[1] for line in said if "exit code 3" in line]
    assert pauses[:3] == ["0.25 s", "0.5 s", "1 s"]


async def test_one_that_ends_while_starting_is_named(tmp_path: Path) -> None:
    def start() -> subprocess.Popen[bytes]:
        argv = [sys.executable, "-c", "raise SystemExit(7)"]
        return start_child(argv, log=tmp_path / "log", death_signal=signal.SIGKILL)

    async def ready() -> bool:
        return False

    with pytest.raises(DidNotStart, match="clock ended with exit code 7 while starting"):
        await Household(lambda _: None).start([Child("clock", start, ready)])


async def test_another_program_at_its_port_does_not_count_as_ready(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert listens(os.getpid(), port)

        def start() -> subprocess.Popen[bytes]:
            argv = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)]
            return start_child(argv, log=tmp_path / "log", death_signal=signal.SIGKILL)

        async def ready() -> bool:
            return True

        child = Child("simulator", start, ready, port=port, log=tmp_path / "log")
        with pytest.raises(DidNotStart, match="Address already in use"):
            await Household(lambda _: None).start([child])


def test_when_the_supervisor_is_killed_its_children_die(tmp_path: Path) -> None:
    script = f"""
        import os, signal, sys
        from pathlib import Path
        from frontdesk.local.spawn import start_child
        for n in range(3):
            argv = [sys.executable, "-c", "import time; time.sleep(120)"]
            log = Path({str(tmp_path / "log")!r})
            print(start_child(argv, log=log, death_signal=signal.SIGKILL).pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    pids = [int(word) for word in ran.stdout.split()]
    assert len(pids) == 3, ran.stderr
    assert wait_until(lambda: all(gone(pid) for pid in pids), seconds=10)


def test_a_second_one_on_the_same_folder_is_told_where_the_first_is(tmp_path: Path) -> None:
    told = pytest.raises(AlreadyRunning, match=f"process {os.getpid()}")
    with only_one(tmp_path), told, only_one(tmp_path):
        raise AssertionError
    with only_one(tmp_path):
        pass


def test_a_killed_holder_leaves_no_lock(tmp_path: Path) -> None:
    script = f"""
        import time
        from pathlib import Path
        from frontdesk.local.processes import only_one
        with only_one(Path({str(tmp_path)!r})):
            print("held", flush=True)
            time.sleep(60)
    """
    holder = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(AlreadyRunning), only_one(tmp_path):
            raise AssertionError
        holder.kill()
        holder.wait()
    began = time.monotonic()
    with only_one(tmp_path):
        assert time.monotonic() - began < 1
