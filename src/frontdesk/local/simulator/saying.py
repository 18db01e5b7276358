"""What guests, and staff on the hotel's own phone, do: as the wire's messageData."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, cast

from frontdesk.local.simulator.composing import answer, card, location, participant, quoted_part
from frontdesk.local.simulator.files import ANY_TYPE, keep
from frontdesk.local.simulator.sending import depart, mark_read
from frontdesk.local.simulator.state import Bubble, File, Number, Simulator, new_id
from frontdesk.local.simulator.webhooks import announce

Wanted = Mapping[str, Any]
MEDIA = frozenset({"image", "video", "audio", "document", "sticker"})
CHATS = frozenset({"c.us", "lid", "g.us", "broadcast", "newsletter"})
LONGEST = 65_536
"""Characters that WhatsApp lets a person type."""


class Nonsense(Exception):
    """The request names no number, no chat or nothing to say"""


def chat_of(number: Number, sender: str) -> str:
    """`+34 600 111 222`, `34600111222`, or a whole chat id such as `...@lid`."""
    if "@" in sender:
        if sender.rpartition("@")[2] not in CHATS:
            raise Nonsense("there is no such kind of chat")
        return number.person(sender)
    digits = "".join(c for c in sender if c.isdecimal())
    if not digits:
        raise Nonsense("a guest needs a number")
    return f"{digits}@c.us"


def guest_does(simulator: Simulator, number: Number, wanted: Wanted) -> Bubble:
    """A guest's message, in their own chat or a group's, arrives at the hotel's number."""
    sender = chat_of(number, str(wanted.get("from", "")))
    group = wanted.get("group")
    chat = chat_of(number, str(group)) if group else sender
    bubble = _did(simulator, number, chat, wanted, by="guest") or _sent(
        simulator, number, chat, wanted
    )
    bubble.name = str(wanted.get("name") or "Guest")
    bubble.sender = sender if group else ""
    announce(number, bubble)
    if number.wants("markIncomingMessagesReaded"):
        mark_read(number, chat)
    simulator.tell()
    return bubble


def staff_does(simulator: Simulator, number: Number, wanted: Wanted) -> Bubble:
    """A person on the hotel's own handset: what they send departs at once."""
    chat = chat_of(number, str(wanted.get("to", "")))
    done = _did(simulator, number, chat, wanted, by="phone")
    bubble = done or _sent(simulator, number, chat, wanted)
    bubble.by = "phone"
    if done:
        announce(number, bubble)
        simulator.tell()
    else:
        number.remember(bubble)
        depart(simulator, number, bubble)
    return bubble


def _new(simulator: Simulator, chat: str, data: dict[str, Any], text: str) -> Bubble:
    at = simulator.time()
    return Bubble(new_id(), chat, "guest", data["typeMessage"], text, at, data=data)


def _did(
    simulator: Simulator, number: Number, chat: str, wanted: Wanted, *, by: str
) -> Bubble | None:
    """What is done to an earlier message: edited, deleted, reacted to, tapped, voted in."""
    doing = next((k for k in DEEDS if wanted.get(k)), None)
    if doing is None:
        return None
    target = number.find(_target_id(wanted[doing]), chat)
    if target is None:
        raise Nonsense("there is no such message in this chat")
    own = (target.by == "guest") is (by == "guest")
    if (doing in ("edit", "delete") and not own) or (doing in ("choice", "vote") and own):
        raise Nonsense("that cannot be done to one's own message" if own else "not one's own")
    data, text = DEEDS[doing](number, target, wanted)
    bubble = _new(simulator, chat, data, text)
    bubble.about = target.id
    return bubble


def _target_id(wanted: Any) -> str:
    if not isinstance(wanted, dict):
        return str(wanted)
    return str(cast("dict[str, Any]", wanted).get("message", ""))


def _edited(number: Number, target: Bubble, wanted: Wanted) -> tuple[dict[str, Any], str]:
    del number
    text = _text(wanted)
    target.text, target.edited = text, True
    edited = {"textMessage": text, "stanzaId": target.id}
    return {"typeMessage": "editedMessage", "editedMessageData": edited}, text


def _deleted(number: Number, target: Bubble, wanted: Wanted) -> tuple[dict[str, Any], str]:
    del number, wanted
    target.text, target.deleted = "", True
    return {"typeMessage": "deletedMessage", "deletedMessageData": {"stanzaId": target.id}}, ""


def _reacted(number: Number, target: Bubble, wanted: Wanted) -> tuple[dict[str, Any], str]:
    target.reaction = _text(wanted)
    return {
        "typeMessage": "reactionMessage",
        "extendedTextMessageData": {"text": target.reaction},
        "quotedMessage": {"stanzaId": target.id, "participant": participant(number, target)},
    }, target.reaction


def _tapped(number: Number, target: Bubble, wanted: Wanted) -> tuple[dict[str, Any], str]:
    """The same tap comes under two names, by the guest's device (green-api.md 1.6)."""
    asked = _object(wanted, "choice").get("id")
    at = next((i for i, b in enumerate(target.buttons) if b["id"] == asked), None)
    if at is None:
        raise Nonsense("there is no such button")
    number.taps += 1
    label = target.buttons[at]["text"]
    inner = {"stanzaId": target.id, "selectedId": target.buttons[at]["id"]}
    inner |= {"selectedIndex": at, "selectedDisplayText": label}
    if number.taps % 2:
        data = {"typeMessage": "interactiveButtonsResponse", "interactiveButtonsResponse": inner}
    else:
        data = {"typeMessage": "templateButtonsReplyMessage", "templateButtonReplyMessage": inner}
    return data, label


def _voted(number: Number, target: Bubble, wanted: Wanted) -> tuple[dict[str, Any], str]:
    """One voter's view of the poll."""
    poll, asked = target.data.get("pollMessageData"), _object(wanted, "vote").get("options")
    if poll is None or not isinstance(asked, list):
        raise Nonsense("a vote names a poll's message and a list of options")
    chosen = [str(option) for option in cast("list[Any]", asked)]
    names = [option["optionName"] for option in poll["options"]]
    if not set(chosen) <= set(names) or (len(chosen) > 1 and not poll["multipleAnswers"]):
        raise Nonsense("the poll has no such answer")
    voter = [number.on_the_wire(chat_of(number, str(wanted.get("from", ""))))]
    votes = [
        {"optionName": name, "optionVoters": voter if name in chosen else []} for name in names
    ]
    data = {"stanzaId": target.id, **poll, "votes": votes}
    del data["options"]
    return {"typeMessage": "pollUpdateMessage", "pollMessageData": data}, ", ".join(chosen)


DEEDS = {
    "edit": _edited,
    "delete": _deleted,
    "react": _reacted,
    "choice": _tapped,
    "vote": _voted,
}


def _sent(simulator: Simulator, number: Number, chat: str, wanted: Wanted) -> Bubble:
    """Words, a file, a place or a contact; maybe as a reply."""
    making = next((make for key, make in THINGS.items() if wanted.get(key)), _words)
    bubble = _new(simulator, chat, *making(simulator, wanted))
    if asked := wanted.get("quoted"):
        quoted = quoted_part(number, chat, str(asked))
        if quoted is None:
            raise Nonsense("there is no such message in this chat")
        answer(bubble, quoted)
    return bubble


def _words(simulator: Simulator, wanted: Wanted) -> tuple[dict[str, Any], str]:
    del simulator
    text = _text(wanted)
    return {"typeMessage": "textMessage", "textMessageData": {"textMessage": text}}, text


def _file(simulator: Simulator, wanted: Wanted) -> tuple[dict[str, Any], str]:
    """`media`: {kind, url or content in base64, name, mime}; the text is its caption."""
    media = _object(wanted, "media")
    kind, caption = str(media.get("kind", "image")), str(wanted.get("text", ""))
    if kind not in MEDIA:
        raise Nonsense(f"media is one of {', '.join(sorted(MEDIA))}")
    mime, url = str(media.get("mime") or ""), str(media.get("url") or "")
    if content := media.get("content"):
        try:
            kept = File(base64.b64decode(str(content), validate=True), mime or ANY_TYPE)
        except binascii.Error:
            raise Nonsense("the content is not base64") from None
        url = f"{wanted['address']}{keep(simulator, kept)}"
    name = str(media.get("name") or "file")
    file = {"downloadUrl": url, "caption": caption, "fileName": name}
    file |= {"mimeType": mime, "jpegThumbnail": "", "forwardingScore": 0, "isForwarded": False}
    return {"typeMessage": f"{kind}Message", "fileMessageData": file}, caption or name


def _place(simulator: Simulator, wanted: Wanted) -> tuple[dict[str, Any], str]:
    del simulator
    place = location(_object(wanted, "location"))
    if place is None:
        raise Nonsense("a location has latitude and longitude")
    shown = place["nameLocation"] or place["address"]
    return {"typeMessage": "locationMessage", "locationMessageData": place}, shown


def _contact(simulator: Simulator, wanted: Wanted) -> tuple[dict[str, Any], str]:
    del simulator
    contact = _object(wanted, "contact")
    name, phone = str(contact.get("name") or ""), str(contact.get("phone") or "")
    if not name or not phone.isdecimal():
        raise Nonsense("a contact has a name and a phone in digits")
    return {"typeMessage": "contactMessage", "contactMessageData": card(name, phone)}, name


THINGS = {"media": _file, "location": _place, "contact": _contact}


def _object(wanted: Wanted, name: str) -> Wanted:
    if not isinstance(wanted[name], dict):
        raise Nonsense(f"{name} is an object")
    return wanted[name]


def _text(wanted: Wanted) -> str:
    text = wanted.get("text")
    if not isinstance(text, str) or not text:
        raise Nonsense("nothing was said")
    return text[:LONGEST]
