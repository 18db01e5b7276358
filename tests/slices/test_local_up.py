"""`frontdesk up` as a person meets it: a real process, its screen, its end."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from frontdesk.kit.settings import Settings
from frontdesk.local.place import NotRunning, settings_here
from frontdesk.local.spawn import free_port, wait_until

EMBEDDED = dict.fromkeys(
    ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_PLATFORM_URL", "REDIS_URL"), ""
)


def told(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        **EMBEDDED,
        "FRONTDESK_DATA": str(folder),
        "FRONTDESK_PORT": str(free_port()),
    }


def frontdesk(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "frontdesk.cli", *words],
        check=False,
        capture_output=True,
        text=True,
        env={**told(folder), **more},
        timeout=90,
    )


@contextmanager
def going_up(folder: Path) -> Generator[tuple[subprocess.Popen[bytes], Path]]:
    """Up and running; whatever the test leaves is ended by its own pid."""
    screen = folder.with_name("screen")
    with screen.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "frontdesk.cli", "up"],
            stdout=out,
            stderr=subprocess.STDOUT,
            env={
                **told(folder),
                "FRONTDESK_SIMULATOR_URL": f"http://127.0.0.1:{free_port()}",
            },
        )
    try:
        running = wait_until(
            lambda: "Frontdesk is running" in screen.read_text() or process.poll() is not None,
            seconds=90,
            every=0.1,
        )
        assert running, screen.read_text()
        assert process.poll() is None, screen.read_text()
        yield process, screen
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def family(leader: int) -> set[int]:
    """Everyone below a process, by the parents that the kernel knows."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int(
                    (entry / "stat").read_text().rpartition(")")[2].split()[1]
                )
            except (FileNotFoundError, ProcessLookupError):
                continue
    found, look = set[int](), [leader]
    while look:
        parent = look.pop()
        children = {pid for pid, above in parents.items() if above == parent}
        found |= children
        look += children
    return found


def named(leader: int, word: str) -> int:
    """The one below `leader` whose command line has `word`."""
    for pid in family(leader):
        if word in Path(f"/proc/{pid}/cmdline").read_text().split("\0"):
            return pid
    raise AssertionError(word)


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_up_serves_survives_a_fallen_child_and_leaves_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "data of mine"
    with going_up(folder) as (process, screen):
        everyone = family(process.pid)
        assert len(everyone) >= 6
        secret = stat.S_IMODE((folder / "keys.json").stat().st_mode)
        noted = stat.S_IMODE((folder / "running.json").stat().st_mode)
        assert (secret, noted) == (0o600, 0o600)

        again = frontdesk(folder, "up")
        assert again.returncode == 1
        assert f"already running on this data folder (process {process.pid}" in again.stderr
        refused = frontdesk(folder, "reset", "--yes")
        assert refused.returncode == 1
        assert folder.exists()

        worker = named(process.pid, "worker")
        os.kill(worker, signal.SIGKILL)
        assert wait_until(lambda: "worker is back" in screen.read_text(), seconds=20)
        assert "worker was killed by SIGKILL; starting it again" in screen.read_text()

        answer = frontdesk(
            folder, "say", "--hotel", "seaside", "--as", "+34600111222", "What time is breakfast?"
        )
        assert "7:30" in answer.stdout, answer.stderr

        everyone |= family(process.pid)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert wait_until(lambda: all(gone(pid) for pid in everyone), seconds=5)
        assert "nothing is left running" in screen.read_text()
    assert not (folder / "running.json").exists()
    assert frontdesk(folder, "say", "--hotel", "x", "--as", "1", "hi").returncode == 1


def test_a_killed_supervisor_takes_everyone_along_and_the_next_start_finds_all(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "data"
    with going_up(folder) as (process, _):
        everyone = family(process.pid)
        keys = json.loads((folder / "keys.json").read_text())
        process.kill()
        process.wait()
        assert wait_until(lambda: all(gone(pid) for pid in everyone), seconds=20)
    began = time.monotonic()
    with going_up(folder) as (process, screen):
        assert time.monotonic() - began < 30
        assert "Tables" not in screen.read_text(), "it migrated again"
        assert json.loads((folder / "keys.json").read_text()) == keys
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert frontdesk(folder, "reset", "--yes").returncode == 0
    assert not folder.exists()


def test_a_taken_port_and_a_wrong_key_are_told_in_plain_words(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        refused = frontdesk(tmp_path, "up", FRONTDESK_PORT=port)
    assert refused.returncode == 1
    assert f"port {port} (FRONTDESK_PORT) is taken" in refused.stderr
    wrong = frontdesk(tmp_path, "up", FRONTDESK_SECRET_KEY="nonsense")
    assert wrong.returncode == 1
    assert "Fernet key must be" in wrong.stderr
    assert "Traceback" not in refused.stderr + wrong.stderr.partition("ends in")[0]


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("DATABASE_URL", "nonsense", "DATABASE_URL: Value error, not an address like postgresql"),
        ("DATABASE_URL", "postgres://x:y@127.0.0.1:1/z", "DATABASE_URL leads to no server"),
        ("REDIS_URL", "redis://127.0.0.1:1/0", "REDIS_URL leads to no server"),
        ("FRONTDESK_DATA", "/proc/nowhere", "/proc/nowhere cannot be used (FRONTDESK_DATA)"),
    ],
)
def test_what_is_wrong_is_told_by_its_setting(
    tmp_path: Path, name: str, value: str, told: str
) -> None:
    mine = {"DATABASE_URL": "postgresql://x:y@127.0.0.1:1/z"} if name == "FRONTDESK_DATA" else {}
    refused = frontdesk(tmp_path, "up", **{**mine, name: value})
    assert refused.returncode == 1
    assert told in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_api_alone_says_what_it_lacks(tmp_path: Path) -> None:
    refused = frontdesk(tmp_path, "serve")
    assert refused.returncode == 1
    assert refused.stderr.startswith("frontdesk: DATABASE_URL is not set")


def test_other_shells_are_told_when_nothing_runs(tmp_path: Path) -> None:
    settings = Settings(FRONTDESK_DATA=tmp_path, DATABASE_URL="")
    with pytest.raises(NotRunning, match="start one with"):
        settings_here(settings)
