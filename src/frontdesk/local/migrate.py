"""Shapes the database from the checkout: Alembic revisions, then rls/*.sql."""

from alembic import command
from alembic.config import Config

from frontdesk.local.place import CHECKOUT


class NoCheckout(Exception):
    """The wheel runs the product; migrations need the checkout with alembic.ini and rls/"""


def alembic_config(owner_url: str) -> Config:
    ini = CHECKOUT / "alembic.ini"
    if not ini.exists():
        raise NoCheckout(NoCheckout.__doc__)
    config = Config(ini)
    config.attributes["url"] = owner_url
    return config


def upgrade_head(owner_url: str) -> None:
    """Bring the database to the newest revision and redraw the wall. Blocking; no loop may run."""
    command.upgrade(alembic_config(owner_url), "head")
