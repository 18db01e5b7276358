"""The door to SMS, push, Slack, Teams and a hundred other services: Apprise, fenced in."""

import asyncio
import json
import re
import sys
from dataclasses import asdict, dataclass

from frontdesk.kit.errors import Invalid
from frontdesk.notifications.sending import LOCAL

SECONDS = 30
ADDRESS = re.compile(r"[a-z0-9]{1,20}://[^\s\x00-\x1f\x7f\\%<>\"]{1,1900}", re.ASCII)
TELLING = re.compile(r"[?&](?!(to|from|name|region|priority|sound|channel|batch|format)=)")
"""Options beyond these can name files, relays and addresses of their own."""
ONLY_PRIVATE = frozenset(["json", "jsons", "xml", "xmls", "form", "forms", "apprise", "apprises"])
"""Whatever machine listens: for that there are signed webhooks; on one machine they may be."""


class BadService(Invalid):
    """This is not an address of a service that staff can be told by"""

    code = "bad_service"


@dataclass(frozen=True, slots=True)
class Errand:
    url: str
    title: str
    body: str
    allow_private: bool = False
    only_look: bool = False
    """Whether it is an address of a service at all; nothing is sent."""


def service_of(url: str, *, allow_private: bool) -> str:
    """Its scheme. Raises BadService for what could lead anywhere but to a service."""
    scheme = url.partition("://")[0]
    refused = scheme in LOCAL or (scheme in ONLY_PRIVATE and not allow_private)
    if refused or not ADDRESS.fullmatch(url) or TELLING.search(url) or scheme in ("http", "https"):
        raise BadService
    return scheme


async def call_service(errand: Errand) -> str | None:
    """None when it was taken, else why not. Bounded in time; knows nothing of our settings."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-m", "frontdesk.notifications.sending"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": "/nowhere", "LANG": "C.UTF-8"},
        cwd="/",
    )
    try:
        asked = json.dumps(asdict(errand)).encode()
        said, _ = await asyncio.wait_for(child.communicate(asked), SECONDS)
    except TimeoutError:
        return "it took too long"
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode != 0:
        return "the process ended"
    return json.loads(said)["error"]
