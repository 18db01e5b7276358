"""Reads files in a process of their own: no file of anybody's can take a worker with it."""

import asyncio
import json
import sys

from frontdesk.knowledge.reading import Unreadable

SECONDS = 90.0


async def read_apart(kind: str, raw: bytes, *, seconds: float = SECONDS) -> str:
    """What the file says, as text with headings. Raises Unreadable."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-m", "frontdesk.knowledge.reading", kind),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PYTHONIOENCODING": "utf-8"},
    )
    try:
        said, _ = await asyncio.wait_for(child.communicate(raw), seconds)
    except TimeoutError:
        raise Unreadable(f"it took longer than {seconds:g} seconds to read") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    try:
        answer = json.loads(said)
    except ValueError:
        raise Unreadable("it takes more time or memory to read than a document would") from None
    if "error" in answer:
        raise Unreadable(answer["error"])
    return answer["text"]
