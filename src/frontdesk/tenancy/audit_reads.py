"""Which requests read what is personal; each is noted in the transaction that reads it."""

from functools import partial
from uuid import UUID

from fastapi import Request

from frontdesk.kit.asked import asked
from frontdesk.tenancy.audit import record

PERSONAL = frozenset(
    {
        *("conversations:read", "bookings:read", "guests:read", "guests:export", "staff:read"),
        *("users:read", "payments:read", "reviews:read", "search:read", "audit:read"),
        *("knowledge:read", "triggers:read", "events:read", "imports:read"),
    }
)
"""Who may ask under one of these may see people, unless the route is one of the following."""
IMPERSONAL = frozenset(
    {"availability", "documents", "{document_id}", "triggers", "{trigger_id}", "types", "frames"}
)
"""The last part of paths that show a hotel's rooms, texts and rules, and nobody."""


def note_read(request: Request, scope: str, hotel_id: UUID, actor: str) -> None:
    """One entry a request: `messages.read` of `conversation:<id>`, or of the whole hotel."""
    now, parts = asked(), _path(request).split("/")
    if now is None or request.method != "GET" or scope not in PERSONAL or parts[-1] in IMPERSONAL:
        return
    names = [part.strip("{}") for part in parts if part.startswith("{")]
    kind = next((part for part in reversed(parts) if not part.startswith("{")), "hotel")
    subject = f"{names[-1].removesuffix('_id')}:{request.path_params.get(names[-1])}"
    now.hotel_id = hotel_id
    now.note = partial(_note, hotel_id=hotel_id, action=f"{kind}.read", subject=subject, by=actor)


def _note(session: object, *, hotel_id: UUID, action: str, subject: str, by: str) -> None:
    record(session, hotel_id, action, subject, by=by)  # pyright: ignore[reportArgumentType]


def _path(request: Request) -> str:
    return str(getattr(request.scope.get("route"), "path", request.url.path))
