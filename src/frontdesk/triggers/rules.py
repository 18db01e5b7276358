"""Conditions as values: nested all/any/not over typed facts, pure and explained."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from frontdesk.triggers.fields import FIELDS, PRIVATE, changes, elsewhere
from frontdesk.triggers.operators import OPERATORS, PREVIOUS, wrong_value

MAX_DEPTH = 8
MOST_LEAVES = 100
Facts = Mapping[str, Any]
BEFORE = "previous"
"""The fact that holds what fields were before the event."""


class BadCondition(ValueError):
    """These conditions do not hold together"""


def check_conditions(
    event: str, conditions: Mapping[str, Any], *, path: str = "conditions"
) -> None:
    """Raise BadCondition, naming the path, where a rule could never be judged."""
    if not conditions:
        return
    for count, (at, leaf) in enumerate(_leaves(conditions, path, 0)):
        if count >= MOST_LEAVES:
            raise BadCondition(f"{path}: at most {MOST_LEAVES} conditions")
        _check_leaf(event, at, leaf)


def _leaves(part: object, path: str, depth: int) -> Iterator[tuple[str, tuple[str, str, object]]]:
    if depth > MAX_DEPTH:
        raise BadCondition(f"{path}: conditions nest at most {MAX_DEPTH} deep")
    match _mapping(part):
        case {"all": [*_] as parts, **rest} | {"any": [*_] as parts, **rest} if parts and not rest:
            word = "all" if "all" in _mapping(part) else "any"
            for at, each in enumerate(cast("list[object]", parts)):
                yield from _leaves(each, f"{path}.{word}[{at}]", depth + 1)
        case {"not": each, **rest} if not rest:
            yield from _leaves(each, f"{path}.not", depth + 1)
        case {"field": str(name), "op": str(op), "value": value, **rest} if not rest:
            yield path, (name, op, value)
        case _:
            raise BadCondition(f"{path}: expected all, any, not, or field, op and value")


def _mapping(part: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", part) if isinstance(part, dict) else {}


def _check_leaf(event: str, path: str, leaf: tuple[str, str, object]) -> None:
    name, op, value = leaf
    if name not in FIELDS[event]:
        raise BadCondition(f"{path}.field: {event} has no field {name}{elsewhere(event, name)}")
    if op not in OPERATORS and op not in PREVIOUS:
        raise BadCondition(f"{path}.op: there is no operator {op}")
    if op in PREVIOUS and name not in changes(event):
        raise BadCondition(f"{path}.op: {event} does not tell what {name} was")
    why = wrong_value(FIELDS[event][name], op, value)
    if why is not None:
        raise BadCondition(f"{path}.value: {why}")


def fields_of(conditions: Mapping[str, Any]) -> frozenset[str]:
    """What sound conditions ask for."""
    leaves = _leaves(conditions, "", 0) if conditions else ()
    return frozenset(leaf[0] for _, leaf in leaves)


def judge(conditions: Mapping[str, Any], facts: Facts) -> tuple[bool, list[dict[str, Any]]]:
    """Whether the conditions hold, and each leaf with the value it saw."""
    reasons: list[dict[str, Any]] = []
    return (not conditions) or _holds(conditions, facts, reasons), reasons


def _holds(part: Mapping[str, Any], facts: Facts, reasons: list[dict[str, Any]]) -> bool:
    if "all" in part:
        return all([_holds(p, facts, reasons) for p in part["all"]])  # noqa: C419 - every leaf is told
    if "any" in part:
        return any([_holds(p, facts, reasons) for p in part["any"]])  # noqa: C419 - as above
    if "not" in part:
        return not _holds(part["not"], facts, reasons)
    seen = facts.get(part["field"])
    held = _leaf_holds(part, facts, seen)
    reason = {**part, "seen": "[text]" if part["field"] in PRIVATE else seen, "held": held}
    if part["op"] in PREVIOUS:
        reason["was"] = facts.get(BEFORE, {}).get(part["field"])
    reasons.append(reason)
    return held


def _leaf_holds(part: Mapping[str, Any], facts: Facts, seen: object) -> bool:
    op, value = part["op"], part["value"]
    if op not in PREVIOUS:
        return OPERATORS[op](seen, value)
    before: Mapping[str, Any] = facts.get(BEFORE, {})
    changed = part["field"] in before and before[part["field"]] != seen
    if op == "changed":
        return changed is value
    return changed and (before[part["field"]] if op == "changed_from" else seen) == value
