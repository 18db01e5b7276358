"""Every alert is of a kind that a ladder may name, and every kind that is named has one."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from frontdesk.assistant import heard
from frontdesk.conversations.escalation import Cause
from frontdesk.notifications.kinds import KINDS

SRC = Path(__file__).resolve().parents[2] / "src"
COMPUTED = {
    "wanted.reason": set[str](),  # what a Handover says
    "cause": {str(cause) for cause in Cause},
    "topic": {"money", "legal"},
}


def _said() -> Iterator[str]:
    for path in SRC.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                named = [k.value for k in call.keywords if k.arg in ("kind", "reason")]
                if call.func.id in ("Alert", "Handover") and "live" not in path.parts:
                    yield from _kinds(path, (named or call.args)[0])


def _kinds(path: Path, said: ast.expr) -> set[str]:
    if isinstance(said, ast.Constant):
        return {str(said.value)}
    if isinstance(said, ast.Name) and said.id.isupper():
        module = ".".join(path.relative_to(SRC).with_suffix("").parts)
        return {getattr(import_module(module), said.id)}
    return COMPUTED[ast.unparse(said)]


def test_every_alert_is_of_a_kind_that_can_be_named() -> None:
    assert set(_said()) == set(KINDS)


def test_a_topic_is_one_of_two() -> None:
    said = ["my lawyer will write to you", "i was charged twice", "the pool is lovely"]
    assert [heard.hear(words).topic for words in said] == ["legal", "money", None]
