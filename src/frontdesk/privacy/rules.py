"""What an erasure does to each table: some rows go, most stay for the books without a person."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, String, Table, case, func

from frontdesk.tenancy.audit import WORDS

Rule = Callable[[Table], ColumnElement[Any]]
GONE = frozenset(
    [
        *("guest_identities", "guest_merges", "guest_links", "idempotency_keys"),
        *("knowledge_gaps", "knowledge_cases"),
        *("conversation_labels", "composer_drafts", "note_mentions", "notes"),
    ]
)
"""Tables whose rows are deleted."""


def _row_name(table: Table) -> ColumnElement[Any]:
    """In place of what is unique and says who it was."""
    return func.concat("erased:", table.c.id)


def emptied(table: Table) -> dict[str, Any]:
    """The new values of a row that belonged to the guest.

    A table without rules of its own loses every text whose column's name speaks of words or
    people, and every object; a search for the guest's name and numbers follows in any case.
    """
    known = RULES.get(table.name)
    if known is not None:
        return {c: v(table) if callable(v) else v for c, v in known.items()}
    return {c.name: _empty(c) for c in table.c if _speaks(c)}


def _speaks(column: Column[Any]) -> bool:
    plain = isinstance(column.type, String) and not column.foreign_keys
    return plain and bool(WORDS.search(column.name))


def _empty(column: Column[Any]) -> str | None:
    return None if column.nullable else ""


def _turned(column: str, was: str, then: str) -> Rule:
    """Only what still waits is stopped."""

    def rule(table: Table) -> ColumnElement[Any]:
        return case((table.c[column] == was, then), else_=table.c[column])

    return rule


def _still(column: str, among: Collection[str], then: str) -> Rule:
    """As above, where more than one state is waiting."""

    def rule(table: Table) -> ColumnElement[Any]:
        return case((table.c[column].in_(among), then), else_=table.c[column])

    return rule


def _at_latest_now(column: str) -> Rule:
    def rule(table: Table) -> ColumnElement[Any]:
        return func.coalesce(table.c[column], func.now())

    return rule


def _next_fence(table: Table) -> ColumnElement[Any]:
    return table.c.fence + 1


RULES: Mapping[str, Mapping[str, Any]] = {
    "guests": {
        "name": None,
        "phone": None,
        "language": None,
        "vip": False,
        "preferences": {},
        "consent_at": None,
    },
    "conversations": {
        "chat": _row_name,
        "status": "closed",
        "owner": "staff",
        "state": {},
        "tags": [],
        "reason": None,
        "language": None,
        "lease_owner": None,
        "lease_until": None,
        "fence": _next_fence,
        "snoozed_until": None,
        "waiting_since": None,
        "unassigned_since": None,
        "unassigned_due": None,
    },
    "conversation_changes": {"reason": None},
    "conversation_segments": {"reason": None, "summary": None},
    "tasks": {
        "title": "",
        "text": "",
        "photo_url": None,
        "tell_guest": False,
        "overdue_at": None,
        "state": _still("state", ("open", "in_progress"), "cancelled"),
    },
    "scheduled_messages": {"text": "", "state": _turned("state", "waiting", "cancelled")},
    "messages": {
        "text": "",
        "content": {},
        "metadata": {},
        "choice_id": None,
        "language": None,
        "intent": None,
        "sentiment": None,
        "sentiment_score": None,
        "urgency": None,
        "deleted_at": _at_latest_now("deleted_at"),
        "handled_at": _at_latest_now("handled_at"),
    },
    "outbound_messages": {
        "chat": _row_name,
        "text": "",
        "buttons": [],
        "error": None,
        "status": _turned("status", "queued", "cancelled"),
    },
    "inbound_events": {
        "chat": _row_name,
        "event_key": _row_name,
        "raw": b"",
        "error": None,
        "state": _turned("state", "waiting", "kept"),
    },
    "outbox_events": {"payload": {}, "error": None, "processed_at": _at_latest_now("processed_at")},
    "webhook_deliveries": {"status": _turned("status", "waiting", "dead")},
    "webhook_attempts": {"answer": ""},
    "planned_sends": {
        "why": [],
        "actions": [],
        "state": _turned("state", "planned", "cancelled"),
    },
    "trigger_runs": {"reasons": [], "actions": [], "facts": {}},
    "broadcast_sends": {"why": [], "state": _turned("state", "planned", "stopped")},
    "survey_asks": {"answers": [], "state": _turned("state", "open", "expired")},
    "trigger_steps": {
        "action": {},
        "result": {},
        "state": _turned("state", "waiting", "skipped"),
        "try_at": None,
    },
    "delivery_statuses": {"description": None},
    "staff_notifications": {
        "title": "",
        "body": "",
        "details": {},
        "status": _turned("status", "open", "closed"),
    },
    "notification_deliveries": {
        "error": None,
        "status": _turned("status", "waiting", "dead"),
    },
    "delivery_attempts": {"error": None},
    "alert_steps": {"plan": {}, "state": _turned("state", "waiting", "cancelled")},
    "handovers": {"reason": "", "evidence": {}},
    "quotes": {"dedupe_key": None},
    "holds": {},
    "bookings": {"special_requests": None, "cancel_reason": None},
    "booking_nights": {},
    "booking_rooms": {"guest_name": None},
    "booking_changes": {},
    "waitlist_entries": {},
    "walks": {"note": None},
    "folios": {"name": "", "close_reason": None},
    "folio_routes": {},
    "folio_lines": {},
    "payments": {"reference": None, "url": None},
    "refunds": {"reason": None},
    "invoices": {},
    "reviews": {"title": "", "text": "", "reply": None},
    "review_votes": {},
}
"""By table and column; a function is asked with the table. The rest is said by `emptied`."""
