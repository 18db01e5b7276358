"""What of a chunk is found: its own words under those above it, and how people ask for a fact."""

import re
from collections import Counter
from collections.abc import Mapping

from frontdesk.knowledge.aspects import aspects
from frontdesk.knowledge.facts import also_asked, also_named, catalogue
from frontdesk.knowledge.rules import terms


def found_by(title: str, heading: str, body: str, fact_key: str | None) -> str:
    """What is embedded. A title that names several things, and its heading's among them, says
    nothing of this one: “Pets, parking, gym” over “Parking”.
    """
    if fact_key is not None and fact_key in catalogue():
        return f"{body} {also_asked(fact_key)}"
    above = heading if heading and _words(heading) <= _words(title) else title
    return ". ".join(word for word in dict.fromkeys((above, heading, body)) if word)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def counted(text: str, language: str, fact_key: str | None) -> tuple[Mapping[str, int], int]:
    """Its terms with their counts, and its length in words; a fact has its name in each language.

    A question is stemmed as its own language is, so a name has to be too.
    """
    words = terms(text, language)
    also: set[str] = set()
    if fact_key is not None and fact_key in catalogue():
        for other, name in also_named(fact_key).items():
            also |= set(terms(name, other))
    return Counter([*words, *(also - set(words)), *aspects(text)]), len(words)
