"""A text as a row of tokens: what its words mean, number by number and word by word."""

import re
from dataclasses import dataclass

from frontdesk.assistant.local.lexicon import (
    COUSINS,
    LONGEST,
    PIECE,
    Key,
    Meaning,
    is_dense,
    is_hangul,
    lexicon,
)

WEAK = frozenset(
    [
        "march",
        "may",
        "mar",
        "set",
        "dec",
        "sun",
        "sat",
        "mon",
        "dom",
        "son",
        "mer",
        "ago",
        "ott",
        "dim",
        "lun",
        "jan",
        "mars",
        "segunda",
        "quarta",
        "quinta",
        "sexta",
    ]
)
"""Names that are everyday words as well: they need a number or a calendar word beside them."""
LARGEST = 9999
"""Above it a number is a phone or a code, and says nothing about a stay."""
CJK_DIGITS = dict(
    zip("〇零一二三四五六七八九十百两兩廿", (0, 0, *range(1, 11), 100, 2, 2, 20), strict=True)
)
STANDS_FOR_ITSELF = frozenset("-/.,")
TURKISH = re.compile(
    r"(?:l[ae]r)?(?:[iu]n)?(?:[sy]?[iuae]|[iu]n|n[iu]n|n[ae]|nd[ae]|sin[ae]|sind[ae]|[dt][ae]|"
    r"[iu]n[ae]|[iu]nd[ae]|[iu]m)?(?:[dt][ae]n|ki|nden|ndan|l[iu]g[iu]n[ae]|l[iu]k|l[iu])?"
)
TURKISH_FROM = re.compile(r".*[dt][ae]n$")
ORDINAL = re.compile(r"st|nd|rd|th|ste|de|e|er|ere|eme|nd|nde|o|a|º|ª|го|е|ого|inci|uncu|ncu|nci")


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    value: int
    start: int
    end: int


def tokens(text: str, language: str) -> list[Token]:
    """The meanings of a `normal` text, in order."""
    pieces = [(m[0], m.start(), m.end()) for m in PIECE.finditer(text)]
    words = lexicon(language)
    found: list[Token] = []
    i = 0
    while i < len(pieces):
        taken, made = _next(pieces, i, words, COUSINS.get(language, language))
        found += made
        i += taken
    return _compose(_drop_strays(found, text))


def _next(
    pieces: list[tuple[str, int, int]], i: int, words: dict[Key, Meaning], language: str
) -> tuple[int, list[Token]]:
    """How many pieces the next meaning takes, and its tokens."""
    piece, start, end = pieces[i]
    if piece[0].isdigit():
        return _digits(pieces, i, language)
    for size in range(min(LONGEST, len(pieces) - i), 0, -1):
        key = tuple(p for p, _, _ in pieces[i : i + size])
        meaning = words.get(key)
        if meaning is not None:
            stop = pieces[i + size - 1][2]
            extra, suffix = _suffix(pieces, i + size, stop, language)
            return size + extra, [*_made(meaning, key, start, stop), *suffix]
    if piece in CJK_DIGITS and not is_hangul(piece):
        return _cjk_number(pieces, i)
    if piece in STANDS_FOR_ITSELF:
        return 1, [Token(piece, 0, start, end)]
    inflected = _inflected(piece, words, language)
    if inflected is not None:
        made = _made(inflected, (piece,), start, end)
        from_ = language == "tr" and TURKISH_FROM.match(piece)
        return 1, [*made, Token("f", 0, end, end)] if from_ else made
    return 1, [Token("." if piece in "!?;:()؟！？" else "x", 0, start, end)]


def _made(meaning: Meaning, key: Key, start: int, end: int) -> list[Token]:
    weak = {"M": "Q", "W": "V"} if len(key) == 1 and key[0] in WEAK else {}
    return [Token(weak.get(kind, kind), value, start, end) for kind, value in meaning]


def _digits(pieces: list[tuple[str, int, int]], i: int, language: str) -> tuple[int, list[Token]]:
    piece, start, end = pieces[i]
    value = int(piece[:9])
    if re.fullmatch(r"20\d\d[01]\d[0-3]\d", piece):
        return 1, [Token("8", value, start, end)]
    if len(piece) == 4 and 1900 <= value < 2100:
        extra, suffix = _suffix(pieces, i + 1, end, language)
        return 1 + extra, [Token("Y", value, start, end), *suffix]
    after = [p for p, _, _ in pieces[i + 1 : i + 3]]
    if after[:1] == [":"] and len(after) == 2 and after[1].isdigit():
        return 3, [Token("~", 0, start, pieces[i + 2][2])]
    joined = i + 1 < len(pieces) and pieces[i + 1][1] == end
    if joined and ORDINAL.fullmatch(after[0]) and value <= 31:
        return 2, [Token("°", value, start, pieces[i + 1][2])]
    if len(after) == 2 and after[0] in ".-'" and pieces[i + 2][1] == end + 1:
        apart = ORDINAL.fullmatch(after[1])
        if apart and (after[0] != "'" or len(after[1]) > 2):
            return 3, [Token("°", value, start, pieces[i + 2][2])]
    if value > LARGEST:
        return 1, [Token("x", 0, start, end)]
    extra, suffix = _suffix(pieces, i + 1, end, language)
    return 1 + extra, [Token("N", value, start, end), *suffix]


def _suffix(
    pieces: list[tuple[str, int, int]], i: int, end: int, language: str
) -> tuple[int, list[Token]]:
    """Turkish writes a case after an apostrophe: `Ekim'den` is "from October"."""
    if language != "tr" or i + 1 >= len(pieces) or pieces[i][0] != "'" or pieces[i][1] != end:
        return 0, []
    word, start, stop = pieces[i + 1]
    return 2, [Token("f", 0, start, stop)] if TURKISH_FROM.match(word) else []


def _inflected(piece: str, words: dict[Key, Meaning], language: str) -> Meaning | None:
    if language == "tr":
        for cut in range(len(piece) - 1, 2, -1):
            meaning = words.get((piece[:cut],))
            if meaning is not None and TURKISH.fullmatch(piece[cut:]):
                return meaning
    if language == "ar":
        for prefix in ("وال", "بال", "لل", "ال", "و", "ب", "ل"):
            if piece.startswith(prefix) and (m := words.get((piece[len(prefix) :],))):
                return (("F", 0), *m) if prefix == "ل" else (("&", 0), *m) if prefix == "و" else m
    return None


def _cjk_number(pieces: list[tuple[str, int, int]], i: int) -> tuple[int, list[Token]]:
    """二十三 and 二〇二六 both."""
    size = 1
    while i + size < len(pieces) and pieces[i + size][0] in CJK_DIGITS:
        size += 1
    values = [CJK_DIGITS[p] for p, _, _ in pieces[i : i + size]]
    total, last = 0, 0
    if size > 2 and max(values) < 10:
        total = int("".join(map(str, values)))
    else:
        for value in values:
            if value >= 10:
                total, last = total + (last or 1) * value, 0
            else:
                last = value
        total += last
    kind = "Y" if 1900 <= total < 2100 else "N"
    return size, [Token(kind, total, pieces[i][1], pieces[i + size - 1][2])]


CALENDAR = frozenset("MWRdwmyknbXTPANq1HvY8°OFDIEQVfht")


def _drop_strays(found: list[Token], text: str) -> list[Token]:
    """A lone sign of a dense script means something only beside the calendar or a number."""
    kept: list[Token] = []
    for i, token in enumerate(found):
        lone = token.end - token.start == 1 and is_dense(text[token.start])
        if lone and token.kind not in "NYox.,-":
            before = next((t for t in reversed(kept) if t.kind != "o"), None)
            after = found[i + 1] if i + 1 < len(found) else None
            beside = [t for t in (before, after) if t is not None and t.kind in CALENDAR]
            if not any(_sure(t, text) for t in beside):
                kept.append(Token("x", 0, token.start, token.end))
                continue
        kept.append(token)
    return kept


def _sure(token: Token, text: str) -> bool:
    long = token.end - token.start > 1 or not is_dense(text[token.start])
    return long or token.kind in "NDIEwdnmXTPA"


def _compose(found: list[Token]) -> list[Token]:
    """As in “twenty” and "first" are one number, and so are "five and twenty" in Arabic."""
    row: list[Token] = []
    for token in found:
        row.append(token)
        kinds = "".join(t.kind for t in row[-3:])
        for size, pattern in ((3, r"N[&-][NO1]"), (2, r"N[NO1]")):
            if re.fullmatch(pattern, kinds[-size:]) and _adds(row[-size], row[-1]):
                first = row[-size]
                kind, units = ("N", 1) if token.kind == "1" else (token.kind, token.value)
                total = Token(kind, first.value + units, first.start, token.end)
                row[-size:] = [total]
                break
    return row


def _adds(first: Token, second: Token) -> bool:
    """Words only, tens and units: digits stand alone, and so does "3 4"."""
    values = [1 if t.kind == "1" else t.value for t in (first, second)]
    tens, units = max(values), min(values)
    spelled = min(first.end - first.start, second.end - second.start) > 2
    return spelled and tens in (20, 30, 40, 50) and 1 <= units <= 9
