"""Scripts as people write them: YAML, read with the line of every step, refused with it too."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import yaml

SHIPPED = Path(__file__).parent / "scripts"
BEGINS = datetime(2027, 3, 1, 10)  # noqa: DTZ001 - the hotel's own time
"""A Monday: what a script says of days is true whenever it is played."""
GUEST = {"phone": "34600111222", "name": "Alex"}
SAID = frozenset({"guest", "yes", "tap"})
"""What a guest does: `yes` and a tap on a button that says yes agree to what was asked."""
DONE = frozenset({"from", "wait", "until", "phone", "staff", "house"})
EXPECTED = frozenset(
    {
        *("reply", "booking", "bookings", "owner", "stage", "alert", "waiting", "orders"),
        *("drafts", "heard", "task"),
    }
)
VERBS = SAID | DONE | EXPECTED
HEAD = frozenset({"title", "language", "hotel", "begins", "quick", "story"})
LARGEST = 1_000_000
UNITS = {"minute": 60, "hour": 3600, "day": 86400, "week": 7 * 86400}


class Plain(yaml.SafeLoader):
    """`yes` and `no` are words that guests say; only `true` and `false` are truth values."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - as PyYAML declares it
        first: [(tag, how) for tag, how in known if not tag.endswith(":bool") or first in "tf"]
        for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


class BadScript(Exception):
    """A script cannot be read"""


@dataclass(frozen=True, slots=True)
class Step:
    verb: str
    value: Any
    place: str
    """file:line"""


@dataclass(frozen=True, slots=True)
class Script:
    title: str
    language: str
    hotel: str
    begins: datetime
    """In the hotel's zone, naive."""
    quick: bool
    """Among the few that the tests play."""
    story: tuple[Step, ...]
    place: str


def shipped() -> list[Script]:
    return [script for path in sorted(SHIPPED.glob("*.yaml")) for script in read_scripts(path)]


def read_scripts(path: Path) -> list[Script]:
    """One script or a list of them. Raises BadScript with file and line."""
    if not path.is_file() or path.stat().st_size > LARGEST:
        raise BadScript(f"{path}: there is no such file, or it is too large")
    try:
        text = path.read_text(encoding="utf-8")
        root = cast("yaml.Node | None", yaml.compose(text, Plain))  # pyright: ignore[reportUnknownMemberType]
    except (yaml.YAMLError, UnicodeDecodeError) as wrong:
        raise BadScript(f"{path}: {wrong}") from None
    if root is None:
        raise BadScript(f"{path}: it is empty")
    return [_script(path, node) for node in _items(root) or [root]]


def _script(path: Path, node: yaml.Node) -> Script:
    place = _place(path, node)
    parts = dict(_pairs(path, node))
    unknown = sorted(parts.keys() - HEAD)
    if unknown:
        raise BadScript(f"{place}: a script has no {unknown[0]!r}; it has {_list(HEAD)}")
    story = _items(parts.get("story"))
    if not story or "title" not in parts:
        raise BadScript(f"{place}: a script needs a title and a story, a list of steps")
    begins = _value(parts["begins"]) if "begins" in parts else BEGINS
    if not isinstance(begins, datetime):
        raise BadScript(f"{place}: begins is a date and a time, as 2027-03-01 10:00:00")
    return Script(
        title=str(_value(parts["title"])),
        language=str(_value(parts["language"])) if "language" in parts else "en",
        hotel=str(_value(parts["hotel"])) if "hotel" in parts else "seaside",
        begins=begins.replace(tzinfo=None),
        quick=bool(_value(parts["quick"])) if "quick" in parts else False,
        story=tuple(_step(path, step) for step in story),
        place=place,
    )


def _step(path: Path, node: yaml.Node) -> Step:
    place, pairs = _place(path, node), list(_pairs(path, node))
    if len(pairs) != 1:
        raise BadScript(f"{place}: a step is one thing, as `guest: hello`")
    verb, value = pairs[0]
    if verb not in VERBS:
        raise BadScript(f"{place}: there is no step {verb!r}; there are {_list(VERBS)}")
    return Step(verb, _value(value), place)


def _pairs(path: Path, node: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        raise BadScript(f"{_place(path, node)}: `name: value` is expected here")
    for key, value in cast("list[tuple[yaml.Node, yaml.Node]]", node.value):
        yield str(_value(key)), value


def _items(node: yaml.Node | None) -> list[yaml.Node]:
    return cast("list[yaml.Node]", node.value) if isinstance(node, yaml.SequenceNode) else []


def _value(node: yaml.Node) -> Any:
    loader: Any = Plain("")
    try:
        return loader.construct_document(node)
    except (yaml.YAMLError, ValueError) as wrong:
        raise BadScript(f"line {node.start_mark.line + 1}: {wrong}") from None
    finally:
        loader.dispose()


def _place(path: Path, node: yaml.Node) -> str:
    return f"{path.name}:{node.start_mark.line + 1}"


def _list(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))


def span_of(step: Step) -> timedelta:
    """As in `2 days` or `90 minutes`."""
    count, _, unit = str(step.value).strip().partition(" ")
    seconds = UNITS.get(unit.rstrip("s"))
    if not count.isdecimal() or seconds is None or int(count) > 1000:
        raise BadScript(f"{step.place}: wait is a count of {_list(frozenset(UNITS))}s")
    return timedelta(seconds=int(count) * seconds)


def moment_of(step: Step, zone: str) -> datetime:
    """As in `2027-03-24 12:00:00`, by the hotel's own clock."""
    if not isinstance(step.value, datetime):
        raise BadScript(f"{step.place}: until is a date and a time, as 2027-03-01 10:00:00")
    return step.value.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def texts_of(value: Any) -> Sequence[str]:
    """One text or a list of them."""
    if isinstance(value, list):
        return [str(part) for part in cast("list[object]", value)]
    return [str(value)]


def parts_of(step: Step, allowed: frozenset[str], single: str) -> dict[str, Any]:
    """A mapping with known keys; a bare value stands for `single`."""
    if not isinstance(step.value, dict):
        return {single: step.value}
    parts = {str(k): v for k, v in cast("dict[object, Any]", step.value).items()}
    unknown = sorted(parts.keys() - allowed)
    if unknown:
        raise BadScript(f"{step.place}: {step.verb} has no {unknown[0]!r}; it has {_list(allowed)}")
    return parts


def day_of(step: Step, value: Any) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise BadScript(f"{step.place}: {value!r} is no day, as 2027-03-05")
    return value
