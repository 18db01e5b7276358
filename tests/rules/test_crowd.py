"""Who is there, as a client keeps it: whole tables replace it, changes amend it."""

import random
from typing import Any, cast

import orjson

from frontdesk.live.connection import Connection
from frontdesk.live.crowd import _tell_staff
from frontdesk.live.doors import Looker
from frontdesk.live.presence import ALL, SHORT, WHOLE_EVERY, Crowd
from frontdesk.live.render import text_of

LOOKER = cast("Looker", None)


def keep(table: dict[str, Any], frame: dict[str, Any]) -> dict[str, Any]:
    """As a page does."""
    if frame["type"] == ALL:
        return dict(frame["users"])
    kept = {i: user for i, user in table.items() if i not in frame["left"]}
    return kept | frame["came"]


def user(name: str, *viewing: str) -> dict[str, Any]:
    return {"user_id": name, "viewing": list(viewing)}


def test_of_a_full_house_only_what_changed_is_said_and_all_of_it_seldom() -> None:
    crowd = Crowd()
    few = {str(n): user(str(n)) for n in range(SHORT)}
    assert crowd.tell(few, at=100) == {"type": ALL, "users": few}
    assert crowd.tell(few, at=101) == {"type": ALL, "users": few}
    many = few | {"new": user("new"), "other": user("other")}
    change = crowd.tell(many, at=102)
    came = {"new": user("new"), "other": user("other")}
    assert change == {"type": "online_change", "came": came, "left": []}
    assert crowd.tell(many, at=103) is None
    looks = many | {"new": user("new", "a chat")}
    del looks["7"]
    change = crowd.tell(looks, at=104)
    assert change == {
        "type": "online_change",
        "came": {"new": user("new", "a chat")},
        "left": ["7"],
    }
    assert crowd.tell(looks, at=102 + WHOLE_EVERY) == {"type": ALL, "users": looks}


def edited(chance: random.Random, shown: dict[str, Any]) -> None:
    """Some come, look elsewhere or leave."""
    for _ in range(chance.randint(0, 9)):
        name = str(chance.randrange(120))
        if name in shown and chance.random() < 0.4:
            del shown[name]
        else:
            shown[name] = user(name, chance.choice("abc"))


def told(crowd: Crowd, connection: Connection, shown: dict[str, Any], *, at: int) -> None:
    said = crowd.tell(dict(shown), at=at)
    whole = text_of(crowd.whole())
    change = None if said is None else whole if said["type"] == ALL else text_of(said)
    _tell_staff(connection, whole, change)


def read(connection: Connection, seen: dict[str, Any]) -> dict[str, Any]:
    for frame in connection._due():
        seen = keep(seen, orjson.loads(frame))
    return seen


def test_whoever_reads_late_or_catches_up_ends_with_the_same_table() -> None:
    chance = random.Random(7)  # noqa: S311 - the same crowds each time
    for _ in range(200):
        crowd, connection, seen, shown = Crowd(), Connection(LOOKER), {}, {}
        if chance.random() < 0.5:
            connection.hold()
        for second in range(40):
            edited(chance, shown)
            told(crowd, connection, shown, at=second)
            if chance.random() < 0.5:
                seen = read(connection, seen)
            if chance.random() < 0.1:
                connection.release()
        connection.release()
        assert read(connection, seen) == shown
