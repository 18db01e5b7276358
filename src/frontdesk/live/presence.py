"""Who is there and what they look at: told between processes, stored nowhere, and it fades."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from frontdesk.live.connection import Connection

FADES = 45.0
"""Seconds after which a process that says nothing is thought dead."""
SAID_EVERY = 15.0


@dataclass(slots=True)
class Seen:
    """One principal's connections, here or at all processes together."""

    connections: int = 0
    viewing: tuple[str, ...] = ()


Table = dict[str, Seen]
"""By actor."""


def here(connections: Iterable[Connection]) -> Table:
    found: Table = {}
    for connection in connections:
        seen = found.setdefault(connection.looker.actor, Seen())
        seen.connections += 1
        if connection.viewing is not None and connection.viewing not in seen.viewing:
            seen.viewing = (*seen.viewing, connection.viewing)
    return found


def as_told(table: Table) -> dict[str, Any]:
    return {actor: [seen.connections, *seen.viewing] for actor, seen in table.items()}


def as_heard(told: Mapping[str, Any]) -> Table:
    return {actor: Seen(said[0], tuple(said[1:])) for actor, said in told.items()}


class Elsewhere:
    """What the other processes last said of themselves."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[float, Table]] = {}

    def heard(self, process: str, told: Mapping[str, Any], *, at: float) -> bool:
        """Whether it says anything new."""
        table = as_heard(told)
        old = self._said.get(process, (at, {}))[1]
        self._said[process] = (at, table)
        return table != old

    def fade(self, *, at: float) -> bool:
        """Whether somebody is gone who did not say so."""
        dead = [name for name, (said, _) in self._said.items() if at - said > FADES]
        for name in dead:
            del self._said[name]
        return bool(dead)

    def with_those(self, table: Table) -> Table:
        """Here and elsewhere."""
        found = {a: Seen(s.connections, s.viewing) for a, s in table.items()}
        for _, others in self._said.values():
            for actor, seen in others.items():
                known = found.setdefault(actor, Seen())
                known.connections += seen.connections
                known.viewing = tuple(dict.fromkeys((*known.viewing, *seen.viewing)))
        return found
