"""Reading what a document says of nights: every mistake with the path to it."""

from collections.abc import Iterator
from datetime import date
from typing import Any, cast

from pydantic import ValidationError

from frontdesk.configuration.night_kinds import (
    BY_NIGHT,
    MOST_NIGHTS,
    NAMES,
    NIGHT_KINDS,
    NIGHTS,
    OVERBOOKING,
    Key,
    NightKind,
    as_entries,
    as_nights,
    days_of,
)
from frontdesk.configuration.state import Document, Entry, State

Told = tuple[str, str]
"""A path and what is wrong there."""


def read_nights(kind: NightKind, raw: object, wrong: list[Told]) -> list[Entry]:
    """As the hotel's own nights would be said, however it is said here."""
    if not isinstance(raw, list):
        wrong.append((kind.section, "a list of entries is wanted"))
        return []
    seen: dict[Key, set[date]] = {}
    entries: list[Entry] = []
    count = 0
    for at, said in enumerate(cast("list[object]", raw)):
        path = f"{kind.section}[{at}]"
        try:
            entry = kind.schema.model_validate(said).model_dump(mode="json")
        except ValidationError as refused:
            wrong += _refused(refused, path)
            continue
        days = days_of(entry)
        count += len(days)
        if count > MOST_NIGHTS:
            wrong.append((kind.section, f"at most {MOST_NIGHTS} nights are said at once"))
            return []
        known = seen.setdefault(tuple(str(entry[name]) for name in kind.key), set())
        again = next((day for day in days if day in known), None)
        if again is not None:
            wrong.append((f"{path}.first", f"another entry says {again} already"))
        known.update(days)
        entries.append(entry)
    return [] if wrong else as_entries(kind, as_nights(kind, entries))


def _refused(refused: ValidationError, path: str) -> Iterator[Told]:
    for error in refused.errors(include_url=False, include_context=False, include_input=False):
        yield ".".join(map(str, (path, *error["loc"]))), error["msg"]


def unlinked_nights(document: Document, state: State) -> Iterator[Told]:
    """What names a room type or plan that is not there, or sells beyond what is not on sale."""
    for kind in NIGHT_KINDS:
        named = {(n, str(entry[n])) for entry in document.get(kind.section, ()) for n in kind.key}
        for name, code in sorted(named):
            section, field = NAMES[name]
            standing = [held.entry for held in state.sections[section]]
            if code not in {entry[field] for entry in document.get(section, standing)}:
                yield f"{kind.section}.{name}", f"there is no {code} in {section}"
    yield from _beyond_nothing(document, state)


def _beyond_nothing(document: Document, state: State) -> Iterator[Told]:
    on_sale = state.nights[NIGHTS]
    if NIGHTS in document:
        on_sale = as_nights(BY_NIGHT[NIGHTS], document[NIGHTS])
    wanted: Any = as_nights(BY_NIGHT[OVERBOOKING], document.get(OVERBOOKING, []))
    for key, days in wanted.items():
        lacking = [d for d in days if d >= state.today and d not in on_sale.get(key, {})]
        if lacking:
            yield f"{OVERBOOKING}/{key[0]}", f"{min(lacking)} is not on sale"
