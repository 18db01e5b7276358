"""What every command starts from: the settings, those of a running `frontdesk up`, and one loop."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

from pydantic import ValidationError

from frontdesk.kit.settings import Settings, what_is_wrong
from frontdesk.local.place import settings_here

T = TypeVar("T")


def settings() -> Settings:
    try:
        return Settings()  # pyright: ignore[reportCallIssue]
    except ValidationError as e:
        sys.exit(f"frontdesk: a setting is wrong: {what_is_wrong(e)}")


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)  # noqa: TID251 - the one loop of this process


def here() -> Settings:
    """Where a `frontdesk up` of this folder runs, its settings."""
    return settings_here(settings())
