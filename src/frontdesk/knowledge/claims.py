"""What a text claims of the things that facts are about: times, hours, money, deadlines, yes or no.

Each figure of a sentence belongs to the nearest subject of its kind that is named before it, else
after it; a sentence that names none speaks of what its heading names.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from frontdesk.kit.money import minor_digits
from frontdesk.knowledge.facts import catalogue
from frontdesk.knowledge.rules import cut, plain

Value = str | int | bool | tuple[str, str]
SENTENCE = re.compile(r"(?<=[!?;؟\n])\s*|(?<=[.])\s+(?!\d)")
CLOCK = re.compile(
    r"\b(?P<h>2[0-4]|[01]?\d)(?:(?:[:.h]|\s?uhr\s?)(?P<m>[0-5]\d)(?!\s?(?:€|eur|\d|%))"
    r"(?:\s?uhr)?|\s?(?:uhr|h)\b)?\s?(?P<half>[ap]\.?m\b\.?)?"
)
NAMED = {"noon": "12:00", "midday": "12:00", "mediodia": "12:00", "mittag": "12:00",
         "midi": "12:00", "mezzogiorno": "12:00", "meio-dia": "12:00", "midnight": "24:00",
         "medianoche": "24:00", "mitternacht": "24:00", "minuit": "24:00", "mezzanotte": "24:00",
         "meia-noite": "24:00", "полдень": "12:00", "полночь": "24:00"}  # fmt: skip
SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "eur": "EUR", "euro": "EUR", "euros": "EUR",
         "евро": "EUR", "يورو": "EUR", "usd": "USD", "dollars": "USD", "dollar": "USD",
         "gbp": "GBP", "pounds": "GBP", "chf": "CHF"}  # fmt: skip
AMOUNT = r"\d{1,6}(?:[.,]\d{1,2})?"
SIGN = "|".join(map(re.escape, sorted(SIGNS, key=len, reverse=True)))
MONEY = re.compile(rf"(?:(?P<a>{SIGN})\s?(?P<x>{AMOUNT})|(?P<y>{AMOUNT})\s?(?P<b>{SIGN}))(?!\w)")
SMALL = {w: n for n, words in enumerate(
    ("one un una uno ein eine einen une um uma", "two dos zwei deux due dois duas два",
     "three tres drei trois tre три", "four cuatro vier quatre quattro quatro четыре",
     "five cinco funf cinq cinque пять", "six seis sechs sei шесть", "seven siete sieben sept"),
    1) for w in words.split()}  # fmt: skip
SPAN = re.compile(
    rf"(?P<n>\d{{1,3}}|{'|'.join(SMALL)})[\s-]?(?P<u>hours?|h|horas?|stunden?|heures?|ore|часов|часа"
    r"|days?|dias?|tage?n?|jours?|giorni|giorno|дня|дней|день|weeks?|semanas?|wochen?|semaines?)\b"
)
CHILD = re.compile(r"child|kid|nino|kind|enfant|bambin|crianca|ребен|дет(?:и|ей)|طفل|اطفال")
WEEKEND = re.compile(r"weekend|week-end|saturday|sunday|sabado|domingo|wochenende|samstag|sonntag"
                     r"|samedi|dimanche|domenica|выходн|суббот|воскрес")  # fmt: skip
NO = re.compile(
    r"\bno\b|\bnot\b|n't\b|cannot|non-|prohibid|\bkeine?\b|\bnicht\b|verboten|interdit|\bne\b.*\bpas\b"
    r"|\bpas\b|\bnon\b|vietat|proibid|\bnao\b|запрещ|\bне\b|нельзя|ممنوع|غير مسموح|without|aucun"
)
YES = re.compile(
    r"allow|welcome|permit|accept|may\b|admit|permitid|erlaubt|willkommen|gestattet|autoris|bienvenu"
    r"|ammess|benvenut|aceit|bem-vind|разреш|можно|приним|مسموح|مرحب|can\b|bring"
)
EXCEPT = re.compile(r"except|other animals|outside|courtyard|garden|terra[cz]|balcon|draussen")
YES_NO = frozenset({"pets_allowed", "smoking_allowed", "parties_allowed"})


@dataclass(frozen=True, slots=True)
class Claim:
    key: str
    value: Value
    """HH:MM, a pair of them (one may be empty), minor units, hours, or whether it may be."""
    said: str
    """The sentence."""


@dataclass(frozen=True, slots=True)
class _Mention:
    at: int
    end: int
    keys: tuple[str, ...]


def folded(text: str) -> str:
    """Without case and accents; as long as its letters, so places stay comparable."""
    return plain(text.casefold())


@lru_cache(maxsize=1)
def _subjects() -> Mapping[str, tuple[str, ...]]:
    """The facts that a phrase speaks of."""
    text = files("frontdesk.knowledge").joinpath("words/claims.txt").read_text("utf-8")
    found: dict[str, list[str]] = defaultdict(list)
    for line in text.splitlines():
        if not line.startswith("#"):
            key, _, phrases = line.partition(": ")
            for phrase in phrases.split(", "):
                found[folded(phrase)].append(key)
    return {phrase: tuple(keys) for phrase, keys in found.items()}


@lru_cache(maxsize=1)
def _phrases() -> re.Pattern[str]:
    longest = sorted(_subjects(), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?:en|s|n|e)?(?!\w)")


def _mentions(text: str) -> list[_Mention]:
    found: list[_Mention] = []
    for match in _phrases().finditer(text):
        word = match[0]
        while word not in _subjects():
            word = word[:-1]
        found.append(_Mention(match.start(), match.end(), _subjects()[word]))
    return found


def claims(title: str, body: str, currency: str) -> list[Claim]:
    """All that a text says of facts."""
    found: list[Claim] = []
    for piece in cut(body):
        above = _mentions(folded(piece.heading)) or _mentions(folded(title))
        for sentence in SENTENCE.split(piece.body):
            found += _of_sentence(sentence.strip(), above, currency) if sentence.strip() else ()
    return found


def _of_sentence(sentence: str, above: Sequence[_Mention], currency: str) -> Iterator[Claim]:
    text = folded(sentence)
    mentions = _mentions(text) or [_Mention(0, 0, m.keys) for m in above]
    times: dict[str, list[str]] = defaultdict(list)
    rest = list(text)
    for at, end, amount in _money(text, currency):
        rest[at:end] = " " * (end - at)
        clause = re.split("[,;]", text[:at])[-1] + re.split("[,;]", text[end:])[0]
        key = _owner(mentions, at, "money")
        if key and not (CHILD.search(clause) and "child" not in key and "cot" not in key):
            yield Claim(key, amount, sentence)
    for at, end, hours in _spans(text):
        rest[at:end] = " " * (end - at)
        key = _owner(mentions, at, "number")
        if key:
            yield Claim(key, hours, sentence)
    for at, said in _times("".join(rest)):
        key = _owner(mentions, at, "hours", "time")
        if key and not (key == "breakfast_hours" and WEEKEND.search(text)):
            times[key].append(said)
    for key, said in times.items():
        yield from (Claim(key, value, sentence) for value in _as_type(key, said, text))
    yield from _may(text, mentions, sentence)


def _owner(mentions: Sequence[_Mention], at: int, *types: str) -> str | None:
    """The nearest subject of these types before a place, else after it."""
    kinds = catalogue()
    fitting = [(m, k) for m in mentions for k in m.keys if kinds[k].type in types]
    before = [(at - m.end, k) for m, k in fitting if m.at <= at]
    after = [(m.at - at, k) for m, k in fitting if m.at > at]
    nearest = min(before, default=None) or min(after, default=None)
    return nearest[1] if nearest else None


def _money(text: str, currency: str) -> Iterator[tuple[int, int, int]]:
    for found in MONEY.finditer(text):
        if SIGNS[found["a"] or found["b"]] == currency:
            units, _, part = (found["x"] or found["y"]).replace(",", ".").partition(".")
            digits = minor_digits(currency)
            yield found.start(), found.end(), int(units + part.ljust(digits, "0")[:digits])


def _spans(text: str) -> Iterator[tuple[int, int, int]]:
    for found in SPAN.finditer(text):
        number = SMALL.get(found["n"]) or int(found["n"])
        unit = found["u"]
        days = 7 if unit[:2] in ("we", "se", "wo") else 1
        hours = unit[0] in "hч" or unit.startswith(("stunde", "ore"))
        yield found.start(), found.end(), number if hours else number * 24 * days


def _times(text: str) -> Iterator[tuple[int, str]]:
    found = [(m.start(), NAMED[m[0]]) for m in re.finditer("|".join(NAMED), text)]
    for match in CLOCK.finditer(text):
        marked = match["m"] or match["half"] or re.search(r"uhr|h", match[0])
        if marked:
            hour = int(match["h"])
            if match["half"]:
                hour = hour % 12 + 12 * match["half"].startswith("p")
            found.append((match.start(), f"{hour:02d}:{match['m'] or '00'}"))
    return iter(sorted(found))


def _as_type(key: str, said: Sequence[str], text: str) -> Iterator[Value]:
    if catalogue()[key].type == "time":
        yield from said
    elif len(said) == 1:
        until = re.search(r"until|till|hasta|bis|jusqu|fino|ate |до |closes|حتى", text)
        yield ("", said[0]) if until else (said[0], "")
    else:
        yield from zip(said[::2], said[1::2], strict=False)


def _may(text: str, mentions: Sequence[_Mention], sentence: str) -> Iterator[Claim]:
    keys = {k for m in mentions for k in m.keys if k in YES_NO}
    if keys and not EXCEPT.search(text) and (NO.search(text) or YES.search(text)):
        yield from (Claim(key, not NO.search(text), sentence) for key in sorted(keys))


def of_fact(key: str, value: Mapping[str, Any]) -> Value | None:
    """A fact's value as a claim; None where no text is compared with it."""
    raw: Any = value["value"]
    kind = catalogue()[key]
    match kind.type:
        case "hours":
            return raw["from"], raw["until"]
        case "choice" if key in YES_NO:
            return raw != "no"
        case "time" | "money" | "yesno":
            return raw
        case "number":
            return int(raw)
        case _:
            return None


def agree(one: Value, other: Value) -> bool:
    """Whether two claims of the same fact can both be true."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return all(a == b or not a or not b for a, b in zip(one, other, strict=True))
    return one == other
