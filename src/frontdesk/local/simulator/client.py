"""Driving the simulator: what `frontdesk say`, the smoke run and the tests do as a guest."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True, slots=True)
class Phones:
    """The guests' and the hotel's phones behind one simulator."""

    client: httpx.AsyncClient
    url: str

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self.client.post(f"{self.url}/simulator/{path}", json=body)
        answer.raise_for_status()
        return answer.json()

    async def add_instance(
        self, id_instance: str, token: str, wid: str, *, label: str, slug: str
    ) -> None:
        await self._post(
            "instances",
            {
                "idInstance": id_instance,
                "apiTokenInstance": token,
                "wid": wid,
                "label": label,
                "slug": slug,
            },
        )

    async def guest_says(
        self, instance: str, guest: str, text: str, *, name: str = "Guest", **more: Any
    ) -> str:
        """Gives the idMessage."""
        return await self.guest_does(instance, guest, text=text, name=name, **more)

    async def guest_taps(self, instance: str, guest: str, message: dict[str, Any], at: int) -> str:
        """Tap a button of a message as `chat` gave it."""
        button = message["buttons"][at]
        choice = {"id": button["id"], "message": message["id"]}
        return await self.guest_does(instance, guest, choice=choice)

    async def guest_calls(self, instance: str, guest: str, **more: Any) -> str:
        body = {"instance": instance, "from": guest, **more}
        return (await self._post("guest/calls", body))["idMessage"]

    async def phone_types(self, instance: str, guest: str, text: str, **more: Any) -> str:
        """A person on the hotel's own handset; `more` as for `guest_does`."""
        body = {"instance": instance, "to": guest, "text": text, **more}
        return (await self._post("phone/messages", body))["idMessage"]

    async def set_faults(self, instance: str, **faults: Any) -> None:
        await self._post("faults", {"instance": instance, **faults})

    async def set_state(self, instance: str, state: str) -> None:
        await self._post("state", {"instance": instance, "state": state})

    async def guest_does(self, instance: str, guest: str, **deed: Any) -> str:
        """Anything that `saying.py` knows: react, edit, vote, send media, a location, a contact."""
        body = {"instance": instance, "from": guest, **deed}
        return (await self._post("guest/messages", body))["idMessage"]

    async def chat(self, instance: str, guest: str, *, after: str = "") -> dict[str, Any]:
        path = f"simulator/chats/{instance}/{guest.lstrip('+')}"
        answer = await self.client.get(f"{self.url}/{path}", params={"after": after})
        answer.raise_for_status()
        return answer.json()

    async def wait_for_replies(
        self, instance: str, guest: str, after: str, *, quiet: float = 1.0, within: float = 30
    ) -> list[dict[str, Any]]:
        """What the hotel said after a message, once it has been quiet; empty when it said none."""
        until, seen, since = time.monotonic() + within, 0, time.monotonic()
        replies: list[dict[str, Any]] = []
        while time.monotonic() < until:
            later = (await self.chat(instance, guest, after=after))["messages"]
            replies = [m for m in later if m["by"] != "guest"]
            if len(replies) != seen:
                seen, since = len(replies), time.monotonic()
            if seen and time.monotonic() - since >= quiet:
                break
            await asyncio.sleep(0.05)
        return replies
