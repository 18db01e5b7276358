"""How long to wait for the rest of what a guest is typing."""

from datetime import UTC, datetime, timedelta

import pytest

from frontdesk.conversations.burst import burst_ends, looks_complete

T = datetime(2026, 11, 2, 12, tzinfo=UTC)


def wait(*texts: str, gap: float = 0, complete: float = 2, asked: bool = False) -> float:
    """Seconds from the last message."""
    last = T + timedelta(seconds=gap * (len(texts) - 1))
    ends = burst_ends(texts, T, last, complete=complete, longest=10, asked=asked)
    return (ends - last).total_seconds()


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("What time is breakfast?", True),
        ("do you have a room for friday", True),
        ("hello", False),
        ("I would like a room from", False),
        ("two adults and", False),
        ("¿Tienen parking?", True),
        ("هل لديكم غرفة؟", True),
        ("朝食は何時ですか？", True),
        ("", False),
    ],
)
def test_a_whole_sentence_looks_whole(text: str, *, whole: bool) -> None:
    assert looks_complete(text) is whole


def test_a_whole_sentence_waits_two_seconds_and_a_fragment_twice_that() -> None:
    assert wait("What time is breakfast?") == 2
    assert wait("hello") == 4
    assert wait("hello", "What time is breakfast?") == 2


def test_a_short_answer_to_our_question_is_whole() -> None:
    assert wait("two", asked=True) == 1
    assert wait("yes please", asked=True) == 1
    assert wait("two adults and a", asked=True) > 1


def test_nobody_waits_longer_than_the_longest() -> None:
    assert wait(*["hm"] * 4, gap=3) == 1
    assert wait(*["hm"] * 5, gap=3) <= 0


def test_zero_never_waits() -> None:
    assert wait("hello", complete=0) == 0
