"""The calendar's and the party's words of each language, with what each means.

A meaning is one letter, so that a grammar for all languages is a regular expression over letters.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import files

from frontdesk.assistant.local.folding import fold

KINDS = {
    "month": "M",
    "weekday": "W",
    "shift": "R",
    "day": "d",
    "week": "w",
    "month_unit": "m",
    "year": "y",
    "weekend": "k",
    "night": "n",
    "hour": "h",
    "workday": "b",
    "next": "X",
    "coming": "C",
    "this": "T",
    "last": "P",
    "after_next": "A",
    "to": "t",
    "and": "&",
    "of": "o",
    "the": "L",
    "in": "i",
    "later": "l",
    "ago": "g",
    "from": "f",
    "between": "B",
    "after": "a",
    "before": "e",
    "begin": "S",
    "early": "s",
    "mid": "c",
    "late": "z",
    "rest": "r",
    "few": "q",
    "half": "H",
    "for": "F",
    "whole": "v",
    "one": "1",
    "number": "N",
    "ordinal": "O",
    "ordinal_mark": "#",
    "counted": "~",
    "arrive": "<",
    "leave": ">",
    "adult": "u",
    "child": "j",
    "person": "p",
    "us": "U",
    "group": "G",
    "room": "K",
    "other_noun": "J",
    "pair": "2",
    "solo": "@",
    "among": "%",
    "day_mark": "D",
    "month_mark": "I",
    "year_mark": "E",
    "holiday": "Z",
    "easter": "Z",
    "monday_from": "Z",
    "wednesday_from": "Z",
    "thursday_from": "Z",
    "friday_from": "Z",
    "sunday_from": "Z",
    "quarter": "4",
    "word": "x",
}
"""Written by the lexer itself: `Y` a year, `8` a date in eight digits, `°` an ordinal in digits,
`Q` and `V` a month and a weekday that are other words too, `x` a word of no meaning here; `word`
names those that another language or a shorter phrase has a meaning for."""
LANGUAGES = ("en", "es", "de", "fr", "it", "pt", "nl", "ru", "tr", "ar", "hi", "zh", "ja", "ko")
COUSINS = {
    "ca": "es",
    "gl": "pt",
    "eu": "es",
    "af": "nl",
    "lb": "de",
    "uk": "ru",
    "be": "ru",
    "bg": "ru",
    "az": "tr",
    "fa": "ar",
    "ur": "ar",
}
FOREIGN = frozenset("MWRkZNwmd")
LONGEST = 9
"""Pieces of the longest word list entry, at least."""
EASTER = 10_000
WEEKDAY_FROM = {"monday": 2, "wednesday": 4, "thursday": 5, "friday": 6, "sunday": 8}
"""In ten thousands: the first such weekday not before month * 100 + day."""
PIECE = re.compile(
    r"\d+|[\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af]"
    r"|(?:[^\W\d_\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af]|[\u0900-\u0963\u0971-\u097f])+|[^\s\w]"
)
ALIKE = str.maketrans({"ى": "ي", "ة": "ه", "～": "-", "〜": "-", "~": "-", "、": ",", "。": "."})
Key = tuple[str, ...]
Meaning = tuple[tuple[str, int], ...]


def normal(text: str) -> str:
    return fold(text).translate(ALIKE)


def is_dense(piece: str) -> bool:
    """Of a script that writes without spaces."""
    return "\u3005" <= piece[0] <= "\u30ff" or "\u3400" <= piece[0] <= "\u9fff" or is_hangul(piece)


def is_kana(piece: str) -> bool:
    return "\u3040" <= piece[0] <= "\u30ff"


def is_hangul(piece: str) -> bool:
    return "\uac00" <= piece[0] <= "\ud7af"


@lru_cache(maxsize=1)
def _all_words() -> dict[Key, dict[str, Meaning]]:
    """Each word's meaning by language."""
    found: dict[Key, dict[str, Meaning]] = {}
    for language in LANGUAGES:
        resource = files("frontdesk.assistant.local").joinpath(f"words/{language}.txt")
        for line in resource.read_text(encoding="utf-8").splitlines():
            left, _, right = line.partition(": ")
            for word, meaning in _entries(left, right.split()):
                found.setdefault(tuple(PIECE.findall(normal(word))), {}).setdefault(
                    language, meaning
                )
        for word, meaning in _compounds(language):
            found.setdefault((normal(word),), {})[language] = meaning
    return found


def _entries(left: str, words: Sequence[str]) -> Iterator[tuple[str, Meaning]]:
    """`next week: a b` and `month 5: may`: names, a last number is the last name's value."""
    *names, last = left.split()
    value = int(last) if last.lstrip("-").isdigit() else 0
    names += [] if last.lstrip("-").isdigit() else [last]
    meaning = tuple(_named(name, value) for name in names)
    for word in words:
        yield word.replace("_", " "), meaning


def _named(name: str, value: int) -> tuple[str, int]:
    stem, _, count = name.rpartition("_")
    if stem in KINDS and count.isdigit():
        return KINDS[stem], int(count)
    base = EASTER if name == "easter" else WEEKDAY_FROM.get(name.removesuffix("_from"), 0) * EASTER
    return KINDS[name], value + base


def _compounds(language: str) -> Iterator[tuple[str, Meaning]]:
    """German and Dutch write 27 as one word, and their ordinals with an ending."""
    rules = {
        "de": ("und", "ein", ("ten", "te", "ter"), ("sten", "ste", "ster")),
        "nl": ("en", "een", (), ("ste",)),
    }
    if language not in rules:
        return
    link, one, low, high = rules[language]
    numbers = _plain_numbers(language)
    for n in range(2, 32):
        unit = one if n % 10 == 1 else numbers.get(n % 10, "")
        word = numbers.get(n) or f"{unit}{link}{numbers[n // 10 * 10]}"
        yield word, (("N", n),)
        for ending in low if n < 20 else high:
            yield {3: "dri", 7: "sieb"}.get(n, word) + ending, (("O", n),)
    if language == "de":
        for ending in ("", "n", "r"):
            yield "erste" + ending, (("O", 1),)


def _plain_numbers(language: str) -> dict[int, str]:
    text = files("frontdesk.assistant.local").joinpath(f"words/{language}.txt").read_text("utf-8")
    lines = re.findall(r"^number (\d+): (\S+)", text, re.MULTILINE)
    return {int(n): word for n, word in reversed(lines)}


@lru_cache(maxsize=16)
def lexicon(language: str) -> dict[Key, Meaning]:
    """The language's own words, and others' longer words where they mean one thing only."""
    own = COUSINS.get(language, language)
    words: dict[Key, Meaning] = {}
    for key, meanings in _all_words().items():
        meaning = meanings.get(own) or _borrowed(key, meanings)
        if meaning is not None:
            words[key] = meaning
    return words


def _borrowed(key: Key, meanings: dict[str, Meaning]) -> Meaning | None:
    first = next(iter(meanings.values()))
    plain = len("".join(key)) >= (2 if is_dense(key[0]) else 4)
    clear = all(m == first for m in meanings.values()) and all(k in FOREIGN for k, _ in first)
    return first if plain and clear else None
