"""What events say: each has a sample that keeps its schema, and its conditions know the types."""

import re

import jsonschema_rs
import pytest

from frontdesk.messaging.shapes import SHAPES, sample
from frontdesk.triggers.fields import FIELDS
from frontdesk.triggers.routes import TriggerIn
from frontdesk.triggers.rules import BadCondition, check_conditions, judge
from frontdesk.triggers.steps import judged

OLD = ("send_message", "notify_staff", "tag", "hand_over")


@pytest.mark.parametrize("name", SHAPES)
def test_a_sample_keeps_the_schema_that_others_are_given(name: str) -> None:
    shape = SHAPES[name]
    judge = jsonschema_rs.validator_for(shape.model_json_schema(), validate_formats=True)
    judge.validate(sample(name))
    assert not judge.is_valid({**sample(name), "pigeon": 1})
    assert shape.__doc__


def test_a_condition_asks_only_what_the_event_says_and_in_its_type() -> None:
    assert FIELDS["booking.created"]["nights"] == "integer"
    assert FIELDS["sentiment.detected"]["score"] == "number"
    assert "guest_id" not in FIELDS["booking.created"]
    check_conditions("booking.created", {"field": "nights", "op": "gte", "value": 2})
    for wrong in (
        {"field": "nights", "op": "gte", "value": "2"},
        {"field": "code", "op": "gt", "value": 2},
        {"field": "fee", "op": "eq", "value": 2},
    ):
        with pytest.raises(BadCondition):
            check_conditions("booking.created", wrong)


@pytest.mark.parametrize(
    ("event", "conditions", "path"),
    [
        ("booking.created", {"all": [{"field": "nights", "op": "eq", "value": 1}, {"any": [
            {"field": "guest.vip", "op": "eq", "value": "yes"}]}]},
            "conditions.all[1].any[0].value: true or false is needed"),
        ("booking.created", {"not": {"field": "stay.arrival", "op": "lt", "value": "soon"}},
            "conditions.not.value: a day is needed"),
        ("booking.created", {"field": "fee", "op": "eq", "value": 1}, "conditions.field: "),
        ("booking.created", {"field": "nights", "op": "near", "value": 1}, "conditions.op: "),
        ("booking.created", {"field": "nights", "op": "changed", "value": True}, "conditions.op: "),
        ("booking.created", {"any": []}, "conditions: expected"),
        ("booking.created", {"field": "nights", "op": "in", "value": [1, "2"]}, "a number is"),
        ("booking.created", {"field": "nights", "op": "eq", "value": float("inf")}, "a number is"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_with_its_path(event: str, conditions: dict, path: str) -> None:
    with pytest.raises(BadCondition) as refused:
        check_conditions(event, conditions)
    assert path in str(refused.value)


def test_a_condition_may_ask_what_was_before() -> None:
    facts = judged(
        "booking.changed",
        {"total": 300, "nights": 3, "before": {"total": 200}},
        {"stay.total": 300},
    )
    for op, value, held in (
        ("changed", True, True),
        ("changed_from", 200, True),
        ("changed_from", 300, False),
        ("changed_to", 300, True),
    ):
        for field in ("total", "stay.total"):
            leaf = {"field": field, "op": op, "value": value}
            check_conditions("booking.changed", leaf)
            assert judge(leaf, facts) == (held, [{**leaf, "seen": 300, "held": held, "was": 200}])
    room = judged("room.status.changed", {"old": "dirty", "new": "clean"}, {})
    assert judge({"field": "new", "op": "changed_from", "value": "dirty"}, room)[0]
    assert not judge({"field": "stay.departure", "op": "changed", "value": True}, facts)[0]


def test_actions_are_checked_each_by_its_own_fields() -> None:
    def rule(*actions: dict) -> dict:
        return {"name": "r", "event": "booking.created", "actions": list(actions)}

    deep: dict = {"type": "notify_staff"}
    for _ in range(5):
        deep = {"type": "branch", "conditions": {}, "then": [deep]}
    bad = {"type": "branch", "conditions": {"field": "x", "op": "eq", "value": 1}}
    for wrong, why in (
        ({"type": "send_message"}, "needs text"),
        ({"type": "send_message", "text": "{stay.colour}"}, "no variable {stay.colour}"),
        ({"type": "snooze"}, "minutes"),
        ({"type": "open_task", "title": "x", "text": "{a.b}"}, "no variable"),
        ({"type": "fly"}, "fly"),
        (deep, "at most 3 deep"),
        ({**bad, "then": []}, "actions[0].conditions.field"),
    ):
        with pytest.raises(ValueError, match=re.escape(why)):
            TriggerIn.model_validate(rule(wrong))
    old = rule(*({"type": t, "text": "x", "tag": "y", "title": "z"} for t in OLD))
    assert TriggerIn.model_validate(old).columns()["actions"] == old["actions"]
