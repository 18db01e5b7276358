"""`frontdesk explain-event`: what we understand of one webhook body, as one JSON object."""

from typing import Any

from frontdesk.messaging.payload import read_event


def explain(raw: bytes) -> dict[str, Any]:
    event = read_event(raw)
    message = event.message
    return {
        "kind": event.kind,
        "event_key": event.event_key,
        "direction": event.direction,
        "from_api": event.from_api,
        "chat": event.chat,
        "chat_kind": event.chat_kind,
        "message": None
        if message is None
        else {
            "type": message.type,
            "text": message.text,
            "quoted_id": message.quoted_id,
            "choice_id": message.choice_id,
            "media": message.media,
        },
        "status": event.status,
    }
