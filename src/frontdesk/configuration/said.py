"""How an entry is said in full: of a document, of its own route, or of an older version."""

import uuid
from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from pydantic import BaseModel, ValidationError

from frontdesk.bookings.rate_schemas import WEEK
from frontdesk.configuration.beside import Entry
from frontdesk.configuration.kind import Kind
from frontdesk.knowledge.fact_routes import FactIn
from frontdesk.triggers.routes import TriggerIn


def in_ids(kind: Kind, entry: Mapping[str, Any], known: Mapping[str, uuid.UUID]) -> Entry:
    """As the schema has it: an id where the entry has a code; nobody's where it is not known."""
    said = {name: value for name, value in entry.items() if name not in kind.ids}
    for name, column in kind.ids.items():
        if entry.get(name) is not None:
            section = kind.links[name][0]
            said[column] = known.get(f"{section}/{entry[name]}", uuid.UUID(int=0))
    return said


def dumped(parsed: BaseModel) -> Entry:
    if isinstance(parsed, TriggerIn):
        return parsed.columns()
    said = parsed.model_dump(mode="json")
    return {**said, "value": parsed.said().value} if isinstance(parsed, FactIn) else said


def in_order(entry: Entry) -> Entry:
    """Sets, told as lists."""
    if "weekdays" in entry:
        entry["weekdays"] = [day for day in WEEK if day in entry["weekdays"]]
    if "scopes" in entry:
        entry["scopes"] = sorted(set(entry["scopes"]))
    if "days" in entry:
        entry["days"].sort(key=itemgetter("day"))
    return entry


def in_full(kind: Kind, entry: Entry) -> Entry:
    """With every default said, as a document would have it; left as it is where today's checks
    refuse what was saved by those of then.
    """
    try:
        parsed = kind.schema.model_validate(in_ids(kind, entry, {}))
    except ValidationError:
        return entry
    own = {column: name for name, column in kind.ids.items()}
    full = in_order(dumped(parsed))
    return {own.get(name, name): entry[own[name]] if name in own else full[name] for name in full}
