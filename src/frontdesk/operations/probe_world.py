"""A row of every kind for a hotel, so that what the proof reaches for is really there."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import Vector
from sqlalchemy import Column, Table, func, select, types
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.rules import policy_hash
from frontdesk.kit.db import metadata
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.rehearsal import Rehearsal
from frontdesk.kit.secrets import Vault, new_key
from frontdesk.operations.probe_search import SHARED, plant
from frontdesk.tenancy.actions import add_key
from frontdesk.tenancy.schemas import KeyIn

CHOICES = re.compile(r"^(\w+) IN \('(\w+)'")
NOWHERE = "http://127.0.0.1:9"
"""Port 9 discards: the gateway that a probe hotel's instance has."""
NOT_BY_HAND = ("audit_heads",)
"""Tables that only a function writes."""
VOTES = "review_votes"
"""Not the author's, who is the first guest."""
FILLED = frozenset({("notification_deliveries", "staff_id"), ("review_scores", "room_type_id")})
"""Columns that may be null, and are not here: the delivery must go to somebody."""

LAST_DAYS = frozenset({"departure", "until"})
"""Dates that come after the first ones."""


@dataclass(frozen=True, slots=True)
class World:
    """One hotel with a row in every table, its keys, and what our routes call its things."""

    hotel_id: HotelId
    key: str
    bare_key: str
    """Of the same hotel, without a single scope."""
    names: Mapping[str, Any]
    ids: frozenset[str]
    own_word: str
    """Said by nobody else."""
    rows: Mapping[str, UUID]
    """Of each table the one that the names mean."""


def tenant_tables() -> list[Table]:
    return [t for t in metadata.sorted_tables if "hotel_id" in t.c or t.name == "hotels"]


async def make_world(stage: Rehearsal, vault: Vault, hotel_id: HotelId, *, now: datetime) -> World:
    """Everything is written as the app, so the policies judge it."""
    day = (now + timedelta(days=30)).date()
    async with stage.hotel(hotel_id) as session:
        rows = _Rows(session, hotel_id, vault, day, now)
        for table in tenant_tables():
            if table.name not in ("hotels", VOTES, *NOT_BY_HAND):
                await rows.add(table)
        await session.execute(select(func.seal_audit(1)))
        text_id = rows.ids["knowledge_documents"]
        note_id = rows.ids["notes"]
        of_task = {"conversation_id": None, "task_id": rows.ids["tasks"]}
        task_note = await rows.add(metadata.tables["notes"], **of_task)
        rows.ids["notes"] = note_id
        fact = {"source": "fact", "fact_key": "gym", "value": {"value": True}}
        fact_id = await rows.add(metadata.tables["knowledge_documents"], **fact)
        rows.ids["knowledge_documents"] = text_id
        guest_id, taken = rows.ids["guests"], rows.ids["quotes"]
        open_quote = await rows.add(metadata.tables["quotes"])
        other_guest = await rows.add(metadata.tables["guests"])
        await rows.add(metadata.tables[VOTES])
        _, key = await add_key(session, hotel_id, KeyIn(name="probe"), by="probe")
        _, bare = await add_key(session, hotel_id, KeyIn(name="bare", scopes=[]), by="probe")
        findable, own_word = await plant(session, hotel_id)
    names: dict[str, Any] = _names(rows.ids)
    names |= {"hotel_id": str(hotel_id), "quote_id": str(open_quote)}
    names |= {"guest_id": str(guest_id), "other_guest_id": str(other_guest)}
    names |= {"quote_ids": [names["quote_id"]], "line_ids": [names["booking_room_id"]]}
    names |= {"first": f"{day}", "arrival": f"{day}", "departure": f"{day + timedelta(1)}"}
    names |= {"until": names["departure"]}
    names |= {"q": SHARED, "after": names["message_id"]}
    names |= {"assignee_id": names["membership_id"], "shortcut": rows.shortcut}
    names |= {"country": "ES", "year": f"{day.year}"}
    ids = {
        task_note,
        hotel_id,
        fact_id,
        guest_id,
        taken,
        open_quote,
        *rows.ids.values(),
        *findable.values(),
    }
    return World(hotel_id, key, bare, names, frozenset(map(str, ids)), own_word, rows.ids)


def _names(ids: Mapping[str, UUID]) -> dict[str, str]:
    """What a route may call them: the table's whole name in the singular, or its last word.

    A route with a name of its own making is a hole until its name is told here.
    """
    whole = {re.sub("ie$", "y", table.removesuffix("s")): str(i) for table, i in ids.items()}
    short = {table.rpartition("_")[2]: i for table, i in whole.items()}
    return {
        f"{name}_id": i
        for name, i in (short | whole | {"key": whole["api_key"], "tax": whole["taxe"]}).items()
    }


@dataclass
class _Rows:
    """Rows for one hotel, each pointing at the ones before it."""

    session: AsyncSession
    hotel_id: HotelId
    vault: Vault
    day: date
    now: datetime

    def __post_init__(self) -> None:
        self.ids: dict[str, UUID] = {}
        self.shortcut = f"probe{secrets.token_hex(4)}"

    async def add(self, table: Table, **said: object) -> UUID | None:
        given = {"hotel_id": self.hotel_id, **self._parents(table), **self._given(table.name)}
        given |= said
        choices = _choices(table)
        values: dict[str, Any] = {}
        for column in table.c:
            if column.name in given:
                values[column.name] = given[column.name]
            elif _wanted(column):
                values[column.name] = choices.get(column.name) or self._any(column)
        await self.session.execute(table.insert().values(values))
        if "id" in values:
            self.ids[table.name] = values["id"]
        return values.get("id")

    def _parents(self, table: Table) -> dict[str, Any]:
        return {
            key.parent.name: self.ids[key.column.table.name]
            for constraint in table.foreign_key_constraints
            for key in constraint.elements
            if key.column.name == "id" and key.column.table.name != "hotels"
            if not key.parent.nullable or (table.name, key.parent.name) in FILLED
        }

    def _given(self, table: str) -> dict[str, Any]:
        """What our own rules ask of a row, beyond its type and its CHECKs."""
        policy = {"free_until": self.now.isoformat(), "fee": 0}
        digits = str(secrets.randbelow(10**10) + 10**10)
        departure = self.day + timedelta(days=1)
        later = self.day + timedelta(days=300)
        night = {"night": self.day.isoformat(), "price": 1, "tax": 0}
        known: dict[str, dict[str, Any]] = {
            "whatsapp_instances": {
                "id_instance": digits,
                "api_url": NOWHERE,
                "api_token": self.vault.seal("of no use"),
            },
            "hotel_keys": {"wrapped": self.vault.wrap(self.hotel_id, new_key())},
            "conversations": {"chat": f"{digits}@c.us"},
            "knowledge_documents": {"language": "en"},
            "knowledge_cases": {"expect": "none"},
            "staff_channels": {"url": self.vault.seal("json://127.0.0.1:9/of-no-use")},
            "surveys": {"questions": []},
            "alert_templates": {"kind": "request", "language": "en"},
            "alert_ladders": {"levels": [{"minutes": 10}]},
            "staff_shifts": {"weekday": 1, "starts": "08:00", "ends": "16:00"},
            "staff_notifications": {
                "kind": "draft",
                "details": {"drafts": ["probe"]},
                "conversation_id": self.ids.get("conversations"),
            },
            "room_types": {"max_adults": 2, "max_guests": 3},
            "nightly_inventory": {"capacity": 10, "sold": 1, "held": 1},
            "quotes": {
                "departure": departure,
                "nights": [night],
                "policy": policy,
                "policy_hash": policy_hash(policy),
                "rates_version": select(metadata.tables["hotels"].c.rates_version)
                .where(metadata.tables["hotels"].c.id == self.hotel_id)
                .scalar_subquery(),
            },
            "holds": {"departure": departure},
            "bookings": {"departure": departure, "policy": policy},
            "payment_accounts": {
                "api_url": NOWHERE,
                "secret_key": self.vault.seal("of no use"),
            },
            "payments": {"paid_amount": 1},
            "booking_addons": {"until": departure},
            "calendar_events": {"until": departure},
            "imports": {"rows": [], "status": "preview"},
            "import_changes": {"key": str(uuid7())},
            "external_ids": {"key": str(uuid7())},
            "photos": {"url": "https://example.org/room.jpg", "room_id": self.ids.get("rooms")},
            "room_blocks": {"first": later, "until": later + timedelta(days=1)},
            "room_claims": {
                "first": later + timedelta(days=1),
                "until": later + timedelta(days=2),
            },
            "triggers": {"event": "message.received", "actions": [{"type": "tag", "tag": "x"}]},
            "webhook_subscriptions": {"url": NOWHERE, "secret": self.vault.seal("of no use")},
            "webhook_deliveries": {"event_id": self.ids.get("outbox_events"), "status": "dead"},
            "notes": {"conversation_id": self.ids.get("conversations")},
            "tasks": {"number": secrets.randbelow(10**9) + 10**9},
            "labels": {"colour": "#808080"},
            "api_keys": {"scopes": []},
            "roles": {"scopes": []},
            "memberships": {"email": f"{digits}@probe.invalid", "status": "active"},
            "sla_calendars": {"department_id": self.ids.get("departments")},
            "canned_replies": {"shortcut": self.shortcut},
        }
        return known.get(table, {})

    def _any(self, column: Column[Any]) -> object:
        match column.type:
            case types.Uuid():
                return uuid7()
            case types.Integer() | types.Float():
                return 1
            case types.DateTime():
                return self.now + timedelta(hours=1)
            case types.Date():
                return self.day + timedelta(days=column.name in LAST_DAYS)
            case types.LargeBinary():
                return secrets.token_bytes(8)
            case JSONB():
                return {}
            case Vector():
                return [0.1] * (column.type.dim or 1)
            case _:
                return secrets.token_hex(8)


def _wanted(column: Column[Any]) -> bool:
    """Whether somebody has to say what stands in it."""
    unsaid = column.nullable or column.server_default is not None or column.identity is not None
    return not unsaid


def _choices(table: Table) -> dict[str, str]:
    """The first word that a CHECK allows, where it lists them."""
    checks = [str(getattr(c, "sqltext", "")) for c in table.constraints]
    return {found[1]: found[2] for check in checks if (found := CHOICES.match(check))}
