"""The handover card: what a person needs to take a chat over, in under 60 words, each line with
the message or fact that it comes from.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from frontdesk.assistant.states import State, load
from frontdesk.assistant.values import Outcome, Reading, Scene, Sentiment

WORDS = 59
SAID = 22
"""Words of the guest that are quoted."""
ASKED = {
    "confirming": ("An offer waits for a yes", "quote"),
    "changing": ("A change waits for a yes", "change"),
    "cancelling": ("Was asked whether to cancel", "booking"),
    "ordering": ("An add-on waits for a yes", "addon"),
    "offering_wait": ("Was offered the waiting list", "room_type"),
}
"""What stands open, and what kind of thing the dialogue's subject is then."""


@dataclass(frozen=True, slots=True)
class CardLine:
    text: str
    source: str
    """`message:<id>`, `guest:<id>`, `quote:<id>`, ..."""


def card(scene: Scene, outcome: Outcome, known: Sequence[CardLine] = ()) -> list[CardLine]:
    """The most telling first, `known` before the name; what would be word 60 is left out with its
    line.
    """
    lines: list[CardLine] = []
    left = WORDS
    for line in _lines(scene, outcome, load(scene.state), known):
        count = len(line.text.split())
        if count <= left:
            lines.append(line)
            left -= count
    return lines


def _lines(
    scene: Scene, outcome: Outcome, before: State, known: Sequence[CardLine]
) -> Iterator[CardLine]:
    last = scene.unread[-1]
    words = " ".join(last.text.split()[:SAID])
    yield CardLine(f"“{words[:200]}”" if words else "Sent no words", f"message:{last.id}")
    worst = _worst(outcome.readings)
    if worst is not None:
        told = ", ".join(worst[1].sentiment_words[:4])
        yield CardLine(f"Unhappy: {told}" if told else "Unhappy", f"message:{worst[0]}")
    if outcome.gaps:
        yield CardLine("Our knowledge has no answer to this", f"message:{last.id}")
    if before.stage in ASKED and before.subject:
        text, kind = ASKED[before.stage]
        yield CardLine(text, f"{kind}:{before.subject}")
    stay = _stay(before)
    if stay:
        yield CardLine(f"Wants {stay}", f"conversation:{scene.conversation_id}")
    yield from known
    name = scene.guest.name or "Without a name"
    name = " ".join(name.split()[:6])[:80]
    yield CardLine(f"{name}, writes {outcome.language}", f"guest:{scene.guest.id}")


def _worst(readings: Mapping[UUID, Reading]) -> tuple[UUID, Reading] | None:
    sad = [(i, r) for i, r in readings.items() if r.sentiment is Sentiment.NEGATIVE]
    return min(sad, key=lambda pair: pair[1].sentiment_score, default=None)


def _stay(state: State) -> str:
    stay = state.stay
    days = [day.isoformat() for day in (stay.arrival, stay.departure) if day is not None]
    people = f"{stay.adults} adults" if stay.adults else ""
    return ", ".join(filter(None, (" to ".join(days), people)))
