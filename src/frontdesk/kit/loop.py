"""The one event loop of a process: uvloop, on which a turn takes a tenth less processor time."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import uvloop

T = TypeVar("T")
new_loop = uvloop.new_event_loop


def run(work: Coroutine[Any, Any, T]) -> T:
    """All that a process does, from its first line to its last."""
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(work)
