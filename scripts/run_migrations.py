"""Migrations for operators: upgrade, downgrade, look, create, redraw the wall."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from alembic import command

from frontdesk.kit.settings import Settings
from frontdesk.local.migrate import alembic_config
from frontdesk.local.place import NotRunning, settings_here


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("--upgrade", action="store_true", help="to the newest revision")
    wanted.add_argument("--downgrade", metavar="REV", help="to a revision, `-1` or `base`")
    wanted.add_argument("--current", action="store_true", help="which revision is applied")
    wanted.add_argument("--create", metavar="MSG", help="a new revision from the models")
    wanted.add_argument("--setup-rls", action="store_true", help="apply rls/*.sql again")
    wanted.add_argument("--create-indexes", action="store_true", help="make missing indexes")
    asked = parser.parse_args()
    try:
        config = alembic_config(settings_here(Settings()).database_owner_url)
    except NotRunning as e:
        sys.exit(f"{e}\nOr set DATABASE_URL and DATABASE_OWNER_URL.")
    if asked.downgrade:
        command.downgrade(config, asked.downgrade)
    elif asked.current:
        config.attributes["reading"] = True
        command.current(config, verbose=True)
    elif asked.create:
        config.attributes["reading"] = True
        command.revision(config, message=asked.create, autogenerate=True)
    else:
        # Indexes are declared in the revisions, and the wall is redrawn whenever head is reached:
        # upgrading does what --setup-rls and --create-indexes ask for.
        command.upgrade(config, "head")


if __name__ == "__main__":
    main()
