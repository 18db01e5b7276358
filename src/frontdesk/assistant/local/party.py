"""How many people, rooms and nights a text asks for: rules over the lexicon's meanings."""

import re
from collections.abc import Iterator, Sequence

from frontdesk.assistant.local.language import detect_language
from frontdesk.assistant.local.lexer import Token, tokens
from frontdesk.assistant.local.lexicon import normal

NOT_A_COUNT = r"(?!-?x?o?[KndwmyhbkJIDE~MQ#]|[-/.:][NY]|E)"
"""What keeps "for two" from being people: a room, nights, stars or a date after it."""
COUNT = r"(?P<n>[N1])"
ADULTS = (re.compile(rf"{COUNT}o?x?-?u"), re.compile(r"u:?(?P<n>N)p?"))
CHILDREN = (re.compile(rf"{COUNT}o?[x%]?-?j"), re.compile(r"j(?P<n>N)p?"))
AND_MORE = re.compile(r"[,o]?|[^.]{0,6}&x?o?|[^.x]{0,12}&x?o?")
"""Between two counts of children that are of one family, as in “two daughters and a son”."""
AND_ONE = re.compile(r"[up2U](?:x?&x{0,2}|,x{0,2}|x|(?<=2))(?P<j>j)(?!N)")
"""“Two adults and our son”: one, where the word says so."""
SINGULAR, PLURAL = 1, 2
"""What the lexicon says of a word for children, where it says so."""
FAMILY = 1
"""What it says of “family of”, whose number has the children in it."""
AMONG = re.compile("%[^.]{0,4}j")
PEOPLE = (
    re.compile(r"G-?F?(?P<n>N)" + NOT_A_COUNT),
    re.compile(r"(?P<n>N)-?(?:x(?!x))?p"),
    re.compile(r"F(?P<n>1)x?p"),
    re.compile(r"(?P<n>N)U"),
    re.compile(r"U(?P<n>N)(?!o*[uj])"),
    re.compile(r"FT?(?P<n>N)" + NOT_A_COUNT),
)
COUPLES = re.compile(r"(?P<n>N)o?x?(?P<pair>2)")
"""“Two couples”; “my wife and I” counts nobody twice."""
ROOMS = (re.compile(r"(?P<n>N)o?x?-?K"), re.compile(r"K(?P<n>N)(?![-/.x:NYpuj]|$)o?"))
LENGTHS = (
    (re.compile(r"(?P<n>[N1q2H])[oX]?-?x?-?n"), 1.0),
    (re.compile(r"(?P<n>[N1qv])-?[oX]?b?d(?![legaN°]|THE[ega])"), 1.0),
    (re.compile(r"(?P<n>v)N?D"), 1.0),
    (re.compile(r"(?P<n>[N1qH])-?[oX]?b(?![lega])"), 1.0),
    (re.compile(r"(?P<n>[N1qHv])-?[oX]?w(?![legaN])"), 7.0),
    (re.compile(r"(?P<n>[Nq])-?k"), 2.0),
    (re.compile(r"(?P<n>[N1qHv])-?L?o?m(?![legN°])"), 30.0),
    (re.compile(r"(?P<n>[NqHv])1?-?L?y(?![leg~N])"), 365.0),
    (re.compile(r"(?<=F)(?P<n>N)h|(?P<m>N)h(?=o?F)"), 1 / 24),
)
LONGEST_STAY = 1100
MOST = 500
Span = tuple[int, int]


def nights(text: str, language: str | None = None) -> int | None:
    row, _ = row_of(text, language)
    return nights_said(_kinds(row), row, ())


def party(text: str, language: str | None = None) -> tuple[int | None, int | None, int | None]:
    """(adults, children, rooms), each None where it was not said."""
    row, _ = row_of(text, language)
    return party_said(_kinds(row), row)


def row_of(text: str, language: str | None) -> tuple[list[Token], str]:
    """The meanings of a text, and the text that they stand in."""
    plain = normal(text)
    return tokens(plain, language or detect_language(text, remembered=None)[0]), plain


def _kinds(row: Sequence[Token]) -> str:
    return "".join(token.kind for token in row)


def nights_said(kinds: str, row: Sequence[Token], dates: Sequence[Span]) -> int | None:
    """Nights before days, days before weeks; "a week and three days" is one length.

    What is said last corrects what was said before it. `dates` are already understood.
    """
    found = sorted(_lengths(kinds, row, dates))
    if not found:
        return None
    total, unit, end = 0.0, found[0][2], 0
    for start, stop, each, many in _preferred(found):
        follows = bool(total) and set(kinds[end:start]) <= set("&,o") and each != unit
        total = total + each * many if follows else each * many
        unit, end = each, stop
    return round(total) if 1 <= round(total) <= LONGEST_STAY else None


def _preferred(found: list[tuple[int, int, float, float]]) -> list[tuple[int, int, float, float]]:
    """Nights only, where any are said beside days."""
    nights_only = [f for f in found if f[2] == 1.0 and f[3] > 0]
    longer = [f for f in found if f[2] > 1.0]
    return found if not nights_only or longer else nights_only


def _lengths(
    kinds: str, row: Sequence[Token], dates: Sequence[Span]
) -> Iterator[tuple[int, int, float, float]]:
    """Start, end, days of the unit, how many of it."""
    taken: list[Span] = list(dates)
    for pattern, each in LENGTHS:
        for match in pattern.finditer(kinds):
            span = match.span()
            if any(span[0] < end and start < span[1] for start, end in taken):
                continue
            taken.append(span)
            at = match.start("n") if match.start("n") >= 0 else match.start("m")
            many = {"1": 1.0, "q": 3.0, "H": 0.5, "v": 1.0}.get(row[at].kind, float(row[at].value))
            if each >= 1 or many >= 24:
                yield *span, each, many


def party_said(
    kinds: str, row: Sequence[Token], dates: Sequence[Span] = ()
) -> tuple[int | None, int | None, int | None]:
    free = "".join(
        "." if any(start <= i < end for start, end in dates) else kind
        for i, kind in enumerate(kinds)
    )
    children, grown = _children(free, row)
    adults = _last(ADULTS, grown, row)
    if adults is None:
        adults = _people(grown, row)
        if adults and children and children < adults and _are_among(free, row):
            adults -= children
    return adults, children, _rooms(free, row)


def _children(kinds: str, row: Sequence[Token]) -> tuple[int | None, str]:
    """How many, and the meanings without their number, which counts nobody else.

    What is said last corrects what was said before it.
    """
    found = _counts(CHILDREN[0], kinds, row) or _counts(CHILDREN[1], kinds, row)
    if not found:
        alone = AND_ONE.search(kinds)
        one = alone is not None and row[alone.start("j")].value == SINGULAR
        return (1 if one else None), kinds
    many, end = 0, 0
    for match in found:
        more = bool(many) and AND_MORE.fullmatch(kinds[end : match.start()]) is not None
        many = _value(row[match.start("n")]) + (many if more else 0)
        end = match.end()
        kinds = kinds[: match.start()] + "j" * (end - match.start()) + kinds[end:]
    return (many if 0 < many <= MOST else None), kinds


def _counts(pattern: re.Pattern[str], kinds: str, row: Sequence[Token]) -> list[re.Match[str]]:
    """But for “a kids club”, which counts no kids."""
    found = pattern.finditer(kinds)
    return [m for m in found if row[m.start("n")].kind != "1" or row[m.end() - 1].value != PLURAL]


def _are_among(kinds: str, row: Sequence[Token]) -> bool:
    """Whether the children are of the people that were counted, as in “a family of four with
    two children” and “4 people, 2 of them children”.
    """
    family = any(token.kind == "G" and token.value == FAMILY for token in row)
    return family or AMONG.search(kinds) is not None


def _last(patterns: Sequence[re.Pattern[str]], kinds: str, row: Sequence[Token]) -> int | None:
    """The last number said of the first pattern that says one."""
    for pattern in patterns:
        values = [_value(row[m.start("n")]) for m in pattern.finditer(kinds)]
        values = [v for v in values if 0 < v <= MOST]
        if values:
            return values[-1]
    return None


def _value(token: Token) -> int:
    return 1 if token.kind == "1" else token.value


def _people(kinds: str, row: Sequence[Token]) -> int | None:
    """People without saying who are adults."""
    for match in COUPLES.finditer(kinds):
        if many := row[match.start("pair")].value:
            return many * row[match.start("n")].value
    everybody = _last(PEOPLE, kinds, row)
    if everybody is None:
        return 2 if "2" in kinds else 1 if "@" in kinds else None
    return everybody


def _rooms(kinds: str, row: Sequence[Token]) -> int | None:
    """An article is not a count: "una habitación" says nothing about how many."""
    return _last(ROOMS, kinds, row)
