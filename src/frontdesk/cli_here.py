"""What every command starts from: the settings, and those of a running `frontdesk up`."""

import sys

from pydantic import ValidationError

from frontdesk.kit.settings import Settings, what_is_wrong
from frontdesk.local.place import settings_here


def settings() -> Settings:
    try:
        return Settings()  # pyright: ignore[reportCallIssue]
    except ValidationError as e:
        sys.exit(f"frontdesk: a setting is wrong: {what_is_wrong(e)}")


def here() -> Settings:
    """Where a `frontdesk up` of this folder runs, its settings."""
    return settings_here(settings())
