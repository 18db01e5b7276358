"""Staff are told once an episode, on the right phones, and take it with a word."""

import re
from datetime import timedelta
from pathlib import Path
from string import Formatter
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

import frontdesk
from frontdesk.assistant.values import EmergencyKind
from frontdesk.conversations.escalation import OF_REASON, Cause
from frontdesk.conversations.filing import file_waiting
from frontdesk.conversations.handover import take_over
from frontdesk.kit.clock import SystemClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.languages import LANGUAGES
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.messaging.models import Conversation, OutboundMessage
from frontdesk.notifications.actions import EPISODE, Alert, acknowledge, notify
from frontdesk.notifications.bodies import LINES, Sentence
from frontdesk.notifications.channel_models import AlertTemplate
from frontdesk.notifications.headings import HEADINGS, Heading
from frontdesk.notifications.models import NotificationDelivery, Staff, StaffNotification
from frontdesk.notifications.queries import NoSuchNotification
from frontdesk.notifications.replies import REPLIES, reply
from frontdesk.notifications.taken import taken_with_chat
from frontdesk.notifications.words import TAKE
from tests.factories import all_of, number_of, receive, says, thread_of

CLOCK = SystemClock()
ANA, BEN = "34600999001", "34600999002"


async def person(db: Database, hotel: HotelId, name: str, phone: str, **more) -> UUID:
    async with db.hotel(hotel) as session:
        made = Staff(hotel_id=hotel, name=name, phone=phone, **more)
        session.add(made)
        await session.flush()
        return made.id


async def alert(db: Database, hotel: HotelId, key: str, thread: Conversation, **more) -> UUID:
    wanted = {"kind": "complaint", "priority": 80, "title": "Unhappy", "body": "b", **more}
    async with db.hotel(hotel) as session:
        told = Alert(dedupe_key=key, conversation_id=thread.id, **wanted)
        return (await notify(session, hotel, told, now=CLOCK.now())).id


@pytest.fixture
async def thread(db: Database, vault: Vault, hotel: HotelId) -> Conversation:
    number = await number_of(db, vault, hotel)
    return await thread_of(db, hotel, number.id)


async def answers(
    db: Database,
    settings: Settings,
    hotel: HotelId,
    thread: Conversation,
    text: str,
    message: str,
    quoting: str | None = None,
) -> str:
    """What a member of staff is told after writing `text` from Ana's phone."""
    chat, now = f"{ANA}@c.us", CLOCK.now()
    body = says(text, message, now, chat=chat)
    if quoting is not None:
        body["messageData"] = {
            "typeMessage": "quotedMessage",
            "extendedTextMessageData": {"text": text},
            "quotedMessage": {"stanzaId": quoting, "textMessage": "alert"},
        }
    await receive(settings, hotel, thread.instance_id, body)
    async with db.hotel(hotel) as session:
        assert await file_waiting(session, hotel, thread.instance_id, chat, now=now) is None
    return (await all_of(db, hotel, OutboundMessage))[-1].text


async def test_each_person_on_duty_hears_what_presses_enough_for_them(
    db: Database, hotel: HotelId, thread: Conversation
) -> None:
    await person(db, hotel, "Ana", ANA)
    await person(db, hotel, "Ben", BEN, min_priority=90)
    await person(db, hotel, "Cleo", "34600999003", on_duty=False)
    await alert(db, hotel, "a", thread)
    assert [m.chat for m in await all_of(db, hotel, OutboundMessage)] == [f"{ANA}@c.us"]
    await alert(db, hotel, "b", thread, kind="emergency", priority=100, title="Fire")
    rows = await all_of(db, hotel, OutboundMessage)
    assert [(m.chat[:11], m.lane) for m in rows[1:]] == [(ANA, "urgent"), (BEN, "urgent")]
    assert len(await all_of(db, hotel, NotificationDelivery)) == 3


async def test_one_alert_an_episode_and_a_new_one_after_it(
    db: Database, hotel: HotelId, thread: Conversation
) -> None:
    await person(db, hotel, "Ana", ANA)
    first = await alert(db, hotel, "a", thread)
    assert await alert(db, hotel, "b", thread, priority=95) == first
    (told,) = await all_of(db, hotel, StaffNotification)
    assert told.priority_score == 95
    assert len(await all_of(db, hotel, OutboundMessage)) == 1
    async with db.hotel(hotel) as session:
        old = CLOCK.now() - EPISODE - timedelta(seconds=1)
        await session.execute(update(StaffNotification).values(created_at=old))
    assert await alert(db, hotel, "c", thread) != first
    assert await alert(db, hotel, "a", thread) == first
    assert len(await all_of(db, hotel, OutboundMessage)) == 2


async def test_an_alert_taken_ends_its_episode(
    db: Database, hotel: HotelId, thread: Conversation
) -> None:
    first = await alert(db, hotel, "a", thread)
    async with db.hotel(hotel) as session:
        await acknowledge(session, first, by="test", now=CLOCK.now())
    assert await alert(db, hotel, "b", thread) != first


async def test_a_plain_ok_takes_the_last_that_came_and_the_first_stays_the_one(
    db: Database, settings: Settings, hotel: HotelId, thread: Conversation
) -> None:
    ana = await person(db, hotel, "Ana", ANA)
    ben = await person(db, hotel, "Ben", BEN)
    fire = await alert(db, hotel, "a", thread, kind="emergency", priority=100, title="Fire")
    calm = await alert(db, hotel, "b", thread, kind="request", priority=50, title="Towels")
    assert "Towels" in await answers(db, settings, hotel, thread, "ok", "S1")
    async with db.hotel(hotel) as session:
        again = await acknowledge(session, calm, by="test", now=CLOCK.now(), staff_id=ben)
    assert (again.status, again.acknowledged_by) == ("acknowledged", ana)
    open_now = [n.id for n in await all_of(db, hotel, StaffNotification) if n.status == "open"]
    assert open_now == [fire]
    assert "Fire" in await answers(db, settings, hotel, thread, "👍", "S2")
    assert "no open alert" in await answers(db, settings, hotel, thread, "Sí", "S3")


async def test_an_ok_takes_the_alert_that_it_quotes(
    db: Database, settings: Settings, hotel: HotelId, thread: Conversation
) -> None:
    await person(db, hotel, "Ana", ANA)
    for title in ("Towels", "Fire", "Taxi", "Noise"):
        await alert(db, hotel, title, thread, title=title)
    async with db.hotel(hotel) as session:
        for title in ("Towels", "Fire", "Taxi"):
            gone = {"status": "sent", "sending_at": CLOCK.now(), "provider_id": f"W-{title}"}
            row = update(OutboundMessage).where(OutboundMessage.text.contains(title))
            await session.execute(row.values(gone))
    said = await answers(db, settings, hotel, thread, "I take it", "S1", quoting="W-Towels")
    assert said == "✅ It is yours: Towels"
    assert "Towels" in await answers(db, settings, hotel, thread, "ok", "S2", quoting="W-Towels")
    assert "Taxi" in await answers(db, settings, hotel, thread, "ok", "S3", quoting="unknown")
    assert "Fire" in await answers(db, settings, hotel, thread, "ok", "S4")
    assert "Noise" in await answers(db, settings, hotel, thread, "ok", "S5")


async def test_bot_gives_back_the_chat_whose_alert_one_took_or_quotes(
    db: Database, settings: Settings, hotel: HotelId, thread: Conversation
) -> None:
    await person(db, hotel, "Ana", ANA)
    other = await thread_of(db, hotel, thread.instance_id, "34600111999@c.us")
    now = CLOCK.now()
    for talk, title in ((thread, "Unhappy"), (other, "Angry")):
        async with db.hotel(hotel) as session:
            await take_over(session, talk.id, by="bot", reason="complaint", now=now)
        await alert(db, hotel, title, talk, title=title)
    async with db.hotel(hotel) as session:
        rows = update(OutboundMessage).values(status="sent", provider_id=OutboundMessage.text)
        await session.execute(rows.values(sending_at=now))
        quoted = await session.scalar(
            select(OutboundMessage.provider_id).where(OutboundMessage.text.contains("Unhappy"))
        )

    async def owners() -> tuple[str, str]:
        of = {t.id: t.owner for t in await all_of(db, hotel, Conversation)}
        return of[thread.id], of[other.id]

    assert "Which chat" in await answers(db, settings, hotel, thread, "bot", "S0")
    async with db.hotel(hotel) as session:
        await taken_with_chat(session, thread.id, by=f"user:{uuid4()}", now=now)
    assert "Which chat" in await answers(db, settings, hotel, thread, "bot", "S5")
    took = await answers(db, settings, hotel, thread, "ok", "S1")
    assert took.splitlines() == ["✅ It is yours: Angry", reply("en", "then_bot")]
    assert await owners() == ("staff", "staff")
    said = await answers(db, settings, hotel, thread, "Bot!", "S2")
    assert (said, await owners()) == ("✅ The bot answers again: Angry", ("staff", "bot"))
    assert "Which chat" in await answers(db, settings, hotel, thread, "BOT", "S3")
    said = await answers(db, settings, hotel, thread, "бот", "S4", quoting=quoted)
    assert (said, await owners()) == ("✅ The bot answers again: Unhappy", ("bot", "bot"))
    states = {n.title: n.status for n in await all_of(db, hotel, StaffNotification)}
    assert states == {"Unhappy": "acknowledged", "Angry": "acknowledged"}


async def test_staff_are_answered_in_their_own_language(
    db: Database, settings: Settings, hotel: HotelId, thread: Conversation
) -> None:
    await person(db, hotel, "Ana", ANA, language="de")
    await alert(db, hotel, "a", thread, title="Towels")
    said = [await answers(db, settings, hotel, thread, t, t) for t in ("was?", "9 sauber")]
    assert said[0].startswith("Um einen Hinweis zu übernehmen")
    assert said[1] == "Es gibt kein Zimmer 9."
    took = await answers(db, settings, hotel, thread, "Ich übernehme", "S3")
    assert took == "✅ Sie haben es übernommen: Towels"
    assert (
        await answers(db, settings, hotel, thread, "ja", "S4") == "Es gibt keinen offenen Hinweis."
    )
    for name, texts in REPLIES.items():
        assert len(texts) == len(set(LANGUAGES)) == len(TAKE), name
        of = [sorted(part[1] for part in Formatter().parse(text) if part[1]) for text in texts]
        assert all(fields == of[0] for fields in of), name


async def test_our_own_titles_are_in_each_ones_language_and_a_hotels_template_wins(
    db: Database, settings: Settings, hotel: HotelId, thread: Conversation
) -> None:
    await person(db, hotel, "Ana", ANA, language="es")
    await person(db, hotel, "Ben", BEN, language="de")
    await person(db, hotel, "Cem", "34600999003", language="tr")
    named = Heading("request", {"about": "“{towels}”"}, "")
    told = await alert(db, hotel, "a", thread, kind="request", title=named)
    said = {o.chat: o.text for o in await all_of(db, hotel, OutboundMessage)}
    assert said[f"{ANA}@c.us"].startswith("🔔 Un huésped: petición: “{towels}”\n")
    assert said[f"{BEN}@c.us"].startswith("🔔 Ein Gast: Wunsch: “{towels}”\n")
    assert said["34600999003@c.us"].startswith("🔔 A guest: request: “{towels}”\n")
    (listed,) = await all_of(db, hotel, StaffNotification)
    assert (listed.id, listed.title) == (told, "A guest: request: “{towels}”")
    answer = await answers(db, settings, hotel, thread, "ok", "S1")
    assert answer == "✅ Queda a su cargo: Un huésped: petición: “{towels}”"
    async with db.hotel(hotel) as session:
        words = {"kind": "*", "language": "en", "title": "{title}!", "body": "x"}
        session.add(AlertTemplate(hotel_id=hotel, **words))
    await alert(db, hotel, "b", thread, kind="late", title=Heading("late"))
    said = {o.chat: o.text for o in await all_of(db, hotel, OutboundMessage)}
    assert said[f"{BEN}@c.us"].startswith("🔔 Nachrichten kamen verspätet!\nx")


def test_every_title_is_in_every_language_with_the_same_to_fill_in() -> None:
    for name, said in (*HEADINGS.items(), *LINES.items()):
        fields = [sorted(f for _, f, _, _ in Formatter().parse(text) if f) for text in said]
        assert (len(said), all(said)) == (len(LANGUAGES), True), name
        assert all(each == fields[0] for each in fields), name
    called = {*Cause, *OF_REASON, *(f"danger_{kind}" for kind in EmergencyKind)}
    assert called - HEADINGS.keys() == {"failed"}


def test_whatever_sentence_an_alert_names_is_there() -> None:
    """By the source: a name that nobody wrote a sentence for would be told bare."""
    root = Path(frontdesk.__file__).parent
    source = "\n".join(path.read_text() for path in sorted(root.rglob("*.py")))
    named = set(re.findall(r'\bSentence\(\s*"(\w+)"', source))
    named |= set(re.findall(r'\bHandover\([^,]+, \d+, "(\w+)"', source))
    assert len(named) > 20
    assert named - LINES.keys() == set()
    assert {str(cause) for cause in Cause} - LINES.keys() == set()


async def test_our_own_texts_are_in_each_ones_language_too(
    db: Database, settings: Settings, hotel: HotelId, thread: Conversation
) -> None:
    await person(db, hotel, "Ana", ANA, language="es")
    await person(db, hotel, "Ben", BEN, language="de")
    body = [
        Sentence("request", who="", words="{towels} please"),
        "as they were",
        Sentence("done", {"number": "7"}),
    ]
    await alert(db, hotel, "a", thread, kind="request", title=Heading("request"), body=body)
    said = {o.chat: o.text for o in await all_of(db, hotel, OutboundMessage)}
    spanish = "Petición: “{towels} please”\nas they were\nEscriba «hecho 7» cuando esté.\n"
    assert f"\nUn huésped: {spanish}" in said[f"{ANA}@c.us"]
    assert "\nEin Gast: Wunsch: “{towels} please”\nas they were\nSchreiben" in said[f"{BEN}@c.us"]
    (listed,) = await all_of(db, hotel, StaffNotification)
    english = "A guest: Request: “{towels} please”\nas they were\nWrite “done 7” when it is."
    assert listed.body == english


async def test_what_staff_write_opens_no_thread_and_other_words_take_nothing(
    db: Database, settings: Settings, hotel: HotelId, thread: Conversation
) -> None:
    await person(db, hotel, "Ana", ANA)
    await alert(db, hotel, "a", thread)
    said = await answers(db, settings, hotel, thread, "ok but who cleans it?", "S1")
    assert said.startswith("To take an alert, reply OK.")
    assert [n.status for n in await all_of(db, hotel, StaffNotification)] == ["open"]
    assert [c.id for c in await all_of(db, hotel, Conversation)] == [thread.id]


async def test_another_hotel_neither_sees_nor_takes_it(
    db: Database, hotel: HotelId, other_hotel: HotelId, thread: Conversation
) -> None:
    told = await alert(db, hotel, "a", thread)
    assert await all_of(db, other_hotel, StaffNotification) == []
    with pytest.raises(NoSuchNotification):
        async with db.hotel(other_hotel) as session:
            await acknowledge(session, told, by="test", now=CLOCK.now())
