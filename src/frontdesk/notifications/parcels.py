"""What one delivery becomes: a message in the outbox, a mail, or a parcel for another service."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.tokens import Signer
from frontdesk.notifications import ack_links
from frontdesk.notifications.bodies import body_in
from frontdesk.notifications.channel_models import DeliveryAttempt, StaffChannel
from frontdesk.notifications.headings import title_in
from frontdesk.notifications.models import NotificationDelivery, Staff, StaffNotification
from frontdesk.notifications.replies import reply
from frontdesk.notifications.whatsapp import write_digest, write_to
from frontdesk.notifications.words import take_line, words
from frontdesk.tenancy.envelope import unseal
from frontdesk.tenancy.letterbox import ask_mail
from frontdesk.tenancy.person_models import Membership
from frontdesk.tenancy.queries import the_hotel


@dataclass(frozen=True, slots=True)
class Messenger:
    """What telling by other ways than WhatsApp needs."""

    db: Database
    vault: Vault
    clock: Clock
    client: httpx.AsyncClient
    allow_private: bool = False
    signer: Signer | None = None
    """None: alerts go out without a link that takes them."""
    public_url: str = ""


@dataclass(frozen=True, slots=True)
class ServiceParcel:
    """One message for a service; several deliveries where it is a digest."""

    delivery_ids: tuple[UUID, ...]
    url: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Text:
    title: str
    body: str


async def prepare(
    session: AsyncSession, messenger: Messenger, owed: Sequence[NotificationDelivery]
) -> ServiceParcel | None:
    """Of one person and way: settled here and now, or what has to be called.

    What was taken meanwhile is not told any more.
    """
    told = await _open_ones(session, owed)
    if not told:
        for one in owed:
            one.status = "skipped"
        return None
    first = owed[0]
    person = await _person(session, first.staff_id)
    text = await _text(session, messenger, first, told, person)
    match first.channel:
        case "whatsapp":
            await _by_whatsapp(session, owed, told, person, now=messenger.clock.now())
        case "email":
            await _by_mail(session, messenger, owed, text, person)
        case _:
            return await _for_service(session, messenger, owed, text)
    return None


async def _open_ones(
    session: AsyncSession, owed: Sequence[NotificationDelivery]
) -> Sequence[StaffNotification]:
    ids = [one.notification_id for one in owed]
    query = select(StaffNotification).where(
        StaffNotification.id.in_(ids), StaffNotification.status == "open"
    )
    by_weight = query.order_by(
        StaffNotification.priority_score.desc(), StaffNotification.created_at
    )
    return (await session.scalars(by_weight)).all()


async def _person(session: AsyncSession, staff_id: UUID | None) -> Staff | None:
    return await session.scalar(select(Staff).where(Staff.id == staff_id)) if staff_id else None


async def _text(
    session: AsyncSession,
    messenger: Messenger,
    owed: NotificationDelivery,
    told: Sequence[StaffNotification],
    person: Staff | None,
) -> Text:
    hotel = await the_hotel(session)
    language = person.language if person else hotel.language
    if len(told) > 1:
        lines = [f"• {title_in(one, language)}: {body_in(one, language)}" for one in told]
        title = reply(language, "digest", hotel=hotel.name, number=str(len(told)))
        return Text(title, "\n".join(lines))
    title, body = await words(
        session, told[0], language=language, hotel=hotel.name, level=owed.level
    )
    link = _link(messenger, owed, told[0])
    _, take = take_line(language)
    return Text(title, f"{body}\n\n{take}: {link}" if link else body)


def _link(messenger: Messenger, owed: NotificationDelivery, told: StaffNotification) -> str | None:
    if messenger.signer is None:
        return None
    of = ack_links.AckLink(HotelId(told.hotel_id), told.id, owed.staff_id)
    token = ack_links.make(messenger.signer, of, now=messenger.clock.now())
    return ack_links.address(messenger.public_url, token)


async def _by_whatsapp(
    session: AsyncSession,
    owed: Sequence[NotificationDelivery],
    told: Sequence[StaffNotification],
    person: Staff | None,
    *,
    now: datetime,
) -> None:
    outbound_id = None
    if person is not None and len(told) == 1:
        outbound_id = await write_to(session, told[0], person, owed[0].level, now=now)
    elif person is not None:
        outbound_id = await write_digest(session, person, told, f"digest:{owed[0].id}", now=now)
    error = None if outbound_id is not None else "no phone, or no number to write from"
    for one in owed:
        one.outbound_id = outbound_id
        settle(session, one, error, now=now, for_good=True)


async def _by_mail(
    session: AsyncSession,
    messenger: Messenger,
    owed: Sequence[NotificationDelivery],
    text: Text,
    person: Staff | None,
) -> None:
    """Into the mail door, which tries again by itself."""
    first, now = owed[0], messenger.clock.now()
    address = person.email if person else await _mail_of(session, first.membership_id)
    if address is not None:
        subject = " ".join(text.title.split())[:200]
        facts = {"email": address, "subject": subject, "text": f"{text.body}\n"}
        hotel_id = first.hotel_id
        await ask_mail(session, messenger.vault, "plain", facts, now=now, hotel_id=hotel_id)
    error = None if address is not None else "no address"
    for one in owed:
        settle(session, one, error, now=now, for_good=True)


async def _mail_of(session: AsyncSession, membership_id: UUID | None) -> str | None:
    query = select(Membership.email).where(
        Membership.id == membership_id, Membership.status == "active"
    )
    return await session.scalar(query)


async def _for_service(
    session: AsyncSession, messenger: Messenger, owed: Sequence[NotificationDelivery], text: Text
) -> ServiceParcel | None:
    query = select(StaffChannel).where(StaffChannel.id == owed[0].channel_id, StaffChannel.enabled)
    channel = await session.scalar(query)
    if channel is None:
        for one in owed:
            settle(session, one, "switched off", now=messenger.clock.now(), for_good=True)
        return None
    url = await unseal(session, messenger.vault, channel.hotel_id, channel.url)
    return ServiceParcel(tuple(one.id for one in owed), url, text.title, text.body)


def settle(
    session: AsyncSession,
    owed: NotificationDelivery,
    error: str | None,
    *,
    now: datetime,
    for_good: bool,
) -> None:
    """What came of a try, in the log; a failure waits for its next one unless it is the last."""
    owed.error = error
    again = error is not None and not for_good
    if not again:
        owed.status = "sent" if error is None else "dead"
    session.add(
        DeliveryAttempt(
            hotel_id=owed.hotel_id,
            delivery_id=owed.id,
            result="sent" if error is None else "failed",
            error=error,
            attempted_at=now,
            next_try_at=owed.next_try_at if again else None,
        )
    )
