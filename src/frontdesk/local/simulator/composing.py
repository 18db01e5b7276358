"""What each sending method asks for, and the message it makes of it."""

import mimetypes
from collections.abc import Callable, Mapping
from typing import Any, cast

from frontdesk.local.simulator.fields import BadCall, Body, chat_field, objects, text_field
from frontdesk.local.simulator.state import Bubble, Number, new_id, now

Sending = Callable[[Number, Body], Bubble]
KINDS = frozenset({"image", "video", "audio"})


def draft(
    chat: str, data: dict[str, Any], text: str, *, buttons: list[dict[str, str]] | None = None
) -> Bubble:
    """A message of the hotel's, made by API and not sent yet."""
    bubble = Bubble(new_id("BAE5"), chat, "api", data["typeMessage"], text, now(), buttons or [])
    bubble.status, bubble.data = "pending", data
    return bubble


def quoted_part(number: Number, chat: str, message_id: str) -> dict[str, Any] | None:
    """`quotedMessage` for a message of the chat; None when there is no such message."""
    target = number.find(message_id, chat)
    if target is None:
        return None
    told = {"stanzaId": target.id, "participant": participant(number, target)}
    return told | {"typeMessage": "textMessage", "textMessage": target.text}


def participant(number: Number, bubble: Bubble) -> str:
    if bubble.by != "guest":
        return number.wid
    return number.on_the_wire(bubble.sender or bubble.chat)


def _message(number: Number, body: Body) -> Bubble:
    chat, text = chat_field(number, body), text_field(body, "message")
    extended: dict[str, Any] = {"text": text, "previewType": "None", "isForwarded": False}
    data: dict[str, Any] = {
        "typeMessage": "extendedTextMessage",
        "extendedTextMessageData": extended,
    }
    return draft(chat, data, text)


def _reply_buttons(number: Number, body: Body) -> Bubble:
    chat, text = chat_field(number, body), text_field(body, "body")
    listed = _buttons(body)
    shown = _card(body, text, [{"type": "reply", **b} for b in listed])
    data = {"typeMessage": "interactiveButtonsReply", "interactiveButtonsReply": shown}
    buttons = [{"id": b["buttonId"], "text": b["buttonText"]} for b in listed]
    return draft(chat, data, text, buttons=buttons)


def _action_buttons(number: Number, body: Body) -> Bubble:
    """Copy, call and url buttons: nothing that a guest could answer with."""
    chat, text = chat_field(number, body), text_field(body, "body")
    listed = _buttons(body)
    if any(b.get("type") not in ("copy", "call", "url") for b in listed):
        raise BadCall("'buttons.type' must be one of [copy, call, url]")
    data = {"typeMessage": "interactiveButtons", "interactiveButtons": _card(body, text, listed)}
    return draft(chat, data, text)


def _buttons(body: Body) -> list[dict[str, Any]]:
    listed = objects(body, "buttons", least=1, most=3)
    for button in listed:
        text_field(button, "buttonText", limit=25)
        text_field(button, "buttonId")
    return listed


def _card(body: Body, text: str, buttons: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "titleText": str(body.get("header") or ""),
        "contentText": text,
        "footerText": str(body.get("footer") or ""),
        "buttons": buttons,
    }


def _file(number: Number, body: Body) -> Bubble:
    """By its name's ending an image, a video, a recording or a document."""
    chat = chat_field(number, body)
    url, name = text_field(body, "urlFile"), text_field(body, "fileName")
    caption = text_field(body, "caption", limit=1024) if body.get("caption") else ""
    mime = mimetypes.guess_type(name)[0] or ""
    kind = mime.partition("/")[0]
    file = {"downloadUrl": url, "caption": caption, "fileName": name, "mimeType": mime}
    file |= {"jpegThumbnail": "", "forwardingScore": 0, "isForwarded": False}
    shown = f"{kind if kind in KINDS else 'document'}Message"
    return draft(chat, {"typeMessage": shown, "fileMessageData": file}, caption or name)


def _location(number: Number, body: Body) -> Bubble:
    chat, place = chat_field(number, body), location(body)
    if place is None:
        raise BadCall("'latitude' and 'longitude' must be numbers")
    shown = place["nameLocation"] or place["address"] or "location"
    return draft(chat, {"typeMessage": "locationMessage", "locationMessageData": place}, shown)


def location(body: Body) -> dict[str, Any] | None:
    """A place on earth; None when it is none."""
    for name, most in (("latitude", 90), ("longitude", 180)):
        value = body.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > most:
            return None
    named = {k: str(body.get(k) or "") for k in ("nameLocation", "address")}
    return {**named, "latitude": body["latitude"], "longitude": body["longitude"]}


def _contact(number: Number, body: Body) -> Bubble:
    chat, asked = chat_field(number, body), body.get("contact")
    contact = cast("dict[str, Any]", asked if isinstance(asked, dict) else {})
    phone = contact.get("phoneContact")
    if not isinstance(phone, int):
        raise BadCall("'contact.phoneContact' must be a number")
    names = (str(contact.get(k) or "") for k in ("firstName", "middleName", "lastName"))
    shown = " ".join(n for n in names if n) or str(contact.get("company") or phone)
    data = {"typeMessage": "contactMessage", "contactMessageData": card(shown, str(phone))}
    return draft(chat, data, shown)


def card(name: str, phone: str) -> dict[str, str]:
    vcard = f"BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nTEL;waid={phone}:+{phone}\nEND:VCARD"
    return {"displayName": name, "vcard": vcard}


def _poll(number: Number, body: Body) -> Bubble:
    chat, text = chat_field(number, body), text_field(body, "message")
    options = objects(body, "options", least=2, most=12)
    names = [text_field(o, "optionName") for o in options]
    if len(set(names)) < len(names):
        raise BadCall("'options' contains a duplicate value")
    options = [{"optionName": name} for name in names]
    poll = {
        "name": text,
        "options": options,
        "multipleAnswers": body.get("multipleAnswers") is True,
    }
    return draft(chat, {"typeMessage": "pollMessage", "pollMessageData": poll}, text)


SENDINGS: Mapping[str, Sending] = {
    "sendMessage": _message,
    "sendInteractiveButtonsReply": _reply_buttons,
    "sendInteractiveButtons": _action_buttons,
    "sendFileByUrl": _file,
    "sendFileByUpload": _file,
    "sendLocation": _location,
    "sendContact": _contact,
    "sendPoll": _poll,
}


def compose(number: Number, method: str, body: Body) -> Bubble:
    """A sending method's message, as a reply and after typing where that was asked."""
    bubble = SENDINGS[method](number, body)
    bubble.typing = _typing_time(body)
    if asked := str(body.get("quotedMessageId") or ""):
        quoted = quoted_part(number, bubble.chat, asked)
        if quoted is None:
            raise BadCall("'quotedMessageId' message not found")
        answer(bubble, quoted)
    return bubble


def answer(bubble: Bubble, quoted: Mapping[str, Any]) -> None:
    """Make a reply of it: a text changes its kind, anything else only names what it answers."""
    bubble.data["quotedMessage"], bubble.about = dict(quoted), quoted["stanzaId"]
    text = bubble.data.pop("textMessageData", None)
    if text is not None:
        bubble.data["extendedTextMessageData"] = {"text": text["textMessage"]}
    if "extendedTextMessageData" in bubble.data:
        bubble.kind = bubble.data["typeMessage"] = "quotedMessage"
        bubble.data["extendedTextMessageData"] |= {
            k: quoted[k] for k in ("stanzaId", "participant")
        }


def _typing_time(body: Body) -> float:
    asked = body.get("typingTime")
    if asked is None:
        return 0
    if not isinstance(asked, int) or not 1000 <= asked <= 20_000:
        raise BadCall("'typingTime' must be from 1000 to 20000")
    return asked / 1000
