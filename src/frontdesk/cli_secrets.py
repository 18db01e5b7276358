"""`frontdesk secrets rotate`: what is sealed at rest, under the newest key."""

import typer

from frontdesk.kit.db import open_database
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.operations.rotate import rotate
from frontdesk.runtime import import_models


async def rotate_secrets(settings: Settings, another_key_for: str | None = None) -> int:
    """Tells what was done; 1 where something is sealed by a key that is not named."""
    import_models()
    db = open_database(settings)
    try:
        done = await rotate(db, Vault(settings.fernet_keys()), another_key_for=another_key_for)
    finally:
        await db.close()
    typer.echo(
        f"{done.rewrapped} keys of hotels wrapped anew, {done.resealed} secrets sealed anew,"
        f" {done.newest} were, {done.lost} that no key opens"
    )
    return 1 if done.lost else 0
