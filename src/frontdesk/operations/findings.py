"""What the proof of the wall is written in: findings, and who may see what."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

APP, PLATFORM = "hotel_bot_tenant", "frontdesk_platform"
KEEPER = "frontdesk_keeper"
"""Seals the audit log and lets go of what is too old, bound to one hotel; nobody logs in as it."""
KEEPER_MAY: dict[str, frozenset[str]] = {
    "audit_log": frozenset({"SELECT", "INSERT", "DELETE"}),
    "audit_heads": frozenset({"SELECT", "INSERT", "UPDATE"}),
    "inbound_events": frozenset({"SELECT", "DELETE"}),
    "messages": frozenset({"SELECT", "DELETE"}),
    "trigger_runs": frozenset({"SELECT", "DELETE"}),
    "outbound_messages": frozenset({"SELECT"}),
    "search_entries": frozenset({"SELECT", "DELETE"}),
    "search_queue": frozenset({"INSERT"}),
}
SEALED_COLUMNS = frozenset({"seq", "prev_hash", "hash"})
"""All that the keeper may change of an entry of the audit log."""
UNWALLED = frozenset({"alembic_version"})
PEOPLE = frozenset(
    [
        *("users", "user_sessions", "user_refreshes", "user_links", "user_recovery_codes"),
        *("user_identities", "sign_in_throttles", "sign_in_events"),
    ]
)
"""Rows of no hotel: the platform's alone, shut to the app."""
PLATFORM_COLUMNS: dict[str, frozenset[str]] = {
    "hotels": frozenset(),
    "idempotency_keys": frozenset(),
    "whatsapp_instances": frozenset(
        [
            "hotel_id",
            "id",
            "instance_key",
            "id_instance",
            "webhook_token_digest",
            "state",
            "state_at",
        ]
    ),
    "api_keys": frozenset(["hotel_id", "id", "digest", "scopes", "departments", "revoked_at"]),
    "departments": frozenset(["hotel_id", "id", "code"]),
    "inbound_events": frozenset(
        ["hotel_id", "id", "instance_id", "lane", "chat", "received_at", "state", "tries"]
    ),
    "outbound_messages": frozenset(
        ["hotel_id", "id", "instance_id", "status", "not_before", "lease_until", "created_at"]
    ),
    "outbox_events": frozenset(
        ["hotel_id", "id", "created_at", "processed_at", "dead_at", "forwarded_at"]
    ),
    "notification_deliveries": frozenset(["hotel_id", "id", "status", "next_try_at", "created_at"]),
    "knowledge_documents": frozenset(["hotel_id", "id", "status", "updated_at", "lease_until"]),
    "planned_sends": frozenset(["hotel_id", "id", "state", "try_at"]),
    "rule_plannings": frozenset(["hotel_id", "started_at", "finished_at"]),
    "broadcasts": frozenset(["hotel_id", "id", "state", "next_at"]),
    "trigger_steps": frozenset(["hotel_id", "id", "try_at"]),
    "knowledge_indexes": frozenset(["hotel_id", "id", "status", "updated_at"]),
    "audit_log": frozenset(["hotel_id", "seq", "created_at"]),
    "conversations": frozenset(
        [
            *("hotel_id", "id", "instance_id", "chat", "owner", "lease_until"),
            *("status", "assignee_id", "snoozed_until", "unassigned_since", "unassigned_due"),
        ]
    ),
    "desk_seats": frozenset(["hotel_id", "id", "available", "load", "capacity"]),
    "scheduled_messages": frozenset(["hotel_id", "id", "state", "send_at"]),
    "tasks": frozenset(["hotel_id", "id", "overdue_at"]),
    "messages": frozenset(["hotel_id", "conversation_id", "direction", "handled_at", "created_at"]),
    "imports": frozenset(["hotel_id", "id", "status", "updated_at"]),
    "calendar_sources": frozenset(["hotel_id", "id", "next_fetch_at", "removed_at"]),
    "pms_links": frozenset(["hotel_id", "id", "next_sync_at"]),
    "memberships": frozenset(["hotel_id", "id", "user_id", "role", "status", "departments"]),
    "roles": frozenset(["hotel_id", "id", "name", "scopes", "approval_limit"]),
    "alert_steps": frozenset(["hotel_id", "id", "state", "try_at"]),
    "mails": frozenset(["hotel_id", "id", "next_try_at", "sent_at", "dead_at"]),
    "guest_identities": frozenset(["hotel_id", "id", "look_at"]),
    "waitlist_entries": frozenset(["hotel_id", "id", "status", "offer_until", "created_at"]),
    "payments": frozenset(["hotel_id", "id", "look_at"]),
    "payment_events": frozenset(["hotel_id", "id", "state", "created_at"]),
    "search_queue": frozenset(["hotel_id", "id", "queued_at"]),
    "sla_clocks": frozenset(["hotel_id", "id", "look_at"]),
    "webhook_deliveries": frozenset(["hotel_id", "id", "status", "next_try_at"]),
}
"""The platform role's tables and the columns it may read; the first two by a table's grant."""


@dataclass(frozen=True, slots=True)
class Finding:
    check: str
    subject: str
    holds: bool
    detail: str = ""


async def rows(session: AsyncSession, query: str) -> Sequence[Any]:
    return (await session.execute(text(query))).all()
