"""Drafts that lie in one figure, made from true ones: what the lock has to stop, every time."""

import random
from collections.abc import Callable, Iterator

from frontdesk.assistant.reply import Draft

FACTS = (
    ("Double with sea view costs {} in total", ("€349.36", "349,36 €", "$1,204.50", "US$89.00")),
    ("Arrival on {}", ("Fri 5 Mar 2027", "vie 12 mar 2027", "Mo. 5 Apr. 2027", "4 December 2026")),
    ("Breakfast from {}", ("7:30", "07:30", "10:30 pm", "6h30", "18:45")),
    ("Call {}", ("+34 971 555 010", "+1 212 555 0142", "0049 30 901820")),
    ("Your code is {}", ("GN3WSQ", "YK2REU", "FD-7K2Q9X")),
    ("See {}", ("https://seaside.example/menu", "www.harbor.example", "desk@seaside.example")),
    ("Nights: {}", ("2", "14", "3")),
)
WIDE = {str(n): chr(0xFF10 + n) for n in range(10)}
RAISED = {str(n): c for n, c in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
ARABIC = {str(n): chr(0x0660 + n) for n in range(10)}
Lie = Callable[[random.Random, str], str]


def trials(count: int, *, seed: int) -> Iterator[Draft]:
    """Drafts of which each holds a figure that its grounds do not."""
    chance = random.Random(seed)  # noqa: S311 - the same draw every time is wanted
    while count:
        chosen = chance.sample(FACTS, chance.randint(2, 4))
        values = [chance.choice(values) for _, values in chosen]
        lied = chance.randrange(len(values))
        false = chance.choice(LIES)(chance, values[lied])
        if _same(false, values):
            continue
        told = [false if n == lied else value for n, value in enumerate(values)]
        text = ". ".join(form.format(v) for (form, _), v in zip(chosen, told, strict=True))
        yield Draft(f"{text}.", tuple(values))
        count -= 1


def _same(false: str, values: list[str]) -> bool:
    """No lie at all, or one that another fact tells."""
    bare = false.casefold()
    return any(bare == v.casefold() or bare in v.casefold() for v in values)


def _another_digit(chance: random.Random, value: str) -> str:
    at = [n for n, c in enumerate(value) if c.isdecimal()]
    if not at:
        return value.replace("example", "exampel").replace(".", "-x.", 1)
    n = chance.choice(at)
    digit = chance.choice([d for d in "123456789" if d != value[n]])
    return value[:n] + digit + value[n + 1 :]


def _one_more(chance: random.Random, value: str) -> str:
    return f"{value}{chance.randint(1, 9)}"


def _swapped(chance: random.Random, value: str) -> str:
    digits = [n for n, c in enumerate(value) if c.isdecimal()]
    if len(digits) < 2:
        return _another_digit(chance, value)
    a, b = chance.sample(digits, 2)
    letters = list(value)
    letters[a], letters[b] = letters[b], letters[a]
    return "".join(letters)


def _other_currency(chance: random.Random, value: str) -> str:
    for sign in ("€", "US$", "$"):
        if sign in value:
            return value.replace(sign, chance.choice([s for s in ("£", "€", "$") if s not in sign]))
    return _another_digit(chance, value)


def _other_month(chance: random.Random, value: str) -> str:
    for month, other in (("Mar", "May"), ("mar", "may"), ("Apr", "Aug"), ("December", "October")):
        if month in value:
            return value.replace(month, other)
    return _other_weekday(chance, value)


def _other_weekday(chance: random.Random, value: str) -> str:
    for day, other in (("Fri", "Sat"), ("vie", "lun"), ("Mo.", "Di.")):
        if value.startswith(day):
            return value.replace(day, other, 1)
    return _another_digit(chance, value)


def _disguised(chance: random.Random, value: str) -> str:
    """A false digit in signs that only look otherwise, or split by a mark that nobody sees."""
    false = _another_digit(chance, value)
    signs = chance.choice([WIDE, RAISED, ARABIC, None])
    if signs is None:
        middle = len(false) // 2
        return f"{false[:middle]}\u200b{false[middle:]}"
    return "".join(signs.get(c, c) for c in false)


def _longer_address(chance: random.Random, value: str) -> str:
    if "example" not in value:
        return _another_digit(chance, value)
    return value + chance.choice(["/pay", ".evil.com", "?discount=1"])


LIES: tuple[Lie, ...] = (
    *(_another_digit, _one_more, _swapped, _other_currency),
    *(_other_month, _other_weekday, _disguised, _longer_address),
)
