"""Migrations for operators: upgrade, downgrade, look, create, redraw the wall."""

import argparse
import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from alembic import command
from sqlalchemy.exc import DBAPIError

from frontdesk.kit.settings import Settings
from frontdesk.local.indexes import AlreadyAtIt, create_missing_indexes
from frontdesk.local.migrate import NotAtHead, alembic_config, redraw_wall
from frontdesk.local.place import NotRunning, settings_here

SAID_SO = "P0001"
"""A migration's own refusal: what lies there would be lost, or shown to whoever may not see it."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("--upgrade", action="store_true", help="to the newest revision")
    wanted.add_argument("--downgrade", metavar="REV", help="to a revision, `-1` or `base`")
    wanted.add_argument("--current", action="store_true", help="which revision is applied")
    wanted.add_argument("--create", metavar="MSG", help="a new revision from the models")
    wanted.add_argument(
        "--setup-rls",
        action="store_true",
        help="draw the wall of rls/*.sql again, at the newest revision",
    )
    wanted.add_argument(
        "--create-indexes",
        action="store_true",
        help="make the models' indexes that are missing or broken",
    )
    asked = parser.parse_args()
    try:
        url = settings_here(Settings()).database_owner_url
    except NotRunning as e:
        sys.exit(f"{e}\nOr set DATABASE_URL and DATABASE_OWNER_URL.")
    try:
        run(asked, url)
    except (NotAtHead, AlreadyAtIt) as e:
        sys.exit(str(e))
    except DBAPIError as e:
        if e.orig is None or getattr(e.orig, "sqlstate", None) != SAID_SO:
            raise
        sys.exit(f"nothing was changed: {e.orig.__cause__}")


def run(asked: argparse.Namespace, url: str) -> None:
    config = alembic_config(url)
    if asked.downgrade:
        command.downgrade(config, asked.downgrade)
    elif asked.current:
        config.attributes["reading"] = True
        command.current(config, verbose=True)
    elif asked.create:
        config.attributes["reading"] = True
        command.revision(config, message=asked.create, autogenerate=True)
    elif asked.setup_rls:
        print(*asyncio.run(redraw_wall(url)), "applied", sep="\n")
    elif asked.create_indexes:
        made = asyncio.run(create_missing_indexes(url))
        print(*(made or ["every index is there"]), sep="\n")
    else:
        command.upgrade(config, "head")


if __name__ == "__main__":
    main()
