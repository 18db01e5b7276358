"""A guest asks for the page of their booking: the link goes to who booked, and into no log."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from frontdesk.assistant.decide import decide
from frontdesk.assistant.heard import hear
from frontdesk.assistant.matters import read
from frontdesk.assistant.reply import LANGUAGES
from frontdesk.assistant.states import State, Step
from frontdesk.assistant.values import GuestFacts, HotelFacts, Scene, Utterance
from frontdesk.bookings.models import Booking
from frontdesk.guests.models import Guest
from frontdesk.kit.tokens import Signer
from frontdesk.messaging.models import Message
from frontdesk.portal.giving import GuestPage
from frontdesk.portal.links import enter
from frontdesk.portal.models import GuestLink
from frontdesk.tenancy.models import Hotel
from tests.slices.test_turn import CLOCK, Talk, embedder, talk

__all__ = ["embedder", "talk"]
PAGE = "https://stay.example.org/g"
ASKED = {
    "en": "Can you send me the link to my booking please?",
    "es": "¿Me puede enviar el enlace de mi reserva?",
    "de": "Können Sie mir den Link zu meiner Buchung schicken?",
    "fr": "Pouvez-vous m'envoyer le lien de ma réservation ?",
    "it": "Mi può mandare il link della mia prenotazione?",
    "pt": "Pode enviar-me o link da minha reserva?",
    "ru": "Пришлите, пожалуйста, ссылку на мою бронь",
    "ar": "هل يمكنك إرسال رابط حجزي من فضلك؟",
    "nl": "Kunt u mij de link naar mijn boeking sturen?",
    "tr": "Rezervasyonumun linkini gönderir misiniz?",
    "zh": "能把预订链接发给我吗？",
    "ja": "予約ページのリンクを送ってもらえますか？",
    "ko": "예약 링크를 보내 주시겠어요?",
    "hi": "क्या आप मेरी बुकिंग का लिंक भेज सकते हैं?",
}
OTHER = (
    "Can you send me a payment link?",
    "Do you have a link to the menu?",
    "I want to cancel my booking",
    "Please change my booking to Friday",
    "What time is breakfast?",
)


def with_page(talk: Talk) -> Talk:
    page = GuestPage(Signer(talk.settings.keys_to_sign()))
    talk.desk = replace(talk.desk, mind=replace(talk.desk.mind, page=page))
    return talk


async def settle(talk: Talk, **settings: object) -> None:
    async with talk.desk.db.hotel(talk.hotel) as session:
        await session.execute(update(Hotel).values(settings={"pace_ms": 0, **settings}))


async def opens(talk: Talk, said: str) -> UUID:
    """The booking that the link in these words opens."""
    token = said.partition(f"{PAGE}#")[2].split()[0]
    async with talk.desk.db.hotel(talk.hotel) as session:
        signer = Signer(talk.settings.keys_to_sign())
        asker, _ = await enter(session, signer, token, now=CLOCK.now())
        return asker.booking_id


async def test_who_booked_gets_the_link_and_nobody_else(
    talk: Talk, capsys: pytest.CaptureFixture[str]
) -> None:
    with_page(talk)
    await settle(talk, guest_page=PAGE)
    (unknown,) = await talk.says(ASKED["en"])
    assert "cannot find a coming booking" in unknown
    await talk.says("a room for two tomorrow for 2 nights please")
    (booked,) = await talk.says("yes please")
    (booking,) = await talk.all(Booking)
    assert await opens(talk, booked) == booking.id
    (sent,) = await talk.says(ASKED["en"])
    assert await opens(talk, sent) == booking.id
    assert booking.code in sent

    tokens = [said.partition("#")[2].split()[0] for said in (booked, sent)]
    thread = [m.text for m in await talk.all(Message) if m.direction == "out"]
    assert sum(f"{PAGE}#fdg_…" in said for said in thread) == 2
    async with talk.desk.db.hotel(talk.hotel) as session:
        told = await session.scalars(
            text(
                " UNION ".join(
                    f"SELECT to_jsonb(t)::text FROM {name} t"  # noqa: S608 - ours
                    for name in ("messages", "outbox_events", "audit_log", "conversations")
                )
            )
        )
        everything = [capsys.readouterr().out, *thread, *told]
    assert not [t for t in tokens for said in everything if t in said or t[20:60] in said]

    await settle(talk)  # the hotel says no address: a person does it
    (passed,) = await talk.says("Where can I see my booking online?")
    assert "passed that on" in passed
    assert len(await talk.all(GuestLink)) == 2


async def test_a_code_and_a_surname_open_no_page(talk: Talk) -> None:
    with_page(talk)
    await settle(talk, guest_page=PAGE)
    await talk.says("a room for two tomorrow for 2 nights please")
    await talk.says("yes please")
    (booking,) = await talk.all(Booking)
    async with talk.desk.db.hotel(talk.hotel) as session:
        other = Guest(hotel_id=talk.hotel, name="Zoe Quist", phone="34600999888")
        session.add(other)
        await session.flush()
        await session.execute(update(Booking).values(guest_id=other.id))
    (shown,) = await talk.says(f"My booking code is {booking.code}, surname Quist")
    assert booking.code in shown
    (passed,) = await talk.says(ASKED["en"])
    assert "passed that on" in passed
    async with talk.desk.db.hotel(talk.hotel) as session:
        assert len((await session.scalars(select(GuestLink))).all()) == 1  # of the confirmation


async def test_the_question_is_heard_in_every_language(talk: Talk) -> None:
    assert set(ASKED) == set(LANGUAGES)
    zero = UUID(int=0)
    hotel = HotelFacts(talk.hotel, "Hotel Test", "Europe/Madrid", "EUR", "en")
    for words in (*ASKED.values(), *OTHER):
        now = CLOCK.now()
        unread = (Utterance(zero, words, at=now),)
        scene = Scene(hotel, GuestFacts(zero, None, None), zero, zero, now, unread)
        reading = await read(talk.desk.mind, scene, words)
        step = decide(State(), reading, text=words, choice=None, heard=hear(words)).step
        assert (step is Step.LINK) == (words in ASKED.values()), (words, step)
