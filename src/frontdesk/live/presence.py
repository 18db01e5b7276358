"""Who is there and what they look at: told between processes, stored nowhere, and it fades."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from frontdesk.live.connection import Connection

FADES = 45.0
"""Seconds after which a process that says nothing is thought dead."""
SAID_EVERY = 15.0
ALL = "online_users"
SHORT = 50
"""People; a longer table comes whole to who has just come, and to all every so many seconds."""
WHOLE_EVERY = 15.0


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


Shown = dict[str, dict[str, Any]]
"""By the id that others see: whoever is there, as frames show them."""


@dataclass(slots=True)
class Crowd:
    """What everybody was told of who is there: of a full house only what changed is said again."""

    shown: Shown = field(default_factory=dict[str, dict[str, Any]])
    whole_at: float = 0.0

    def tell(self, shown: Shown, *, at: float) -> dict[str, Any] | None:
        """What is said to who has the table already: all of it, what changed of it, or nothing."""
        was, self.shown = self.shown, shown
        if len(shown) <= SHORT or at - self.whole_at > WHOLE_EVERY:
            self.whole_at = at
            return self.whole()
        came = {i: user for i, user in shown.items() if was.get(i) != user}
        left = [i for i in was if i not in shown]
        return {"type": "online_change", "came": came, "left": left} if came or left else None

    def whole(self) -> dict[str, Any]:
        return {"type": ALL, "users": self.shown}
