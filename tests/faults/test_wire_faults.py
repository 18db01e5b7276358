"""Webhooks doubled, shuffled and late; a broker that forgot; connections cut; a hanging gateway."""

import asyncio
import signal

import asyncpg
from sqlalchemy import text

from frontdesk.local.valkey import start_valkey
from tests.conftest import Server
from tests.faults.conftest import SLUG, Town

GUESTS = [f"346002{n:05d}" for n in range(12)]


async def test_each_webhook_fifty_times_at_once_is_one_message(town: Town) -> None:
    await town.phones.set_faults(SLUG, duplicates=49, statuses=False)
    await town.processes.start_worker()
    for guest in GUESTS[:4]:
        await town.says(guest)
    await town.rests(90)
    assert town.answers() == dict.fromkeys(GUESTS[:4], 1)
    async with town.db.hotel(town.hotel) as session:
        said = "SELECT count(*) FROM messages WHERE direction = 'in'"
        assert await session.scalar(text(said)) == 4


async def test_shuffled_and_late_webhooks_are_each_answered_once(town: Town) -> None:
    await town.phones.set_faults(SLUG, shuffle=True, delay=0.05, seed=7)
    await town.processes.start_worker()
    for guest in GUESTS:
        await town.says(guest)
    await town.rests(90)
    assert town.answers() == dict.fromkeys(GUESTS, 1)
    async with town.db.hotel(town.hotel) as session:
        reached = "SELECT DISTINCT status FROM outbound_messages"
        assert (await session.scalars(text(reached))).all() == ["read"]


async def test_a_broker_that_comes_back_empty_costs_seconds_not_messages(town: Town) -> None:
    await town.processes.start_worker()
    await town.says(GUESTS[0])
    await town.rests(90)
    await _broker_dies(town, meanwhile=GUESTS[1:6], forgets=True)
    assert town.answers() == dict.fromkeys(GUESTS[:6], 1)


async def test_a_broker_that_dies_while_rings_are_worked_takes_no_worker_with_it(
    town: Town,
) -> None:
    """Here to the end, the worker is not started anew by anybody."""
    worker = await town.processes.start_worker()
    await town.phones.set_faults(SLUG, hang_after_accept=2)
    for guest in GUESTS[:4]:
        await town.says(guest)
    await town.sends()
    await _broker_dies(town, meanwhile=GUESTS[4:6])
    assert worker.poll() is None
    assert town.answers() == dict.fromkeys(GUESTS[:6], 1)


async def _broker_dies(town: Town, *, meanwhile: list[str], forgets: bool = False) -> None:
    """And comes back, with or without its log; until everything rests."""
    town.valkey.process.send_signal(signal.SIGKILL)
    town.valkey.process.wait(10)
    for log in town.broker_folder.glob("appendonlydir/*") if forgets else ():
        log.unlink()
    for guest in meanwhile:
        await town.says(guest)
    await asyncio.sleep(1)
    again = start_valkey(town.broker_folder)
    try:
        await town.rests(90)
    finally:
        again.stop()


async def test_cut_database_connections_lose_nothing(town: Town, server: Server) -> None:
    """What a restart does to everyone who is connected, in the middle of whatever they do."""
    await town.processes.start_worker()
    for guest in GUESTS:
        await town.says(guest)
        if guest in GUESTS[2::4]:
            await _cut(server, town)
    await town.rests(90)
    assert town.answers() == dict.fromkeys(GUESTS, 1)


async def _cut(server: Server, town: Town) -> None:
    async with town.db.platform() as session:
        name = await session.scalar(text("SELECT current_database()"))
    admin = await asyncpg.connect(server.superuser)
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"
    await admin.execute(cut, name)
    await admin.close()


async def test_a_gateway_that_accepts_and_never_answers_is_not_sent_to_twice(town: Town) -> None:
    await town.phones.set_faults(SLUG, hang_after_accept=3)
    await town.processes.start_worker()
    for guest in GUESTS[:5]:
        await town.says(guest)
    await town.rests(90)
    assert town.answers() == dict.fromkeys(GUESTS[:5], 1)


async def test_a_gateway_that_never_took_it_is_asked_and_sent_to_again(town: Town) -> None:
    await town.phones.set_faults(SLUG, hang_before_accept=1)
    await town.processes.start_worker()
    await town.says(GUESTS[0])
    await asyncio.sleep(5)
    await town.minutes_pass()
    await town.rests(90)
    assert town.answers() == {GUESTS[0]: 1}
