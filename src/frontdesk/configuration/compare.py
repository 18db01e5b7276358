"""What would change: a document beside what a hotel has."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from typing import Any, Literal

from frontdesk.configuration.kind import Kind
from frontdesk.configuration.kinds import KINDS, SETTINGS_OF
from frontdesk.configuration.night_kinds import NIGHT_KINDS, NightKind, as_nights, week_of
from frontdesk.configuration.night_state import differing, said
from frontdesk.configuration.spans import ALL_WEEK
from frontdesk.configuration.state import Document, Entry, Held, State, canon, key_of
from frontdesk.kit.db import Tenant

What = Literal["add", "change", "remove"]


@dataclass(frozen=True, slots=True)
class Change:
    section: str
    name: str
    """The entry's key, or the setting."""
    what: What
    old: Any
    new: Any
    row: Tenant | None = None

    @property
    def path(self) -> str:
        return f"{self.section}/{self.name}"

    def told(self) -> dict[str, Any]:
        """Only the fields that differ."""
        old, new = self.old, self.new
        if self.what == "change" and self.section not in SETTINGS_OF:
            differing = [name for name in new if old.get(name) != new[name]]
            old, new = ({name: said.get(name) for name in differing} for said in (old, new))
        return {"path": self.path, "what": self.what, "old": old, "new": new}


def compare(state: State, wanted: Document) -> list[Change]:
    """A section that the document has is whole: what it lacks goes. Others are left as they are."""
    changes = [
        Change(section, name, "change", standing.get(name), value)
        for section, standing in state.settings.items()
        for name, value in wanted.get(section, {}).items()
        if standing.get(name) != value
    ]
    for kind in KINDS:
        if kind.section in wanted:
            changes += _section(kind, state.sections[kind.section], wanted[kind.section])
    return changes + [
        change
        for kind in NIGHT_KINDS
        if kind.section in wanted
        for change in _nights(kind, state, wanted[kind.section])
    ]


def _nights(kind: NightKind, state: State, wanted: list[Entry]) -> Iterator[Change]:
    have, new = state.nights[kind.section], as_nights(kind, wanted)
    for key, span in differing(kind, have, new, today=state.today, taken=state.taken):
        old, becomes = (said(kind, values) for values in span.value)
        what: What = "add" if old is None else "remove" if becomes is None else "change"
        week = "" if span.weekdays == ALL_WEEK else f" {' '.join(week_of(span.weekdays))}"
        name = f"{' '.join(key)} {span.first}..{span.last}{week}"
        yield Change(kind.section, name, what, old, becomes)


def _section(kind: Kind, held: list[Held], wanted: list[Entry]) -> list[Change]:
    """Equal ones first, then by key in their order, then by what else they are known by; the rest
    comes or goes.
    """
    pairs, left, new = _matched(kind, held, wanted)
    changes = [
        Change(kind.section, _name(kind, entry), "change", one.entry, entry, one.row)
        for one, entry in pairs
    ]
    changes += [Change(kind.section, _name(kind, entry), "add", None, entry) for entry in new]
    return changes + [
        Change(kind.section, _name(kind, one.entry), "remove", one.entry, None, one.row)
        for one in left
        if kind.switch is None or one.entry[kind.switch]
    ]


def _matched(
    kind: Kind, held: list[Held], wanted: list[Entry]
) -> tuple[list[tuple[Held, Entry]], list[Held], list[Entry]]:
    """Those that change, those that nothing is said of, and those that are nowhere yet."""
    left, new = held, wanted
    pairs: list[tuple[Held, Entry]] = []
    for way in (canon, partial(key_of, kind), *(itemgetter(name) for name in kind.again)):
        same, left, new = _same(way, left, new)
        pairs += [pair for pair in same if pair[0].entry != pair[1]]
    return pairs, left, new


def _same(
    way: Callable[[Entry], Any], held: list[Held], wanted: list[Entry]
) -> tuple[list[tuple[Held, Entry]], list[Held], list[Entry]]:
    by: dict[Any, list[Held]] = defaultdict(list)
    for one in held:
        by[way(one.entry)].append(one)
    pairs: list[tuple[Held, Entry]] = []
    new: list[Entry] = []
    for entry in wanted:
        same = by[way(entry)] if way(entry) is not None else []
        if same:
            pairs.append((same.pop(0), entry))
        else:
            new.append(entry)
    return pairs, [one for rest in by.values() for one in rest], new


def _name(kind: Kind, entry: Entry) -> str:
    """By its key; where that is everything, by what tells it apart in a few words."""
    said = [entry.get(name) for name in kind.key] or [
        value for value in entry.values() if isinstance(value, str | int) and value not in ("", 0)
    ]
    return " ".join(str(part) for part in said if part is not None)[:120]
