"""What the stand-in makes of a guest's message: a few rules of its own, in seven languages.

Nothing of the product's own understanding is used here, so that it can be compared with it.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

MONTHS = (
    "jan|ene|genn|янв",
    "feb|fév|fev|фев",
    "mar|mär|мар",
    "apr|abr|avr|апр",
    "may|mai|mag|мая|май",
    "jun|juin|giu|июн",
    "jul|juil|lug|июл",
    "aug|ago|aoû|авг",
    "sep|set|сен",
    "oct|okt|ott|out|окт",
    "nov|ноя",
    "dec|dez|dic|déc|дек",
)
WEEKDAYS = (
    "monday|lunes|montag|lundi|lunedì|segunda|понедельник",
    "tuesday|martes|dienstag|mardi|martedì|terça|вторник",
    "wednesday|miércoles|mittwoch|mercredi|mercoledì|quarta|сред[ау]",
    "thursday|jueves|donnerstag|jeudi|giovedì|quinta|четверг",
    "friday|viernes|freitag|vendredi|venerdì|sexta|пятниц[аыу]",
    "saturday|sábado|samstag|samedi|sabato|суббот[ауы]",
    "sunday|domingo|sonntag|dimanche|domenica|воскресень[ея]",
)
SHIFTS = (
    (0, "today|tonight|hoy|heute|aujourd'hui|oggi|hoje|сегодня"),
    (1, "tomorrow|mañana|morgen|demain|domani|amanhã|завтра"),
)
NUMBERS = (
    (1, "one|a|an|un|una|uno|ein|eine|einen|une|um|uma|один|одн[ау]"),
    (2, "two|dos|zwei|deux|due|dois|duas|два|две|двоих|double|couple"),
    (3, "three|tres|drei|trois|tre|três|три|троих"),
    (4, "four|cuatro|vier|quatre|quattro|quatro|четыре"),
    (5, "five|cinco|fünf|cinq|cinque|пять"),
    (6, "six|seis|sechs|sei|шесть"),
    (7, "seven|siete|sieben|sept|sette|sete|семь"),
)
N = r"(?P<n>\d{1,2}|[^\W\d_]+)"
COUNTED = (
    ("nights", "nights?|noches?|n[aä]cht(?:e|en)?|nuits?|nott[ei]|noites?|ноч(?:ь|и|ей)"),
    ("children", "child(?:ren)?|kids?|niñ[oa]s?|kind(?:er)?|enfants?|bambin[io]|crianças?|детей"),
    ("rooms", "rooms?|habitaciones|zimmer|chambres?|camere|quartos?|номера"),
    (
        "adults",
        "people|persons?|adults?|guests?|personas?|adultos?|personen|erwachsene|personnes?"
        "|adultes?|persone|adulti|pessoas?|взрослых|человека?",
    ),
)
FOR_TWO = re.compile(rf"\b(?:for|para|für|pour|per|на)\s+{N}\b(?!\s*[.:]\d)")
INTENTS = (
    ("cancel_booking", r"cancel|anul|storn|annul|annull|disdir|отмен"),
    (
        "complaint",
        r"unacceptable|filthy|disgust|terrible|inaceptable|sucia?\b|schmutzig|unverschämt"
        r"|inacceptable|sale\b|sporc|inaccettabile|suj[oa]|ужас|грязн",
    ),
    ("my_booking", r"my (?:booking|reservation)|mi reserva|meine buchung|ma réservation|моя бронь"),
    (
        "find_room",
        r"\broom|book|availab|stay|habitaci|reserv|disponib|zimmer|buchen|frei|chambre|réserv"
        r"|camera|prenot|quarto|dispon|номер|забронир",
    ),
    ("request", r"towel|taxi|pillow|toalla|handt[uü]ch|serviette|asciugaman|toalha|полотенц"),
    ("thanks", r"\b(?:thanks?|thank you|gracias|danke|merci|grazie|obrigad[oa]|спасибо)\b"),
    ("greeting", r"^(?:hello|hi|hey|hola|hallo|bonjour|ciao|olá|здравствуйте|привет)\b"),
    (
        "question",
        r"\?|¿|\b(?:what|when|where|how|is there|qué|cuándo|wann|wo|quand|quando|когда)\b",
    ),
)
LANGUAGES = (
    ("ru", r"[а-яё]"),
    ("ar", r"[\u0600-\u06ff]"),
    ("de", r"\b(?:ich|und|ist|zimmer|für|bitte|wann|das|die)\b|ß"),
    ("pt", r"\b(?:você|quarto|noites?|obrigad[oa]|uma?|é|não|amanhã|olá)\b|ã|õ"),
    ("es", r"\b(?:una?|para|qué|habitación|noches?|gracias|hola|el|la|los)\b|[¿¡ñ]"),
    ("fr", r"\b(?:une?|pour|chambre|nuits?|bonjour|merci|le|les|est)\b"),
    ("it", r"\b(?:una?|per|camera|notti|grazie|ciao|il|gli|che|è)\b"),
    ("en", r"[a-z]"),
)
MOODS = (
    ("negative", INTENTS[1][1]),
    ("positive", r"wonderful|great|lovely|perfect|excelente|wunderbar|parfait|ottimo|прекрасн"),
)
URGENT = re.compile(r"urgent|immediately|right now|urgente|sofort|dringend|срочно")


def read(data: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `ReadMessage` for one message."""
    text = str(data.get("message", "")).casefold()
    today = date.fromisoformat(str(data.get("today", ""))[:10])
    found: dict[str, Any] = {"language": _first(LANGUAGES, text) or "en"}
    wishes = [name for name, words in INTENTS if re.search(words, text)]
    found |= _counts(text) | _days(text, today)
    if found.get("arrival") and "find_room" not in wishes and "question" not in wishes:
        wishes.insert(0, "find_room")
    found["intents"] = wishes[:5] or ["other"]
    found["sentiment"] = _first(MOODS, text) or "neutral"
    moods = dict(MOODS)
    if found["sentiment"] in moods:
        match = re.search(moods[found["sentiment"]], text)
        found["sentiment_words"] = [match[0]] if match else []
    found["urgent"] = bool(URGENT.search(text))
    found["needs_knowledge"] = found["intents"][0] == "question"
    return found


def _first(rules: tuple[tuple[str, str], ...], text: str) -> str | None:
    return next((name for name, words in rules if re.search(words, text)), None)


def _number(word: str) -> int | None:
    if word.isdecimal():
        return int(word)
    return next((n for n, words in NUMBERS if re.fullmatch(words, word)), None)


def _counts(text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, nouns in COUNTED:
        match = re.search(rf"\b{N}\s+(?:{nouns})\b", text)
        number = _number(match["n"]) if match else None
        if number is not None and (name != "rooms" or number > 1):
            found[name] = number
    for match in FOR_TWO.finditer(text) if "adults" not in found else ():
        after = text[match.end() :].split()[:1]
        number = _number(match["n"])
        counted = any(re.match(nouns, word) for _, nouns in COUNTED for word in after)
        if number is not None and not counted:
            found["adults"] = number
    return found


def _days(text: str, today: date) -> dict[str, str]:
    """The first day is the arrival, a later second one the departure."""
    days = [day for _, day in sorted(_named(text, today))]
    if not days:
        return {}
    arrival, rest = days[0], [d for d in days[1:] if d > days[0]]
    found = {"arrival": arrival.isoformat()}
    nights = _counts(text).get("nights")
    departure = rest[0] if rest else nights and arrival + timedelta(days=nights)
    return {**found, "departure": departure.isoformat()} if departure else found


def _named(text: str, today: date) -> list[tuple[int, date]]:
    found: list[tuple[int, date]] = []
    for days, words in SHIFTS:
        found += [
            (m.start(), today + timedelta(days)) for m in re.finditer(rf"\b(?:{words})\b", text)
        ]
    for at, words in enumerate(WEEKDAYS):
        ahead = (at - today.weekday()) % 7
        found += [
            (m.start(), today + timedelta(ahead)) for m in re.finditer(rf"\b(?:{words})", text)
        ]
    for match in re.finditer(r"\b(\d{4})-(\d\d)-(\d\d)\b", text):
        found += _real(match.start(), *map(int, match.groups()))
    for match in re.finditer(r"\b(\d{1,2})[./](\d{1,2})[./](\d{4})\b", text):
        day, month, year = map(int, match.groups())
        found += _real(match.start(), year, month, day)
    for month, words in enumerate(MONTHS, 1):
        before = rf"\b(\d{{1,2}})(?:st|nd|rd|th|\.)?(?:\s+(?:of|de))?\s+(?:{words})\w*"
        after = rf"\b(?:{words})\w*\s+(\d{{1,2}})(?:st|nd|rd|th)?\b"
        for match in (*re.finditer(before, text), *re.finditer(after, text)):
            day = int(match[1])
            this = _real(match.start(), today.year, month, day)
            past = this and this[0][1] < today
            found += _real(match.start(), today.year + 1, month, day) if past else this
    return found


def _real(at: int, year: int, month: int, day: int) -> list[tuple[int, date]]:
    try:
        return [(at, date(year, month, day))]
    except ValueError:
        return []
