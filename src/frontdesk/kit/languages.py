"""The languages in which we write to those who work in a hotel."""

LANGUAGES = ("en", "es", "de", "fr", "it", "pt", "ru", "ar")
"""Texts are tuples in this order."""
LEFTWARDS = frozenset({"ar"})


def column(language: str) -> int:
    """English where a language is none of ours."""
    return LANGUAGES.index(language) if language in LANGUAGES else 0


def preferred(accepted: str | None) -> str:
    """Of an `Accept-Language` header (RFC 9110, 12.5.4) the best of ours, else English."""
    wishes = list[tuple[float, int, str]]()
    for at, wish in enumerate((accepted or "").split(",")[:20]):
        name, _, weight = wish.partition(";")
        language = name.strip().casefold().partition("-")[0]
        if language in LANGUAGES and (best := _weight(weight)) > 0:
            wishes.append((-best, at, language))
    return min(wishes)[2] if wishes else LANGUAGES[0]


def _weight(said: str) -> float:
    name, _, value = said.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
