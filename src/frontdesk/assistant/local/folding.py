"""One spelling for matching: no case, no accents, plain digits, plain quotes, one i."""

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

DIGITS = {
    ord(c): str(unicodedata.digit(c)) for c in "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९０１２３４５６７８９"
}
SOUNDED = frozenset(map(chr, (*range(0x941, 0x949), 0x94D, 0x3099, 0x309A)))
"""Marks that make another word, in Devanagari (“तरह” is a kind, “तेरह” thirteen) and in kana."""
LETTER = r"[\w\u0900-\u0903\u093a-\u094f]"
"""To a regular expression the vowel signs of Devanagari are no letters."""
SPACED = r"[^\W\u3040-\u9fff\uac00-\ud7af]|[\u0900-\u0903\u093a-\u094f]"
"""A letter of a script that sets spaces."""
QUOTES = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "～": "-", "ı": "i"}
)


def fold(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.translate(DIGITS).translate(QUOTES).casefold())
    kept = "".join(c for c in parts if unicodedata.category(c) != "Mn" or c in SOUNDED)
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", kept)).strip()


def any_of(words: str) -> str:
    """A regular expression for any of the words of a `|`-separated, unfolded list.

    A `*` stands for any ending.
    """
    folded = sorted({fold(w) for w in words.split("|")}, key=len, reverse=True)
    plain = (re.escape(w).replace(r"\ ", r"\s+") for w in folded if w)
    return "|".join(w.replace(r"\*", rf"{LETTER}*") for w in plain)


def whole(words: str) -> re.Pattern[str]:
    """Any of the words, standing alone; scripts without spaces match anywhere."""
    spaced = [w for w in words.split("|") if not _unspaced(w)]
    dense = [w for w in words.split("|") if _unspaced(w)]
    parts = [rf"(?<!{LETTER})(?:{any_of('|'.join(spaced))})(?!{LETTER})"] if spaced else []
    parts += [any_of("|".join(dense))] if dense else []
    return re.compile("|".join(parts))


def word_lists(path: Path) -> Mapping[str, str]:
    """A file's lists by name: a line without an indent begins one, the indented ones are its words,
    `|` between them, joined as they stand.
    """
    lists: dict[str, list[str]] = {}
    said: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("    "):
            said.append(line[4:])
        elif not line.startswith("#"):
            said = lists[line] = []
    return {name: "".join(lines) for name, lines in lists.items()}


def _unspaced(word: str) -> bool:
    return any("\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" for c in word)
