"""Reading a document that somebody wrote: every mistake at once, each with the path to it."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeGuard, cast

from pydantic import ValidationError

from frontdesk.configuration.beside import Entry
from frontdesk.configuration.facts import settled
from frontdesk.configuration.kind import Kind
from frontdesk.configuration.kinds import (
    BY_SECTION,
    FACTS,
    FIXED,
    HOTEL,
    MOST,
    SECTIONS,
    SETTINGS_OF,
)
from frontdesk.configuration.name_check import names_of, unknown_names
from frontdesk.configuration.night_check import read_nights, unlinked_nights
from frontdesk.configuration.night_kinds import BY_NIGHT
from frontdesk.configuration.said import dumped, in_ids, in_order
from frontdesk.configuration.state import Document, State, key_of
from frontdesk.kit.errors import Invalid
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.permissions import unknown

Errors = list[dict[str, str]]
SHOWN = 50
"""Mistakes told of one document."""
DEEP = 40
"""How far lists and objects may lie in one another."""


class BadConfiguration(Invalid):
    """This configuration does not hold together; nothing was changed"""

    code = "bad_configuration"

    def __init__(self, errors: Errors) -> None:
        first = errors[0]
        super().__init__(f"{first['path']}: {first['message']}", errors=errors[:SHOWN])


def check(raw: object, state: State) -> Document:
    """The document in full, every default said. Raises BadConfiguration."""
    errors: Errors = []
    if not _is_object(raw):
        raise BadConfiguration([_wrong("document", "an object of sections is wanted")])
    if not _is_plain(raw):
        raise BadConfiguration([_wrong("document", "it holds what JSON in a database cannot")])
    errors += [_wrong(name, "there is no such section") for name in raw if name not in SECTIONS]
    document: Document = {}
    for name in SECTIONS:
        if name not in raw:
            continue
        document[name] = _part(name, raw[name], state, errors)
    language = document.get(HOTEL, {}).get("language") or state.settings[HOTEL]["language"]
    errors += [_wrong(*told) for told in settled(document.get(FACTS, []), language)]
    if not errors:
        _complete(document, state)
        errors += _unlinked(document, state)
        errors += [_wrong(*told) for told in unlinked_nights(document, state)]
        errors += [_wrong(one.path, one.missing) for one in unknown_names(document, state)]
    if errors:
        raise BadConfiguration(errors)
    return document


def _wrong(path: str, message: str) -> dict[str, str]:
    return {"path": path, "message": message}


def _is_object(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict) and all(isinstance(k, str) for k in cast("Any", value))


def _is_plain(value: object, depth: int = 0) -> bool:
    """PostgreSQL keeps no NUL and no half a character; JSON has no infinity."""
    if isinstance(value, dict):
        parts = cast("dict[object, object]", value)
        return depth < DEEP and all(
            _is_plain(part, depth + 1) for pair in parts.items() for part in pair
        )
    if isinstance(value, list):
        return depth < DEEP and all(_is_plain(v, depth + 1) for v in cast("list[object]", value))
    if isinstance(value, str):
        return _is_text(value)
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or not isinstance(value, int) or abs(value) < 2**63


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in value


def _settings(name: str, raw: object, state: State, errors: Errors) -> Entry:
    """Of the fields that are said."""
    if not _is_object(raw):
        errors.append(_wrong(name, "an object is wanted"))
        return {}
    given = dict(raw)
    if name == HOTEL:
        errors += _unlike(raw, state.settings[HOTEL])
        given = {name: value for name, value in raw.items() if name not in FIXED}
    try:
        wanted = SETTINGS_OF[name].schema.model_validate(given)
    except ValidationError as refused:
        errors += _told(refused, name, {})
        return {}
    said = wanted.model_dump(mode="json", exclude_unset=name == HOTEL)
    return {field: said[field] for field in given}


def _unlike(raw: Mapping[str, Any], standing: Entry) -> Iterator[dict[str, str]]:
    """What a hotel is fixed by, and what it cannot be without."""
    columns = Hotel.__table__.c
    for name, value in raw.items():
        path = f"{HOTEL}.{name}"
        if name in FIXED:
            if value != standing[name]:
                yield _wrong(path, f"it is {standing[name]} here and cannot change")
        elif value is None and name in columns and not columns[name].nullable:
            yield _wrong(path, "it cannot be empty")


def _part(name: str, raw: object, state: State, errors: Errors) -> Entry | list[Entry]:
    if name in SETTINGS_OF:
        return _settings(name, raw, state, errors)
    return (
        _nights(name, raw, errors) if name in BY_NIGHT else _section(BY_SECTION[name], raw, errors)
    )


def _nights(name: str, raw: object, errors: Errors) -> list[Entry]:
    wrong: list[tuple[str, str]] = []
    entries = read_nights(BY_NIGHT[name], raw, wrong)
    errors += [_wrong(*told) for told in wrong]
    return entries


def _section(kind: Kind, raw: object, errors: Errors) -> list[Entry]:
    if not isinstance(raw, list) or len(cast("list[object]", raw)) > MOST:
        errors.append(_wrong(kind.section, f"a list of at most {MOST} entries is wanted"))
        return []
    entries: list[Entry] = []
    keys: set[tuple[Any, ...]] = set()
    for at, said in enumerate(cast("list[object]", raw)):
        path = f"{kind.section}[{at}]"
        entry = _entry(kind, said, path, errors)
        if entry is None:
            continue
        key = key_of(kind, entry)
        if kind.alone and key in keys:
            errors.append(_wrong(f"{path}.{kind.key[0]}", "there is another entry with this"))
        keys.add(key)
        entries.append(entry)
    return entries


def _entry(kind: Kind, said: object, path: str, errors: Errors) -> Entry | None:
    """What it says, as a row would say it."""
    if not _is_object(said):
        errors.append(_wrong(path, "an object is wanted"))
        return None
    strange = [name for name in kind.ids.values() if name in said]
    strange += [n for n in kind.ids if said.get(n) is not None and not isinstance(said[n], str)]
    if strange:
        errors += [_wrong(f"{path}.{name}", "a code is wanted") for name in strange]
        return None
    try:
        parsed = kind.schema.model_validate(in_ids(kind, said, {}))
    except ValidationError as refused:
        errors += _told(refused, path, {column: name for name, column in kind.ids.items()})
        return None
    entry = dumped(parsed)
    for name, column in kind.ids.items():
        entry.pop(column)
        entry[name] = said.get(name)
    errors += [
        _wrong(f"{path}.scopes", f"no such permission: {name}")
        for name in unknown(entry.get("scopes", ()))
    ]
    return in_order(entry)


def _told(
    refused: ValidationError, path: str, names: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    for error in refused.errors(include_url=False, include_context=False, include_input=False):
        yield _wrong(path + _tail(error["loc"], names), error["msg"])


def _tail(loc: Sequence[int | str], names: Mapping[str, str]) -> str:
    parts = [names.get(part, part) if isinstance(part, str) else part for part in loc]
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)


def _complete(document: Document, state: State) -> None:
    """A floor or feature that a room is described with is in its section by that; a floor, feature
    or bed of what is turned off stays with it.
    """
    for section, words in _described(document).items():
        kind = BY_SECTION[section]
        for word in words:
            made = {kind.key[0]: word, "name": word}
            _know(document, section, dumped(kind.schema.model_validate(made)))
    kept = {(name, word) for name, words in _kept(document, state) for word in words}
    for section in {name for name, _ in kept} & document.keys():
        for held in state.sections[section]:
            if (section, held.entry[BY_SECTION[section].key[0]]) in kept:
                _know(document, section, held.entry)


def _know(document: Document, section: str, entry: Entry) -> None:
    key = BY_SECTION[section].key[0]
    if section in document and entry[key] not in {said[key] for said in document[section]}:
        document[section].append(entry)


def _described(document: Document) -> dict[str, dict[str, None]]:
    used: dict[str, dict[str, None]] = {}
    for kind in BY_SECTION.values():
        for entry in document.get(kind.section, ()):
            for name, (section, _) in kind.words.items():
                used.setdefault(section, {}).update(dict.fromkeys(_named(entry.get(name))))
    return used


def _kept(document: Document, state: State) -> Iterator[tuple[str, list[str]]]:
    """What describes the rows that the document leaves out, where that turns them off only."""
    for kind in BY_SECTION.values():
        if kind.switch is None:
            continue
        said = {key_of(kind, entry) for entry in document.get(kind.section, ())}
        for held in state.sections[kind.section]:
            off = kind.section in document or not held.entry[kind.switch]
            if off and key_of(kind, held.entry) not in said:
                for name, (section, _) in {**kind.links, **kind.words}.items():
                    if BY_SECTION[section].switch is None:
                        yield section, _named(held.entry.get(name))


def _unlinked(document: Document, state: State) -> Iterator[dict[str, str]]:
    """What names something that neither the document nor, where it is silent, the hotel has."""
    known: dict[tuple[str, str], set[str]] = {}
    for kind in BY_SECTION.values():
        for at, entry in enumerate(document.get(kind.section, ())):
            for name, target in kind.links.items():
                if target not in known:
                    known[target] = names_of(*target, document, state)
                for word in _named(entry.get(name)):
                    if word not in known[target]:
                        path = f"{kind.section}[{at}].{name}"
                        yield _wrong(path, f"there is no {word} in {target[0]}")


def _named(value: object) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(cast("Sequence[str]", value))
