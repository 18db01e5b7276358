"""`frontdesk up --smoke`: the real path, driven as guests of both demo hotels, and judged."""

import asyncio
import json
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from frontdesk.kit.settings import Settings
from frontdesk.local.demo_people import FILE as PASSWORDS
from frontdesk.local.drop_root import forget
from frontdesk.local.processes import stop_signals
from frontdesk.local.screen import Screen
from frontdesk.local.simulator.client import Phones
from frontdesk.local.up import standing

PATIENCE = 30
"""Seconds for any one expectation."""
ROOM = "do you have a room for two from friday to sunday?"
ANGER = "This is disgusting, the room is filthy and nobody helps. I want the manager now!"
LISTS = (
    "conversations",
    "bookings",
    "notifications",
    "triggers",
    "knowledge/documents",
    "room-types",
)


@dataclass(frozen=True, slots=True)
class Part:
    """What is asked of one hotel and must be heard there."""

    slug: str
    guest: str
    angry: str
    question: str
    heard: str
    other_tongue: str
    heard_too: str
    money: str
    staff: str
    trigger: str


PARTS = (
    Part(
        slug="seaside",
        guest="34600111222",
        angry="34600111333",
        question="What time is breakfast?",
        heard="7:30",
        other_tongue="¿Se admiten perros?",
        heard_too="10 kg",
        money="€",
        staff="34600999001",
        trigger="Thank for a long stay",
    ),
    Part(
        slug="harbor",
        guest="12125550188",
        angry="12125550199",
        question="Are pets allowed?",
        heard="pets are not allowed",
        other_tongue="À quelle heure est le petit-déjeuner ?",
        heard_too="6h30",
        money="$",
        staff="12125550177",
        trigger="Tell the desk of a booking",
    ),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """One hotel on trial: its phones, its API with its own key, and what was found."""

    part: Part
    hotel_id: str
    api: httpx.AsyncClient
    phones: Phones
    screen: Screen
    found: list[tuple[bool, str]] = field(default_factory=list[tuple[bool, str]])

    def expect(self, held: bool, what: str) -> None:
        self.found.append((held, f"{self.part.slug}: {what}"))

    async def ask(self, guest: str, text: str) -> str:
        """Say it and print both sides; gives all the hotel answered."""
        began = time.monotonic()
        said = await self.phones.guest_says(self.part.slug, guest, text)
        replies = await self.phones.wait_for_replies(
            self.part.slug, guest, said, quiet=1.5, within=PATIENCE
        )
        took = time.monotonic() - began - (1.5 if replies else 0)
        answer = "\n".join(reply["text"] for reply in replies)
        shown = answer.replace("\n", "\n" + " " * 14) or "(silence)"
        self.screen.line(f"  {self.part.slug:<8} <- {text}")
        self.screen.line(f"  {'':<8} -> {shown}  ({took:.1f} s)")
        return answer

    async def items(self, path: str) -> list[dict[str, Any]]:
        answer = await self.api.get(f"/v1/hotels/{self.hotel_id}/{path}")
        answer.raise_for_status()
        body: Any = answer.json()
        return body["items"]

    async def comes(self, true: Callable[[], Awaitable[bool]]) -> bool:
        """What a worker does a moment later."""
        until = time.monotonic() + PATIENCE
        while not await true():
            if time.monotonic() > until:
                return False
            await asyncio.sleep(0.2)
        return True


async def smoke(settings: Settings, screen: Screen) -> int:
    """0 only if every expectation held, for both hotels; leaves nothing behind."""
    elsewhere = ("database_url", "database_owner_url", "redis_url", "simulator_url")
    own = settings.model_copy(update=dict.fromkeys(elsewhere, ""))
    me = asyncio.current_task()
    with tempfile.TemporaryDirectory(prefix="frontdesk-smoke-") as temporary:
        folder = Path(temporary)
        with stop_signals(lambda: me.cancel() if me else None):
            try:
                async with standing(own, folder, screen, preferred_ports=False) as house:
                    found = await _play(house.settings, screen)
            except httpx.HTTPError as e:
                screen.line(f"\nFAILED: {e}")
                return 1
            finally:
                forget(folder / "postgres")
    screen.line()
    for held, what in found:
        screen.line(f"  {'ok    ' if held else 'FAILED'}  {what}")
    failed = sum(not held for held, _ in found)
    screen.line(f"\n{len(found) - failed} held, {failed} failed, {screen.elapsed:.1f} s in all")
    return 1 if failed or not found else 0


async def _play(settings: Settings, screen: Screen) -> list[tuple[bool, str]]:
    screen.line("\nTwo hotels at the same time:")
    async with httpx.AsyncClient(timeout=10) as wire:
        phones = Phones(wire, settings.simulator_url)
        stages = [await _stage(part, settings, phones, screen) for part in PARTS]
        try:
            await asyncio.gather(*(_one_hotel(stage) for stage in stages))
            for stage in stages:
                await _admin(stage, settings)
            for stage, other in zip(stages, reversed(stages), strict=True):
                await _walls(stage, other)
        finally:
            for stage in stages:
                await stage.api.aclose()
    return [finding for stage in stages for finding in stage.found]


async def _stage(part: Part, settings: Settings, phones: Phones, screen: Screen) -> Stage:
    """With a key of this hotel alone, given out by the platform."""
    platform = {"Authorization": f"Bearer {settings.platform_key.get_secret_value()}"}
    async with httpx.AsyncClient(base_url=settings.public_url, headers=platform) as api:
        hotels = (await api.get("/v1/hotels")).raise_for_status().json()["items"]
        hotel_id = next(hotel["id"] for hotel in hotels if hotel["slug"] == part.slug)
        made = await api.post(f"/v1/hotels/{hotel_id}/keys", json={"name": "smoke"})
        key = made.raise_for_status().json()["key"]
    own = httpx.AsyncClient(
        base_url=settings.public_url, headers={"Authorization": f"Bearer {key}"}, timeout=10
    )
    return Stage(part, hotel_id, own, phones, screen)


async def _one_hotel(stage: Stage) -> None:
    part = stage.part
    stage.expect(part.heard in await stage.ask(part.guest, part.question), "answers a question")
    heard = await stage.ask(part.guest, part.other_tongue)
    stage.expect(part.heard_too in heard, "answers in another language")
    await _books(stage)
    await _angers(stage)


async def _admin(stage: Stage, settings: Settings) -> None:
    """The demo's admin signs in and sees this hotel, and no other."""
    slug = stage.part.slug
    passwords: dict[str, str] = json.loads((settings.data / PASSWORDS).read_text())
    wanted = {"email": f"admin@{slug}.example", "password": passwords[slug]}
    async with httpx.AsyncClient(base_url=settings.public_url) as api:
        answer = await api.post("/v1/auth/login", json=wanted)
        token = answer.json().get("access_token")
        seen = await api.get("/v1/hotels", headers={"Authorization": f"Bearer {token}"})
    ids = [hotel["id"] for hotel in seen.json().get("items", ())]
    stage.expect(ids == [stage.hotel_id], "lets its admin sign in")


async def _books(stage: Stage) -> None:
    part = stage.part
    newcomer = f"{part.guest}7"  # English from the first word on
    before = {b["code"] for b in await stage.items("bookings")}
    offer = await stage.ask(newcomer, ROOM)
    stage.expect("1." in offer and part.money in offer, "offers rooms with prices")
    quote = await stage.ask(newcomer, "1")
    stage.expect(part.money in quote, "quotes the chosen room")
    quoted = {b["code"] for b in await stage.items("bookings")}
    stage.expect(quoted == before, "books nothing without a yes")
    booked = await stage.ask(newcomer, "yes")
    made = {b["code"] for b in await stage.items("bookings")} - before
    stage.expect(len(made) == 1 and made.pop() in booked, "books after the yes")

    async def fired() -> bool:
        trigger = next(t for t in await stage.items("triggers") if t["name"] == part.trigger)
        runs = await stage.items(f"triggers/{trigger['id']}/runs")
        return any(run["outcome"] == "fired" for run in runs)

    stage.expect(await stage.comes(fired), "fires the trigger on the booking")


async def _angers(stage: Stage) -> None:
    part = stage.part
    stage.expect(bool(await stage.ask(part.angry, ANGER)), "answers an angry guest")

    async def escalated() -> bool:
        return any(
            talk["status"] == "escalated" and talk["chat"].startswith(part.angry)
            for talk in await stage.items("conversations")
        )

    async def staff_told() -> bool:
        return bool((await stage.phones.chat(part.slug, part.staff))["messages"])

    stage.expect(await stage.comes(escalated), "escalates the angry guest")
    stage.expect(bool(await stage.items("notifications")), "notes it for the staff")
    stage.expect(await stage.comes(staff_told), "tells the staff on their WhatsApp")


async def _walls(stage: Stage, other: Stage) -> None:
    """This hotel's key against the other's rows: nothing in the lists, nothing behind the ids."""
    for name in LISTS:
        foreign = {row["id"] for row in await other.items(name)}
        own = {row["id"] for row in await stage.items(name)}
        answer = await stage.api.get(f"/v1/hotels/{other.hotel_id}/{name}")
        probes = [
            await stage.api.get(f"/v1/hotels/{stage.hotel_id}/{name}/{row}") for row in foreign
        ]
        shut = answer.status_code == 404 and all(p.status_code in (404, 405) for p in probes)
        held = bool(foreign and own) and not foreign & own and shut
        stage.expect(held, f"sees none of {other.part.slug}'s {name}")
