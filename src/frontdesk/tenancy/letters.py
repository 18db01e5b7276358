"""The words of our mails: short, plain text, a link that works once."""

from collections.abc import Mapping
from typing import Any

FORMS: Mapping[str, tuple[str, str, str]] = {
    "invite": (
        "{hotel} invites you",
        "{hotel} invites you to work with it on Frontdesk as {role}.",
        "The link works once, within 7 days.",
    ),
    "register": (
        "Confirm your address for {hotel}",
        "You, or somebody with your address, registered at {hotel}. Choose a password to go on.",
        "The link works once, within a day. If it was not you, do nothing.",
    ),
    "reset": (
        "Set a new password",
        "Somebody asked for a new password for this address. If it was not you, do nothing.",
        "The link works once, within an hour, and ends every session.",
    ),
    "known": (
        "You have an account already",
        "You, or somebody with your address, registered at {hotel}. You have an account: sign in,"
        " or ask for a new password.",
        "If it was not you, do nothing.",
    ),
}
PAGE = "/auth/link"


def written(
    purpose: str, facts: Mapping[str, Any], token: str | None, public_url: str
) -> tuple[str, str]:
    """Subject and text. The token stands behind `#`, where no server's log sees it."""
    subject, opening, end = FORMS[purpose if token is not None else "known"]
    parts = ["Hello,", opening]
    if token is not None:
        parts.append(f"{public_url.rstrip('/')}{PAGE}#{token}")
    words = {name: " ".join(str(value).split()) for name, value in facts.items()}
    return subject.format(**words), "\n\n".join([*(p.format(**words) for p in parts), end]) + "\n"
