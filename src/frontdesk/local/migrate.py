"""Shapes the database from the checkout: Alembic revisions, then rls/*.sql."""

from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from frontdesk.kit.db import connect_plainly
from frontdesk.local.place import CHECKOUT


class NoCheckout(Exception):
    """The wheel runs the product; migrations need the checkout with alembic.ini and rls/"""


class NotAtHead(Exception):
    """The database is not at the newest revision: --upgrade, which redraws the wall as well"""


def alembic_config(owner_url: str) -> Config:
    ini = CHECKOUT / "alembic.ini"
    if not ini.exists():
        raise NoCheckout(NoCheckout.__doc__)
    config = Config(ini)
    config.attributes["url"] = owner_url
    return config


def rls_files() -> list[tuple[str, str]]:
    """Name and SQL of each, in the order in which they are applied."""
    return [(path.name, path.read_text()) for path in sorted((CHECKOUT / "rls").glob("*.sql"))]


def upgrade_head(owner_url: str) -> None:
    """Bring the database to the newest revision and redraw the wall. Blocking; no loop may run."""
    command.upgrade(alembic_config(owner_url), "head")


async def redraw_wall(owner_url: str) -> list[str]:
    """Apply rls/*.sql again, all or nothing; gives their names. Raises NotAtHead."""
    connection = await connect_plainly(owner_url)
    try:
        async with connection.transaction():
            await require_head(connection, owner_url)
            files = rls_files()
            for _, sql in files:
                await connection.execute(sql)
    finally:
        await connection.close()
    return [name for name, _ in files]


async def require_head(connection: Any, owner_url: str) -> None:
    """Raise NotAtHead where revisions are missing: rls/ and the models mean the newest tables."""
    heads = set(ScriptDirectory.from_config(alembic_config(owner_url)).get_heads())
    known = await connection.fetchval("SELECT to_regclass('alembic_version')")
    rows = await connection.fetch("SELECT version_num FROM alembic_version") if known else ()
    if {row["version_num"] for row in rows} != heads:
        raise NotAtHead(NotAtHead.__doc__)
