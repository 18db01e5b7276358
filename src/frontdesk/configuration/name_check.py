"""Whether what rules, surveys, ladders and the desk of a document name will be there once it is."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from frontdesk.configuration.beside import Entry
from frontdesk.configuration.kinds import BY_SECTION, DESK
from frontdesk.configuration.state import Document, State
from frontdesk.conversations.names import BY, in_actions, in_rule, in_survey
from frontdesk.notifications.ladders import in_ladder
from frontdesk.tenancy.names import Named


def names_of(section: str, field: str, document: Document, state: State) -> set[str]:
    """Of the document; where it is silent, of the hotel."""
    standing = [held.entry for held in state.sections[section]]
    return {entry[field] for entry in document.get(section, standing)}


def unknown_names(document: Document, state: State) -> Iterator[Named]:
    """What stood without what it names may go on so: the same document again changes nothing."""
    coming = {among: _names(among, document, state) for among in BY}
    standing = {among: _names(among, {}, state) for among in BY}
    for named, stands in _said(document, state):
        if named.among not in BY:
            continue  # a document knows nobody by an id
        lost = named.name not in coming[named.among]
        if lost and (not stands or named.name in standing[named.among]):
            yield named


def _names(among: str, document: Document, state: State) -> set[str]:
    return names_of(among, BY_SECTION[among].key[0], document, state)


def _said(document: Document, state: State) -> Iterator[tuple[Named, bool]]:
    """Each name, and whether what says it is in the hotel as it is said."""
    rules = state.settings[DESK]["rules"]
    for at, rule in enumerate(document.get(DESK, {}).get("rules", ())):
        for named in in_rule(rule, f"{DESK}.rules[{at}]"):
            yield named, rule in rules
    for section, names_in in NAMES_IN.items():
        entries = [held.entry for held in state.sections[section]]
        for at, entry in enumerate(document.get(section, ())):
            for named in names_in(entry, f"{section}[{at}]"):
                yield named, entry in entries


def _in_trigger(entry: Entry, path: str) -> Iterator[Named]:
    return in_actions(entry["actions"], f"{path}.actions")


NAMES_IN: Mapping[str, Callable[[Entry, str], Iterator[Named]]] = MappingProxyType(
    {"surveys": in_survey, "alert_ladders": in_ladder, "triggers": _in_trigger}
)
