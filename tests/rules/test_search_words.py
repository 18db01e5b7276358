"""What a question says, as the database is asked for it."""

import pytest

from frontdesk.search.words import words


def test_words_are_folded_and_the_last_may_go_on() -> None:
    said = words("  Café, DELUXE sui ")
    assert said.each == ["cafe", "deluxe", "sui"]
    assert said.spelled == [True, True, True]
    assert said.begins == [False, False, True]
    assert said.numbers is None


def test_short_words_and_numbers_are_no_slips() -> None:
    said = words("no 12 b204 a")
    assert said.each == ["no", "12", "b204", "a"]
    assert said.spelled == [False] * 4
    assert said.begins == [False, False, True, False]


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        ("+49 170 1234", "'491701234':*"),
        ("0049 170 1234", "'00491701234':* | '491701234':*"),
        ("0170 123 4567", "'01701234567':* | '1701234567':*"),
        ("B-204", "'b204':*"),
        ("12", None),
        ("room", None),
        ("1" * 21, None),
        ("海12", None),
    ],
)
def test_a_piece_of_a_number_is_found_whatever_its_gaps(said: str, numbers: str | None) -> None:
    assert words(said).numbers == numbers


@pytest.mark.parametrize("said", ["", " ", "!?'", "''''"])
def test_signs_alone_say_nothing(said: str) -> None:
    assert words(said).each == []


def test_a_long_question_keeps_its_first_words() -> None:
    said = words(" ".join(["longest" * 10] * 20))
    assert [len(word) for word in said.each] == [60] * 12
    assert said.begins == [True] * 12
