"""The embedded PostgreSQL: made, stopped, killed, moved between versions; as root in both ways."""

import os
import signal
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import asyncpg
import pytest

from frontdesk.kit.db import plain_url
from frontdesk.local import drop_root
from frontdesk.local.postgres import RunningPostgres, WrongMajor, start_postgres
from frontdesk.local.roles import ensure_roles_and_database
from frontdesk.local.spawn import wait_until

ME = os.geteuid()
UNPRIVILEGED = drop_root.NOBODY if ME == 0 else ME


def gone(pid: int) -> bool:
    """No such process, or only its dead entry waits for a parent to look."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def run_python(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def owner_of(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


def command_line(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()


def modes(folder: Path, name: str) -> list[int]:
    return [stat.S_IMODE(path.stat().st_mode) for path in folder.rglob(name)]


async def put(postgres: RunningPostgres, value: int) -> None:
    connection = await asyncpg.connect(postgres.superuser_url)
    await connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
    await connection.execute("INSERT INTO kept VALUES ($1)", value)
    await connection.close()


async def kept(postgres: RunningPostgres) -> list[int]:
    connection = await asyncpg.connect(postgres.superuser_url)
    rows = await connection.fetch("SELECT n FROM kept ORDER BY n")
    await connection.close()
    return [row["n"] for row in rows]


async def test_rows_survive_a_stop_and_a_kill_minus_nine(tmp_path: Path) -> None:
    postgres = start_postgres(tmp_path / "a folder with spaces")
    await put(postgres, 1)
    postgres.stop()
    assert gone(postgres.pid)
    postgres = start_postgres(tmp_path / "a folder with spaces")
    await put(postgres, 2)
    os.kill(postgres.pid, signal.SIGKILL)
    postgres.process.wait()
    postgres = start_postgres(tmp_path / "a folder with spaces")
    try:
        assert await kept(postgres) == [1, 2]
    finally:
        postgres.stop()


async def test_it_listens_on_loopback_wants_a_password_and_writes_through(tmp_path: Path) -> None:
    postgres = start_postgres(tmp_path)
    try:
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(postgres.url("postgres", "guess", "postgres"))
        connection = await asyncpg.connect(postgres.superuser_url)
        for name, value in {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "on",
            "synchronous_commit": "on",
            "server_encoding": "UTF8",
            "TimeZone": "UTC",
        }.items():
            assert await connection.fetchval("SELECT current_setting($1)", name) == value
        assert await connection.fetchval("SELECT lower('ПРИВЕТ')") == "привет"
        await connection.close()
        assert modes(tmp_path, "superuser.password") == [0o600]
        assert postgres.password not in command_line(postgres.pid)
    finally:
        postgres.stop()


async def test_three_roles_none_above_the_wall(tmp_path: Path) -> None:
    postgres = start_postgres(tmp_path)
    try:
        await ensure_roles_and_database(postgres)
        urls = await ensure_roles_and_database(postgres)  # twice: it is idempotent
        for url, role in (
            (urls.app, "hotel_bot_tenant"),
            (urls.owner, "frontdesk_owner"),
            (urls.platform, "frontdesk_platform"),
        ):
            connection = await asyncpg.connect(plain_url(url))
            row = await connection.fetchrow(
                "SELECT rolname::text, rolsuper, rolbypassrls, rolcreatedb FROM pg_roles"
                " WHERE rolname = current_user"
            )
            assert tuple(row) == (role, False, False, False)
            await connection.close()
        owner = await asyncpg.connect(plain_url(urls.owner))
        assert await owner.fetchval("SELECT extname FROM pg_extension WHERE extname = 'vector'")
        assert await owner.fetchval("SELECT pg_has_role('frontdesk_platform', 'USAGE')")
        await owner.close()
        assert modes(tmp_path, "roles.json") == [0o600]
    finally:
        postgres.stop()


def test_a_folder_of_another_major_is_refused_in_plain_words(tmp_path: Path) -> None:
    start_postgres(tmp_path).stop()
    version = next(tmp_path.rglob("cluster")) / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(WrongMajor, match=r"made by PostgreSQL 17 .* dump"):
        start_postgres(tmp_path)


def test_it_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    script = f"""
        import os, signal
        from pathlib import Path
        from frontdesk.local.postgres import start_postgres
        from frontdesk.local.valkey import start_valkey
        folder = Path({str(tmp_path)!r})
        print(start_postgres(folder / "p").pid, start_valkey(folder / "v").pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    ran = run_python(script)
    assert ran.returncode == -signal.SIGKILL, ran.stderr
    pids = [int(word) for word in ran.stdout.split()]
    assert len(pids) == 2
    assert wait_until(lambda: all(gone(pid) for pid in pids), seconds=15)
    start_postgres(tmp_path / "p").stop()


async def test_without_namespaces_it_runs_as_nobody_and_stays_so(tmp_path: Path) -> None:
    postgres = start_postgres(tmp_path, namespaces=False)
    try:
        assert owner_of(postgres.pid) == UNPRIVILEGED
        await put(postgres, 7)
    finally:
        postgres.stop()
    postgres = start_postgres(tmp_path)  # namespaces may work now: the cluster is still nobody's
    try:
        assert owner_of(postgres.pid) == UNPRIVILEGED
        assert await kept(postgres) == [7]
    finally:
        postgres.stop()
        drop_root.forget(tmp_path)
    assert not drop_root.choose_way(tmp_path, namespaces=True).user


def test_a_folder_closed_to_us_is_refused_in_plain_words(tmp_path: Path) -> None:
    start_postgres(tmp_path).stop()
    tmp_path.chmod(0)
    script = f"""
        import os
        from pathlib import Path
        import frontdesk.local.drop_root as d
        if os.geteuid() == 0:
            os.setresgid(65534, 65534, 65534)
            os.setresuid(65534, 65534, 65534)
        try:
            d.choose_way(Path({str(tmp_path)!r}))
        except d.NotYourFolder as e:
            print(e)
    """
    ran = run_python(script)
    tmp_path.chmod(0o700)
    assert "belongs to another user" in ran.stdout, ran.stderr
