"""What events say: each has a sample that keeps its schema, and its conditions know the types."""

import jsonschema_rs
import pytest

from frontdesk.messaging.shapes import SHAPES, sample
from frontdesk.triggers.rules import FIELDS, BadCondition, check_conditions


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
