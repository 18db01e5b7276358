"""What is blank: nothing of it would be seen, whatever its letters are called."""

import pytest
from pydantic import BaseModel, ValidationError

from frontdesk.kit.spoken import Spoken


class Said(BaseModel):
    text: Spoken


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "\t\n",
            "\u00a0\u3000",
            "\u200b",
            "\u200b \u2060\ufeff",
            "\u200d\u200c",
            "\u202e",
        ),
        *("\u2800", "\u3164", "\ufe0f", "\u034f", "\U000e0101", "\x07", "a\x00b", "x" * 4001),
    ],
)
def test_what_nobody_would_see_is_not_said(text: str) -> None:
    with pytest.raises(ValidationError):
        Said(text=text)


@pytest.mark.parametrize(
    "text", ["a", ".", "?", "👍", "👩‍👩‍👧", "❤️", "कि", "عَ", "한", "\u200bok", "0"]
)
def test_what_is_seen_is_said_as_it_is(text: str) -> None:
    assert Said(text=text).text == text
