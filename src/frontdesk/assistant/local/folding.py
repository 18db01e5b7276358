"""One spelling for matching: no case, no accents, plain digits, plain quotes."""

import re
import unicodedata

DIGITS = {
    ord(c): str(unicodedata.digit(c)) for c in "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९０１２３４５６７８９"
}
QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "～": "-"})


def fold(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.translate(DIGITS).translate(QUOTES).casefold())
    kept = "".join(c for c in parts if unicodedata.category(c) != "Mn")
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", kept)).strip()


def any_of(words: str) -> str:
    """A regular expression for any of the words of a `|`-separated, unfolded list."""
    folded = sorted({fold(w) for w in words.split("|")}, key=len, reverse=True)
    return "|".join(re.escape(w).replace(r"\ ", r"\s+") for w in folded if w)


def whole(words: str) -> re.Pattern[str]:
    """Any of the words, standing alone; scripts without spaces match anywhere."""
    spaced = [w for w in words.split("|") if not _unspaced(w)]
    dense = [w for w in words.split("|") if _unspaced(w)]
    parts = [rf"(?<!\w)(?:{any_of('|'.join(spaced))})(?!\w)"] if spaced else []
    parts += [any_of("|".join(dense))] if dense else []
    return re.compile("|".join(parts))


def _unspaced(word: str) -> bool:
    return any("\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" for c in word)
