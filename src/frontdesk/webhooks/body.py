"""One event as everybody outside hears it, by webhook or by broker."""

import json
from typing import Any

from frontdesk.messaging.models import OutboxEvent


def body_of(event: OutboxEvent) -> bytes:
    """JSON; the same for every try."""
    told: dict[str, Any] = {
        "type": event.event_type,
        "timestamp": event.created_at.isoformat(),
        "id": str(event.id),
        "hotel_id": str(event.hotel_id),
        "subject": str(event.aggregate_id),
        "data": event.payload,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
