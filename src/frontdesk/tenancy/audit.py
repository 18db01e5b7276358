"""The audit log: every change and every reading of people, by whom; it holds nobody's words."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import wrote
from frontdesk.kit.ids import uuid7
from frontdesk.tenancy.models import AuditEntry

HIDDEN = "[hidden]"
WORDS = re.compile(
    r"name|phone|mail|text|note|reason|request|title|body|question|message|url|token|secret"
    r"|address|chat|comment|reply|answer|description|document|birth|passport",
    re.IGNORECASE,
)
"""Keys whose values are somebody's words or lead to somebody: that they changed is enough."""
HOUSE = frozenset({"hotel", "room_type", "room", "floor", "bed_type", "feature", "add_on", "tax"})
"""What is said of the house itself is nobody's secret, and kept as it was said."""
PLAIN = re.compile(r"[\w.:/+-]{1,64}", re.ASCII)
"""States, codes, dates and ids; no spaces, so no sentences."""
ID = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\d([T ].*)?", re.IGNORECASE
)
DIGITS = re.compile(r"\d{7}")
"""So many together may be a phone."""


def record(
    session: AsyncSession,
    hotel_id: UUID,
    action: str,
    subject: str,
    *,
    by: str,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    entry_id: UUID | None = None,
) -> None:
    """`subject` is kind:id. What is not an id, a state, a date or a number is hidden.

    So erasing a guest has nothing to take out of the log, and its chain stays whole.
    """
    if not action.endswith(".read"):
        wrote(session, hotel_id)
    kept = _whole if action.partition(".")[0] in HOUSE else bare
    session.add(
        AuditEntry(
            hotel_id=hotel_id,
            id=entry_id or uuid7(),
            actor=by,
            action=action,
            subject=subject,
            old=None if old is None else kept(old),
            new=None if new is None else kept(new),
        )
    )


def changed(row: object, wanted: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Old and new of the columns that `wanted` gives another value; ask before setting them."""
    differing = [name for name, value in wanted.items() if getattr(row, name) != value]
    return {n: getattr(row, n) for n in differing}, {n: wanted[n] for n in differing}


def _whole(values: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v if isinstance(v, Mapping | list) else _bare_or_said(v) for k, v in values.items()}


def _bare_or_said(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def bare(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same keys, with only such values as say nothing about a person."""
    return {
        str(key): value
        if value is None or isinstance(value, bool)
        else HIDDEN
        if WORDS.search(str(key))
        else _bare(value)
        for key, value in values.items()
    }


def _bare(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return bare(cast("Mapping[str, Any]", value))
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, str | bytes):
        return [_bare(part) for part in cast("Sequence[object]", value)]
    said = str(value)
    if ID.fullmatch(said):
        return said
    return said if PLAIN.fullmatch(said) and not DIGITS.search(said) else HIDDEN
