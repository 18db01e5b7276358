"""Where one machine's frontdesk lives: its data folder, its keys, and where it is running now."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from frontdesk.kit.secrets import new_key, new_token
from frontdesk.kit.settings import Settings
from frontdesk.local.processes import is_held
from frontdesk.local.spawn import write_private

CHECKOUT = Path(__file__).resolve().parents[3]
RUNNING = "running.json"


class NotRunning(Exception):
    """No frontdesk is running on this data folder: start one with ./scripts/up"""


@dataclass(frozen=True, slots=True)
class Keys:
    """Made once; only their owner can read the file."""

    secret_key: str
    platform_key: str


def data_folder(settings: Settings) -> Path:
    """A relative one lies in the checkout, wherever the command was typed."""
    base = CHECKOUT if (CHECKOUT / "alembic.ini").exists() else Path.cwd()
    return (base / settings.data).resolve()


def keys(folder: Path, settings: Settings) -> Keys:
    """Those of the settings where given, else ours."""
    file = folder / "keys.json"
    if not file.exists():
        made = Keys(secret_key=new_key(), platform_key=f"fdp_{new_token()}")
        write_private(file, json.dumps(asdict(made), indent=2))
    ours = Keys(**json.loads(file.read_text()))
    return Keys(
        settings.secret_key.get_secret_value() or ours.secret_key,
        settings.platform_key.get_secret_value() or ours.platform_key,
    )


def note_running(folder: Path, environment: dict[str, str]) -> None:
    """Let other shells find what runs here: they need the addresses and the keys."""
    write_private(folder / RUNNING, json.dumps(environment, indent=2))


def forget_running(folder: Path) -> None:
    (folder / RUNNING).unlink(missing_ok=True)


def settings_here(settings: Settings) -> Settings:
    """The settings of whatever runs on this data folder, where none say otherwise.

    An embedded database has no address until it runs.
    """
    if settings.database_url:
        return settings
    folder = data_folder(settings)
    if not is_held(folder) or not (folder / RUNNING).exists():
        raise NotRunning(f"{NotRunning.__doc__} ({folder})")
    noted: dict[str, str] = json.loads((folder / RUNNING).read_text())
    given = {
        field.alias
        for name, field in Settings.model_fields.items()
        if name in settings.model_fields_set
    }
    return Settings(**{name: value for name, value in noted.items() if name not in given})  # pyright: ignore[reportArgumentType]
