"""Mail: sealed until it is sent, over SMTP or into the mailbox, tried again, dead in the end."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import NOBODY, Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.mail import Letter, open_mailer
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.tenancy.letterbox import ask_mail
from frontdesk.tenancy.mails import TRIES, PostOffice, send_next
from frontdesk.tenancy.person_models import Mail
from tests.factories import all_of
from workers.sweeps import sweep

PLAIN = {"email": "ana@mail.example", "subject": "Grüße", "text": "Hola, señora"}


@asynccontextmanager
async def smtp(*, refuses: int = 0) -> AsyncIterator[tuple[int, list[bytes]]]:
    """As little of RFC 5321 as a client needs; the first `refuses` letters are put off."""
    taken: list[bytes] = []
    left = [refuses]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 test\r\n")
        while line := await reader.readline():
            match line[:4].upper():
                case b"EHLO" | b"RSET":
                    writer.write(b"250 test\r\n")
                case b"DATA":
                    writer.write(b"354 go on\r\n")
                    taken.append(await reader.readuntil(b"\r\n.\r\n"))
                    writer.write(b"250 taken\r\n")
                case b"QUIT":
                    writer.write(b"221 bye\r\n")
                case b"MAIL" if left[0] > 0:
                    left[0] -= 1
                    writer.write(b"451 later\r\n")
                case _:
                    writer.write(b"250 ok\r\n")
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1], taken
    server.close()
    await server.wait_closed()


@pytest.fixture
async def office(
    settings: Settings, db: Database, vault: Vault, clock: FixedClock, tmp_path: Path
) -> PostOffice:
    chosen = settings.model_copy(update={"data": tmp_path})
    return PostOffice(db, vault, clock, open_mailer(chosen, clock), "http://desk.example")


async def ask(office: PostOffice, hotel: HotelId, purpose: str = "plain", **facts: str) -> None:
    now = office.clock.now()
    async with office.db.hotel(hotel) as session:
        given = {**PLAIN, **facts}
        await ask_mail(session, office.vault, purpose, given, now=now, hotel_id=hotel)


def over(office: PostOffice, settings: Settings, clock: FixedClock, port: int) -> PostOffice:
    at = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none"}
    mailer = open_mailer(settings.model_copy(update=at), clock)
    return PostOffice(office.db, office.vault, clock, mailer, office.public_url)


async def test_a_letter_goes_over_smtp_once_and_its_words_are_gone(
    office: PostOffice, settings: Settings, clock: FixedClock, hotel: HotelId
) -> None:
    await ask(office, hotel)
    (waiting,) = await all_of(office.db, hotel, Mail)
    assert b"ana@" not in waiting.sealed
    async with smtp() as (port, taken):
        wire = over(office, settings, clock, port)
        assert await send_next(wire, hotel)
        assert not await send_next(wire, hotel)
    (letter,) = taken
    assert b"To: ana@mail.example" in letter
    assert f"Message-ID: <{waiting.id}@localhost>".encode() in letter
    (sent,) = await all_of(office.db, hotel, Mail)
    assert (sent.sent_at, sent.sealed) == (clock.now(), None)


async def test_a_server_that_puts_it_off_is_tried_again_later(
    office: PostOffice, settings: Settings, clock: FixedClock, hotel: HotelId
) -> None:
    await ask(office, hotel)
    async with smtp(refuses=1) as (port, taken):
        wire = over(office, settings, clock, port)
        assert await send_next(wire, hotel)
        assert not await send_next(wire, hotel)
        clock.advance(timedelta(seconds=30))
        assert await send_next(wire, hotel)
    assert len(taken) == 1


async def test_what_never_goes_out_is_dead_and_visible(
    office: PostOffice, settings: Settings, clock: FixedClock, hotel: HotelId
) -> None:
    await ask(office, hotel)
    nowhere = over(office, settings, clock, 9)
    for _ in range(TRIES):
        assert await send_next(nowhere, hotel)
        clock.advance(timedelta(hours=1))
    assert not await send_next(nowhere, hotel)
    (dead,) = await all_of(office.db, hotel, Mail)
    assert (dead.dead_at is not None, dead.sealed, dead.tries) == (True, None, TRIES)
    assert dead.error == "SMTPConnectError"


async def test_two_workers_send_two_letters_and_none_twice(
    office: PostOffice, hotel: HotelId, tmp_path: Path
) -> None:
    for n in range(4):
        await ask(office, hotel, subject=f"letter {n}")
    await asyncio.gather(*(send_next(office, hotel) for _ in range(6)))
    letters = list((tmp_path / "mailbox").glob("*.eml"))
    assert len(letters) == 4
    assert {p.stat().st_mode & 0o777 for p in letters} == {0o600}


async def test_the_clock_rings_for_a_mail_that_waits(
    office: PostOffice, clock: FixedClock, hotel: HotelId
) -> None:
    async with office.db.nobody() as session:
        facts = {"email": f"{uuid.uuid4().hex}@mail.example"}
        await ask_mail(session, office.vault, "reset", facts, now=clock.now())
    clock.advance(timedelta(seconds=10))
    assert await sweep(office.db, clock, older_than=timedelta(seconds=3)) >= 1
    while await send_next(office, NOBODY):
        pass


async def test_no_header_can_be_slipped_in(office: PostOffice, tmp_path: Path) -> None:
    letter = Letter("a@b.example", "Hi\r\nBcc: x@y.example", "text", "id")
    with pytest.raises(ValueError, match="linefeed"):
        await office.mailer.send(letter)
