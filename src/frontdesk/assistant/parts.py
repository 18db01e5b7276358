"""Several things in one message: its sentences, and which of them are a matter of their own."""

import re

from frontdesk.assistant.states import Step

MOST = 6
SENTENCE = re.compile(
    r"(?<=[.!?\u061f])\s+|\n+|(?<=[!?\u061f\u3002\uff01\uff1f\u0964])\s*(?=[^\s!?\u3002\uff01\uff1f])"
)
AND_ASKS = re.compile(
    r"[,;]?\s+(?:and|also|y|und|et|e|и|а|en|ve|और)\s+(?:also\s+|also,\s+)?(?=(?:what|when|where|how"
    r"|is|are|do|does|can|could|cuándo|cuánto|qué|cómo|dónde|hay|tienen|puede|pueden|wann|wie|wo|was"
    r"|gibt|haben|kann|können|quand|où|comment|combien|est-ce|avez-vous|peut-on|y a-t-il|quando"
    r"|quanto|dove|come|avete|c'è|posso|possiamo|onde|como|têm|há|que horas|a que hora|a qué hora"
    r"|a che ora|à quelle heure|когда|где|как|есть|можно|сколько|во сколько|wat|hoeveel|wanneer"
    r"|waar|hoe|is er|zijn er|heeft|kunnen|ne zaman|nerede|kaç|saat kaç|क्या|कब|कहाँ|कितने|कितना)"
    r"(?:\b|\s))",
    re.IGNORECASE,
)
AND_ASKS_ARABIC = re.compile(r"[،,]?\s+و(?=(?:متى|هل|أين|كم|كيف)(?:\s|$))")
ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|st|no|nr|sr|sra|bzw|ca|approx|p\.?m|a\.?m)|\d)\.$", re.IGNORECASE
)

ANSWERED = frozenset({Step.ANSWER})
NOTED = frozenset({Step.REQUEST, Step.NOTE_ARRIVAL, Step.LATE_OUT})
EXTRA = frozenset({Step.ASK_ADDON})
TALK = frozenset({Step.GREET, Step.THANK, Step.BYE, Step.ANYTHING, Step.COMPLAINT, Step.OUTSIDE})
"""Beside something else it needs no answer; anger is judged of the whole message."""
WHOLE = frozenset(
    {Step.EMERGENCY, Step.DELICATE, Step.PERSON, Step.STOP, Step.START, Step.START_OVER}
)
"""Nothing else in the message is done beside it."""


def sentences(text: str) -> list[str]:
    """At most MOST; what is left over stays with the last one."""
    found: list[str] = []
    for line in SENTENCE.split(text):
        for piece in AND_ASKS_ARABIC.split(line):
            found += AND_ASKS.split(piece)
    joined: list[str] = []
    for piece in (p.strip() for p in found):
        if joined and (ABBREVIATION.search(joined[-1]) or len(joined) >= MOST):
            joined[-1] = f"{joined[-1]} {piece}"
        elif piece:
            joined.append(piece)
    return joined
