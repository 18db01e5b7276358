"""Rows that a test needs before its story starts, made as the app makes them."""

import json
from datetime import datetime
from uuid import UUID

from sqlalchemy import inspect, select

from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.raw import RawPool
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.messaging.inbox import Address, Inbox, arrival
from frontdesk.messaging.models import Conversation, Message
from frontdesk.messaging.threads import open_conversation
from frontdesk.tenancy.actions import add_instance
from frontdesk.tenancy.models import Hotel, WhatsAppInstance
from frontdesk.tenancy.schemas import InstanceIn

CHAT = "34600111222@c.us"
NUMBER = "7105"


async def number_of(
    db: Database, vault: Vault, hotel: HotelId, *, daily_cap: int = 1000, pace_ms: int = 0
) -> WhatsAppInstance:
    """The hotel's WhatsApp number; with no pause between chats unless `pace_ms` says so."""
    async with db.hotel(hotel) as session:
        (await session.scalars(select(Hotel))).one().settings = {"pace_ms": pace_ms}
        wanted = {
            "id_instance": NUMBER,
            "api_url": "http://127.0.0.1:1",
            "api_token": "api-token",
            "daily_cap": daily_cap,
        }
        return await add_instance(session, vault, hotel, InstanceIn.model_validate(wanted), by="t")


async def thread_of(
    db: Database, hotel: HotelId, instance_id: UUID, chat: str = CHAT
) -> Conversation:
    async with db.hotel(hotel) as session:
        return await open_conversation(session, hotel, instance_id, chat, name="Guest")


async def all_of(db: Database, hotel: HotelId, model: type) -> list:
    async with db.hotel(hotel) as session:
        return list(
            (await session.scalars(select(model).order_by(*inspect(model).primary_key))).all()
        )


def says(text: str, message: str, at: datetime, *, chat: str = CHAT) -> dict:
    return {
        "typeWebhook": "incomingMessageReceived",
        "instanceData": {"idInstance": int(NUMBER), "wid": "1@c.us", "typeInstance": "whatsapp"},
        "timestamp": int(at.timestamp()),
        "idMessage": message,
        "senderData": {"chatId": chat, "sender": chat, "senderName": "Guest"},
        "messageData": {"typeMessage": "textMessage", "textMessageData": {"textMessage": text}},
    }


async def receive(settings: Settings, hotel: HotelId, instance_id: UUID, *bodies: dict) -> None:
    """Store webhook bodies as the webhook does."""
    pool = RawPool(settings.database_url, size=1)
    inbox = Inbox(pool, lambda _: None)
    for body in bodies:
        raw = json.dumps(body).encode()
        await inbox.accept(arrival(Address(hotel, instance_id, NUMBER), raw))
    await inbox.drain()
    await pool.close()


def guest_said(talk: Conversation, words: str, at: datetime) -> Message:
    """In its thread already, and read by nobody."""
    return Message(
        hotel_id=talk.hotel_id,
        conversation_id=talk.id,
        direction="in",
        author="guest",
        kind="text",
        text=words,
        content={},
        occurred_at=at,
        created_at=at,
    )
