"""The card a person reads before they answer: short, and every line says where it is from."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from frontdesk.assistant.values import (
    GuestFacts,
    HotelFacts,
    Intent,
    Outcome,
    Reading,
    Scene,
    Sentiment,
    Utterance,
)
from frontdesk.conversations.card import card
from frontdesk.kit.ids import HotelId

MESSAGE, GUEST, QUOTE = uuid4(), uuid4(), uuid4()
LONG = "the room is filthy and nobody helps " * 20
STATE = {
    "stage": "confirming",
    "subject": str(QUOTE),
    "stay": {"arrival": "2027-04-05", "departure": "2027-04-07", "adults": 2},
}


def told(text: str, name: str, words: tuple[str, ...] = ("filthy",)) -> list:
    hotel = HotelFacts(HotelId(UUID(int=1)), "Hotel", "Europe/Madrid", "EUR", "en")
    now = datetime(2027, 3, 1, tzinfo=UTC)
    said = (Utterance(MESSAGE, text),)
    guest = GuestFacts(GUEST, name, "en")
    scene = Scene(hotel, guest, uuid4(), uuid4(), now, said, state=STATE)
    sad = Reading("en", Intent.COMPLAINT, 1, sentiment=Sentiment.NEGATIVE, sentiment_words=words)
    return card(scene, Outcome((), {}, {MESSAGE: sad}, "en", gaps=("why",)))


def test_each_line_has_its_source_and_all_are_under_sixty_words() -> None:
    lines = told(LONG, "Ann " * 40, words=("filthy",) * 30)
    assert sum(len(line.text.split()) for line in lines) < 60
    assert lines[0].text.startswith("“the room is filthy")
    sources = [line.source.partition(":")[0] for line in lines]
    assert sources == ["message", "message", "message", "quote", "conversation", "guest"]
    assert lines[3].source == f"quote:{QUOTE}"
    assert "2027-04-05 to 2027-04-07, 2 adults" in lines[4].text
    assert lines[5].source == f"guest:{GUEST}"


def test_a_message_without_words_says_so() -> None:
    assert told("", "")[0].text == "Sent no words"
    assert told("", "")[-1].text == "Without a name, writes en"
