"""Sending the mails that wait: the worker makes the link, writes the letter and hands it over."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiosmtplib
from sqlalchemy import select

from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.logs import get_logger
from frontdesk.kit.mail import Letter, Mailer
from frontdesk.kit.secrets import Vault
from frontdesk.tenancy.envelope import unseal
from frontdesk.tenancy.letters import written
from frontdesk.tenancy.links import link_for
from frontdesk.tenancy.person_models import Mail

LEASE = timedelta(minutes=2)
TRIES = 6


@dataclass(frozen=True, slots=True)
class PostOffice:
    """What sending mail works with."""

    db: Database
    vault: Vault
    clock: Clock
    mailer: Mailer
    public_url: str


async def send_next(office: PostOffice, hotel_id: HotelId) -> bool:
    """Send one waiting mail; false when none waits."""
    now = office.clock.now()
    mail = await _lease(office.db, hotel_id, now=now)
    if mail is None or mail.sealed is None:
        return False
    try:
        letter = await _letter(office, mail, now=now)
        if letter is not None:
            await office.mailer.send(letter)
    except (OSError, aiosmtplib.SMTPException) as lost:
        get_logger().warning("mail_not_sent", exc_info=lost, mail=str(mail.id), tries=mail.tries)
        await _put_back(office.db, mail, type(lost).__name__, now=now)
        return True
    async with office.db.hotel(hotel_id) as session:
        done = await session.merge(mail)
        done.sent_at, done.sealed, done.error = now, None, None
    return True


async def _lease(db: Database, hotel_id: HotelId, *, now: datetime) -> Mail | None:
    """A worker that dies with it gives it back after LEASE."""
    waiting = select(Mail).where(
        Mail.sent_at.is_(None), Mail.dead_at.is_(None), Mail.next_try_at <= now
    )
    first = waiting.order_by(Mail.next_try_at, Mail.id).limit(1)
    async with db.hotel(hotel_id) as session:
        mail = await session.scalar(first.with_for_update(skip_locked=True))
        if mail is not None:
            mail.tries, mail.next_try_at = mail.tries + 1, now + LEASE
    return mail


async def _letter(office: PostOffice, mail: Mail, *, now: datetime) -> Letter | None:
    """None where the one asked for is not there: nobody is told."""
    async with office.db.hotel(mail.hotel_id) as session:
        words = await unseal(session, office.vault, mail.hotel_id, mail.sealed or b"")
    facts: dict[str, Any] = json.loads(words)
    if mail.purpose == "plain":
        return Letter(facts["email"], facts["subject"], facts["text"], str(mail.id))
    async with office.db.platform() as session:
        link = await link_for(session, mail.purpose, facts, now=now)
    if link is None:
        return None
    subject, body = written(mail.purpose, facts, link.token, office.public_url)
    return Letter(facts["email"], subject, body, str(mail.id))


async def _put_back(db: Database, mail: Mail, error: str, *, now: datetime) -> None:
    """Again after 30 s, 1, 2, 4, 8 minutes; then it is dead and its words are gone."""
    async with db.hotel(mail.hotel_id) as session:
        row = await session.merge(mail)
        row.error = error
        row.next_try_at = now + timedelta(seconds=15 * 2**row.tries)
        if row.tries >= TRIES:
            row.dead_at, row.sealed = now, None
