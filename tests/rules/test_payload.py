"""Every event of the wire, in bodies of our own; and whatever bytes, it never raises."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.messaging.explain import explain
from frontdesk.messaging.payload import read_event

CHAT = "34600111222@c.us"


def body(data: dict[str, Any] | None = None, **changes: Any) -> bytes:
    whole = {
        "typeWebhook": "incomingMessageReceived",
        "instanceData": {"idInstance": 7105, "wid": "349@c.us", "typeInstance": "whatsapp"},
        "timestamp": 1795000000,
        "idMessage": "3EB0",
        "senderData": {"chatId": CHAT, "sender": CHAT, "senderName": "Ana"},
        **({"messageData": data} if data is not None else {}),
        **changes,
    }
    return json.dumps({k: v for k, v in whole.items() if v is not None}).encode()


def tap(kind: str, key: str, inner: dict[str, Any]) -> dict[str, Any]:
    return {"typeMessage": kind, key: inner}


MESSAGES = [
    ({"typeMessage": "textMessage", "textMessageData": {"textMessage": "hi"}}, "hi", None, None),
    (
        {"typeMessage": "extendedTextMessage", "extendedTextMessageData": {"text": "see"}},
        "see",
        None,
        None,
    ),
    (
        {
            "typeMessage": "quotedMessage",
            "extendedTextMessageData": {"text": "this", "stanzaId": "OLD"},
            "quotedMessage": {"stanzaId": "Q1", "typeMessage": "textMessage", "textMessage": "?"},
        },
        "this",
        "Q1",
        None,
    ),
    (
        {
            "typeMessage": "quotedMessage",
            "extendedTextMessageData": {"text": "x", "stanzaId": "Q2"},
        },
        "x",
        "Q2",
        None,
    ),
    (
        {"typeMessage": "imageMessage", "fileMessageData": {"caption": "receipt"}},
        "receipt",
        None,
        None,
    ),
    (
        {
            "typeMessage": "reactionMessage",
            "extendedTextMessageData": {"text": "👍"},
            "quotedMessage": {"stanzaId": "Q3"},
        },
        "👍",
        "Q3",
        None,
    ),
    (
        {
            "typeMessage": "editedMessage",
            "editedMessageData": {"textMessage": "two nights", "stanzaId": "Q4"},
        },
        "two nights",
        "Q4",
        None,
    ),
    ({"typeMessage": "deletedMessage", "deletedMessageData": {"stanzaId": "Q5"}}, None, "Q5", None),
    (
        tap(
            "buttonsResponseMessage",
            "buttonsResponseMessage",
            {"stanzaId": "B", "selectedButtonId": 2, "selectedButtonText": "Yes"},
        ),
        "Yes",
        "B",
        "2",
    ),
    (
        tap(
            "templateButtonReplyMessage",
            "templateButtonReplyMessage",
            {"stanzaId": "B", "selectedId": "y", "selectedDisplayText": "Yes"},
        ),
        "Yes",
        "B",
        "y",
    ),
    (
        tap(
            "interactiveButtonsResponse",
            "interactiveButtonsResponse",
            {"selectedId": "y", "selectedDisplayText": "Yes"},
        ),
        "Yes",
        None,
        "y",
    ),
    (
        tap(
            "listResponseMessage",
            "listResponseMessage",
            {"title": "Deluxe", "singleSelectReply": {"selectedRowId": "r1"}},
        ),
        "Deluxe",
        None,
        "r1",
    ),
    (
        {
            "typeMessage": "pollUpdateMessage",
            "pollMessageData": {
                "stanzaId": "P",
                "votes": [
                    {"optionName": "Yes", "optionVoters": [CHAT]},
                    {"optionName": "No", "optionVoters": []},
                ],
            },
        },
        "Yes",
        "P",
        "Yes",
    ),
    ({"typeMessage": "orderMessage", "orderMessageData": {}}, None, None, None),
]


@pytest.mark.parametrize(("data", "text", "quoted", "choice"), MESSAGES)
def test_messages(data: dict[str, Any], text: str, quoted: str, choice: str) -> None:
    event = read_event(body(data))
    assert (event.kind, event.lane, event.chat_kind) == ("message", "turn", "person")
    assert event.message is not None
    assert (event.message.text, event.message.quoted_id, event.message.choice_id) == (
        text,
        quoted,
        choice,
    )


@pytest.mark.parametrize(
    ("changes", "kind", "lane", "status"),
    [
        ({"typeWebhook": "outgoingMessageStatus", "status": "read"}, "status", "apply", "read"),
        (
            {"typeWebhook": "stateInstanceChanged", "stateInstance": "blocked"},
            "state",
            "apply",
            "blocked",
        ),
        (
            {"typeWebhook": "incomingCall", "from": CHAT, "status": "missed"},
            "call",
            "apply",
            "missed",
        ),
        ({"typeWebhook": "deviceInfo", "deviceData": {}}, "device", "apply", None),
        ({"typeWebhook": "quotaExceeded", "quotaData": {"status": "Q"}}, "quota", "apply", "Q"),
        ({"typeWebhook": "incomingBlock", "quotaData": {"status": "Q"}}, "quota", "apply", "Q"),
        ({"typeWebhook": "incomingBlock", "chatState": "blocked"}, "block", "apply", "blocked"),
        ({"typeWebhook": "catalogChanged"}, "unknown", "none", None),
        (
            {
                "typeWebhook": "incomingMessageReceived",
                "instanceData": {"typeInstance": "telegram"},
            },
            "unknown",
            "none",
            None,
        ),
    ],
)
def test_other_events(changes: dict[str, Any], kind: str, lane: str, status: str | None) -> None:
    event = read_event(body(None, **changes))
    assert (event.kind, event.lane, event.status) == (kind, lane, status)


@pytest.mark.parametrize(
    ("webhook", "direction", "from_api", "lane"),
    [
        ("incomingMessageReceived", "in", False, "turn"),
        ("outgoingMessageReceived", "out", False, "apply"),
        ("outgoingAPIMessageReceived", "out", True, "apply"),
    ],
)
def test_who_spoke(webhook: str, direction: str, from_api: bool, lane: str) -> None:
    event = read_event(body(MESSAGES[0][0], typeWebhook=webhook))
    assert (event.direction, event.from_api, event.lane) == (direction, from_api, lane)


@pytest.mark.parametrize(
    ("chat", "kind", "lane"),
    [
        ("34600111222@c.us", "person", "turn"),
        ("155508384256027@lid", "lid", "turn"),
        ("120363000000000001@g.us", "group", "none"),
        ("79876543210-1581234048@g.us", "group", "none"),
        ("status@broadcast", "broadcast", "none"),
        ("120363@newsletter", "newsletter", "none"),
    ],
)
def test_only_people_are_answered(chat: str, kind: str, lane: str) -> None:
    event = read_event(body(MESSAGES[0][0], senderData={"chatId": chat, "sender": chat}))
    assert (event.chat_kind, event.lane) == (kind, lane)


def test_our_own_words_coming_back_are_not_a_guests() -> None:
    own = {"chatId": CHAT, "sender": "349@c.us"}
    assert read_event(body(MESSAGES[0][0], senderData=own)).lane == "none"


def test_a_mark_is_not_a_text() -> None:
    data = {"typeMessage": "textMessage", "textMessageData": {"textMessage": "{{SWE001}}"}}
    message = read_event(body(data)).message
    assert message is not None
    assert (message.text, message.content["mark"]) == (None, "SWE001")


def test_a_status_has_its_own_key_and_a_polled_body_the_same_as_a_pushed_one() -> None:
    sent = body(None, typeWebhook="outgoingMessageStatus", status="sent")
    read = body(None, typeWebhook="outgoingMessageStatus", status="read")
    assert read_event(sent).event_key != read_event(read).event_key
    polled = json.dumps({"receiptId": 1, "body": json.loads(sent)}).encode()
    assert read_event(polled).event_key == read_event(sent).event_key


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
NAMES = st.sampled_from(
    ["typeWebhook", "messageData", "senderData", "instanceData", "typeMessage", "quotedMessage",
     "timestamp", "idMessage", "chatId", "body", "fileMessageData", "pollMessageData", "status",
     "textMessage", "incomingMessageReceived", "reactionMessage", "votes", "buttons", "contacts"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.binary() | st.dictionaries(NAMES, JSON | NAMES).map(lambda d: json.dumps(d).encode()))
def test_nothing_makes_it_raise(raw: bytes) -> None:
    told = explain(raw)
    assert told["kind"] in {
        "message", "status", "state", "call", "device", "quota", "block", "unknown", "unreadable",
    }  # fmt: skip
    json.dumps(told)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([m[0]["typeMessage"] for m in MESSAGES]), st.dictionaries(NAMES, JSON))
def test_a_broken_message_is_still_a_message(kind: str, noise: dict[str, Any]) -> None:
    event = read_event(body({**noise, "typeMessage": kind}))
    assert event.kind == "message"


def test_half_an_emoji_becomes_text_that_can_be_stored_and_printed() -> None:
    chat = "3460\ud800@c.us"
    data = {"typeMessage": "textMessage", "textMessageData": {"textMessage": "ok \ud83d"}}
    told = explain(body(data, senderData={"chatId": chat}, idMessage="\udfff1"))
    assert told["message"]["text"] == "ok ?"
    assert json.dumps(told, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "changes",
    [
        {"typeWebhook": "stateInstanceChanged", "stateInstance": "blocked", "idMessage": None},
        {"typeWebhook": "novelty"},
        {"messageData": MESSAGES[0][0], "idMessage": None},
    ],
)
def test_the_same_event_without_an_id_has_one_key_however_it_is_written(
    changes: dict[str, Any],
) -> None:
    said = json.loads(body(None, **changes))
    turned = dict(reversed(said.items()))
    spaced = json.dumps({"receiptId": 5, "body": turned}, indent=2).encode()
    assert read_event(spaced).event_key == read_event(json.dumps(said).encode()).event_key
    assert read_event(body(None, **changes, timestamp=1)).event_key != read_event(spaced).event_key


def test_a_contact_without_a_shown_name_is_named_by_its_card() -> None:
    card = {"displayName": "", "vcard": "BEGIN:VCARD\nVERSION:3.0\nN:Ruiz;Dana;;;\nEND:VCARD"}
    message = read_event(
        body({"typeMessage": "contactMessage", "contactMessageData": card})
    ).message
    assert message is not None
    assert message.text == "Ruiz Dana"


def test_a_chat_that_is_none_is_not_answered() -> None:
    endless = {"chatId": "9" * 10_000 + "@c.us"}
    event = read_event(body(MESSAGES[0][0], senderData=endless))
    assert (event.kind, event.lane) == ("message", "none")
    assert len(event.chat or "") < 200
