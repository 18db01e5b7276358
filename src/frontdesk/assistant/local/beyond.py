"""What is plainly no matter of a hotel, and what is plainly a thing to bring: by words alone."""

from pathlib import Path

from frontdesk.assistant.local.folding import whole, word_lists

_LISTS = word_lists(Path(__file__).with_suffix(".txt"))

WORLD = whole(_LISTS["world"])
GIVEN = whole(_LISTS["given"])
THINGS = whole(_LISTS["things"])
"""What housekeeping carries to a room."""
