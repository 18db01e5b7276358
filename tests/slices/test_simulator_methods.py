"""The simulator's methods and error codes over real HTTP, through our own door and past it."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.kit.breaker import Breaker
from frontdesk.local.simulator.files import read_form
from frontdesk.messaging.provider import (
    BadInstance,
    GreenApi,
    Line,
    Outgoing,
    QuotaSpent,
    Refused,
    SendFailed,
    TryLater,
    Unclear,
)
from tests.simulated import CHAT, GUEST, ID, SLUG, WID, Wire, simulated


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with simulated() as made:
        yield made


async def test_our_door_uses_all_it_knows(wire: Wire) -> None:
    await wire.connected(markIncomingMessagesReadedOnReply="yes")
    assert await wire.door.state(wire.line) == "authorized"
    guests = await wire.phones.guest_says(SLUG, GUEST, "a room?")
    await wire.door.typing(wire.line, CHAT)
    assert (await wire.phones.chat(SLUG, GUEST))["typing"]
    yes = {"id": "y", "text": "Yes"}
    sent = [
        await wire.door.send(wire.line, Outgoing(CHAT, "Which nights?", quoted_id=guests)),
        await wire.door.send(wire.line, Outgoing(CHAT, "Two nights, 200 €?", [yes])),
        await wire.door.send(wire.line, Outgoing(CHAT, "See you")),
    ]
    events = [e for e in await wire.quiet() if e.from_api and e.kind == "message"]
    assert [e.provider_id for e in events] == sent
    assert [e.message.text for e in events] == ["Which nights?", "Two nights, 200 €?", "See you"]
    assert events[0].message.quoted_id == guests
    assert events[1].message.content == {"buttons": ["Yes"]}
    journal = await wire.door.outgoing_journal(wire.line, minutes=5)
    assert [(row.provider_id, row.text, row.chat) for row in journal] == [
        (event.provider_id, event.message.text, CHAT) for event in reversed(events)
    ]
    assert [r["idMessage"] for r in await wire.door.incoming_journal(wire.line, minutes=5)] == [
        guests
    ]
    shown = (await wire.phones.chat(SLUG, GUEST))["messages"]
    assert not (await wire.phones.chat(SLUG, GUEST))["typing"]
    assert [m["status"] for m in shown] == ["read"] * 4


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (400, Refused),
        (401, BadInstance),
        (403, BadInstance),
        (404, Refused),
        (429, TryLater),
        (466, QuotaSpent),
        (499, Unclear),
        (500, Unclear),
        (502, Unclear),
    ],
)
async def test_each_error_code_means_to_our_door_what_it_is(
    wire: Wire, status: int, meaning: type[SendFailed]
) -> None:
    await wire.connected()
    await wire.phones.set_faults(SLUG, answers=[{"method": "sendMessage", "status": status}])
    with pytest.raises(meaning):
        await wire.door.send(wire.line, Outgoing(CHAT, "hello"))
    assert wire.number.bubbles == []
    kinds = [e.kind for e in await wire.quiet()]
    assert kinds == (["quota"] if status == 466 else [])
    await wire.door.send(wire.line, Outgoing(CHAT, "once was planned"))


async def test_who_may_not_call_is_told_the_vendors_way(wire: Wire) -> None:
    client, line = wire.phones.client, wire.line
    wrong = await client.get(f"{line.api_url}/waInstance{ID}/getStateInstance/wrong")
    assert (wrong.status_code, wrong.content) == (401, b"")
    unknown = await client.get(f"{line.api_url}/waInstance999/getStateInstance/{line.token}")
    assert unknown.status_code == 403
    assert (await wire.call("getStateInstance", {"a": 1})).status_code == 404
    assert (await wire.call("sendMessage")).status_code == 404
    assert (await wire.call("makeCoffee")).status_code == 404
    assert (await wire.call("sendMessage", verb="OPTIONS")).status_code == 204
    dead = await wire.call("sendButtons", {"chatId": CHAT})
    assert (dead.status_code, dead.json()["statusCode"]) == (403, 403)
    with pytest.raises(BadInstance):
        await wire.door.send(Line(line.api_url, ID, "wrong"), Outgoing(CHAT, "hello"))


CONTACT = {"phoneContact": 77770000003, "firstName": "Dana", "lastName": "Kim"}
BUTTON = {"type": "url", "buttonId": "1", "buttonText": "Pay", "url": "https://h.example"}
OPTIONS = [{"optionName": "Yes"}, {"optionName": "No"}]
FILE = {"urlFile": "https://h.example/a", "fileName": "a.pdf"}
SENDS: list[tuple[str, dict[str, Any], str, str]] = [
    ("sendMessage", {"message": "hi", "linkPreview": False}, "extendedTextMessage", "hi"),
    ("sendFileByUrl", FILE | {"caption": "map"}, "documentMessage", "map"),
    ("sendFileByUrl", FILE | {"fileName": "p.jpg", "caption": "sea"}, "imageMessage", "sea"),
    (
        "sendLocation",
        {"latitude": 1.5, "longitude": 2, "nameLocation": "Us"},
        "locationMessage",
        "Us",
    ),
    ("sendContact", {"contact": CONTACT}, "contactMessage", "Dana Kim"),
    ("sendPoll", {"message": "Well?", "options": OPTIONS}, "pollMessage", "Well?"),
    ("sendInteractiveButtons", {"body": "Pay", "buttons": [BUTTON]}, "interactiveButtons", "Pay"),
    (
        "sendInteractiveButtonsReply",
        {"body": "Sure?", "buttons": [{"buttonId": "y", "buttonText": "Yes"}]},
        "interactiveButtonsReply",
        "Sure?",
    ),
]


@pytest.mark.parametrize(
    ("method", "body", "kind", "text"), SENDS, ids=[f"{s[0]}-{s[2]}" for s in SENDS]
)
async def test_what_is_sent_reaches_the_guest_and_is_echoed(
    wire: Wire, method: str, body: dict[str, Any], kind: str, text: str
) -> None:
    await wire.connected()
    sent = (await wire.call(method, {"chatId": CHAT, **body})).json()["idMessage"]
    events = await wire.quiet()
    assert [e.provider_id for e in events] == [sent] * 4
    assert [e.status for e in events] == [None, "sent", "delivered", "read"]
    assert (events[0].message.type, events[0].message.text) == (kind, text)
    (shown,) = (await wire.phones.chat(SLUG, GUEST))["messages"]
    assert (shown["id"], shown["kind"], shown["by"]) == (sent, kind, "api")
    row = (await wire.call("getMessage", {"chatId": CHAT, "idMessage": sent})).json()
    assert (row["typeMessage"], row["statusMessage"], row["sendByApi"]) == (kind, "read", True)


MANY = [{"optionName": str(n)} for n in range(13)]
LONG = {"body": "b", "buttons": [{"buttonId": "y", "buttonText": "x" * 26}]}
BAD: list[tuple[str, dict[str, Any], str]] = [
    ("sendMessage", {"chatId": CHAT}, "'message' is required"),
    ("sendMessage", {"chatId": CHAT, "message": "x" * 20_001}, "20000 characters"),
    ("sendMessage", {"chatId": GUEST, "message": "x"}, "'chatId' bad format"),
    ("sendMessage", {"chatId": "name@c.us", "message": "x"}, "'chatId' bad format"),
    ("sendMessage", {"chatId": CHAT, "message": "x", "typingTime": 999}, "'typingTime'"),
    ("sendMessage", {"chatId": CHAT, "message": "x", "quotedMessageId": "no"}, "not found"),
    ("sendFileByUrl", {"chatId": CHAT, **FILE, "caption": "x" * 1025}, "1024 characters"),
    ("sendFileByUrl", {"chatId": CHAT, "urlFile": "u"}, "'fileName' is required"),
    ("sendLocation", {"chatId": CHAT, "latitude": "1", "longitude": 2}, "'latitude'"),
    ("sendContact", {"chatId": CHAT, "contact": {"phoneContact": "7"}}, "phoneContact"),
    ("sendPoll", {"chatId": CHAT, "message": "?", "options": OPTIONS[:1]}, "2 to 12"),
    ("sendPoll", {"chatId": CHAT, "message": "?", "options": MANY}, "2 to 12"),
    ("sendPoll", {"chatId": CHAT, "message": "?", "options": OPTIONS[:1] * 2}, "duplicate"),
    ("sendInteractiveButtonsReply", {"chatId": CHAT, **LONG}, "25 characters"),
    ("sendInteractiveButtonsReply", {"chatId": CHAT, "body": "b", "buttons": []}, "1 to 3"),
    ("sendInteractiveButtons", {"chatId": CHAT, "body": "b", "buttons": [BUTTON] * 4}, "1 to 3"),
    (
        "sendInteractiveButtons",
        {"chatId": CHAT, "body": "b", "buttons": [BUTTON | {"type": "x"}]},
        "copy",
    ),
    ("forwardMessages", {"chatId": CHAT, "chatIdFrom": CHAT, "messages": ["no"]}, "not found"),
    ("editMessage", {"chatId": CHAT, "idMessage": "no", "message": "x"}, "not found"),
    ("getMessage", {"chatId": CHAT, "idMessage": "no"}, "not found"),
    ("getChatHistory", {"chatId": CHAT, "count": "many"}, "must be a number"),
    ("setSettings", {"incomingWebhook": True}, "one of [yes, no]"),
    ("setSettings", {"webhookUrl": 7}, "must be a string"),
    ("setSettings", {"delaySendMessagesMilliseconds": 499}, "500 to 600000"),
    ("sendFileByUpload", {"chatId": CHAT}, "multipart/form-data"),
]


async def test_a_wrong_body_is_refused_with_what_is_wrong(wire: Wire) -> None:
    for method, body, told in BAD:
        answer = await wire.call(method, body)
        assert answer.status_code == 400, (method, body)
        assert told in answer.json()["message"], method
        assert answer.json()["path"].endswith(f"/{method}/{wire.line.token}")
    assert wire.number.bubbles == []


async def test_a_body_that_is_no_object_is_refused(wire: Wire) -> None:
    for content in (b"", b"{", b"[]", b"\xff"):
        answer = await wire.call("sendMessage", verb="POST", content=content)
        assert answer.status_code == 400, content


async def test_what_was_sent_can_be_edited_deleted_and_forwarded(wire: Wire) -> None:
    await wire.connected(outgoingWebhook="no")
    sent = await wire.door.send(wire.line, Outgoing(CHAT, "breakfast at 7"))
    guests = await wire.phones.guest_says(SLUG, GUEST, "thanks")
    named = {"chatId": CHAT, "idMessage": sent}
    edited = await wire.call("editMessage", named | {"message": "breakfast at 8"})
    other = {"chatId": "34600444002@c.us", "chatIdFrom": CHAT, "messages": [sent]}
    (forwarded,) = (await wire.call("forwardMessages", other)).json()["messages"]
    hidden = await wire.call("deleteMessage", named | {"onlySenderDelete": True})
    assert hidden.status_code == 200
    first = (await wire.phones.chat(SLUG, GUEST))["messages"][0]
    assert (first["text"], first["edited"], first["deleted"]) == ("breakfast at 8", True, False)
    await wire.call("deleteMessage", named)
    assert (await wire.phones.chat(SLUG, GUEST))["messages"][0]["deleted"]
    for wrong in (sent, guests):
        again = {"chatId": CHAT, "idMessage": wrong, "message": "x"}
        assert (await wire.call("editMessage", again)).status_code == 400
    (there,) = (await wire.phones.chat(SLUG, "34600444002"))["messages"]
    assert there["id"] == forwarded
    echoes = [e for e in await wire.quiet() if e.from_api]
    about = [(e.message.type, e.message.quoted_id) for e in echoes if e.message.quoted_id]
    assert about == [("editedMessage", sent), ("deletedMessage", sent), ("deletedMessage", sent)]
    assert echoes[1].provider_id == edited.json()["idMessage"]
    journal = (await wire.call("getChatHistory", {"chatId": CHAT})).json()
    assert journal[0]["isDeleted"]
    assert {r["editedMessageId"] for r in journal if "isEdited" in r} == {sent}


async def test_an_uploaded_file_is_kept_and_sent(wire: Wire) -> None:
    await wire.connected()
    url = f"{wire.line.api_url}/waInstance{ID}"
    files = {"file": ("menu.pdf", b"%PDF\r\n--x\r\n", "application/pdf")}
    data = {"chatId": CHAT, "caption": "Tonight", "fileName": "menü.pdf"}
    client = wire.phones.client
    sent = await client.post(f"{url}/sendFileByUpload/{wire.line.token}", data=data, files=files)
    got = await client.get(sent.json()["urlFile"])
    assert got.content == b"%PDF\r\n--x\r\n"
    echo = (await wire.events(1))[0].message
    assert echo.media["name"] == "menü.pdf"
    assert (echo.type, echo.text, echo.media["url"]) == ("documentMessage", "Tonight", str(got.url))
    asked = {"chatId": CHAT, "idMessage": sent.json()["idMessage"]}
    assert (await wire.call("downloadFile", asked)).json() == {"downloadUrl": str(got.url)}
    kept = await wire.call("uploadFile", verb="POST", content=b"raw")
    assert (await client.get(kept.json()["urlFile"])).content == b"raw"


async def test_a_file_over_100_mb_is_refused(wire: Wire) -> None:
    async def zeros() -> AsyncIterator[bytes]:
        for _ in range(101):
            yield bytes(1024 * 1024)

    answer = await wire.call("uploadFile", verb="POST", content=zeros())
    assert answer.status_code == 500
    assert wire.simulator.files == {}


@settings(max_examples=100, deadline=None)
@given(
    content=st.binary(max_size=500),
    caption=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=50),
)
def test_a_form_gives_back_what_was_put_in(content: bytes, caption: str) -> None:
    form = httpx.Request(
        "POST", "http://h/", data={"caption": caption}, files={"file": ("a.bin", content)}
    )
    texts, file = read_form(form.headers["content-type"], form.read())
    assert (texts, file.content) == ({"caption": caption, "fileName": "a.bin"}, content)


async def test_the_reading_methods_know_what_happened(wire: Wire) -> None:
    said = await wire.phones.guest_says(SLUG, GUEST, "hello", name="Aida")
    media = {"kind": "image", "url": "https://h.example/p.jpg"}
    await wire.phones.guest_does(SLUG, GUEST, text="pass", media=media, name="Aida")
    sent = await wire.door.send(wire.line, Outgoing(CHAT, "welcome"))
    await asyncio.sleep(0.1)
    rows = (await wire.call("getChatHistory", {"chatId": CHAT, "count": 2})).json()
    assert [r["typeMessage"] for r in rows] == ["extendedTextMessage", "imageMessage"]
    assert (rows[1]["downloadUrl"], rows[1]["caption"]) == (media["url"], "pass")
    incoming = (await wire.call("lastIncomingMessages")).json()
    assert [(r["type"], r.get("textMessage")) for r in incoming] == [
        ("incoming", None),
        ("incoming", "hello"),
    ]
    assert incoming[1]["idMessage"] == said
    assert (incoming[1]["senderId"], incoming[1]["senderName"]) == (CHAT, "Aida")
    outgoing = (await wire.call("lastOutgoingMessages", params={"minutes": 1})).json()
    assert [(r["idMessage"], r["statusMessage"]) for r in outgoing] == [(sent, "read")]
    assert (await wire.call("lastOutgoingMessages", params={"minutes": 0})).json() == []
    contacts = (await wire.call("getContacts")).json()
    assert [(c["id"], c["name"]) for c in contacts] == [(CHAT, "Aida")]
    info = (await wire.call("getContactInfo", {"chatId": CHAT})).json()
    assert (info["chatId"], info["name"]) == (CHAT, "Aida")
    assert (await wire.call("getAvatar", {"chatId": CHAT})).json()["urlAvatar"] == ""
    known = (await wire.call("checkWhatsapp", {"phoneNumber": int(GUEST)})).json()
    assert known == {"existsWhatsapp": True, "chatId": CHAT, "phoneNumber": CHAT}
    assert not (await wire.call("checkWhatsapp", {"phoneNumber": 123})).json()["existsWhatsapp"]
    no_file = await wire.call("downloadFile", {"chatId": CHAT, "idMessage": said})
    assert no_file.status_code == 400


async def test_notifications_can_be_polled_when_no_address_is_set(wire: Wire) -> None:
    await wire.connected(webhookUrl="")
    assert (await wire.call("receiveNotification")).json() is None
    for word in ("one", "two", "three"):
        await wire.phones.guest_says(SLUG, GUEST, word)
    assert (await wire.call("getWebhooksCount")).json() == {"count": 3}
    first = (await wire.call("receiveNotification", params={"receiveTimeout": 5})).json()
    assert first == (await wire.call("receiveNotification")).json()
    assert first["body"]["messageData"]["textMessageData"]["textMessage"] == "one"
    gone = f"deleteNotification/{wire.line.token}/{first['receiptId']}"
    base = f"{wire.line.api_url}/waInstance{ID}"
    client = wire.phones.client
    assert (await client.delete(f"{base}/{gone}")).json() == {"result": True}
    assert (await client.delete(f"{base}/{gone}")).json() == {"result": False}
    bad = f"{base}/deleteNotification/{wire.line.token}/first"
    assert (await client.delete(bad)).status_code == 400
    assert (await client.delete(f"{base}/deleteNotification/wrong/1")).status_code == 401
    assert (await wire.call("clearWebhooksQueue", verb="DELETE")).json() == {"isCleared": True}
    assert (await wire.call("receiveNotification")).json() is None
    short = await wire.call("receiveNotification", params={"receiveTimeout": 1})
    assert short.status_code == 400
    await wire.connected()
    assert "webhook url is set" in (await wire.call("receiveNotification")).json()["message"]


async def test_what_is_sent_while_logged_out_waits_in_the_queue(wire: Wire) -> None:
    await wire.connected()
    assert (await wire.call("logout")).json() == {"isLogout": True}
    assert await wire.door.state(wire.line) == "notAuthorized"
    sent = await wire.door.send(wire.line, Outgoing(CHAT, "later"))
    assert (await wire.phones.chat(SLUG, GUEST))["messages"] == []
    queue = (await wire.call("showMessagesQueue")).json()
    assert [(q["messageID"], q["type"]) for q in queue] == [(sent, "extendedTextMessage")]
    assert (await wire.call("getMessagesCount")).json() == {"count": 1}
    (row,) = (await wire.call("lastOutgoingMessages")).json()
    assert row["statusMessage"] == "pending"
    assert (await wire.call("checkWhatsapp", {"chatId": CHAT})).status_code == 400
    await wire.phones.set_state(SLUG, "authorized")
    states = [(e.kind, e.status, e.wid) for e in await wire.quiet() if e.kind == "state"]
    assert states == [("state", "notAuthorized", None), ("state", "authorized", WID)]
    assert [m["id"] for m in (await wire.phones.chat(SLUG, GUEST))["messages"]] == [sent]


async def test_a_cleared_queue_is_never_sent(wire: Wire) -> None:
    await wire.phones.set_state(SLUG, "blocked")
    await wire.door.send(wire.line, Outgoing(CHAT, "stale"))
    assert (await wire.call("clearMessagesQueue")).json() == {"isCleared": True}
    await wire.phones.set_state(SLUG, "authorized")
    await asyncio.sleep(0.05)
    assert (await wire.call("lastOutgoingMessages")).json() == []


async def test_a_suspended_number_reaches_only_who_wrote_lately(wire: Wire) -> None:
    await wire.connected()
    await wire.phones.guest_says(SLUG, GUEST, "hello")
    await wire.phones.set_state(SLUG, "suspended")
    assert (await wire.call("getWaSettings")).json()["suspendedUntil"] > time.time()
    known = await wire.door.send(wire.line, Outgoing(CHAT, "hi"))
    stranger = await wire.door.send(wire.line, Outgoing("34600444009@c.us", "an offer"))
    statuses = [(e.provider_id, e.status) for e in await wire.quiet() if e.kind == "status"]
    assert {s for i, s in statuses if i == known} == {"sent", "delivered", "read"}
    assert [s for i, s in statuses if i == stranger] == ["failed"]
    assert (await wire.phones.chat(SLUG, "34600444009"))["messages"] == []


async def test_a_restarting_number_says_so_and_comes_back(wire: Wire) -> None:
    await wire.phones.set_faults(SLUG, restart=0.3)
    await wire.connected()
    assert await wire.door.state(wire.line) == "starting"
    with pytest.raises(TryLater):
        await wire.door.send(wire.line, Outgoing(CHAT, "too early"))
    async with asyncio.timeout(5):
        while await wire.door.state(wire.line) == "starting":  # noqa: ASYNC110 - as our clock asks
            await asyncio.sleep(0.02)
    await wire.door.send(wire.line, Outgoing(CHAT, "now"))
    assert (await wire.call("reboot")).json() == {"isReboot": True}
    settings_now = (await wire.call("getSettings")).json()
    assert settings_now["webhookUrl"] == wire.inbox.url
    assert (settings_now["wid"], settings_now["typeInstance"]) == (WID, "whatsapp")


async def test_an_unreachable_gateway_is_tried_later(wire: Wire) -> None:
    door = GreenApi(wire.phones.client, Breaker())
    with pytest.raises(TryLater):
        await door.send(Line("http://127.0.0.1:9", ID, "t"), Outgoing(CHAT, "hello"))
