"""How words are folded: accents off, other alphabets in Latin letters; the same here and in SQL."""

import json
import re
import unicodedata
from functools import cache

from anyascii import anyascii

SPELLED = ((0x80, 0x3000), (0x3040, 0x3100), (0xFB00, 0xFE00), (0xFE70, 0xFF00), (0xFF00, 0xFFEF))
"""Alphabets and syllables that are spelled in Latin letters; a Chinese sign stands for itself."""
NEWER = frozenset("\u0cf3\u0ece")
"""Of Unicode 15: a Python older than 3.12 does not know that they are letters."""
SIGNS = "\u3400-\u4dbf\u4e00-\u9fff"
KEPT = re.compile(f"[^a-z0-9{SIGNS}\uac00-\ud7a3]+")
SIGN = re.compile(f"([{SIGNS}])")

SQL = """\
-- Written by `python -m frontdesk.search.letters` out of anyascii's tables (ISC).
CREATE OR REPLACE FUNCTION search_letters() RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog
AS $letters$ SELECT '{
@
}'::jsonb $letters$;

REVOKE ALL ON FUNCTION search_letters() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_letters() TO hotel_bot_tenant;
"""


@cache
def letters() -> dict[str, str]:
    """What each letter, mark and digit beyond ASCII is written as."""
    return {
        letter: "".join(c for c in anyascii(letter).lower() if c.isalnum())
        for first, beyond in SPELLED
        for letter in map(chr, range(first, beyond))
        if unicodedata.category(letter)[0] in "LMN" and letter not in NEWER
    }


def fold(said: str) -> str:
    """Words of a-z, 0-9 and signs, one space between: as search_fold of the database says."""
    if said.isascii():
        return KEPT.sub(" ", said.lower()).strip()
    known = letters()
    said = SIGN.sub(r" \1 ", "".join(known.get(c, c) for c in said))
    return KEPT.sub(" ", "".join(c.lower() if c.isascii() else c for c in said)).strip()


def as_sql() -> str:
    """rls/69_search_letters.sql, written anew with `python -m frontdesk.search.letters`."""
    pairs = [json.dumps({k: v}, ensure_ascii=False)[1:-1] for k, v in letters().items()]
    rows = (pairs[n : n + 100] for n in range(0, len(pairs), 100))
    lines = ",\n".join(",".join(row) for row in rows)
    return SQL.replace("@", lines)


if __name__ == "__main__":
    print(as_sql(), end="")  # noqa: T201 - it is its whole business
