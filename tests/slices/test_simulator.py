"""The simulator's phones and webhooks over real HTTP: what a guest does, our reader reads."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.local.simulator.app import create_simulator
from frontdesk.local.simulator.memory import open_number
from frontdesk.local.simulator.reading import journal_row
from frontdesk.local.simulator.saying import guest_does
from frontdesk.local.simulator.state import DEFAULTS, REMEMBERED, Number, Simulator
from frontdesk.local.simulator.webhooks import status_body
from frontdesk.messaging.connect import WANTED
from frontdesk.messaging.journal import as_webhook
from frontdesk.messaging.loose import text_of
from frontdesk.messaging.payload import read_event
from tests.simulated import CHAT, GUEST, ID, SLUG, WID, Wire, simulated


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with simulated() as made:
        yield made


async def test_words_come_as_they_were_said_with_the_token_in_the_header(wire: Wire) -> None:
    await wire.connected(webhookUrlToken="tok")
    said = await wire.phones.guest_says(SLUG, GUEST, "¿Hay sitio? 👋", name="Aída")
    (event,) = await wire.events(1)
    headers, raw = wire.inbox.posted[0]
    assert headers["authorization"] == "Bearer tok"
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert "👋" in raw.decode()
    assert (event.kind, event.direction, event.lane) == ("message", "in", "turn")
    assert (event.chat, event.sender_name, event.provider_id) == (CHAT, "Aída", said)
    assert (event.message.type, event.message.text) == ("textMessage", "¿Hay sitio? 👋")


@pytest.mark.parametrize(
    ("token", "sent"), [("", None), ("abc", "Bearer abc"), ("Basic eA==", "Basic eA==")]
)
async def test_the_token_is_bearer_unless_it_names_its_scheme(
    wire: Wire, token: str, sent: str | None
) -> None:
    await wire.connected(webhookUrlToken=token)
    await wire.phones.guest_says(SLUG, GUEST, "hi")
    await wire.events(1)
    assert wire.inbox.posted[0][0].get("authorization") == sent


DEEDS: list[tuple[dict[str, Any], str, str | None]] = [
    ({"text": "this one", "quoted": "THEIRS"}, "quotedMessage", "this one"),
    ({"text": "👍", "react": "THEIRS"}, "reactionMessage", "👍"),
    ({"text": "for two", "edit": "OWN"}, "editedMessage", "for two"),
    ({"delete": "OWN"}, "deletedMessage", None),
    ({"text": "me", "media": {"kind": "image", "mime": "image/png"}}, "imageMessage", "me"),
    ({"media": {"kind": "audio", "mime": "audio/ogg; codecs=opus"}}, "audioMessage", None),
    (
        {"location": {"latitude": 39.5, "longitude": 2.6, "nameLocation": "Pier"}},
        "locationMessage",
        "Pier",
    ),
    ({"contact": {"name": "Dana", "phone": "77770000003"}}, "contactMessage", "Dana"),
]


@pytest.mark.parametrize(("deed", "kind", "text"), DEEDS, ids=[d[1] for d in DEEDS])
async def test_what_a_guest_does_is_read_as_what_it_is(
    wire: Wire, deed: dict[str, Any], kind: str, text: str | None
) -> None:
    await wire.connected()
    own = await wire.phones.guest_says(SLUG, GUEST, "a room")
    theirs = await wire.phones.phone_types(SLUG, GUEST, "which?")
    before = len(await wire.quiet())
    named = {k: {"OWN": own, "THEIRS": theirs}.get(str(v), v) for k, v in deed.items()}
    did = await wire.phones.guest_does(SLUG, GUEST, **named)
    event = (await wire.events(before + 1))[-1]
    assert (event.provider_id, event.direction, event.chat) == (did, "in", CHAT)
    assert (event.message.type, event.message.text) == (kind, text)
    about = {own, theirs} & set(map(str, named.values()))
    assert event.message.quoted_id == (about.pop() if about else None)
    if "media" in deed:
        assert event.message.media["mime"] == deed["media"]["mime"]


async def test_a_tap_comes_under_both_names_and_never_for_no_button(wire: Wire) -> None:
    await wire.connected(outgoingAPIMessageWebhook="no", outgoingWebhook="no")
    buttons = [{"buttonId": "y", "buttonText": "Yes"}, {"buttonId": "n", "buttonText": "No"}]
    asked = {"chatId": CHAT, "body": "Sure?", "buttons": buttons}
    await wire.call("sendInteractiveButtonsReply", asked)
    await wire.quiet()
    (menu,) = (await wire.phones.chat(SLUG, GUEST))["messages"]
    for at in (0, 1):
        await wire.phones.guest_taps(SLUG, GUEST, menu, at)
    read = [e.message for e in await wire.events(2)]
    assert [m.type for m in read] == ["interactiveButtonsResponse", "templateButtonsReplyMessage"]
    assert [(m.choice_id, m.text, m.quoted_id) for m in read] == [
        ("y", "Yes", menu["id"]),
        ("n", "No", menu["id"]),
    ]
    for choice in ({"id": "x", "message": menu["id"]}, {"id": "y", "message": "none"}, "y"):
        with pytest.raises(httpx.HTTPStatusError, match="400"):
            await wire.phones.guest_does(SLUG, GUEST, choice=choice)


async def test_a_vote_names_its_poll_and_only_answers_it_has(wire: Wire) -> None:
    await wire.connected(outgoingAPIMessageWebhook="no", outgoingWebhook="no")
    options = [{"optionName": "Fish"}, {"optionName": "Soup"}]
    sent = await wire.call("sendPoll", {"chatId": CHAT, "message": "?", "options": options})
    poll = sent.json()["idMessage"]
    await wire.phones.guest_does(SLUG, GUEST, vote={"message": poll, "options": ["Soup"]})
    (event,) = await wire.events(1)
    assert (event.message.type, event.message.text) == ("pollUpdateMessage", "Soup")
    assert (event.message.quoted_id, event.message.choice_id) == (poll, "Soup")
    for wrong in (["Cake"], ["Fish", "Soup"], "Fish"):
        with pytest.raises(httpx.HTTPStatusError, match="400"):
            await wire.phones.guest_does(SLUG, GUEST, vote={"message": poll, "options": wrong})


async def test_a_guests_file_is_where_the_webhook_says(wire: Wire) -> None:
    await wire.connected()
    content = base64.b64encode(b"\x89PNG of a pass").decode()
    media = {"kind": "image", "content": content, "mime": "image/png", "name": "p.png"}
    await wire.phones.guest_does(SLUG, GUEST, text="my pass", media=media)
    (event,) = await wire.events(1)
    got = await wire.phones.client.get(event.message.media["url"])
    assert (got.content, got.headers["content-type"]) == (b"\x89PNG of a pass", "image/png")
    assert event.message.media["name"] == "p.png"
    gone = await wire.phones.client.get(f"{wire.phones.url}/files/none")
    assert gone.status_code == 404


async def test_a_call_rings_and_ends(wire: Wire) -> None:
    await wire.connected()
    rang = await wire.phones.guest_calls(SLUG, GUEST, status="declined")
    events = await wire.events(2)
    assert [(e.kind, e.chat, e.status) for e in events] == [
        ("call", CHAT, "offer"),
        ("call", CHAT, "declined"),
    ]
    assert {e.provider_id for e in events} == {rang}
    assert events[0].event_key != events[1].event_key


async def test_staff_on_the_hotels_own_phone_are_an_echo_not_the_api(wire: Wire) -> None:
    await wire.connected()
    typed = await wire.phones.phone_types(SLUG, GUEST, "Hi, this is the desk")
    await wire.phones.phone_types(SLUG, GUEST, "the front desk", edit=typed)
    await wire.phones.phone_types(SLUG, GUEST, "", delete=typed)
    events = [e for e in await wire.quiet() if e.kind == "message"]
    assert {(e.direction, e.from_api, e.chat, e.lane) for e in events} == {
        ("out", False, CHAT, "apply")
    }
    kinds = [e.message.type for e in events]
    assert sorted(kinds) == ["deletedMessage", "editedMessage", "textMessage"]
    statuses = [b for b in wire.inbox.bodies if b["typeWebhook"] == "outgoingMessageStatus"]
    assert [b["status"] for b in statuses] == ["sent", "delivered", "read"]
    assert {b["sendByApi"] for b in statuses} == {False}
    guests = await wire.phones.guest_says(SLUG, GUEST, "hello")
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        await wire.phones.phone_types(SLUG, GUEST, "not yours", edit=guests)


async def test_in_a_group_the_chat_is_the_groups_and_nobody_is_answered(wire: Wire) -> None:
    await wire.connected()
    group = "120363000000000001@g.us"
    await wire.phones.guest_says(SLUG, GUEST, "hi all", group=group)
    await wire.phones.guest_says(SLUG, "status@broadcast", "a story")
    said, story = await wire.events(2)
    assert (said.chat, said.chat_kind, said.sender, said.lane) == (group, "group", CHAT, "none")
    assert (story.chat_kind, story.lane) == ("broadcast", "none")


async def test_with_lids_the_phone_is_in_no_field(wire: Wire) -> None:
    await wire.connected(enableLidMode="yes")
    await wire.phones.guest_says(SLUG, GUEST, "hello")
    (event,) = await wire.events(1)
    assert GUEST not in wire.inbox.posted[0][1].decode()
    assert event.chat_kind == "lid"
    await wire.call("sendMessage", {"chatId": event.chat, "message": "welcome"})
    await wire.quiet()
    shown = (await wire.phones.chat(SLUG, GUEST))["messages"]
    assert [m["text"] for m in shown] == ["hello", "welcome"]
    assert {b.get("chatId", event.chat) for b in wire.inbox.bodies} == {event.chat}
    asked = (await wire.call("checkWhatsapp", {"chatId": event.chat})).json()
    assert asked == {"existsWhatsapp": True, "chatId": event.chat, "phoneNumber": CHAT}
    assert await wire.door.phone_of(wire.line, event.chat) == GUEST


async def test_a_new_number_posts_nothing_and_each_switch_its_own(wire: Wire) -> None:
    flags = {k for k, v in DEFAULTS.items() if v == "no"}
    assert set(WANTED) <= flags
    await wire.door.connect(wire.line, {"webhookUrl": wire.inbox.url})
    said = await wire.phones.guest_says(SLUG, GUEST, "hello")
    await wire.phones.guest_does(SLUG, GUEST, text="hi", edit=said)
    await wire.phones.guest_calls(SLUG, GUEST)
    await wire.phones.set_state(SLUG, "starting")
    assert await wire.quiet() == []
    await wire.phones.set_state(SLUG, "authorized")
    await wire.door.connect(wire.line, {"incomingWebhook": "yes"})
    await wire.phones.guest_does(SLUG, GUEST, text="hello!", edit=said)
    await wire.phones.guest_says(SLUG, GUEST, "still here")
    assert [e.message.text for e in await wire.quiet()] == ["still here"]


async def test_a_message_that_failed_is_told_whatever_the_settings(wire: Wire) -> None:
    await wire.door.connect(wire.line, {"webhookUrl": wire.inbox.url})
    await wire.phones.set_faults(SLUG, ending="noAccount")
    await wire.call("sendMessage", {"chatId": CHAT, "message": "anyone?"})
    (event,) = await wire.events(1)
    assert (event.kind, event.status) == ("status", "noAccount")


async def test_only_200_moves_the_queue_and_the_same_body_comes_again(wire: Wire) -> None:
    await wire.connected()
    wire.inbox.answers[:] = [500, 201, 404]
    for word in ("one", "two"):
        await wire.phones.guest_says(SLUG, GUEST, word)
    events = await wire.events(5)
    assert [e.message.text for e in events] == ["one", "one", "one", "one", "two"]
    assert len({raw for _, raw in wire.inbox.posted}) == 2


async def test_a_dead_endpoint_is_tried_until_it_lives(wire: Wire) -> None:
    await wire.connected(webhookUrl="http://127.0.0.1:9/none")
    await wire.phones.guest_says(SLUG, GUEST, "anyone?")
    await asyncio.sleep(0.15)
    assert len(wire.number.queue) == 1
    await wire.connected()
    assert (await wire.events(1))[0].message.text == "anyone?"


async def test_a_guest_sees_ticks_as_far_as_the_hotel_got(wire: Wire) -> None:
    await wire.phones.guest_says(SLUG, GUEST, "hello")
    assert (await wire.phones.chat(SLUG, GUEST))["messages"][0]["status"] == "sent"
    await wire.connected(incomingWebhook="yes")
    await wire.phones.guest_says(SLUG, GUEST, "hello?")
    await wire.quiet()
    assert (await wire.phones.chat(SLUG, GUEST))["messages"][1]["status"] == "delivered"
    assert (await wire.call("readChat", {"chatId": CHAT})).json() == {"setRead": True}
    statuses = [m["status"] for m in (await wire.phones.chat(SLUG, GUEST))["messages"]]
    assert statuses == ["read", "read"]


NONSENSE: list[dict[str, Any]] = [
    {},
    {"guest": GUEST},
    {"text": "hi"},
    {"guest": "nobody", "text": "hi"},
    {"guest": "1@nowhere", "text": "hi"},
    {"guest": GUEST, "text": 7},
    {"guest": GUEST, "text": "x", "edit": "none"},
    {"guest": GUEST, "text": "x", "quoted": "none"},
    {"guest": GUEST, "media": {"kind": "hologram"}},
    {"guest": GUEST, "media": {"content": "not base64!"}},
    {"guest": GUEST, "media": "photo"},
    {"guest": GUEST, "location": {"latitude": 91, "longitude": 0}},
    {"guest": GUEST, "contact": {"name": "Dana"}},
]


async def test_nonsense_is_refused_and_sends_nothing(wire: Wire) -> None:
    for wanted in NONSENSE:
        with pytest.raises(httpx.HTTPStatusError, match="400"):
            await wire.phones.guest_does(SLUG, **{"guest": "", **wanted})
    assert wire.number.bubbles == []


@pytest.mark.parametrize(
    "headers", [{"Host": "rebound.example"}, {"Origin": "http://evil.example"}]
)
async def test_other_sites_may_not_drive_the_phones(wire: Wire, headers: dict[str, str]) -> None:
    for path in ("/", "/simulator/instances", f"/simulator/chats/{SLUG}/{GUEST}"):
        answer = await wire.phones.client.get(wire.phones.url + path, headers=headers)
        assert answer.status_code == 403, path
    assert (await wire.call("getStateInstance", headers=headers)).status_code == 200


async def test_the_page_is_whole_and_follows_a_chat(wire: Wire) -> None:
    client, url = wire.phones.client, wire.phones.url
    shown = (await client.get(f"{url}/")).text
    for name in ("phone.css", "phone.js"):
        assert f"/page/{name}" in shown
        part = await client.get(f"{url}/page/{name}")
        assert "default-src 'self'" in part.headers["content-security-policy"]
        assert "://" not in part.text
    assert (await client.get(f"{url}/page/app.py")).status_code == 404
    said = await wire.phones.guest_says(SLUG, GUEST, "hello", name="Aida")
    await wire.phones.guest_says(SLUG, "34600444002", "good evening", name="Bo")
    chats = (await client.get(f"{url}/simulator/chats/{SLUG}")).json()
    assert [(c["chat"], c["name"]) for c in chats] == [("34600444002@c.us", "Bo"), (CHAT, "Aida")]
    hotels = (await client.get(f"{url}/simulator/instances")).json()
    assert hotels == [{"idInstance": ID, "label": "Simulated", "slug": SLUG, "wid": WID}]
    asked = {"instance": SLUG, "chat": GUEST}
    async with client.stream("GET", f"{url}/simulator/events", params=asked) as events:
        lines = events.aiter_lines()
        first = json.loads((await anext(lines)).removeprefix("data: "))
        await wire.phones.guest_says(SLUG, GUEST, "anybody?")
        await anext(lines)
        then = json.loads((await anext(lines)).removeprefix("data: "))
    assert [m["id"] for m in first["messages"]] == [said]
    assert [m["text"] for m in then["messages"]] == ["hello", "anybody?"]
    later = await wire.phones.chat(SLUG, GUEST, after=said)
    assert [m["text"] for m in later["messages"]] == ["anybody?"]
    assert (await wire.phones.chat(SLUG, GUEST, after="unknown"))["messages"] == []
    nobody = await client.get(f"{url}/simulator/chats/nowhere/{GUEST}")
    assert nobody.status_code == 400


WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)


@settings(max_examples=150, deadline=None)
@given(
    words=WORDS,
    name=WORDS,
    phone=st.integers(10**7, 10**15 - 1),
    hidden=st.booleans(),
    deed=st.sampled_from(["say", "reply", "react", "edit", "delete", "media", "contact"]),
)
def test_whatever_is_said_is_read_back(
    words: str, name: str, phone: int, hidden: bool, deed: str
) -> None:
    """Kind, chat, text and what it is about, for any words of anybody."""
    simulator, number = Simulator(), Number(ID, "t", WID)
    number.settings |= dict.fromkeys(WANTED, "yes")
    number.settings["enableLidMode"] = "yes" if hidden else "no"
    who = {"from": str(phone), "name": name, "address": "http://127.0.0.1/"}
    first = guest_does(simulator, number, {**who, "text": "first"})
    does: dict[str, tuple[str, dict[str, Any]]] = {
        "say": ("textMessage", {}),
        "reply": ("quotedMessage", {"quoted": first.id}),
        "react": ("reactionMessage", {"react": first.id}),
        "edit": ("editedMessage", {"edit": first.id}),
        "delete": ("deletedMessage", {"delete": first.id}),
        "media": ("documentMessage", {"media": {"kind": "document"}}),
        "contact": ("contactMessage", {"contact": {"name": words, "phone": "1"}}),
    }
    kind, what = does[deed]
    done = guest_does(simulator, number, {**who, "text": words, **what})
    event = read_event(json.dumps(number.queue[-1]["body"]).encode())
    assert event.kind == "message"
    assert event.provider_id == done.id
    assert event.chat_kind == ("lid" if hidden else "person")
    assert number.person(event.chat or "") == f"{phone}@c.us"
    assert event.message.type == kind
    if deed not in ("delete", "contact"):
        assert event.message.text == text_of(words)
    about = {first.id} & {str(v) for v in what.values()}
    assert event.message.quoted_id == (about.pop() if about else None)
    row = as_webhook(journal_row(number, done), ID)
    journal = read_event(json.dumps(row).encode())
    assert journal.event_key == event.event_key
    assert (journal.message.type, journal.message.text) == (kind, event.message.text)
    assert journal.message.quoted_id == event.message.quoted_id
    assert (journal.sender, journal.occurred_at) == (event.sender, event.occurred_at)


def test_what_a_number_remembers_is_bounded() -> None:
    simulator, number = Simulator(), Number(ID, "t", WID)
    number.settings |= dict.fromkeys(WANTED, "yes")
    last = None
    for n in range(REMEMBERED + 5):
        last = guest_does(simulator, number, {"from": GUEST, "text": str(n)})
    assert len(number.bubbles) == len(number.queue) == REMEMBERED
    assert number.find(last.id) is last
    assert status_body(number, last, "sent")["idMessage"] == last.id


async def test_a_simulator_that_was_killed_finds_its_numbers_and_chats_again(
    tmp_path: Path,
) -> None:
    memory = tmp_path / "simulator.json"
    app = create_simulator(first := Simulator(), memory)
    async with app.router.lifespan_context(app):
        open_number(first, Number("7301", "token", WID, slug=SLUG))
        first.numbers["7301"].settings["webhookUrl"] = "http://127.0.0.1:1/hook"
        bubble = guest_does(first, first.numbers["7301"], {"from": GUEST, "text": "¿Hay sitio?"})
        async with asyncio.timeout(5):
            while not memory.exists() or bubble.id not in memory.read_text():  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    assert memory.stat().st_mode & 0o077 == 0
    again = create_simulator(second := Simulator(), memory)
    async with again.router.lifespan_context(again):
        number = second.by_name(SLUG)
        assert number is not None
        assert number.chat(CHAT) == [bubble]
        assert (number.token, number.settings) == ("token", first.numbers["7301"].settings)
