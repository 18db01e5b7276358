"""Typed facts of a hotel: what there is to say, how it is kept, and the sentence that says it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal, cast, get_args

from frontdesk.kit.money import format_money
from frontdesk.kit.outside import web_address

Spoken = Literal["en", "es", "de", "fr", "it", "pt", "ru", "ar", "nl", "tr", "zh", "ja", "ko", "hi"]
LANGUAGES: tuple[str, ...] = get_args(Spoken)
SIGNS = {"zh": ("：", "。"), "ja": ("：", "。"), "hi": (": ", "।")}
"""What stands between a name and its value, and at the end; else a colon and a full stop."""
ENDS = (".", "!", "?", "؟", "。", "！", "？", "।")
CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")
PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{2,30}")
LONGEST = 600
MOST = 1_000_000_000
IN_HOUSE = frozenset({"wifi_password", "door_code"})
"""Told to who lives here, where the hotel says nothing else."""


def own_language(of_hotel: str) -> str:
    """In which a fact is kept where nobody says otherwise."""
    return of_hotel if of_hotel in LANGUAGES else "en"


def usual_audience(key: str) -> str:
    return "in_house" if key in IN_HOUSE else "guest"


class BadValue(ValueError):
    """`path` is where in the value, and the words say what belongs there."""

    def __init__(self, why: str, path: str = "value") -> None:
        super().__init__(why)
        self.path = path


@dataclass(frozen=True, slots=True)
class FactKind:
    """One thing that a hotel can say of itself."""

    key: str
    type: str
    """time | hours | money | yesno | number | choice | text | phone | url"""
    unit: str
    """Of money and numbers, e.g. `/night`; empty for none."""
    choices: tuple[str, ...]
    category: str
    labels: Mapping[str, str]
    asked: str
    """How people ask for it, in English."""


def _lines(name: str) -> list[list[str]]:
    text = files("frontdesk.knowledge").joinpath(f"words/{name}").read_text("utf-8")
    return [line.split(" | ") for line in text.splitlines() if not line.startswith("#")]


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, FactKind]:
    return {cells[0]: _kind(cells) for cells in _lines("facts.txt")}


def _kind(cells: list[str]) -> FactKind:
    key, said, category, *labels, asked = cells
    found = re.fullmatch(r"(\w+)(/\w+)?(?:\(([\w,]+)\))?", said)
    assert found, said  # noqa: S101 - our own file
    choices = tuple((found[3] or "").split(",")) if found[3] else ()
    names: dict[str, str] = dict(zip(LANGUAGES, labels, strict=True))
    return FactKind(key, found[1], found[2] or "", choices, category, names, asked)


@lru_cache(maxsize=1)
def _words() -> Mapping[str, Mapping[str, str]]:
    lines = _lines("fact_values.txt")
    return {word: dict(zip(LANGUAGES, said, strict=True)) for word, *said in lines}


def checked(kind: FactKind, value: object) -> Any:
    """The value as it is kept. Raises BadValue."""
    return CHECKS[kind.type](kind, value)


def _time(_: FactKind, value: object) -> str:
    return _clock(value, "value")


def _clock(value: object, path: str) -> str:
    if not isinstance(value, str) or not CLOCK.fullmatch(value):
        raise BadValue("a time of the day as HH:MM", path)
    return value


def _hours(_: FactKind, value: object) -> dict[str, str]:
    ends = cast("dict[object, object]", value) if isinstance(value, dict) else {}
    if set(ends) != {"from", "until"}:
        raise BadValue('hours as {"from": "HH:MM", "until": "HH:MM"}')
    said = {end: _clock(ends[end], f"value.{end}") for end in ("from", "until")}
    if said["from"] == said["until"]:
        raise BadValue("hours that begin and end at different times", "value.until")
    return said


def _money(_: FactKind, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST:
        raise BadValue("an amount in minor units (cents), not less than 0")
    return value


def _yesno(_: FactKind, value: object) -> bool:
    if not isinstance(value, bool):
        raise BadValue("true or false")
    return value


def _number(_: FactKind, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST:
        raise BadValue("a number, not less than 0")
    return value


def _choice(kind: FactKind, value: object) -> str:
    if value not in kind.choices:
        raise BadValue(f"one of {', '.join(kind.choices)}")
    return str(value)


def _text(_: FactKind, value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST:
        raise BadValue(f"a text of 1 to {LONGEST} characters")
    if any(not (c.isprintable() or c == "\n") for c in value):
        raise BadValue("a text without control characters")
    return value.strip()


def _phone(_: FactKind, value: object) -> str:
    if not isinstance(value, str) or not PHONE.fullmatch(value):
        raise BadValue("a phone number")
    return value


def _url(_: FactKind, value: object) -> str:
    try:
        return web_address(_text(_, value))
    except BadValue:
        raise
    except ValueError:
        raise BadValue("an http(s) address") from None


CHECKS: Mapping[str, Callable[[FactKind, object], Any]] = {
    "time": _time,
    "hours": _hours,
    "money": _money,
    "yesno": _yesno,
    "number": _number,
    "choice": _choice,
    "text": _text,
    "phone": _phone,
    "url": _url,
}


def label(key: str, language: str) -> str:
    labels = catalogue()[key].labels
    return labels.get(language, labels["en"])


def sentence(key: str, value: Mapping[str, Any], language: str) -> str:
    """What a guest is told, in one of our languages, else in English."""
    spoken = language if language in LANGUAGES else "en"
    said = _said(catalogue()[key], value, spoken)
    between, end = SIGNS.get(spoken, (": ", "."))
    return f"{label(key, spoken)}{between}{said}{'' if said.endswith(ENDS) else end}"


def _said(kind: FactKind, value: Mapping[str, Any], language: str) -> str:
    raw = value["value"]
    match kind.type:
        case "hours":
            return f"{raw['from']}–{raw['until']}"
        case "money":
            return _per(kind.unit, format_money(raw, value["currency"], language), language)
        case "number":
            return _per(kind.unit, _plain_number(raw), language)
        case "yesno":
            return _words()["yes" if raw else "no"][language]
        case "choice":
            return _words()[raw][language]
        case _:
            return str(raw)


def _plain_number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.2f}".rstrip("0").rstrip(".")


def _per(unit: str, said: str, language: str) -> str:
    return _words()[unit][language].format(said) if unit else said


def also_asked(key: str) -> str:
    """Words by which a fact is found, beside its own sentence."""
    kind = catalogue()[key]
    return f"{kind.labels['en']}: {kind.asked}"


def also_named(key: str) -> Mapping[str, str]:
    """The fact's name in each language."""
    return catalogue()[key].labels
