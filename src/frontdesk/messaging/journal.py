"""Journal rows are flat and unlike webhooks; here one is put in a webhook's words."""

from collections.abc import Mapping
from typing import Any

FILES = frozenset(
    {"imageMessage", "videoMessage", "documentMessage", "audioMessage", "stickerMessage"}
)
NESTED: Mapping[str, tuple[str, str]] = {
    "locationMessage": ("locationMessageData", "location"),
    "contactMessage": ("contactMessageData", "contact"),
    "extendedTextMessage": ("extendedTextMessageData", "extendedTextMessage"),
    "quotedMessage": ("extendedTextMessageData", "extendedTextMessage"),
    "reactionMessage": ("extendedTextMessageData", "extendedTextMessage"),
}


def as_webhook(row: Mapping[str, Any], id_instance: str) -> dict[str, Any]:
    """An incoming row of `lastIncomingMessages` as the webhook that should have come.

    Source: green-api.md 3.3. The event key of both is the same, so that one of them is kept.
    """
    name = row.get("senderName")
    return {
        "typeWebhook": "incomingMessageReceived",
        "instanceData": {"idInstance": id_instance, "typeInstance": "whatsapp"},
        "timestamp": row.get("timestamp"),
        "idMessage": row.get("idMessage"),
        "senderData": {
            "chatId": row.get("chatId"),
            "sender": row.get("senderId") or row.get("chatId"),
            "senderName": name,
            "senderContactName": row.get("senderContactName"),
        },
        "messageData": _data(row),
    }


def _data(row: Mapping[str, Any]) -> dict[str, Any]:
    kind = str(row.get("typeMessage") or "")
    if kind == "textMessage":
        return {"typeMessage": kind, "textMessageData": {"textMessage": row.get("textMessage")}}
    if kind in FILES:
        return {"typeMessage": kind, "fileMessageData": dict(row)}
    webhooks_name, journals_name = NESTED.get(kind, ("", ""))
    if journals_name and journals_name in row:
        rest = {"quotedMessage": row["quotedMessage"]} if "quotedMessage" in row else {}
        return {"typeMessage": kind, webhooks_name: row[journals_name], **rest}
    return {**row, "typeMessage": kind}
