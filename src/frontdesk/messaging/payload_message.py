"""Reads `messageData`: one reader a kind of message, chosen by typeMessage and nothing else."""

import re
from collections.abc import Callable, Mapping

from frontdesk.messaging.loose import Json, first_mapping, items, mapping, text_of
from frontdesk.messaging.wire import WireMessage

MARK = re.compile(r"\{\{(SWE00\d)\}\}\s*")
NAMED = re.compile(r"^F?N[^:\n]*:(.*)$", re.MULTILINE)
MEDIA = frozenset(
    {"imageMessage", "videoMessage", "documentMessage", "audioMessage", "stickerMessage"}
)
SPELLINGS = {
    "templatebuttonreplymessage": "templateButtonsReplyMessage",
    "contactsarraymessage": "contactsArrayMessage",
    "pollcreationmessage": "pollMessage",
}
"""Lower-cased names of the wire's other spellings (green-api.md 1.5, 1.6)."""


def read_message(body: Json) -> WireMessage:
    """`body` is the whole notification: some put message fields beside `messageData`."""
    data = mapping(body.get("messageData"))
    if "typeMessage" not in data and "typeMessage" in body:
        data = {**body, **data}
    kind = _spelled(text_of(data.get("typeMessage")) or "unknown")
    reader = READERS.get(kind, _unknown)
    message = reader(kind, data)
    quoted = mapping(data.get("quotedMessage")) or mapping(body.get("quotedMessage"))
    quoted_id = message.quoted_id or text_of(quoted.get("stanzaId"))
    text, mark = _without_mark(message.text)
    content = {**message.content, **({"mark": mark} if mark else {})}
    said = text_of(quoted.get("textMessage")) or text_of(quoted.get("caption"))
    if said and kind != "reactionMessage":
        content["quoted_text"] = said
    return WireMessage(kind, text, quoted_id, message.choice_id, message.media, content)


def _spelled(kind: str) -> str:
    return SPELLINGS.get(kind.lower(), kind[:1].lower() + kind[1:])


def _without_mark(text: str | None) -> tuple[str | None, str | None]:
    """`{{SWE00n}}` says that WhatsApp could not deliver the content (green-api.md 1.7)."""
    found = MARK.search(text or "")
    return (text, None) if found is None else (MARK.sub("", text or "") or None, found[1])


def _unknown(kind: str, data: Json) -> WireMessage:
    keys = [text_of(k) for k in data if k != "typeMessage"]
    return WireMessage(kind, content={"keys": keys[:20]})


def _plain_text(kind: str, data: Json) -> WireMessage:
    return WireMessage(kind, text_of(mapping(data.get("textMessageData")).get("textMessage")))


def _extended(kind: str, data: Json) -> WireMessage:
    inner = mapping(data.get("extendedTextMessageData"))
    link = {k: v for k in ("title", "description") if (v := text_of(inner.get(k)))}
    return WireMessage(kind, text_of(inner.get("text")), content={"link": link} if link else {})


def _reply(kind: str, data: Json) -> WireMessage:
    inner = mapping(data.get("extendedTextMessageData"))
    quoted = mapping(data.get("quotedMessage"))
    answered = text_of(quoted.get("stanzaId")) or text_of(inner.get("stanzaId"))
    return WireMessage(kind, text_of(inner.get("text")), answered)


def _media(kind: str, data: Json) -> WireMessage:
    inner = mapping(data.get("fileMessageData"))
    url = text_of(inner.get("downloadUrl"))
    mark = MARK.search(url or "")
    media = {
        "url": None if mark else url,
        "name": text_of(inner.get("fileName")),
        "mime": text_of(inner.get("mimeType")),
        "caption": text_of(inner.get("caption")),
    }
    content = {"mark": mark[1]} if mark else {}
    return WireMessage(kind, text_of(inner.get("caption")), media=media, content=content)


def _location(kind: str, data: Json) -> WireMessage:
    inner = mapping(data.get("locationMessageData"))
    place = {k: inner.get(k) for k in ("latitude", "longitude")}
    place["name"] = text_of(inner.get("nameLocation"))
    place["address"] = text_of(inner.get("address"))
    return WireMessage(kind, place["name"] or place["address"], content={"location": place})


def _contact(kind: str, data: Json) -> WireMessage:
    inner = mapping(data.get("contactMessageData"))
    return _cards(kind, [inner])


def _contacts(kind: str, data: Json) -> WireMessage:
    inner = mapping(data.get("messageData"))
    cards = inner.get("contacts", data.get("contacts"))
    return _cards(kind, [mapping(card) for card in items(cards)])


def _cards(kind: str, cards: list[Json]) -> WireMessage:
    named = [{"name": _name_of(c), "vcard": text_of(c.get("vcard"))} for c in cards]
    names = ", ".join(n for card in named if (n := card["name"]))
    return WireMessage(kind, names or None, content={"contacts": named})


def _name_of(card: Json) -> str | None:
    """The name shown, or the one inside the card: real bodies leave displayName empty."""
    inside = NAMED.search(text_of(card.get("vcard")) or "")
    parts = inside[1].replace(";", " ").split() if inside else []
    return text_of(card.get("displayName")) or " ".join(parts) or None


def _invite(kind: str, data: Json) -> WireMessage:
    inner = mapping(data.get("groupInviteMessageData"))
    return WireMessage(
        kind, text_of(inner.get("caption")), content={"group": text_of(inner.get("groupName"))}
    )


def _poll(kind: str, data: Json) -> WireMessage:
    inner = mapping(data.get("pollMessageData")) or mapping(data.get("pollCreationMessage"))
    options = [text_of(mapping(o).get("optionName")) for o in items(inner.get("options"))]
    return WireMessage(kind, text_of(inner.get("name")), content={"options": options})


def _votes(kind: str, data: Json) -> WireMessage:
    inner = mapping(data.get("pollMessageData"))
    chosen = [
        name
        for vote in map(mapping, items(inner.get("votes")))
        if items(vote.get("optionVoters")) and (name := text_of(vote.get("optionName")))
    ]
    return WireMessage(
        kind,
        ", ".join(chosen) or None,
        text_of(inner.get("stanzaId")),
        chosen[0] if len(chosen) == 1 else None,
        content={"chosen": chosen},
    )


def _reaction(kind: str, data: Json) -> WireMessage:
    inner = mapping(data.get("extendedTextMessageData"))
    target = text_of(mapping(data.get("quotedMessage")).get("stanzaId"))
    return WireMessage(kind, text_of(inner.get("text")), target)


def _edited(kind: str, data: Json) -> WireMessage:
    inner = mapping(data.get("editedMessageData"))
    text = text_of(inner.get("textMessage")) or text_of(inner.get("caption"))
    return WireMessage(kind, text, text_of(inner.get("stanzaId")))


def _deleted(kind: str, data: Json) -> WireMessage:
    return WireMessage(kind, None, text_of(mapping(data.get("deletedMessageData")).get("stanzaId")))


def _shown(kind: str, data: Json) -> WireMessage:
    """Buttons or a list as they were shown; nothing was chosen."""
    inner = mapping(data.get(kind))
    labels: list[str] = []
    for button in map(mapping, items(inner.get("buttons"))):
        nested = first_mapping(button.values())
        label = text_of(button.get("buttonText")) or text_of(nested.get("displayText"))
        labels += [label] if label else []
    for section in map(mapping, items(inner.get("sections"))):
        rows = map(mapping, items(section.get("rows")))
        labels += [title for row in rows if (title := text_of(row.get("title")))]
    return WireMessage(kind, text_of(inner.get("contentText")), content={"buttons": labels})


def _chosen(kind: str, data: Json) -> WireMessage:
    """A tap; the object's name and its fields differ by the guest's device (green-api.md 1.6)."""
    names = (kind, "templateButtonReplyMessage", "templateButtonsReplyMessage")
    inner = first_mapping(data.get(name) for name in names)
    single = inner.get("singleSelectReply")
    row = text_of(mapping(single).get("selectedRowId")) or text_of(single)
    choice = text_of(inner.get("selectedId")) or text_of(inner.get("selectedButtonId")) or row
    label = (
        text_of(inner.get("selectedDisplayText"))
        or text_of(inner.get("selectedButtonText"))
        or text_of(inner.get("title"))
    )
    return WireMessage(kind, label, text_of(inner.get("stanzaId")), choice)


def _reply_or_shown(kind: str, data: Json) -> WireMessage:
    """InteractiveButtonsReply names both the menu that was sent and, in one library, the tap."""
    inner = mapping(data.get(kind)) or mapping(data.get("templateButtonReplyMessage"))
    tapped = any(k in inner for k in ("selectedId", "selectedButtonId"))
    return _chosen(kind, data) if tapped else _shown(kind, data)


READERS: Mapping[str, Callable[[str, Json], WireMessage]] = {
    "textMessage": _plain_text,
    "extendedTextMessage": _extended,
    "quotedMessage": _reply,
    **dict.fromkeys(MEDIA, _media),
    "locationMessage": _location,
    "contactMessage": _contact,
    "contactsArrayMessage": _contacts,
    "groupInviteMessage": _invite,
    "pollMessage": _poll,
    "pollUpdateMessage": _votes,
    "reactionMessage": _reaction,
    "editedMessage": _edited,
    "deletedMessage": _deleted,
    "buttonsMessage": _shown,
    "listMessage": _shown,
    "templateMessage": _shown,
    "interactiveButtons": _shown,
    "interactiveButtonsReply": _reply_or_shown,
    "buttonsResponseMessage": _chosen,
    "templateButtonsReplyMessage": _chosen,
    "interactiveButtonsResponse": _chosen,
    "listResponseMessage": _chosen,
}
