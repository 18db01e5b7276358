"""What goes wrong on purpose in the simulator: as planned, seeded, bounded, and nothing else."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import fields
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.local.simulator.faults import (
    LIMITS,
    MOST,
    PLANNED,
    BadPlan,
    Faults,
    plan,
    wrong_status,
)
from frontdesk.messaging.provider import Outgoing, TryLater, Unclear
from tests.simulated import CHAT, GUEST, SLUG, Wire, simulated


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with simulated() as made:
        yield made


WRONG: list[dict[str, Any]] = [
    {"duplicate": 3},
    {"outage_until": 5},
    {"duplicates": 100},
    {"duplicates": -1},
    {"duplicates": "many"},
    {"duplicates": 1.5},
    {"delay": 601},
    {"delay": True},
    {"shuffle": 1},
    {"lose": 1.1},
    {"ending": "eaten"},
    {"seed": "x"},
    {"answers": {"status": 500}},
    {"answers": ["500"]},
    {"answers": [{"method": "sendMessage"}]},
    {"answers": [{"status": 200}]},
    {"answers": [{"status": 500, "times": -1}]},
    {"answers": [{"status": 500, "rate": 2}]},
    {"answers": [{"status": 500, "time": 2}]},
]


@pytest.mark.parametrize("wanted", WRONG, ids=str)
def test_a_plan_that_means_nothing_is_refused(wanted: dict[str, Any]) -> None:
    with pytest.raises(BadPlan):
        plan(wanted)


async def test_a_refused_plan_changes_nothing(wire: Wire) -> None:
    await wire.phones.set_faults(SLUG, duplicates=1)
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        await wire.phones.set_faults(SLUG, duplicate=3)
    assert wire.number.faults.duplicates == 1


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(sorted(PLANNED)) | st.text(max_size=5),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=5)
        | st.lists(st.none()),
    )
)
def test_whatever_is_planned_stays_within_its_bounds(wanted: dict[str, Any]) -> None:
    try:
        faults = plan(wanted)
    except BadPlan:
        return
    assert all(0 <= getattr(faults, name) <= most for name, most in MOST.items())
    assert wanted.keys() <= {f.name for f in fields(Faults)}


async def test_each_webhook_comes_as_often_as_planned(wire: Wire) -> None:
    await wire.connected()
    await wire.phones.set_faults(SLUG, duplicates=4)
    await wire.phones.guest_says(SLUG, GUEST, "hello")
    assert len({e.event_key for e in await wire.quiet()}) == 1
    assert len(wire.inbox.posted) == 5


async def _shuffled(seed: int) -> list[str]:
    async with simulated() as wire:
        await wire.connected(webhookUrl="")
        await wire.phones.set_faults(SLUG, shuffle=True, seed=seed)
        for n in range(8):
            await wire.phones.guest_says(SLUG, GUEST, str(n))
        await wire.connected()
        return [e.message.text for e in await wire.quiet()]


async def test_shuffled_webhooks_all_come_in_the_order_of_the_seed() -> None:
    first, again, other = await _shuffled(7), await _shuffled(7), await _shuffled(8)
    assert sorted(first) == [str(n) for n in range(8)]
    assert first == again
    assert first != other
    assert first != sorted(first)


async def test_delayed_webhooks_come_late(wire: Wire) -> None:
    await wire.connected()
    await wire.phones.set_faults(SLUG, delay=0.3)
    began = time.monotonic()
    await wire.phones.guest_says(SLUG, GUEST, "hello")
    await wire.events(1)
    assert time.monotonic() - began >= 0.3


async def test_lost_webhooks_are_in_the_journal_alone(wire: Wire) -> None:
    await wire.connected()
    await wire.phones.set_faults(SLUG, lose=0.5, seed=3)
    said = [await wire.phones.guest_says(SLUG, GUEST, str(n)) for n in range(20)]
    told = [e.provider_id for e in await wire.quiet()]
    assert 3 < len(told) < 17
    rows = (await wire.call("lastIncomingMessages")).json()
    assert {r["idMessage"] for r in rows} == set(said) > set(told)


async def test_a_leak_names_some_by_lid_with_the_mode_off(wire: Wire) -> None:
    await wire.connected()
    await wire.phones.set_faults(SLUG, leak_lid=0.5, seed=3)
    for n in range(20):
        await wire.phones.guest_says(SLUG, GUEST, str(n))
    kinds = [e.chat_kind for e in await wire.quiet()]
    assert {"person", "lid"} == set(kinds)
    lids = {e.chat for e in await wire.quiet() if e.chat_kind == "lid"}
    assert len(lids) == 1
    await wire.phones.set_faults(SLUG)
    known = (await wire.call("checkWhatsapp", {"chatId": lids.pop()})).json()
    assert known["chatId"] == CHAT


@pytest.mark.parametrize(
    ("faults", "told"),
    [
        ({}, ["sent", "delivered", "read"]),
        ({"statuses": False}, []),
        ({"ending": "sent"}, ["sent"]),
        ({"ending": "delivered"}, ["sent", "delivered"]),
        ({"ending": "failed"}, ["failed"]),
        ({"ending": "noAccount"}, ["noAccount"]),
    ],
)
async def test_a_message_gets_as_far_as_planned(
    wire: Wire, faults: dict[str, Any], told: list[str]
) -> None:
    await wire.connected()
    await wire.phones.set_faults(SLUG, **faults)
    await wire.door.send(wire.line, Outgoing(CHAT, "hello"))
    assert [e.status for e in await wire.quiet() if e.kind == "status"] == told
    arrived = bool((await wire.phones.chat(SLUG, GUEST))["messages"])
    assert arrived == (told not in (["failed"], ["noAccount"]))


async def test_an_accepted_send_that_is_never_answered_is_in_the_journal(wire: Wire) -> None:
    await wire.phones.set_faults(SLUG, hang_after_accept=1, hang_before_accept=1)
    wire.phones.client.timeout = httpx.Timeout(0.5)
    for word in ("never taken", "taken"):
        with pytest.raises(Unclear):
            await wire.door.send(wire.line, Outgoing(CHAT, word))
    await wire.door.send(wire.line, Outgoing(CHAT, "answered"))
    rows = await wire.door.outgoing_journal(wire.line, minutes=5)
    assert [r.text for r in rows] == ["answered", "taken"]


async def test_an_outage_ends_by_itself(wire: Wire) -> None:
    await wire.phones.set_faults(SLUG, outage=0.4)
    with pytest.raises(Unclear):
        await wire.door.send(wire.line, Outgoing(CHAT, "hello"))
    assert (await wire.call("getStateInstance")).status_code == 502
    await asyncio.sleep(0.5)
    await wire.door.send(wire.line, Outgoing(CHAT, "hello again"))
    assert [b.text for b in wire.number.bubbles] == ["hello again"]


async def test_an_answer_can_trickle_in(wire: Wire) -> None:
    await wire.phones.set_faults(SLUG, drip=0.4)
    began = time.monotonic()
    assert await wire.door.state(wire.line) == "authorized"
    assert time.monotonic() - began >= 0.4


async def test_the_vendors_limits_answer_429_when_they_are_on(wire: Wire) -> None:
    for _ in range(3):
        await wire.door.state(wire.line)
    await wire.phones.set_faults(SLUG, limits=True)
    answers = [await wire.call("getStateInstance") for _ in range(3)]
    assert [a.status_code for a in answers] == [200, 429, 429]
    assert answers[1].headers["x-ratelimit-remaining"] == "0"
    await wire.door.connect(wire.line, {})
    with pytest.raises(TryLater):
        await wire.door.connect(wire.line, {})
    await asyncio.sleep(1.05)
    assert await wire.door.state(wire.line) == "authorized"


@pytest.mark.parametrize(("method", "most"), [*LIMITS.items(), ("sendPoll", 50)])
def test_each_method_has_its_calls_a_second(method: str, most: float) -> None:
    faults = plan({"limits": True})
    began = time.monotonic()
    statuses = [wrong_status(faults, method) for _ in range(int(most) + 1)]
    assert time.monotonic() - began < 1
    assert statuses == [None] * int(most) + [429]


def test_chance_is_the_same_for_the_same_seed() -> None:
    def draws(seed: int) -> list[int | None]:
        faults = plan({"answers": [{"method": "*", "status": 500, "rate": 0.5}], "seed": seed})
        return [wrong_status(faults, "sendMessage") for _ in range(50)]

    assert draws(1) == draws(1) != draws(2)
    assert 10 < draws(1).count(500) < 40


async def test_a_plan_for_one_method_leaves_the_others_alone(wire: Wire) -> None:
    await wire.phones.set_faults(
        SLUG, answers=[{"method": "getStateInstance", "status": 503, "times": 2}]
    )
    assert (await wire.call("getSettings")).status_code == 200
    codes = [(await wire.call("getStateInstance")).status_code for _ in range(3)]
    assert codes == [503, 503, 200]


async def test_what_waited_for_more_than_a_day_is_gone(wire: Wire) -> None:
    await wire.connected(webhookUrl="")
    await wire.phones.guest_says(SLUG, GUEST, "old")
    await wire.phones.guest_says(SLUG, GUEST, "new")
    wire.number.queue[0]["at"] -= 24 * 3600 + 1
    got = (await wire.call("receiveNotification")).json()["body"]
    assert got["messageData"]["textMessageData"]["textMessage"] == "new"
    await wire.phones.set_state(SLUG, "notAuthorized")
    for word in ("stale", "fresh"):
        await wire.door.send(wire.line, Outgoing(CHAT, word))
    wire.number.outbox[0].at -= 24 * 3600 + 1
    await wire.phones.set_state(SLUG, "authorized")
    await asyncio.sleep(0.1)
    assert [b.text for b in wire.number.bubbles if b.by == "api"] == ["fresh"]
