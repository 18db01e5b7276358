"""The number and date lock: no figure, address or link leaves that no fact contains."""

import re

from frontdesk.assistant.reply import Draft

FIGURE = re.compile(
    r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.]+"
    r"|[A-Za-z][A-Za-z-]*\d[A-Za-z\d-]*"  # a code is one thing, not its digits
    r"|\d[\d.,:/\u00a0\u202f\u066b\u066c'’-]*\d|\d"
    r"|[٠-٩][٠-٩.,:٫٬]*"
)


def figures(text: str) -> set[str]:
    """Every price, date, time, phone, code, address and link of a text, as written."""
    return {found.rstrip(".,;:!?)") for found in FIGURE.findall(text)}


def escapes(draft: Draft) -> set[str]:
    """The figures of a draft that none of its grounds holds; empty means it may go out."""
    allowed: set[str] = set()
    for ground in draft.grounds:
        allowed |= figures(ground)
    return figures(draft.text) - allowed
