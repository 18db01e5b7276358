"""`frontdesk say`: write to a hotel as a guest, through the simulator, and read its answers."""

from collections.abc import Sequence
from typing import Any

import httpx

from frontdesk.local.simulator.client import Phones


class NotHeard(Exception):
    """The simulator did not take the message: is it running?"""


async def say(
    simulator_url: str, hotel: str, guest: str, text: str, *, within: float = 60
) -> list[str]:
    """The hotel's answers, one a bubble; empty when it kept silent for `within` seconds."""
    async with httpx.AsyncClient(timeout=10) as client:
        phones = Phones(client, simulator_url)
        try:
            said = await phones.guest_says(hotel, guest, text)
            replies = await phones.wait_for_replies(hotel, guest, said, within=within)
        except httpx.HTTPStatusError as e:
            raise NotHeard(f"The simulator says: {_reason(e.response)}") from e
        except httpx.HTTPError as e:
            raise NotHeard(f"{NotHeard.__doc__} ({simulator_url})") from e
    return [_shown(reply) for reply in replies]


def _reason(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["error"])
    except (ValueError, KeyError, TypeError):
        return f"{answer.status_code}"


def _shown(reply: dict[str, Any]) -> str:
    """A bubble with its buttons under it."""
    buttons: Sequence[dict[str, str]] = reply["buttons"]
    return "\n".join([reply["text"], *(f"  [{button['text']}]" for button in buttons)])
